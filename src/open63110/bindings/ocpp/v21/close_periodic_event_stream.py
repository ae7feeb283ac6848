# SPDX-License-Identifier: Apache-2.0
"""ClosePeriodicEventStream (2.1): a stream of values ends."""

from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.usecases.stations.monitor_station.streams import CloseStream


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (CloseStream(station=door.station, number=request.id),)


def to_wire(command: CloseStream, _: Door) -> types.ClosePeriodicEventStreamRequest:
    """Say which."""
    return types.ClosePeriodicEventStreamRequest(id=command.number)


CLOSE_PERIODIC_EVENT_STREAM = Translation(
    action="ClosePeriodicEventStream",
    sender=Role.STATION,
    carries=(CloseStream,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
