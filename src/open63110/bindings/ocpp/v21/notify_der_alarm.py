# SPDX-License-Identifier: Apache-2.0
"""NotifyDERAlarm (2.1): the grid left what a control says, or is back within it."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, given, stored, text
from open63110.bindings.ocpp.v21.der_terms import KINDS, OF_KIND
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.usecases.energy.frequency_regulation import GridAlarmReported

FAULTS: dict[str, Any] = {
    "current-imbalance": "CurrentImbalance",
    "local-emergency": "LocalEmergency",
    "low-input-power": "LowInputPower",
    "over-current": "OverCurrent",
    "over-frequency": "OverFrequency",
    "over-voltage": "OverVoltage",
    "phase-rotation": "PhaseRotation",
    "remote-emergency": "RemoteEmergency",
    "under-frequency": "UnderFrequency",
    "under-voltage": "UnderVoltage",
    "voltage-imbalance": "VoltageImbalance",
}
OF_FAULT = {wire: ours for ours, wire in FAULTS.items()}

LONGEST = 200
"""Characters of what an EV adds."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what happened."""
    fault = given(request.grid_event_fault)
    return (
        GridAlarmReported(
            station=door.station,
            at=utc(request.timestamp),
            kind=OF_KIND[request.control_type],
            fault="" if fault is None else OF_FAULT[fault],
            ended=bool(given(request.alarm_ended)),
            info=text(request.extra_info),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: GridAlarmReported, _: Door) -> types.NotifyDERAlarmRequest:
    """Tell it."""
    return types.NotifyDERAlarmRequest(
        control_type=KINDS[event.kind],
        grid_event_fault=FAULTS.get(event.fault, UNSET),
        alarm_ended=event.ended or UNSET,
        timestamp=event.at,
        extra_info=event.info[:LONGEST] or UNSET,
    )


NOTIFY_DER_ALARM = Translation(
    action="NotifyDERAlarm",
    sender=Role.STATION,
    carries=(GridAlarmReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
