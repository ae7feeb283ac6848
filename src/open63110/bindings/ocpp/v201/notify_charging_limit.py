# SPDX-License-Identifier: Apache-2.0
"""NotifyChargingLimit (2.0.1): somebody other than this CSMS limits the station: an energy manager, the grid (8.2.7, 7.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.profiles import Period, begin_of, numbered, periods, read
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.set_charging_profile import end
from open63110.bindings.ocpp.whole_profile import is_plain, phrased, schedule_of, schedule_words
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit, ExternalLimitSet, ExternalSource
from open63110.model.limit import Ahead
from open63110.model.phases import phases_of
from open63110.usecases.energy.smart_charging import LimitPower

SOURCES: Final[dict[str, ExternalSource]] = {"EMS": "ems", "SO": "so", "CSO": "cso"}
"""Every other word of the wire is somebody else's."""

WORDS: Final[dict[ExternalSource, Any]] = {"ems": "EMS", "so": "SO", "cso": "CSO", "other": "Other"}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; of several schedules the lowest counts at each moment.

    Raises:
        NotSupported: its schedule is none.
    """
    said, schedules = request.charging_limit, given(request.charging_schedule)
    evse = EvseNumber(0) if request.evse_id is UNSET else evse_number(request.evse_id)
    limit = ExternalLimit(
        evse=evse,
        source=SOURCES.get(said.charging_limit_source, "other"),
        since=door.now,
        critical=bool(given(said.is_grid_critical)),
    )
    if schedules is not None:
        limit = _together(limit, [_over_time(limit, one, door) for one in schedules])
        whole = tuple(map(schedule_of, schedules))
        if len(whole) > 1 or not is_plain(whole[0]):
            limit = replace(limit, schedules=whole)
    return (ExternalLimitSet(station=door.station, at=door.now, limit=limit),)


def _over_time(limit: ExternalLimit, schedule: Any, door: Door) -> ExternalLimit:
    begin = given(schedule.start_schedule) or door.now
    said = [(one.start_period, one.limit, one.number_phases) for one in schedule.charging_schedule_period]
    if any(power is UNSET for _, power, _ in said):
        return limit  # it is about export alone, or something else that is not a limit of import
    found = read(said, schedule.charging_rate_unit, begin, door.now, phases_of(door.noun, limit.evse))
    return replace(limit, limit=found.limit, ahead=found.ahead, until=end(schedule, begin))


def _together(known: ExternalLimit, told: Sequence[ExternalLimit]) -> ExternalLimit:
    """Return what several schedules allow together; None of them counts any more after the last has ended."""
    limits = [one for one in told if one.limit is not None]
    if len(limits) < 2:
        return limits[0] if limits else known
    moments = {step.since for one in limits for step in one.ahead} | {one.until for one in limits if one.until is not None}
    first, until = min(one.limit for one in limits if one.limit is not None), None
    ahead: list[Ahead] = []
    for at in sorted(moments):
        allowed = [_at(one, at) for one in limits if one.until is None or at < one.until]
        if not allowed:
            until = at
        elif min(allowed) != (ahead[-1].limit if ahead else first):
            ahead.append(Ahead(since=at, limit=min(allowed)))
    return replace(known, limit=first, ahead=tuple(ahead), until=until)


def _at(limit: ExternalLimit, at: datetime) -> Watts:
    return next((one.limit for one in reversed(limit.ahead) if one.since <= at), limit.limit or Watts(0.0))


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: ExternalLimitSet, door: Door) -> Any:
    """Tell it; what was told in several schedules is told so again.

    Raises:
        NotSupported: this version cannot say all of them.
    """
    limit = event.limit
    said = types.ChargingLimitType(charging_limit_source=WORDS[limit.source], is_grid_critical=limit.critical or UNSET)
    schedules: Any = UNSET if limit.limit is None else (_schedule(limit, door),)
    if limit.schedules:
        schedules = tuple(phrased(schedule_words(one), types.ChargingScheduleType) for one in limit.schedules)
    return types.NotifyChargingLimitRequest(evse_id=limit.evse, charging_limit=said, charging_schedule=schedules)


def _schedule(limit: ExternalLimit, door: Door) -> types.ChargingScheduleType:
    begin = begin_of(door)
    told = LimitPower(station=door.station, evse=limit.evse, limit=limit.limit or Watts(0.0), ahead=limit.ahead)
    return types.ChargingScheduleType(
        id=1,
        start_schedule=begin,
        duration=UNSET if limit.until is None else int((limit.until - begin) / timedelta(seconds=1)),
        charging_rate_unit="W",
        charging_schedule_period=tuple(_period(one) for one in periods(told, begin, "W", door)),
    )


def _period(one: Period) -> types.ChargingSchedulePeriodType:
    phases = numbered(one.phases)
    return types.ChargingSchedulePeriodType(
        start_period=one.start, limit=one.rate, number_phases=UNSET if phases is None else phases
    )


NOTIFY_CHARGING_LIMIT = Translation(
    action="NotifyChargingLimit",
    sender=Role.STATION,
    carries=(ExternalLimitSet,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
