# SPDX-License-Identifier: Apache-2.0
"""OpenPeriodicEventStream (2.1): a station wants to send the values of a monitor as a stream."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v21.stream_terms import read_terms, terms_type
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.streams import OpenStream, StreamAnswered


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which, of which monitor, and in which portions."""
    said = request.constant_stream_data
    terms = read_terms(said.params)
    return (OpenStream(station=door.station, number=said.id, monitor=said.variable_monitoring_id, terms=terms),)


def answer(_: Sequence[Reply], __: Door) -> types.OpenPeriodicEventStreamResponse:
    """Take it."""
    return types.OpenPeriodicEventStreamResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.OpenPeriodicEventStreamResponse:
    """Say why not."""
    info = types.StatusInfoType(reason_code=trouble.code[:20])
    return types.OpenPeriodicEventStreamResponse(status="Rejected", status_info=info)


def to_wire(command: OpenStream, _: Door) -> types.OpenPeriodicEventStreamRequest:
    """Ask for it."""
    return types.OpenPeriodicEventStreamRequest(
        constant_stream_data=types.ConstantStreamDataType(
            id=command.number, params=terms_type(command.terms), variable_monitoring_id=command.monitor
        )
    )


def heard(response: Any, command: OpenStream, door: Door) -> Verdict:
    """Understand whether it is taken."""
    accepted, info = response.status == "Accepted", given(response.status_info)
    reason = "" if info is None else info.reason_code
    told = StreamAnswered(station=command.station, at=door.now, number=command.number, accepted=accepted, reason=reason)
    outcome = Outcome.ACCEPTED if accepted else Outcome.REJECTED
    return Verdict(outcome=outcome, reason=reason, messages=(told,))


OPEN_PERIODIC_EVENT_STREAM = Translation(
    action="OpenPeriodicEventStream",
    sender=Role.STATION,
    carries=(OpenStream,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
