# SPDX-License-Identifier: Apache-2.0
"""Heartbeat (1.6): a station says that it is there, and asks the time."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station import Heartbeat, TimeAnswer
from open63110.usecases.stations.onboard_station import TimeTold

DROPPED = ("every",)
"""When the next one comes is known by the interval of the boot."""


def from_wire(_: types.HeartbeatRequest, door: Door) -> tuple[Message, ...]:
    """There is nothing in it but its coming."""
    return (Heartbeat(station=door.station),)


def answer(replies: Sequence[Reply], door: Door) -> types.HeartbeatResponse:
    """Tell the time."""
    said = find(replies, TimeAnswer)
    return types.HeartbeatResponse(current_time=said.now if said else door.now)


def to_wire(_: Heartbeat, __: Door) -> types.HeartbeatRequest:
    """Say that the station is there."""
    return types.HeartbeatRequest()


def heard(response: types.HeartbeatResponse, _: Heartbeat, door: Door) -> Verdict:
    """Know that the CSMS is there, and what time it is."""
    return Verdict(
        outcome=Outcome.ACCEPTED, messages=(TimeTold(station=door.station, at=door.now, now=utc(response.current_time)),)
    )


HEARTBEAT = Translation(
    action="Heartbeat",
    sender=Role.STATION,
    carries=(Heartbeat,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
