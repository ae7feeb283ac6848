# SPDX-License-Identifier: Apache-2.0
"""RequestStartTransaction (2.0.1): the CSMS lets somebody charge at an EVSE."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.id_token import group, id_token, subject
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.bindings.ocpp.whole_profile import for_the_next, holding, profile_of, worded
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_externally import RemoteStartAnswered, StartRemotely

DROPPED = ("connector",)
"""2.x starts at an EVSE; which of its connectors is used shows when somebody plugs in."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read who may charge where, and by which profile the transaction that begins is to go.

    Raises:
        NotSupported: it leaves the EVSE to the station.
        Malformed: the profile is for another transaction.
    """
    if request.evse_id is UNSET:
        raise NotSupported("say at which EVSE", code="NoEvse", where="evseId")
    evse, profile = evse_number(request.evse_id), given(request.charging_profile)
    start = StartRemotely(
        station=door.station,
        subject=subject(request.id_token, door) or SubjectRef(""),
        evse=evse,
        group=subject(request.group_id_token, door),
        remote_start=request.remote_start_id,
    )
    return (start,) if profile is None else (for_the_next(profile_of(profile), evse, door), start)


def answer(_: Sequence[Reply], __: Door) -> types.RequestStartTransactionResponse:
    """Take it."""
    return types.RequestStartTransactionResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.RequestStartTransactionResponse:
    """Say why not."""
    return types.RequestStartTransactionResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(
    command: StartRemotely, door: Door, words: Words = WORDS, kind: Any = types.ChargingProfileType
) -> types.RequestStartTransactionRequest:
    """Order it; EVSE 0 leaves the choice to the station.

    Raises:
        NotSupported: the profile says what this version does not know.
    """
    return types.RequestStartTransactionRequest(
        charging_profile=UNSET if command.profile is None else worded(command.profile, kind),
        evse_id=command.evse or UNSET,
        id_token=id_token(command.subject, door, words),
        group_id_token=group(command.group, door, words),
        remote_start_id=command.remote_start,
    )


def heard(response: Any, command: StartRemotely, door: Door) -> Verdict:
    """Understand whether the station takes it; use cases hear a refusal too."""
    verdict = judged(response)
    running = given(response.transaction_id)
    said = RemoteStartAnswered(
        station=command.station,
        at=door.now,
        subject=command.subject,
        evse=command.evse,
        accepted=response.status == "Accepted",
        remote_start=command.remote_start,
        group=command.group,
        reference=TransferReference(running) if running else None,
        reason=verdict.reason,
    )
    return replace(verdict, messages=(said, *holding(command, door)) if said.accepted else (said,))


REQUEST_START_TRANSACTION = Translation(
    action="RequestStartTransaction",
    sender=Role.CSMS,
    carries=(StartRemotely,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
