# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (2.0.1): the CSMS limits the power of a station or an EVSE, from now on and ahead.

For the station as a whole a limit is a ChargingStationMaxProfile, for an EVSE a TxDefaultProfile, for the transaction there a
TxProfile. What remains when it ends is a second profile one stack level below, for whatever happens at the EVSE. A limit does not
say on this wire: export, phases apart from each other (the sum, or the least of them, counts), who wants it, and for how long it
holds without a link. A profile that says more than a limit does goes, and comes, whole: one that recurs, that has several
schedules for an EV to choose from, or prices, or is yet to begin.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.profiles import Period, begin_of, end_of, numbered, periods, place_of, profile_id, read, stack_of
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v201.fields import evse_number, reference
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.bindings.ocpp.whole_profile import demand_other, holds, is_limit, profile_of, worded
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.model.phases import phases_of
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    OFFLINE_DURATION,
    InstallProfile,
    LimitAnswer,
    LimitInForce,
    LimitPower,
    LimitRefused,
)

WHOLE_PURPOSE: Final = "ChargingStationMaxProfile"
EVSE_PURPOSE: Final = "TxDefaultProfile"
BOUND_PURPOSE: Final = "TxProfile"

NEWER: Final = frozenset({"PriorityCharging", "LocalGeneration"})
"""Purposes that came with 2.1."""

CLIPPED: Final = "Clipped"
"""Reason code of a limit that was accepted although the station keeps to less; the words beside it say to how much."""

_SAID = re.compile(r"([0-9]+(?:\.[0-9]+)?) W by ([a-z-]{1,20})")


def purpose(evse: EvseNumber, *, bound: bool = False) -> Any:
    """Return what a profile is for."""
    return WHOLE_PURPOSE if evse == WHOLE else BOUND_PURPOSE if bound else EVSE_PURPOSE


def purpose_named(word: str, newer: frozenset[str] = NEWER) -> Any:
    """Return a purpose as a version says it that lacks those newer ones; empty: UNSET.

    Raises:
        NotSupported: it has no such purpose.
    """
    if word in newer:
        raise NotSupported(f"OCPP 2.0.1 has no {word}", code="UnsupportedParam", where="purpose")
    return word or UNSET


def unit_of(door: Door) -> Any:
    """Return in what a station takes limits: W unless it does not."""
    return (door.noun.limits.unit if door.noun else "") or "W"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit; one for every EVSE is one for each. What says more than a limit is a profile.

    Raises:
        NotSupported: its purpose is no limit.
        Malformed: it is for a transaction, and does not say for which or where.
    """
    profile = request.charging_profile
    evse = evse_number(request.evse_id)
    kind = profile.charging_profile_purpose
    if kind not in {WHOLE_PURPOSE, EVSE_PURPOSE, BOUND_PURPOSE}:
        raise NotSupported(f"{kind} is no limit", code="UnsupportedParam", where="chargingProfilePurpose")
    transfer, whole = _transfer(profile, evse), profile_of(profile)
    if not is_limit(whole):
        return (InstallProfile(station=door.station, evse=evse, profile=whole),)
    (schedule,) = profile.charging_schedule
    begin = begin_at(profile, schedule, transfer, door)
    said = ((one.start_period, _limit(one), one.number_phases) for one in schedule.charging_schedule_period)
    found = read(said, schedule.charging_rate_unit, begin, door.now, phases_of(door.noun, evse, transfer))
    told = LimitPower(
        station=door.station,
        evse=evse,
        limit=found.limit,
        ahead=found.ahead,
        until=end(schedule, begin, given(profile.valid_to)),
        level=level(profile.id, evse, profile.stack_level),
        transfer=transfer,
        profile=profile.id,
        phase=given(schedule.charging_schedule_period[0].phase_to_use),
    )
    if kind != EVSE_PURPOSE or evse != WHOLE:
        return (told,)
    return tuple(replace(told, evse=one) for one in door.noun.evses) if door.noun and door.noun.evses else (told,)


def level(profile: int, evse: EvseNumber, stack: int) -> int:
    """Return the level of a limit: 0 only for what was sent as the fail-safe value, which another's lowest level is not."""
    return 0 if stack == 0 and place_of(profile) == (evse, 0, False) else max(1, stack)


