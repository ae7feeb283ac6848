# SPDX-License-Identifier: Apache-2.0
"""ClearVariableMonitoring (2.0.1): monitors are not needed any more."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.monitors import ClearAnswer, ClearMonitors, MonitorsCleared

GONE: Final = frozenset({"Accepted", "NotFound"})


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (ClearMonitors(station=door.station, ids=request.id),)


def answer(replies: Sequence[Reply], _: Door) -> types.ClearVariableMonitoringResponse:
    """Say of each whether it is gone."""
    reply = find(replies, ClearAnswer) or ClearAnswer()
    said: tuple[tuple[tuple[int, ...], Any], ...] = (
        (reply.cleared, "Accepted"),
        (reply.unknown, "NotFound"),
        (reply.stay, "Rejected"),
    )
    return types.ClearVariableMonitoringResponse(
        clear_monitoring_result=tuple(
            types.ClearMonitoringResultType(id=number, status=status) for numbers, status in said for number in numbers
        )
    )


def to_wire(command: ClearMonitors, _: Door) -> types.ClearVariableMonitoringRequest:
    """Name them by their numbers.

    Raises:
        NotSupported: they have none.
    """
    if not command.ids:
        raise NotSupported("monitors are cleared by their numbers", code="NoNumber", where="ids")
    return types.ClearVariableMonitoringRequest(id=command.ids)


def heard(response: Any, command: ClearMonitors, door: Door) -> Verdict:
    """Understand which are gone; what the station never had is, too."""
    said = {one.id: one.status for one in response.clear_monitoring_result}
    gone = tuple(number for number in command.ids if said.get(number) in GONE)
    stay = [f"{number} {said.get(number, 'without an answer')}" for number in command.ids if number not in gone]
    messages = (MonitorsCleared(station=command.station, at=door.now, ids=gone),) if gone else ()
    if stay:
        return Verdict(outcome=Outcome.REJECTED, reason="Rejected", detail=", ".join(stay), messages=messages)
    return Verdict(outcome=Outcome.ACCEPTED, messages=messages)


CLEAR_VARIABLE_MONITORING = Translation(
    action="ClearVariableMonitoring",
    sender=Role.CSMS,
    carries=(ClearMonitors,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
