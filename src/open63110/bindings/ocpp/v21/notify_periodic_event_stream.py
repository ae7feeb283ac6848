# SPDX-License-Identifier: Apache-2.0
"""NotifyPeriodicEventStream (2.1): values of a stream, sent without waiting for an answer."""

from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.usecases.stations.monitor_station.streams import StreamSampled


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read them."""
    return (
        StreamSampled(
            station=door.station,
            at=utc(request.basetime),
            number=request.id,
            offsets=tuple(one.t for one in request.data),
            values=tuple(one.v for one in request.data),
            pending=request.pending,
        ),
    )


def to_wire(event: StreamSampled, _: Door) -> types.NotifyPeriodicEventStreamRequest:
    """Tell them."""
    pairs = zip(event.offsets, event.values, strict=True)
    return types.NotifyPeriodicEventStreamRequest(
        id=event.number,
        pending=event.pending,
        basetime=event.at,
        data=tuple(types.StreamDataElementType(t=offset, v=value) for offset, value in pairs),
    )


NOTIFY_PERIODIC_EVENT_STREAM = Translation(
    action="NotifyPeriodicEventStream",
    sender=Role.STATION,
    carries=(StreamSampled,),
    unconfirmed=True,
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
)