def _transfer(profile: Any, evse: EvseNumber) -> str:
    """Return which transfer a profile is for."""
    if profile.charging_profile_purpose != BOUND_PURPOSE:
        return ""
    if evse == WHOLE or profile.transaction_id is UNSET:
        raise Malformed("for which transaction?", code="MissingParam", where="transactionId")
    return reference(profile.transaction_id)


def begin_at(profile: Any, schedule: Any, transfer: str, door: Door) -> datetime:
    """Return when the schedule of a limit begins."""
    begin: datetime | None = given(schedule.start_schedule)
    if begin is not None and profile.charging_profile_kind == "Absolute":
        return begin
    running = next((one for key, one in door.noun.transfers.items() if key == transfer), None) if door.noun and transfer else None
    if profile.charging_profile_kind == "Relative" and running is not None and running.began is not None:
        return running.began
    return door.now


def _limit(period: Any) -> float:
    if period.limit is UNSET:
        raise NotSupported("a period without a limit", code="InvalidSchedule")
    return float(period.limit)


def end(schedule: Any, begin: datetime, valid_to: datetime | None = None) -> datetime | None:
    """Return when a limit ends: with its schedule or its profile, whichever is sooner; None: when it is cleared."""
    duration = given(schedule.duration)
    try:
        over = None if duration is None else begin + timedelta(seconds=duration)
    except OverflowError:
        over = None
    return min((one for one in (over, valid_to) if one is not None), default=None)


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


def to_wire(command: LimitPower | InstallProfile, door: Door) -> Any:
    """Set the limit, or the profile.

    Raises:
        NotSupported: it is about export, or says what this version does not know.
        Refused: a profile has the id of a limit.
    """
    if isinstance(command, InstallProfile):
        demand_other(command.profile)
        whole = worded(command.profile, types.ChargingProfileType)
        return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=whole)
    if command.export is not None:
        raise NotSupported("OCPP 2.0.1 has no limit of export", code="NoExport", where="export")
    unit, begin, until = unit_of(door), begin_of(door), end_of(command, door)
    bound = command.evse != WHOLE and command.transfer != ""
    schedule = types.ChargingScheduleType(
        id=1,
        start_schedule=begin,
        duration=UNSET if until is None else int((until - begin).total_seconds()),
        charging_rate_unit=unit,
        charging_schedule_period=tuple(_period(one, command.phase) for one in periods(command, begin, unit, door)),
    )
    profile = types.ChargingProfileType(
        id=profile_id(command.evse, command.level, bound=bound),
        stack_level=stack_of(command, door),
        charging_profile_purpose=purpose(command.evse, bound=bound),
        charging_profile_kind="Absolute",
        valid_to=UNSET if until is None else until,
        transaction_id=command.transfer if bound else UNSET,
        charging_schedule=(schedule,),
    )
    return types.SetChargingProfileRequest(evse_id=command.evse, charging_profile=profile)


def _period(one: Period, phase: int | None) -> types.ChargingSchedulePeriodType:
    phases = numbered(one.phases)
    return types.ChargingSchedulePeriodType(
        start_period=one.start,
        limit=one.rate,
        number_phases=UNSET if phases is None else phases,
        phase_to_use=UNSET if phase is None else phase,
    )


def heard(response: Any, command: LimitPower | InstallProfile, door: Door) -> Verdict:
    """Understand whether the station keeps to it, and to how much of it."""
    if isinstance(command, InstallProfile):
        return judged(response, holds(command.evse, command.profile, door))
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
    carries=(LimitPower, InstallProfile),
    lacks=(FAIL_SAFE_VALUE, OFFLINE_DURATION),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
