# SPDX-License-Identifier: Apache-2.0
"""MeterValues (1.6): readings of a transfer, or of a connector without one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.bindings.ocpp.v16 import readings
from open63110.bindings.ocpp.v16.fields import evse_number, natural
from open63110.bindings.ocpp.v16.status_notification import running
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.reading import Reading
from open63110.model.transfer import EnergyTransferUpdated
from open63110.usecases.stations.monitor_station import MeterValuesReported

DROPPED = ("state", "trigger", "offline", "remote_start", "subject", "seq")
"""1.6 tells the state by StatusNotification; its messages have no numbers."""


def from_wire(request: types.MeterValuesRequest, door: Door) -> tuple[Message, ...]:
    """Read the values; without a transaction id they belong to the open transfer of their connector, if it has one."""
    evse, read = evse_number(request.connector_id), readings.from_wire(request.meter_value)
    at = max((one.at for one in read), default=door.now)
    reference = _reference(request, door, evse, at)
    if not reference:
        return (MeterValuesReported(station=door.station, at=at, evse=evse, readings=read),)
    return (
        EnergyTransferUpdated(
            station=door.station,
            at=at,
            reference=reference,
            seq=natural("values", request.connector_id, *map(_key, read)),
            evse=evse,
            trigger="MeterValuePeriodic",
            readings=read,
        ),
    )


def _reference(request: types.MeterValuesRequest, door: Door, evse: int, at: datetime) -> TransferReference:
    if request.transaction_id is not UNSET and request.transaction_id > 0:
        return TransferReference(str(request.transaction_id))
    transfer = running(door, evse, at) if evse else None
    return transfer.reference if transfer else TransferReference("")


def _key(reading: Reading) -> str:
    signed = reading.signed.data if reading.signed else ""
    return f"{reading.at.isoformat()}|{reading.measurand}{reading.name}|{reading.phase}|{reading.value!r}|{signed}"


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge values that could not be understood: they lie in quarantine, the station need not repeat them."""
    return EMPTY


def to_wire(event: EnergyTransferUpdated | MeterValuesReported, door: Door) -> types.MeterValuesRequest:
    """Tell readings; a transfer goes by the number that the CSMS gave it.

    Raises:
        NotSupported: 1.6 has a measurand for none of them.
    """
    transfer = event.reference if isinstance(event, EnergyTransferUpdated) else None
    number: Any = door.names.get(transfer, UNSET) if transfer else UNSET
    values = readings.to_wire(event.readings)
    if not values:
        raise NotSupported("none of the readings has a measurand here", code="NoMeasurand", where="readings")
    return types.MeterValuesRequest(connector_id=event.evse, transaction_id=number, meter_value=values)


METER_VALUES = Translation(
    action="MeterValues",
    sender=Role.STATION,
    carries=(EnergyTransferUpdated, MeterValuesReported),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
