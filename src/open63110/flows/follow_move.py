# SPDX-License-Identifier: Apache-2.0
"""A station that is to leave starts again, goes, and perhaps comes back, of which the operator hears (8.3.14, 8.3.7, 8.3.15)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.network import PRIORITY, MoveState
from open63110.model.station import TRIGGERED, Station, StationBooted, StationDisconnected
from open63110.usecases.stations.migrate_station import MoveChanged, NoteLink
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

FAILED = "MigrationFailed"
"""Code of the event that tells the operator."""

SEVERITY = 3

AWAY = frozenset({MoveState.LEAVING, MoveState.LEFT})


def then(event: StationDisconnected | StationBooted | MoveChanged, station: Station) -> Iterator[Message]:
    """Tell the move what the link does, and others what the move wants."""
    if isinstance(event, MoveChanged):
        yield from _wanted(event)
    elif station.move is not None and station.move.state in AWAY:
        back = isinstance(event, StationBooted)
        if not isinstance(event, StationBooted) or event.reason != TRIGGERED:
            yield NoteLink(station=station.id, back=back)


def _wanted(event: MoveChanged) -> Iterator[Message]:
    move = event.move
    if move.state is MoveState.LEAVING:
        yield RebootStation(station=event.station, mode=RebootMode.ON_IDLE)
    elif move.state in {MoveState.RETURNED, MoveState.FAILED}:
        component, _, variable = PRIORITY.partition("/")
        yield StationEventReported(
            station=event.station,
            at=event.at,
            component=component,
            variable=variable,
            severity=SEVERITY,
            actual=move.url,
            code=FAILED,
            text=move.reason,
        )


FLOW = Flow(role=Role.CSMS, on=(StationDisconnected, StationBooted, MoveChanged), then=then)
