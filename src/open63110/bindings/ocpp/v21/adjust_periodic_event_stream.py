# SPDX-License-Identifier: Apache-2.0
"""AdjustPeriodicEventStream (2.1): a stream of values is to come in other portions."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.stream_terms import read_terms, terms_type
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.monitor import StreamTerms
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.streams import AdjustStream, StreamAdjusted


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which, and in which portions."""
    terms = read_terms(request.params)
    return (AdjustStream(station=door.station, number=request.id, every=terms.interval, values=terms.values),)


def answer(_: Sequence[Reply], __: Door) -> types.AdjustPeriodicEventStreamResponse:
    """Say yes."""
    return types.AdjustPeriodicEventStreamResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.AdjustPeriodicEventStreamResponse:
    """Say why not."""
    info = types.StatusInfoType(reason_code=trouble.code[:20])
    return types.AdjustPeriodicEventStreamResponse(status="Rejected", status_info=info)


def _terms(command: AdjustStream) -> StreamTerms:
    return StreamTerms(interval=command.every, values=command.values)


def to_wire(command: AdjustStream, _: Door) -> types.AdjustPeriodicEventStreamRequest:
    """Say which, and in which portions."""
    return types.AdjustPeriodicEventStreamRequest(id=command.number, params=terms_type(_terms(command)))


def heard(response: Any, command: AdjustStream, door: Door) -> Verdict:
    """Understand whether it comes so now."""
    return judged(response, StreamAdjusted(station=command.station, at=door.now, number=command.number, terms=_terms(command)))


ADJUST_PERIODIC_EVENT_STREAM = Translation(
    action="AdjustPeriodicEventStream",
    sender=Role.CSMS,
    carries=(AdjustStream,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
