# SPDX-License-Identifier: Apache-2.0
"""What a station says of the order in which it tries its ways (8.3.3, 8.3.4), to its move to another CSMS (8.3.14)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.network import PRIORITY, MoveState
from open63110.model.station import Station
from open63110.model.variables import TAKEN, VariablesRead, VariablesSet
from open63110.usecases.stations.migrate_station import NoteWays, OrderWays


def then(event: VariablesRead | VariablesSet, station: Station) -> Iterator[Message]:
    """Tell the move, if one has begun."""
    if station.move is None or station.move.state is not MoveState.OFFERED:
        return
    if isinstance(event, VariablesRead):
        for value in event.values:
            if value.variable == PRIORITY:
                yield OrderWays(station=station.id, ways=value.value or "")
        return
    for result in event.results:
        if result.variable == PRIORITY:
            yield NoteWays(station=station.id, taken=result.status in TAKEN, reason=result.reason or result.status)


FLOW = Flow(role=Role.CSMS, on=(VariablesRead, VariablesSet), then=then)
