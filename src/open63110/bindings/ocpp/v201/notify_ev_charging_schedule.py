# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingSchedule (2.0.1): how an EV means to charge, by which of the schedules it was offered (8.2.3, step 8).

Its schedule has the id of the one that it chose.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.profiles import numbered
from open63110.bindings.ocpp.translation import Door, Translation, find, given, stored
from open63110.bindings.ocpp.v201.notify_ev_charging_needs import place
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import PHASES, power
from open63110.model.needs import EvPlanAnswer, EvPlanStated, PlanPeriod
from open63110.model.phases import phases_of

FIRST: Final = 1
"""Id of a schedule where nobody said which."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; it is about the transfer that runs at the EVSE.

    Raises:
        Malformed: no EV stands there, or a period says no power, or lies outside of the calendar.
    """
    evse, schedule = place(request.evse_id), request.charging_schedule
    periods = tuple(_periods(schedule, utc(request.time_base), phases_of(door.noun, evse)))
    return (EvPlanStated(station=door.station, at=door.now, evse=evse, periods=periods, schedule=schedule.id),)


def _periods(schedule: Any, base: datetime, phases: int) -> Iterator[PlanPeriod]:
    for one in schedule.charging_schedule_period:
        if one.limit is UNSET or not 0 <= one.limit < float("inf"):
            raise Malformed("a period without a power", code="InvalidSchedule", where="chargingSchedulePeriod")
        counted = given(one.number_phases)
        watts = power(one.limit, schedule.charging_rate_unit, phases if counted is None else counted)
        yield PlanPeriod(start=_moment(base, one.start_period), power=watts, phases=counted)
    if schedule.duration is not UNSET:
        yield PlanPeriod(start=_moment(base, schedule.duration), power=Watts(0.0))


def _moment(base: datetime, seconds: int) -> datetime:
    try:
        return base + timedelta(seconds=seconds)
    except OverflowError as fault:
        raise Malformed("a period outside of the calendar", code="InvalidSchedule", where="startPeriod") from fault


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say whether it stays below what was offered; else the offer comes again."""
    reply = find(replies, EvPlanAnswer)
    if reply is not None and reply.accepted:
        return types.NotifyEVChargingScheduleResponse(status="Accepted")
    return _rejected("AboveSchedule")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.NotifyEVChargingScheduleResponse:
    return types.NotifyEVChargingScheduleResponse(status="Rejected", status_info=because(code))


def to_wire(event: EvPlanStated, door: Door) -> Any:
    """Tell it."""
    base = event.periods[0].start if event.periods else door.now
    periods = tuple(_period(one, base) for one in event.periods) or (_nothing(),)
    schedule = types.ChargingScheduleType(
        id=FIRST if event.schedule is None else event.schedule, charging_rate_unit="W", charging_schedule_period=periods
    )
    return types.NotifyEVChargingScheduleRequest(time_base=base, evse_id=event.evse, charging_schedule=schedule)


def _period(one: PlanPeriod, base: datetime) -> types.ChargingSchedulePeriodType:
    phases = numbered(one.phases or PHASES)
    return types.ChargingSchedulePeriodType(
        start_period=int((one.start - base).total_seconds()), limit=one.power, number_phases=UNSET if phases is None else phases
    )


def _nothing() -> types.ChargingSchedulePeriodType:
    return types.ChargingSchedulePeriodType(start_period=0, limit=0.0)


NOTIFY_EV_CHARGING_SCHEDULE = Translation(
    action="NotifyEVChargingSchedule",
    sender=Role.STATION,
    carries=(EvPlanStated,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=stored,
)
