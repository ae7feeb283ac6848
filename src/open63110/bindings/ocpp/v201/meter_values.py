# SPDX-License-Identifier: Apache-2.0
"""MeterValues (2.0.1): readings that belong to no energy transfer."""

from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.bindings.ocpp.v201 import readings
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.usecases.stations.monitor_station import MeterValuesReported

DROPPED = ("at",)
"""The message has no time of its own: the newest of its readings counts."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the readings of an EVSE, of the station with 0."""
    values = readings.from_wire(request.meter_value)
    at = max((one.at for one in values), default=door.now)
    return (MeterValuesReported(station=door.station, at=at, evse=evse_number(request.evse_id), readings=values),)


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood: it lies in quarantine, the station need not repeat it."""
    return EMPTY


def to_wire(event: MeterValuesReported, _: Door, words: Words = WORDS) -> types.MeterValuesRequest:
    """Tell readings.

    Raises:
        NotSupported: this version has a measurand for none of them.
    """
    values = readings.to_wire(event.readings, words)
    if not values:
        raise NotSupported("none of the readings has a measurand here", code="NoMeasurand", where="readings")
    return types.MeterValuesRequest(evse_id=event.evse, meter_value=values)


METER_VALUES = Translation(
    action="MeterValues",
    sender=Role.STATION,
    carries=(MeterValuesReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
