# SPDX-License-Identifier: Apache-2.0
"""VatNumberValidation (2.1): will a number for value added tax do that somebody entered at a station?"""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v21.notify_settlement import NUMBER, said
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.token import Credential
from open63110.model.vat import well_formed
from open63110.runtime.orders import Verdict
from open63110.usecases.services.validate_vat_number import VatNumberAnswer, VatNumberAnswered, VatNumberPresented

DROPPED = ("company, of a number that will do",)
"""No register is asked, so nobody here knows whose it is; a station that is told by another CSMS shows it by itself."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; the journal holds a reference."""
    number = door.subjects.ref(Credential(kind=NUMBER, value=request.vat_number))
    evse = given(request.evse_id)
    return (
        VatNumberPresented(
            station=door.station,
            at=door.now,
            vat_number=number,
            well_formed=well_formed(request.vat_number),
            evse=EvseNumber(0) if evse is None else evse_number(evse),
        ),
    )


def answer(replies: Sequence[Reply], door: Door) -> types.VatNumberValidationResponse:
    """Say whether it will do; the response repeats which one it was."""
    judged = find(replies, VatNumberAnswer)
    if judged is None:
        return types.VatNumberValidationResponse(status="Rejected", vat_number="")
    return types.VatNumberValidationResponse(
        status="Accepted" if judged.accepted else "Rejected",
        status_info=types.StatusInfoType(reason_code=because(judged.reason).reason_code) if judged.reason else UNSET,
        vat_number=said(judged.vat_number, door),
        evse_id=judged.evse or UNSET,
    )


def to_wire(event: VatNumberPresented, door: Door) -> types.VatNumberValidationRequest:
    """Ask.

    Raises:
        Unknown: it was erased.
    """
    number = said(event.vat_number, door)
    if not number:
        raise Unknown("the number was erased", code="ErasedCredential")
    return types.VatNumberValidationRequest(vat_number=number, evse_id=event.evse or UNSET)


def heard(response: Any, event: VatNumberPresented, door: Door) -> Verdict:
    """Understand whether it will do."""
    info = given(response.status_info)
    yes = response.status == "Accepted"
    reason = "" if yes else "Rejected" if info is None else info.reason_code
    told = VatNumberAnswered(
        station=event.station, at=door.now, vat_number=event.vat_number, accepted=yes, reason=reason, evse=event.evse
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(told,))


VAT_NUMBER_VALIDATION = Translation(
    action="VatNumberValidation",
    sender=Role.STATION,
    carries=(VatNumberPresented,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
