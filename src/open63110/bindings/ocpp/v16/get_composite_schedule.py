# SPDX-License-Identifier: Apache-2.0
"""GetCompositeSchedule (1.6): how much may flow now, all limits of a station together."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.bindings.ocpp.v16.set_charging_profile import unit_of
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import PHASES, power, rate
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AskLimit, LimitAnswer, LimitInForce

AHEAD: Final = 60
"""How much of the schedule is asked for [s]: what counts now stands at its begin."""

COMPOSITE: Final = "composite"
"""What clips a limit of which the wire does not say what does."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read where."""
    door.names["composite"] = (given(request.charging_rate_unit) or "W", request.duration)
    return (AskLimit(station=door.station, evse=evse_number(request.connector_id)),)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say how much; without a schedule where nothing limits it."""
    reply, (unit, duration) = find(replies, LimitAnswer), door.names.pop("composite", ("W", AHEAD))
    if reply is None or reply.limit is None:
        return types.GetCompositeScheduleResponse(status="Accepted")
    period = types.ChargingSchedulePeriod(start_period=0, limit=rate(reply.limit, (), unit))
    schedule = types.ChargingSchedule(duration=duration, charging_rate_unit=unit, charging_schedule_period=(period,))
    return types.GetCompositeScheduleResponse(
        status="Accepted", connector_id=reply.evse, schedule_start=door.now, charging_schedule=schedule
    )


def refuse(_: Trouble, door: Door) -> Any:
    """Say no."""
    door.names.pop("composite", None)
    return types.GetCompositeScheduleResponse(status="Rejected")


def to_wire(command: AskLimit, door: Door) -> Any:
    """Ask."""
    return types.GetCompositeScheduleRequest(connector_id=command.evse, duration=AHEAD, charging_rate_unit=unit_of(door))


def heard(response: Any, command: AskLimit, door: Door) -> Verdict:
    """Understand what counts now."""
    schedule = given(response.charging_schedule)
    if schedule is None or not schedule.charging_schedule_period:
        return verdict_of(response.status)
    period = schedule.charging_schedule_period[0]
    phases = given(period.number_phases)
    limit = power(period.limit, schedule.charging_rate_unit, PHASES if phases is None else phases)
    said = LimitInForce(station=command.station, at=door.now, evse=command.evse, limit=limit, by=COMPOSITE)
    return verdict_of(response.status, said)


GET_COMPOSITE_SCHEDULE = Translation(
    action="GetCompositeSchedule",
    sender=Role.CSMS,
    carries=(AskLimit,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
