# SPDX-License-Identifier: Apache-2.0
"""ReserveNow (2.0.1): the CSMS keeps an EVSE for somebody, from now on."""

from collections.abc import Sequence
from typing import Any, Final, get_args

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, text
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.id_token import group, id_token, subject
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.availability import WHOLE
from open63110.runtime.orders import Verdict
from open63110.usecases.services.reserve_evse import ReservationMade, ReserveEvse

STATUS: Final = frozenset({"Faulted", "Occupied", "Unavailable"})
"""What a refusal of ours may be called; any other is Rejected."""

_TYPES: Final = frozenset(get_args(types.ConnectorEnumType))


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read for whom, what and until when."""
    return (
        ReserveEvse(
            station=door.station,
            subject=subject(request.id_token, door) or SubjectRef(""),
            until=utc(request.expiry_date_time),
            evse=WHOLE if request.evse_id is UNSET else evse_number(request.evse_id),
            reservation=request.id,
            group=subject(request.group_id_token, door),
            connector_type=text(request.connector_type),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> types.ReserveNowResponse:
    """Say that it is kept."""
    return types.ReserveNowResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ReserveNowResponse:
    """Say what the EVSE is instead, or why not."""
    status: Any = trouble.code if trouble.code in STATUS else "Rejected"
    return types.ReserveNowResponse(status=status, status_info=because(trouble.code))


def to_wire(command: ReserveEvse, door: Door, words: Words = WORDS, known: frozenset[str] | None = _TYPES) -> Any:
    """Order it.

    Raises:
        NotSupported: this version has no such type of connector, or cannot name the credential.
    """
    kind: Any = command.connector_type or UNSET
    if kind is not UNSET and known is not None and kind not in known:
        raise NotSupported(f"{door.version} has no connector type {kind}", code="NoConnectorType", where="connector_type")
    return types.ReserveNowRequest(
        id=command.reservation,
        expiry_date_time=command.until,
        connector_type=kind,
        id_token=id_token(command.subject, door, words),
        evse_id=command.evse or UNSET,
        group_id_token=group(command.group, door, words),
    )


def heard(response: Any, command: ReserveEvse, door: Door) -> Verdict:
    """Understand whether it is kept."""
    return judged(response, ReservationMade(station=command.station, at=door.now, reservation=command.made()))


RESERVE_NOW = Translation(
    action="ReserveNow",
    sender=Role.CSMS,
    carries=(ReserveEvse,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
