# SPDX-License-Identifier: Apache-2.0
"""SetChargingProfile (1.6): the CSMS limits the power of a station or a connector.

A limit is one period from now on: for the station as a whole ChargePointMaxProfile, for a connector TxDefaultProfile. What
remains when it ends is a second profile one stack level below. Not carried: export, phases apart from each other (the
sum, or the least of them, counts), who wants it, for how long it holds without a link, and what clips it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, given, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
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
    LimitInForce,
    LimitPower,
    LimitRefused,
)

FIRST: Final = 6_311_000
"""Id of the profile below all others of a station as a whole; each connector has two, the fail-safe one and the limit."""

LEVELS: Final = 2

WHOLE_PURPOSE: Final = "ChargePointMaxProfile"
CONNECTOR_PURPOSE: Final = "TxDefaultProfile"

USUAL_UNIT: Final = "A"
"""What nearly every station of 1.6 takes."""

EARLIER = timedelta(seconds=300)
"""A schedule begins so long before it is sent: a station whose clock is a little behind is to keep to it at once."""


def profile_id(evse: EvseNumber, level: int) -> int:
    """Return the id of the profile that holds a limit."""
    return FIRST + LEVELS * evse + min(level, LEVELS - 1)


def purpose(evse: EvseNumber) -> Any:
    """Return what a profile is for."""
    return WHOLE_PURPOSE if evse == WHOLE else CONNECTOR_PURPOSE


def unit_of(door: Door) -> Any:
    """Return in what a station takes limits: A unless it does not."""
    return (door.noun.limits.unit if door.noun else "") or USUAL_UNIT


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a limit; one for every connector is one for each.

    Raises:
        NotSupported: it is more than a limit from now on.
    """
    profile = request.cs_charging_profiles
    schedule, evse = profile.charging_schedule, evse_number(request.connector_id)
    plain = profile.charging_profile_kind != "Recurring" and len(schedule.charging_schedule_period) == 1
    if not plain or profile.charging_profile_purpose not in {WHOLE_PURPOSE, CONNECTOR_PURPOSE}:
        raise NotSupported("one period from now on is all that is taken", code="NotSupported")
    told = LimitPower(
        station=door.station,
        evse=evse,
        limit=_limit(schedule),
        until=_end(profile, schedule, door.now),
        level=_level(profile, evse),
    )
    if profile.charging_profile_purpose == WHOLE_PURPOSE or evse != WHOLE:
        return (told,)
    return tuple(replace(told, evse=one) for one in door.noun.evses) if door.noun and door.noun.evses else (told,)


def _level(profile: Any, evse: EvseNumber) -> int:
    """Return 0 only for what was sent as the fail-safe value, which another's lowest level is not."""
    lowest = profile.stack_level == 0 and profile.charging_profile_id == profile_id(evse, 0)
    return 0 if lowest else max(1, profile.stack_level)


def _limit(schedule: Any) -> Watts:
    period = schedule.charging_schedule_period[0]
    phases = given(period.number_phases)
    if period.limit < 0:
        raise NotSupported("a limit below nothing", code="NotSupported")
    return power(period.limit, schedule.charging_rate_unit, PHASES if phases is None else phases)


def _end(profile: Any, schedule: Any, now: datetime) -> datetime | None:
    begin = now if schedule.start_schedule is UNSET else schedule.start_schedule
    over = None if schedule.duration is UNSET else begin + timedelta(seconds=schedule.duration)
    return min((one for one in (over, given(profile.valid_to)) if one is not None), default=None)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say yes; 1.6 cannot say that the station keeps to less."""
    return types.SetChargingProfileResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say no."""
    return types.SetChargingProfileResponse(status="NotSupported" if isinstance(trouble, NotSupported) else "Rejected")


def to_wire(command: LimitPower, door: Door) -> Any:
    """Set the limit.

    Raises:
        NotSupported: it is about export.
    """
    if command.export is not None:
        raise NotSupported("OCPP 1.6 has no limit of export", code="NoExport", where="export")
    unit, begin = unit_of(door), door.now - EARLIER
    period = types.ChargingSchedulePeriod(start_period=0, limit=rate(command.limit, command.amperes, unit))
    schedule = types.ChargingSchedule(
        start_schedule=begin,
        duration=UNSET if command.until is None else int((command.until - begin).total_seconds()),
        charging_rate_unit=unit,
        charging_schedule_period=(period,),
    )
    profile = types.ChargingProfile(
        charging_profile_id=profile_id(command.evse, command.level),
        stack_level=command.level,
        charging_profile_purpose=purpose(command.evse),
        charging_profile_kind="Absolute",
        valid_to=UNSET if command.until is None else command.until,
        charging_schedule=schedule,
    )
    return types.SetChargingProfileRequest(connector_id=command.evse, cs_charging_profiles=profile)


def heard(response: Any, command: LimitPower, door: Door) -> Verdict:
    """Understand whether the station keeps to it."""
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
    carries=(LimitPower,),
    lacks=(FAIL_SAFE_VALUE, OFFLINE_DURATION),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
