# SPDX-License-Identifier: Apache-2.0
"""ReportChargingProfiles (2.1): as in 2.0.1, and of dynamic profiles when they were updated; what depends on the EV's battery."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import report_charging_profiles as before
from open63110.bindings.ocpp.whole_profile import worded
from open63110.kernel.messages import Message
from open63110.kernel.units import Percent, Watts
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.limit import power
from open63110.model.phases import phases_of


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    return tuple(
        replace(one, profiles=tuple(map(_more, one.profiles, request.charging_profile, [door] * len(one.profiles))))
        if isinstance(one, ProfilesReported)
        else one
        for one in before.from_wire(request, door)
    )


def _more(known: Installed, profile: Any, door: Door) -> Installed:
    schedule = profile.charging_schedule[0]
    return replace(
        known,
        updated=given(profile.dyn_update_time),
        at_soc=at_soc(schedule, phases_of(door.noun, known.evse, known.transfer)),
        precondition=bool(given(schedule.charging_schedule_period[0].preconditioning_request)),
    )


def at_soc(schedule: Any, phases: int) -> tuple[Percent, Watts] | None:
    """Return from which state of charge on a schedule allows how much only; None: it does not say so."""
    said = given(schedule.limit_at_soc)
    if said is None or not 0 <= said.limit < float("inf"):
        return None
    return Percent(float(said.soc)), power(said.limit, schedule.charging_rate_unit, phases)


def to_wire(event: ProfilesReported, door: Door) -> Any:
    """Report a part."""
    plain = replace(event, profiles=tuple(replace(one, whole=None) for one in event.profiles))
    sent = before.to_wire(plain, door)
    profiles = tuple(map(_profile, sent.charging_profile, event.profiles))
    return types.ReportChargingProfilesRequest(**asdict(sent) | {"charging_profile": profiles})


def _profile(sent: Any, one: Installed) -> types.ChargingProfileType:
    if one.whole is not None:
        return worded(one.whole, types.ChargingProfileType)
    schedule = sent.charging_schedule[0]
    periods = tuple(types.ChargingSchedulePeriodType(**asdict(each)) for each in schedule.charging_schedule_period)
    plan = types.ChargingScheduleType(**asdict(schedule) | {"charging_schedule_period": periods})
    if one.dynamic:
        plan = replace(plan, start_schedule=UNSET, duration=UNSET)
    return types.ChargingProfileType(
        **asdict(sent)
        | {
            "charging_profile_kind": "Dynamic" if one.dynamic else "Absolute",
            "dyn_update_time": UNSET if one.updated is None else one.updated,
            "charging_schedule": (plan,),
        }
    )


REPORT_CHARGING_PROFILES = replace(before.REPORT_CHARGING_PROFILES, from_wire=from_wire, to_wire=to_wire)
