# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (2.1): as in 2.0.1, and a limit can say for how long it holds without a link, and limit export."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import set_charging_profile as before
from open63110.kernel.messages import Message
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import power, rate
from open63110.usecases.energy.smart_charging import FAIL_SAFE_VALUE, LimitPower


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit."""
    profile = request.charging_profile
    schedule = profile.charging_schedule[0]
    after = given(profile.max_offline_duration) if given(profile.invalid_after_offline_duration) else None
    discharge = given(schedule.charging_schedule_period[0].discharge_limit)
    export = None if discharge is None else Watts(power(-discharge, schedule.charging_rate_unit) + 0.0)
    more = {"failsafe_after": None if after is None else Seconds(float(after)), "export": export}
    return tuple(replace(one, **more) for one in before.from_wire(request, door) if isinstance(one, LimitPower))


def to_wire(command: LimitPower, door: Door) -> Any:
    """Set the limit."""
    sent = before.to_wire(replace(command, export=None), door).charging_profile
    after = UNSET if command.failsafe_after is None else int(command.failsafe_after)
    schedule = sent.charging_schedule[0]
    unit = schedule.charging_rate_unit
    discharge = UNSET if command.export is None else -rate(command.export, (), unit)
    period = types.ChargingSchedulePeriodType(
        start_period=0, limit=schedule.charging_schedule_period[0].limit, discharge_limit=discharge
    )
    profile = types.ChargingProfileType(
        id=sent.id,
        stack_level=sent.stack_level,
        charging_profile_purpose=sent.charging_profile_purpose,
        charging_profile_kind=sent.charging_profile_kind,
        valid_to=sent.valid_to,
        max_offline_duration=after,
        invalid_after_offline_duration=UNSET if after is UNSET else True,
        charging_schedule=(
            types.ChargingScheduleType(
                id=schedule.id,
                start_schedule=schedule.start_schedule,
                duration=schedule.duration,
                charging_rate_unit=unit,
                charging_schedule_period=(period,),
            ),
        ),
    )
    return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=profile)


SET_CHARGING_PROFILE = replace(before.SET_CHARGING_PROFILE, lacks=(FAIL_SAFE_VALUE,), from_wire=from_wire, to_wire=to_wire)
