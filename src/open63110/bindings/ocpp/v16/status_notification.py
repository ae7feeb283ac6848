# SPDX-License-Identifier: Apache-2.0
"""StatusNotification (1.6): the state of a connector, and with it that of its energy transfer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, stored, text
from open63110.bindings.ocpp.v16.fields import connector_number, evse_number, natural
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.station import ConnectorReported, ConnectorState
from open63110.model.transfer import EnergyTransfer, EnergyTransferUpdated, TransferState
from open63110.usecases.stations.monitor_station.watching import MONITORS, STREAMS, TARGETS

_STATE: dict[str, ConnectorState] = {
    "Available": "available",
    "Preparing": "occupied",
    "Charging": "occupied",
    "SuspendedEVSE": "occupied",
    "SuspendedEV": "occupied",
    "Finishing": "occupied",
    "Reserved": "reserved",
    "Unavailable": "unavailable",
    "Faulted": "faulted",
}
_TRANSFER: dict[str, TransferState] = {
    "Charging": "charging",
    "SuspendedEV": "suspended-ev",
    "SuspendedEVSE": "suspended-evse",
}
_WITHIN = timedelta(seconds=1)
"""Moments of one station are written with and without fractions of a second."""

_ERRORS: Final = frozenset(get_args(types.StatusNotificationRequestErrorCode))
_WIRE_STATE: dict[str, Any] = {
    "available": "Available",
    "occupied": "Preparing",
    "reserved": "Reserved",
    "unavailable": "Unavailable",
    "faulted": "Faulted",
}

DROPPED = ("connector", "offline", "vendorId", "words beyond 50 characters")
"""A connector is an EVSE here; 1.6 does not say that a state waited in a queue; the vendor's name is that of the boot."""


def from_wire(request: types.StatusNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read the state of a connector; a running transfer on it takes its own part of it."""
    at = door.now if request.timestamp is UNSET else utc(request.timestamp)
    evse = evse_number(request.connector_id)
    report = ConnectorReported(
        station=door.station,
        at=at,
        evse=evse,
        connector=connector_number(request.connector_id),
        state=_STATE[request.status],
        detail=request.status,
        error="" if request.error_code == "NoError" else request.error_code,
        info=text(request.info),
        vendor_error=text(request.vendor_error_code),
    )
    transfer, state = running(door, evse, at), _TRANSFER.get(request.status)
    if transfer is None or state is None or state == transfer.state:
        return (report,)
    return (
        report,
        EnergyTransferUpdated(
            station=door.station,
            at=at,
            reference=transfer.reference,
            seq=natural("status", request.connector_id, at.isoformat(), request.status),
            evse=evse,
            state=state,
            trigger="ChargingStateChanged",
        ),
    )


def running(door: Door, evse: int, at: datetime) -> EnergyTransfer | None:
    """Return the open transfer of an EVSE that a moment can belong to, the newest of several; None if it has none."""
    transfers = door.noun.transfers.values() if door.noun else ()
    mine = (one for one in transfers if one.evse == evse and one.ended is None)
    begun = (one for one in mine if one.began is None or at > one.began - _WITHIN)
    return max(begun, key=lambda one: one.number, default=None)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge."""
    return EMPTY


def to_wire(event: ConnectorReported, _: Door) -> types.StatusNotificationRequest:
    """Tell the state of a connector: in its own words where they are words of 1.6."""
    detail: Any = event.detail if _STATE.get(event.detail) == event.state else _WIRE_STATE[event.state]
    error: Any = event.error if event.error in _ERRORS else "OtherError" if event.error else "NoError"
    return types.StatusNotificationRequest(
        connector_id=event.evse,
        error_code=error,
        status=detail,
        timestamp=event.at,
        info=(event.info or _told_otherwise(event))[:50] or UNSET,
        vendor_error_code=event.vendor_error[:50] or UNSET,
    )


def _told_otherwise(event: ConnectorReported) -> str:
    """Return an error that 1.6 has no word for, so that it stands at least beside OtherError."""
    return "" if event.error in _ERRORS else event.error


STATUS_NOTIFICATION = Translation(
    action="StatusNotification",
    sender=Role.STATION,
    carries=(ConnectorReported,),
    lacks=(MONITORS, TARGETS, STREAMS),  # this is all that 1.6 tells of how a station is
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=stored,
)
