# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (2.0.1): the CSMS limits the power of a station or an EVSE.

A limit is one period from now on: for the station as a whole ChargingStationMaxProfile, for an EVSE TxDefaultProfile. What
remains when it ends is a second profile one stack level below. Not carried: export, phases apart from each other (the
sum, or the least of them, counts), who wants it, and for how long it holds without a link.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import PHASES, WHOLE, power, rate
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    OFFLINE_DURATION,
    LimitAnswer,
    LimitInForce,
    LimitPower,
    LimitRefused,
)

FIRST: Final = 6_311_000
"""Id of the profile below all others of a station as a whole; each EVSE has two, the fail-safe one and the limit."""

LEVELS: Final = 2

WHOLE_PURPOSE: Final = "ChargingStationMaxProfile"
EVSE_PURPOSE: Final = "TxDefaultProfile"

EARLIER = timedelta(seconds=300)
"""A schedule begins so long before it is sent: a station whose clock is a little behind is to keep to it at once."""

CLIPPED: Final = "Clipped"
"""Reason code of a limit that was accepted although the station keeps to less; the words beside it say to how much."""

_SAID = re.compile(r"([0-9]+(?:\.[0-9]+)?) W by ([a-z-]{1,20})")


def profile_id(evse: EvseNumber, level: int) -> int:
    """Return the id of the profile that holds a limit."""
    return FIRST + LEVELS * evse + min(level, LEVELS - 1)


def purpose(evse: EvseNumber) -> Any:
    """Return what a profile is for."""
    return WHOLE_PURPOSE if evse == WHOLE else EVSE_PURPOSE


def unit_of(door: Door) -> Any:
    """Return in what a station takes limits: W unless it does not."""
    return (door.noun.limits.unit if door.noun else "") or "W"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit; one for every EVSE is one for each.

    Raises:
        NotSupported: it is more than a limit from now on.
    """
    profile = request.charging_profile
    schedule = _only(profile.charging_schedule)
    evse = evse_number(request.evse_id)
    if profile.charging_profile_purpose not in {WHOLE_PURPOSE, EVSE_PURPOSE} or profile.charging_profile_kind == "Recurring":
        raise NotSupported(f"{profile.charging_profile_purpose} is no plain limit", code="UnsupportedParam")
    told = LimitPower(
        station=door.station,
        evse=evse,
        limit=_limit(schedule),
        until=end(profile, schedule, door.now),
        level=level(profile.id, evse, profile.stack_level),
    )
    if profile.charging_profile_purpose == WHOLE_PURPOSE or evse != WHOLE:
        return (told,)
    return tuple(replace(told, evse=one) for one in door.noun.evses) if door.noun and door.noun.evses else (told,)


def level(profile: int, evse: EvseNumber, stack: int) -> int:
    """Return the level of a limit: 0 only for what was sent as the fail-safe value, which another's lowest level is not."""
    return 0 if stack == 0 and profile == profile_id(evse, 0) else max(1, stack)


def _only(schedules: Sequence[Any]) -> Any:
    if len(schedules) == 1 and len(schedules[0].charging_schedule_period) == 1:
        return schedules[0]
    raise NotSupported("one schedule with one period is all that is taken", code="TooManyElements")


def _limit(schedule: Any) -> Watts:
    period = schedule.charging_schedule_period[0]
    phases = given(period.number_phases)
    if period.limit is UNSET or period.limit < 0:
        raise NotSupported("a period without a limit", code="InvalidSchedule")
    return power(period.limit, schedule.charging_rate_unit, PHASES if phases is None else phases)


def end(profile: Any, schedule: Any, now: datetime) -> datetime | None:
    """Return when a limit ends: with its schedule or its profile, whichever is sooner; None: when it is cleared."""
    begin = now if schedule.start_schedule is UNSET else schedule.start_schedule
    over = None if schedule.duration is UNSET else begin + timedelta(seconds=schedule.duration)
    ends = [one for one in (over, given(profile.valid_to)) if one is not None]
    return min(ends, default=None)


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say yes, and how much less is kept to where the station itself allows less."""
    reply = find(replies, LimitAnswer)
    if reply is None or reply.by == "command" or reply.limit is None:
        return types.SetChargingProfileResponse(status="Accepted")
    info = types.StatusInfoType(reason_code=CLIPPED, additional_info=f"{reply.limit:g} W by {reply.by}")
    return types.SetChargingProfileResponse(status="Accepted", status_info=info)


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    return types.SetChargingProfileResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: LimitPower, door: Door) -> Any:
    """Set the limit.

    Raises:
        NotSupported: it is about export.
    """
    if command.export is not None:
        raise NotSupported("OCPP 2.0.1 has no limit of export", code="NoExport", where="export")
    unit, begin = unit_of(door), door.now - EARLIER
    period = types.ChargingSchedulePeriodType(start_period=0, limit=rate(command.limit, command.amperes, unit))
    schedule = types.ChargingScheduleType(
        id=1,
        start_schedule=begin,
        duration=UNSET if command.until is None else int((command.until - begin).total_seconds()),
        charging_rate_unit=unit,
        charging_schedule_period=(period,),
    )
    profile = types.ChargingProfileType(
        id=profile_id(command.evse, command.level),
        stack_level=command.level,
        charging_profile_purpose=purpose(command.evse),
        charging_profile_kind="Absolute",
        valid_to=UNSET if command.until is None else command.until,
        charging_schedule=(schedule,),
    )
    return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=profile)


def heard(response: Any, command: LimitPower, door: Door) -> Verdict:
    """Understand whether the station keeps to it, and to how much of it."""
    verdict = judged(response, *in_force(response, command, door))
    if verdict.outcome is Outcome.ACCEPTED:
        info = given(response.status_info)
        words = "" if info is None else given(info.additional_info) or ""
        return replace(verdict, reason=info.reason_code, detail=words) if info is not None else verdict
    return replace(verdict, messages=(refused(command, door, verdict.reason),))


def in_force(response: Any, command: LimitPower, door: Door) -> Iterator[LimitInForce]:
    """Return what a station that says yes keeps to."""
    info = given(response.status_info)
    words = given(info.additional_info) if info is not None and info.reason_code == CLIPPED else None
    said = _SAID.fullmatch(words or "")
    limit, by = (Watts(float(said[1])), said[2]) if said else (command.limit, "command")
    asked = command.wanted(door.now)
    yield LimitInForce(station=command.station, at=door.now, evse=command.evse, limit=limit, by=by, asked=asked)


def refused(command: LimitPower, door: Door, reason: str) -> LimitRefused:
    """Return what a station that says no has done."""
    return LimitRefused(station=command.station, at=door.now, evse=command.evse, reason=reason)


SET_CHARGING_PROFILE = Translation(
    action="SetChargingProfile",
    sender=Role.CSMS,
    carries=(LimitPower,),
    lacks=(FAIL_SAFE_VALUE, OFFLINE_DURATION),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
