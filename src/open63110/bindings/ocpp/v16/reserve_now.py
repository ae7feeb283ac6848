# SPDX-License-Identifier: Apache-2.0
"""ReserveNow (1.6): the CSMS keeps a connector for somebody, from now on."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number, id_tag, id_tag_if_any, presented, subject
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.reserve_evse import ReservationMade, ReserveEvse

DROPPED = ("group, if 1.6 cannot name it",)
"""Then only the very credential may use the connector."""

STATUS: Final = frozenset({"Faulted", "Occupied", "Unavailable"})
"""What a refusal of ours may be called; any other is Rejected."""


def from_wire(request: types.ReserveNowRequest, door: Door) -> tuple[Message, ...]:
    """Read for whom, what and until when."""
    return (
        ReserveEvse(
            station=door.station,
            subject=subject(request.id_tag, door),
            until=utc(request.expiry_date),
            evse=evse_number(request.connector_id),
            reservation=request.reservation_id,
            group=presented(request.parent_id_tag, door),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> types.ReserveNowResponse:
    """Say that it is kept."""
    return types.ReserveNowResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ReserveNowResponse:
    """Say what the connector is instead."""
    status: Any = trouble.code if trouble.code in STATUS else "Rejected"
    return types.ReserveNowResponse(status=status)


def to_wire(command: ReserveEvse, door: Door) -> types.ReserveNowRequest:
    """Order it.

    Raises:
        NotSupported: 1.6 does not choose by type of connector, or cannot name the credential.
    """
    if command.connector_type:
        raise NotSupported("OCPP 1.6 reserves by number, not by type", code="NoConnectorType", where="connector_type")
    return types.ReserveNowRequest(
        connector_id=command.evse,
        expiry_date=command.until,
        id_tag=id_tag(command.subject, door),
        parent_id_tag=id_tag_if_any(command.group, door) or UNSET,
        reservation_id=command.reservation,
    )


def heard(response: types.ReserveNowResponse, command: ReserveEvse, door: Door) -> Verdict:
    """Understand whether it is kept."""
    return verdict_of(response.status, ReservationMade(station=command.station, at=door.now, reservation=command.made()))


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
