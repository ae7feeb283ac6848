# SPDX-License-Identifier: Apache-2.0
"""ReportChargingProfiles (2.0.1): which profiles a station holds, in parts; what nobody asked for is kept word by word.

One that says more than a limit does is kept whole, and what its first schedule allows is shown.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.profiles import Period, begin_of, numbered, periods, place_of, profile_id, read
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.notify_charging_limit import SOURCES, WORDS
from open63110.bindings.ocpp.v201.set_charging_profile import begin_at, end
from open63110.bindings.ocpp.whole_profile import is_limit, profile_of, worded
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.phases import phases_of
from open63110.model.profile import ChargingProfile
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.energy.smart_charging.profile_terms import limit_of, upcoming

KEPT: Final = keeping("ReportChargingProfiles", evse="evse_id", request="request_id")
"""For what answers no question that is open."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    if door.noun is not None and door.noun.profiles.request != request.request_id:
        return KEPT.from_wire(request, door)
    evse = evse_number(request.evse_id)
    found = tuple(installed(one, evse, request.charging_limit_source, door) for one in request.charging_profile)
    more = bool(given(request.tbc))
    return (ProfilesReported(station=door.station, at=door.now, request=request.request_id, profiles=found, more=more),)


def installed(profile: Any, evse: EvseNumber, source: str, door: Door) -> Installed:
    """Read one profile; one whose schedule cannot be read says nothing of how much it allows."""
    place, transfer = place_of(profile.id), given(profile.transaction_id) or ""
    own = source == "CSO" and place is not None and place.evse == evse
    found = Installed(
        id=profile.id,
        evse=evse,
        source=SOURCES.get(source, "other"),
        purpose=profile.charging_profile_purpose,
        level=profile.stack_level,
        ours=own,
        safe=own and place is not None and place.level == 0,
        transfer=transfer,
        dynamic=profile.charging_profile_kind == "Dynamic",
        until=given(profile.valid_to),
    )
    whole = profile_of(profile)
    try:
        return _over_time(found, profile, door) if is_limit(whole) else _whole(found, whole, door)
    except Trouble:
        return found if is_limit(whole) else replace(found, whole=whole)


def _whole(found: Installed, whole: ChargingProfile, door: Door) -> Installed:
    running = door.noun.transfers.get(whole.transfer) if door.noun is not None and whole.transfer else None
    began = None if running is None else running.began
    limit = limit_of(whole, found.evse, door.now, began, phases_of(door.noun, found.evse, found.transfer))
    return replace(
        found,
        whole=whole,
        limit=limit.allows(door.now) if limit.counts(door.now) else None,
        ahead=upcoming(limit, door.now),
        until=limit.until,
        phase=limit.phase,
    )


def _over_time(found: Installed, profile: Any, door: Door) -> Installed:
    schedule = profile.charging_schedule[0]
    said = [(one.start_period, one.limit, one.number_phases) for one in schedule.charging_schedule_period]
    first = given(schedule.charging_schedule_period[0].phase_to_use)
    if any(limit is UNSET for _, limit, _ in said):
        return replace(found, phase=first)
    begin = begin_at(profile, schedule, found.transfer, door)
    course = read(said, schedule.charging_rate_unit, begin, door.now, phases_of(door.noun, found.evse, found.transfer))
    until = None if found.dynamic else end(schedule, begin, found.until)
    return replace(found, limit=course.limit, ahead=course.ahead, until=until or found.until, phase=first)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: ProfilesReported, door: Door) -> Any:
    """Report a part: profiles of one place and of whoever set them."""
    first = event.profiles[0]
    return types.ReportChargingProfilesRequest(
        request_id=event.request,
        charging_limit_source=WORDS[first.source],
        evse_id=first.evse,
        tbc=event.more or UNSET,
        charging_profile=tuple(_profile(one, door) for one in event.profiles),
    )


def named(one: Installed) -> int:
    """Return the id of a profile; of one that was told without an id the one that a CSMS like this gives."""
    return one.id or profile_id(one.evse, one.level, bound=one.transfer != "")


def _profile(one: Installed, door: Door) -> types.ChargingProfileType:
    if one.whole is not None:
        return worded(one.whole, types.ChargingProfileType)
    purpose: Any = one.purpose
    begin = begin_of(door)
    told = LimitPower(station=door.station, evse=one.evse, limit=one.limit or Watts(0.0), ahead=one.ahead, transfer=one.transfer)
    return types.ChargingProfileType(
        id=named(one),
        stack_level=one.level,
        charging_profile_purpose=purpose,
        charging_profile_kind="Absolute",
        valid_to=UNSET if one.until is None else one.until,
        transaction_id=one.transfer or UNSET,
        charging_schedule=(
            types.ChargingScheduleType(
                id=1,
                start_schedule=begin,
                duration=UNSET if one.until is None else int((one.until - begin).total_seconds()),
                charging_rate_unit="W",
                charging_schedule_period=tuple(_period(step) for step in periods(told, begin, "W", door)),
            ),
        ),
    )


def _period(one: Period) -> types.ChargingSchedulePeriodType:
    phases = numbered(one.phases)
    return types.ChargingSchedulePeriodType(
        start_period=one.start, limit=one.rate, number_phases=UNSET if phases is None else phases
    )


REPORT_CHARGING_PROFILES = Translation(
    action="ReportChargingProfiles",
    sender=Role.STATION,
    carries=(ProfilesReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
