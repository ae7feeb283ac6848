# SPDX-License-Identifier: Apache-2.0
"""GetPeriodicEventStream (2.1): which streams of values a station sends."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v21.stream_terms import read_terms, terms_type
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.streams import AskStreams, ShownStream, StreamsAnswer, StreamsReported


def from_wire(_: Any, door: Door) -> tuple[Message, ...]:
    """Read the question, which has no fields."""
    return (AskStreams(station=door.station),)


def answer(replies: Sequence[Reply], _: Door) -> types.GetPeriodicEventStreamResponse:
    """Name them."""
    reply = find(replies, StreamsAnswer) or StreamsAnswer()
    shown = tuple(
        types.ConstantStreamDataType(id=one.number, params=terms_type(one.terms), variable_monitoring_id=one.monitor)
        for one in reply.streams
    )
    return types.GetPeriodicEventStreamResponse(constant_stream_data=shown or UNSET)


def to_wire(_: AskStreams, __: Door) -> types.GetPeriodicEventStreamRequest:
    """Ask."""
    return types.GetPeriodicEventStreamRequest()


def heard(response: Any, command: AskStreams, door: Door) -> Verdict:
    """Understand which."""
    found = tuple(
        ShownStream(number=one.id, monitor=one.variable_monitoring_id, terms=read_terms(one.params))
        for one in given(response.constant_stream_data) or ()
    )
    told = StreamsReported(station=command.station, at=door.now, streams=found)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(told,))


GET_PERIODIC_EVENT_STREAM = Translation(
    action="GetPeriodicEventStream",
    sender=Role.CSMS,
    carries=(AskStreams,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
