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
from open63110.bindings.ocpp.profiles import begin_of, end_of, numbered, periods, phases_of, profile_id, stack_of
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import set_charging_profile as before
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import WHOLE, power, rate
from open63110.usecases.energy.smart_charging import FAIL_SAFE_VALUE, LimitPower

INTERVAL: Final = 900
"""How long after its last update a station asks for another [s]: updates that were lost are known to be, so this is rare."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit.

    Raises:
        NotSupported: a dynamic one with more than one period, or with two ends.
    """
    profile = request.charging_profile
    schedule = profile.charging_schedule[0]
    after = given(profile.max_offline_duration) if given(profile.invalid_after_offline_duration) else None
    discharge = given(schedule.charging_schedule_period[0].discharge_limit)
    export = None if discharge is None else Watts(power(-discharge, schedule.charging_rate_unit) + 0.0)
    more: dict[str, Any] = {"failsafe_after": None if after is None else Seconds(float(after)), "export": export}
    if profile.charging_profile_kind == "Dynamic":
        more |= _dynamic(profile, schedule, door)
        request = replace(request, charging_profile=replace(profile, charging_profile_kind="Absolute"))
    elif profile.dyn_update_interval is not UNSET:
        raise NotSupported("only dynamic profiles are updated", code="InvalidProfile", where="dynUpdateInterval")
    return tuple(replace(one, **more) for one in before.from_wire(request, door) if isinstance(one, LimitPower))


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


def _span(seconds: int | None, door: Door) -> Seconds | None:
    """Return for how long from now on [s]; None: for ever, or beyond the calendar, which comes to the same."""
    try:
        ends = None if seconds is None else door.now + timedelta(seconds=seconds)
    except OverflowError:
        ends = None
    return None if seconds is None or ends is None else Seconds(float(seconds))


def to_wire(command: LimitPower, door: Door) -> Any:
    """Set the limit; one of export holds for all of it."""
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
    discharge = UNSET if command.export is None else -rate(command.export, (), unit, phases)
    return tuple(
        types.ChargingSchedulePeriodType(
            start_period=one.start,
            limit=one.rate,
            number_phases=UNSET if (number := numbered(one.phases)) is None else number,
            phase_to_use=UNSET if command.phase is None else command.phase,
            discharge_limit=discharge,
        )
        for one in periods(command, begin_of(door), unit, door)
    )


SET_CHARGING_PROFILE = replace(before.SET_CHARGING_PROFILE, lacks=(FAIL_SAFE_VALUE,), from_wire=from_wire, to_wire=to_wire)
