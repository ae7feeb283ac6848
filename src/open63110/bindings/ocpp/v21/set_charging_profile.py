# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (2.1): as in 2.0.1, and a limit can say for how long it holds without a link, and limit export.

A limit that is to be updated as a whole is a dynamic profile: one period, no begin, and how often the station asks whether it
missed an update (K28).
"""

from datetime import timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.profiles import amperes_of, begin_of, by_phase, end_of, numbered, periods, profile_id, stack_of
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import set_charging_profile as before
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.whole_profile import PLAIN_PERIOD, demand_other, is_limit, profile_of, worded
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import PHASE, WHOLE, power, rate
from open63110.model.phases import phases_of
from open63110.model.profile import ChargingProfile, ScheduleUpdate
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import FAIL_SAFE_VALUE, InstallProfile, LimitPower, ProfileInstalled
from open63110.usecases.energy.smart_charging.profile_terms import MODES

INTERVAL: Final = 900
"""How long after its last update a station asks for another [s]: updates that were lost are known to be, so this is rare."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit.

    Raises:
        NotSupported: a dynamic one with more than one period, or with two ends.
    """
    profile = request.charging_profile
    if (apart := _apart(profile)) is not None:
        return _by_phase(request, apart, door)
    schedule, whole = profile.charging_schedule[0], profile_of(profile)
    if whole.kind != "dynamic" and not is_limit(whole):
        return before.from_wire(request, door)
    after = given(profile.max_offline_duration) if given(profile.invalid_after_offline_duration) else None
    discharge = given(schedule.charging_schedule_period[0].discharge_limit)
    export = None if discharge is None else Watts(power(-discharge, schedule.charging_rate_unit) + 0.0)
    more: dict[str, Any] = {"failsafe_after": None if after is None else Seconds(float(after)), "export": export}
    if profile.charging_profile_kind == "Dynamic":
        more |= _dynamic(profile, schedule, door) | _following(request, whole, door)
        request = _absolute(request)
    elif profile.dyn_update_interval is not UNSET:
        raise NotSupported("only dynamic profiles are updated", code="InvalidProfile", where="dynUpdateInterval")
    return tuple(replace(one, **more) for one in before.from_wire(request, door) if isinstance(one, LimitPower))


def _apart(profile: Any) -> tuple[float, ...] | None:
    """Return the limits of L1, L2 and L3 where a profile of one period sets them apart; None: it does not."""
    (schedule, *others) = profile.charging_schedule
    (period, *later) = schedule.charging_schedule_period
    rates = [given(one) for one in (period.limit, period.limit_l2, period.limit_l3)]
    told = tuple(one for one in rates if one is not None)
    return told if not others and not later and len(told) == len(rates) and all(0 <= one < float("inf") for one in told) else None


def _by_phase(request: Any, apart: tuple[float, ...], door: Door) -> tuple[Message, ...]:
    """Read it as if the least counted for all, and then what each phase may carry."""
    profile, (schedule,) = request.charging_profile, request.charging_profile.charging_schedule
    (period,) = schedule.charging_schedule_period
    one = replace(period, limit=min(apart), limit_l2=UNSET, limit_l3=UNSET)
    plain = replace(profile, charging_schedule=(replace(schedule, charging_schedule_period=(one,)),))
    if profile.charging_profile_kind != "Dynamic" and not is_limit(profile_of(plain)):
        return before.from_wire(request, door)
    amperes = amperes_of(apart, schedule.charging_rate_unit)
    limit = Watts(round(sum(amperes) * PHASE, 1))
    messages = from_wire(replace(request, charging_profile=plain), door)
    return tuple(replace(one, limit=limit, amperes=amperes) for one in messages if isinstance(one, LimitPower))


def _dynamic(profile: Any, schedule: Any, door: Door) -> dict[str, Any]:
    """Read how a dynamic profile is updated, and for how long each update counts.

    Raises:
        NotSupported: it has more than one period, or two ends.
    """
    (first, *later), lasts = schedule.charging_schedule_period, given(schedule.duration)
    every = given(profile.dyn_update_interval)
    if later or first.start_period or schedule.start_schedule is not UNSET:
        raise NotSupported("a dynamic profile has one period, and no begin", code="InvalidSchedule", where="chargingSchedule")
    if lasts is not None and profile.valid_to is not UNSET:
        raise NotSupported("a dynamic profile has one end", code="InvalidSchedule", where="duration")
    return {
        "dynamic": schedule.charging_rate_unit,
        "every": _span(every if every is not None and every > 0 else None, door),
        "lasts": _span(lasts, door),
    }


def _following(request: Any, whole: ChargingProfile, door: Door) -> dict[str, Any]:
    """Read what a dynamic profile wants drawn.

    Raises:
        NotSupported: it wants what no station of this product does.
    """
    (schedule, *others) = whole.schedules
    period = schedule.periods[0]
    beyond = others or schedule.more or whole.begins is not None or period.more.keys() - PLAIN_PERIOD or period.others
    if beyond or period.asleep or period.mode not in MODES:
        raise NotSupported("limits and setpoints are all that is taken", code="UnsupportedParam", where="chargingSchedule")
    if period.setpoint is None:
        return {}
    phases = phases_of(door.noun, evse_number(request.evse_id), whole.transfer)
    return {"setpoint": power(period.setpoint, schedule.unit, period.phases or phases)}


def _absolute(request: Any) -> Any:
    """Return a dynamic profile as one that is not; where it says nothing of a limit, its setpoint is one.

    Below which rate the EV charges badly is of no use to a station of this product.
    """
    profile, (schedule,) = request.charging_profile, request.charging_profile.charging_schedule
    (period,) = schedule.charging_schedule_period
    setpoint = given(period.setpoint)
    if period.limit is UNSET and setpoint is not None:
        period = replace(period, limit=max(0.0, setpoint))
    period = replace(period, setpoint=UNSET, operation_mode=UNSET)
    schedules = (replace(schedule, charging_schedule_period=(period,), min_charging_rate=UNSET),)
    return replace(request, charging_profile=replace(profile, charging_profile_kind="Absolute", charging_schedule=schedules))


def _span(seconds: int | None, door: Door) -> Seconds | None:
    """Return for how long from now on [s]; None: for ever, or beyond the calendar, which comes to the same."""
    try:
        ends = None if seconds is None else door.now + timedelta(seconds=seconds)
    except OverflowError:
        ends = None
    return None if seconds is None or ends is None else Seconds(float(seconds))


def to_wire(command: LimitPower | InstallProfile, door: Door) -> Any:
    """Set the limit, of which one of export holds for all of it, or the profile.

    Raises:
        NotSupported: a profile says what this version does not know.
        Refused: it has the id of a limit.
    """
    if isinstance(command, InstallProfile):
        demand_other(command.profile)
        whole = worded(command.profile, types.ChargingProfileType)
        return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=whole)
    unit: Any = command.dynamic or before.unit_of(door)
    begin, until = begin_of(door), end_of(command, door)
    bound = command.evse != WHOLE and command.transfer != ""
    after = UNSET if command.failsafe_after is None else int(command.failsafe_after)
    moves = command.dynamic != ""
    ends = UNSET if until is None or moves else int((until - begin).total_seconds())
    profile = types.ChargingProfileType(
        id=profile_id(command.evse, command.level, bound=bound),
        stack_level=stack_of(command, door),
        charging_profile_purpose=before.purpose(command.evse, bound=bound),
        charging_profile_kind="Dynamic" if moves else "Absolute",
        valid_to=UNSET if until is None else until,
        transaction_id=command.transfer if bound else UNSET,
        max_offline_duration=after,
        invalid_after_offline_duration=UNSET if after is UNSET else True,
        dyn_update_interval=INTERVAL if moves else UNSET,
        dyn_update_time=door.now if moves else UNSET,
        charging_schedule=(
            types.ChargingScheduleType(
                id=1,
                start_schedule=UNSET if moves else begin,
                duration=ends,
                charging_rate_unit=unit,
                charging_schedule_period=_periods(command, unit, door),
            ),
        ),
    )
    return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=profile)


def _periods(command: LimitPower, unit: str, door: Door) -> tuple[types.ChargingSchedulePeriodType, ...]:
    phases = phases_of(door.noun, command.evse, command.transfer)
    apart = () if command.ahead else by_phase(command, unit)
    second, third = apart[1:] or (UNSET, UNSET)
    discharge = UNSET if command.export is None else -rate(command.export, (), unit, phases)
    return tuple(
        types.ChargingSchedulePeriodType(
            start_period=one.start,
            limit=apart[0] if apart else one.rate,
            limit_l2=second,
            limit_l3=third,
            number_phases=UNSET if (number := numbered(one.phases)) is None else number,
            phase_to_use=UNSET if command.phase is None else command.phase,
            discharge_limit=discharge,
        )
        for one in periods(command, begin_of(door), unit, door)
    )


def heard(response: Any, command: LimitPower | InstallProfile, door: Door) -> Verdict:
    """Understand whether the station keeps to it; of a dynamic profile what it allows at first."""
    verdict = before.heard(response, command, door)
    if not isinstance(command, InstallProfile) or command.profile.kind != "dynamic":
        return verdict
    first = command.profile.schedules[0].periods[0]
    update = ScheduleUpdate(limit=first.limit, others=first.others, setpoint=first.setpoint)
    messages = tuple(replace(one, update=update) if isinstance(one, ProfileInstalled) else one for one in verdict.messages)
    return replace(verdict, messages=messages)


SET_CHARGING_PROFILE = replace(
    before.SET_CHARGING_PROFILE, lacks=(FAIL_SAFE_VALUE,), from_wire=from_wire, to_wire=to_wire, heard=heard
)
