# SPDX-License-Identifier: Apache-2.0
"""Heartbeat (2.0.1): a station is there, and asks the time."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station import Heartbeat, TimeAnswer
from open63110.usecases.stations.onboard_station import TimeTold

DROPPED = ("every",)
"""When the next one comes is known by the interval of the boot."""


def from_wire(_: Any, door: Door) -> tuple[Message, ...]:
    """Hear it."""
    return (Heartbeat(station=door.station),)


def answer(replies: Sequence[Reply], door: Door) -> types.HeartbeatResponse:
    """Tell the time."""
    reply = find(replies, TimeAnswer)
    return types.HeartbeatResponse(current_time=door.now if reply is None else reply.now)


def to_wire(_: Heartbeat, __: Door) -> Any:
    """Ask the time."""
    return EMPTY


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
