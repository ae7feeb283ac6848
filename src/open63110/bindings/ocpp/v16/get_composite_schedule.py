# SPDX-License-Identifier: Apache-2.0
"""GetCompositeSchedule (1.6): how much may flow now and ahead, all limits of a station together."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.profiles import Period, composite, numbered, read
from open63110.bindings.ocpp.translation import Door, Translation, find, given, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.bindings.ocpp.v16.set_charging_profile import unit_of
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.phases import phases_of
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AskLimit, LimitAnswer, LimitInForce

AHEAD: Final = 60
"""How much of the schedule is asked for at least [s]: what counts now stands at its begin."""

COMPOSITE: Final = "composite"
"""What clips a limit of which the wire does not say what does."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read where."""
    door.names["composite"] = (given(request.charging_rate_unit) or "W", request.duration)
    within = Seconds(float(max(0, request.duration)))
    return (AskLimit(station=door.station, evse=evse_number(request.connector_id), within=within),)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say how much; without a schedule where nothing limits it."""
    reply, (unit, duration) = find(replies, LimitAnswer), door.names.pop("composite", ("W", AHEAD))
    if reply is None or reply.limit is None:
        return types.GetCompositeScheduleResponse(status="Accepted")
    length, periods = composite(reply, unit, duration, door)
    schedule = types.ChargingSchedule(
        duration=length, charging_rate_unit=unit, charging_schedule_period=tuple(_period(one) for one in periods)
    )
    return types.GetCompositeScheduleResponse(
        status="Accepted", connector_id=reply.evse, schedule_start=door.now, charging_schedule=schedule
    )


def _period(one: Period) -> types.ChargingSchedulePeriod:
    phases = numbered(one.phases)
    return types.ChargingSchedulePeriod(start_period=one.start, limit=one.rate, number_phases=UNSET if phases is None else phases)


def refuse(_: Trouble, door: Door) -> Any:
    """Say no."""
    door.names.pop("composite", None)
    return types.GetCompositeScheduleResponse(status="Rejected")


def to_wire(command: AskLimit, door: Door) -> Any:
    """Ask."""
    duration = max(AHEAD, int(command.within))
    return types.GetCompositeScheduleRequest(connector_id=command.evse, duration=duration, charging_rate_unit=unit_of(door))


def heard(response: Any, command: AskLimit, door: Door) -> Verdict:
    """Understand what counts now."""
    schedule = given(response.charging_schedule)
    if schedule is None or not schedule.charging_schedule_period:
        return verdict_of(response.status)
    begin = given(response.schedule_start) or door.now
    periods = ((one.start_period, one.limit, one.number_phases) for one in schedule.charging_schedule_period)
    found = read(periods, schedule.charging_rate_unit, begin, door.now, phases_of(door.noun, command.evse))
    said = LimitInForce(
        station=command.station, at=door.now, evse=command.evse, limit=found.limit, by=COMPOSITE, ahead=found.ahead
    )
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
