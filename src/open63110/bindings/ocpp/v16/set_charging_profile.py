# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (1.6): the CSMS limits the power of a station or a connector, from now on and ahead.

For the station as a whole a limit is a ChargePointMaxProfile, for a connector a TxDefaultProfile, for the transaction there a
TxProfile. What remains when it ends is a second profile one stack level below, for whatever happens at the connector. A limit
does not say on this wire: export, phases apart from each other (the sum, or the least of them, counts), who wants it, for how
long it holds without a link, and what clips it. A limit of a transaction that 1.6 has no number for goes out for its connector. A
profile that says more than a limit does goes, and comes, whole: one that recurs, is yet to begin, or has a least rate.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.profiles import Period, begin_of, end_of, numbered, periods, place_of, profile_id, read, stack_of
from open63110.bindings.ocpp.translation import Door, Translation, given, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.bindings.ocpp.v16.remote_stop_transaction import UNHEARD
from open63110.bindings.ocpp.v16.whole_profile import profile_of, worded
from open63110.bindings.ocpp.whole_profile import demand_other, holds, is_limit
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.model.phases import phases_of
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    OFFLINE_DURATION,
    InstallProfile,
    LimitInForce,
    LimitPower,
    LimitRefused,
)

WHOLE_PURPOSE: Final = "ChargePointMaxProfile"
CONNECTOR_PURPOSE: Final = "TxDefaultProfile"
BOUND_PURPOSE: Final = "TxProfile"

USUAL_UNIT: Final = "A"
"""What nearly every station of 1.6 takes."""


def purpose(evse: EvseNumber, *, bound: bool = False) -> Any:
    """Return what a profile is for."""
    return WHOLE_PURPOSE if evse == WHOLE else BOUND_PURPOSE if bound else CONNECTOR_PURPOSE


def unit_of(door: Door) -> Any:
    """Return in what a station takes limits: A unless it does not."""
    return (door.noun.limits.unit if door.noun else "") or USUAL_UNIT


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit; one for every connector is one for each. What says more than a limit is a profile.

    Raises:
        Malformed: it is for a transaction, and does not say for which or where.
    """
    profile = request.cs_charging_profiles
    schedule, evse = profile.charging_schedule, evse_number(request.connector_id)
    transfer = _transfer(profile, evse, door)
    whole = profile_of(profile, transfer)
    if not is_limit(whole):
        return (InstallProfile(station=door.station, evse=evse, profile=whole),)
    begin = _begin(profile, schedule, transfer, door)
    said = ((one.start_period, one.limit, one.number_phases) for one in schedule.charging_schedule_period)
    found = read(said, schedule.charging_rate_unit, begin, door.now, phases_of(door.noun, evse, transfer))
    told = LimitPower(
        station=door.station,
        evse=evse,
        limit=found.limit,
        ahead=found.ahead,
        until=_end(profile, schedule, begin),
        level=_level(profile, evse),
        transfer=transfer,
        profile=profile.charging_profile_id,
    )
    if profile.charging_profile_purpose != CONNECTOR_PURPOSE or evse != WHOLE:
        return (told,)
    return tuple(replace(told, evse=one) for one in door.noun.evses) if door.noun and door.noun.evses else (told,)


def _transfer(profile: Any, evse: EvseNumber, door: Door) -> str:
    """Return which transfer a profile is for: at the station it goes by another name than the CSMS's number."""
    if profile.charging_profile_purpose != BOUND_PURPOSE:
        return ""
    number = given(profile.transaction_id)
    running = {one.evse: reference for reference, one in door.noun.transfers.items() if one.ended is None} if door.noun else {}
    if evse == WHOLE or (number is None and evse not in running):
        raise Malformed("for which transaction?", code="NoTransaction", where="transactionId")
    if number is None:
        return running[evse]
    return next((ours for ours, theirs in door.names.items() if theirs == number), str(number))


def _begin(profile: Any, schedule: Any, transfer: str, door: Door) -> datetime:
    begin: datetime | None = given(schedule.start_schedule)
    if begin is not None and profile.charging_profile_kind == "Absolute":
        return begin
    running = next((one for key, one in door.noun.transfers.items() if key == transfer), None) if door.noun and transfer else None
    if running is not None and running.began is not None and profile.charging_profile_kind == "Relative":
        return running.began
    return door.now


