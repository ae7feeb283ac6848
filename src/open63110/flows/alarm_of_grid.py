# SPDX-License-Identifier: Apache-2.0
"""From a grid that left its limits (8.2.10) to an alarm of the station that saw it (8.3.5)."""

from collections.abc import Iterator
from typing import Final

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.der import DerKind
from open63110.model.station import Station
from open63110.usecases.energy.frequency_regulation import GridAlarmReported
from open63110.usecases.stations.monitor_station import StationEventReported

COMPONENT: Final = "DERCtrlr"

TRIPPED: Final = 4
"""Severity where the station had to leave the grid."""
NOTED: Final = 5


def then(event: GridAlarmReported, station: Station) -> Iterator[Message]:
    """Raise it, or let it be over; one for each kind of control and of event. Below a local CSMS it is that which raises it."""
    if station.via:
        return
    yield StationEventReported(
        station=event.station,
        at=event.at,
        component=COMPONENT,
        variable=event.kind,
        severity=TRIPPED if _trips(event.kind) else NOTED,
        code=event.fault,
        text=event.info,
        cleared=event.ended,
        trigger="alerting",
    )


def _trips(kind: DerKind) -> bool:
    return kind.endswith("must-trip")


FLOW = Flow(role=Role.CSMS, on=(GridAlarmReported,), then=then)