def _level(profile: Any, evse: EvseNumber) -> int:
    """Return 0 only for what was sent as the fail-safe value, which another's lowest level is not."""
    lowest = profile.stack_level == 0 and place_of(profile.charging_profile_id) == (evse, 0, False)
    return 0 if lowest else max(1, profile.stack_level)


def _end(profile: Any, schedule: Any, begin: datetime) -> datetime | None:
    duration = given(schedule.duration)
    try:
        over = None if duration is None else begin + timedelta(seconds=duration)
    except OverflowError:
        over = None
    return min((one for one in (over, given(profile.valid_to)) if one is not None), default=None)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say yes; 1.6 cannot say that the station keeps to less."""
    return types.SetChargingProfileResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say no."""
    return types.SetChargingProfileResponse(status="NotSupported" if isinstance(trouble, NotSupported) else "Rejected")


def to_wire(command: LimitPower | InstallProfile, door: Door) -> Any:
    """Set the limit, or the profile.

    Raises:
        NotSupported: it is about export, says what this version does not know, or is for a transaction without a number here.
        Refused: a profile has the id of a limit.
    """
    if isinstance(command, InstallProfile):
        return types.SetChargingProfileRequest(connector_id=command.evse, cs_charging_profiles=_whole(command))
    if command.export is not None:
        raise NotSupported("OCPP 1.6 has no limit of export", code="NoExport", where="export")
    unit, begin, until = unit_of(door), begin_of(door), end_of(command, door)
    number = transaction_of(command)
    bound = number is not None
    schedule = types.ChargingSchedule(
        start_schedule=begin,
        duration=UNSET if until is None else int((until - begin).total_seconds()),
        charging_rate_unit=unit,
        charging_schedule_period=tuple(_period(one) for one in periods(command, begin, unit, door)),
    )
    profile = types.ChargingProfile(
        charging_profile_id=profile_id(command.evse, command.level, bound=bound),
        transaction_id=UNSET if number is None else number,
        stack_level=stack_of(command, door),
        charging_profile_purpose=purpose(command.evse, bound=bound),
        charging_profile_kind="Absolute",
        valid_to=UNSET if until is None else until,
        charging_schedule=schedule,
    )
    return types.SetChargingProfileRequest(connector_id=command.evse, cs_charging_profiles=profile)


def _whole(command: InstallProfile) -> types.ChargingProfile:
    profile = command.profile
    demand_other(profile)
    number = numbered_transaction(profile.transfer)
    if profile.transfer and number is None:
        raise NotSupported(f"OCPP 1.6 has no number for {profile.transfer}", code="NoTransaction", where="transfer")
    return worded(profile, number)


def _period(one: Period) -> types.ChargingSchedulePeriod:
    phases = numbered(one.phases)
    return types.ChargingSchedulePeriod(start_period=one.start, limit=one.rate, number_phases=UNSET if phases is None else phases)


def transaction_of(command: LimitPower) -> int | None:
    """Return the number of the transaction that a limit is for; None: it is for its connector, or there is no such number."""
    return numbered_transaction(command.transfer) if command.evse != WHOLE else None


def numbered_transaction(reference: str) -> int | None:
    """Return the number of a transaction; None: it has none."""
    number = reference.removeprefix(UNHEARD)
    return int(number) if number.isascii() and number.isdecimal() else None


def heard(response: Any, command: LimitPower | InstallProfile, door: Door) -> Verdict:
    """Understand whether the station keeps to it."""
    if isinstance(command, InstallProfile):
        return verdict_of(response.status, holds(command.evse, command.profile, door))
    asked = command.wanted(door.now)
    said = LimitInForce(station=command.station, at=door.now, evse=command.evse, limit=command.limit, asked=asked)
    verdict = verdict_of(response.status, said)
    if verdict.outcome is Outcome.ACCEPTED:
        return verdict
    no = LimitRefused(station=command.station, at=door.now, evse=command.evse, reason=verdict.reason)
    return replace(verdict, messages=(no,))


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
