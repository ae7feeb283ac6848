# SPDX-License-Identifier: Apache-2.0
"""A charging profile whole, in the words of OCPP 2.x and as we have it: what has no name of its own goes word by word."""

from typing import Any, Final, TypeVar

import msgspec

from open63110.bindings.ocpp.profiles import place_of
from open63110.bindings.ocpp.translation import Door, given
from open63110.kernel.errors import Malformed, NotSupported, Refused
from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.model.profile import ChargingProfile, ChargingSchedule, SchedulePeriod
from open63110.usecases.energy.smart_charging import InstallProfile, ProfileInstalled
from open63110.usecases.services.authorize_externally import StartRemotely

T = TypeVar("T")

KINDS: Final[dict[str, Any]] = {
    "Absolute": "absolute",
    "Recurring": "recurring",
    "Relative": "relative",
    "Dynamic": "dynamic",
}
RECURS: Final[dict[str, Any]] = {"Daily": "daily", "Weekly": "weekly"}

_PROFILE: Final = frozenset(
    {
        "id",
        "stackLevel",
        "chargingProfilePurpose",
        "chargingProfileKind",
        "recurrencyKind",
        "validFrom",
        "validTo",
        "chargingSchedule",
        "transactionId",
        "maxOfflineDuration",
        "invalidAfterOfflineDuration",
    }
)
_SCHEDULE: Final = frozenset({"id", "startSchedule", "duration", "chargingRateUnit", "chargingSchedulePeriod", "minChargingRate"})
_PERIOD: Final = frozenset(
    {"startPeriod", "limit", "limit_L2", "limit_L3", "numberPhases", "phaseToUse", "setpoint", "operationMode", "evseSleep"}
)
"""Words with names of their own."""


def profile_of(wire: Any) -> ChargingProfile:
    """Read a profile of 2.x."""
    return ChargingProfile(
        id=wire.id,
        purpose=wire.charging_profile_purpose,
        level=wire.stack_level,
        kind=KINDS[wire.charging_profile_kind],
        recurs=RECURS.get(given(wire.recurrency_kind) or "", ""),
        begins=given(wire.valid_from),
        until=given(wire.valid_to),
        transfer=TransferReference(given(wire.transaction_id) or ""),
        schedules=tuple(map(schedule_of, wire.charging_schedule)),
        offline=given(getattr(wire, "max_offline_duration", msgspec.UNSET)),
        ends_offline=bool(given(getattr(wire, "invalid_after_offline_duration", msgspec.UNSET))),
        more=_rest(wire, _PROFILE),
    )


def schedule_of(wire: Any) -> ChargingSchedule:
    """Read a schedule of 2.x."""
    return ChargingSchedule(
        id=wire.id,
        unit=wire.charging_rate_unit,
        periods=tuple(map(_period, wire.charging_schedule_period)),
        start=given(wire.start_schedule),
        duration=given(wire.duration),
        least=given(wire.min_charging_rate),
        more=_rest(wire, _SCHEDULE),
    )


def _period(wire: Any) -> SchedulePeriod:
    said = {name: given(getattr(wire, name, msgspec.UNSET)) for name in ("limit_l2", "limit_l3", "setpoint", "operation_mode")}
    return SchedulePeriod(
        start=wire.start_period,
        limit=given(wire.limit),
        phases=given(wire.number_phases),
        phase=given(wire.phase_to_use),
        others=tuple(one for one in (said["limit_l2"], said["limit_l3"]) if one is not None),
        setpoint=said["setpoint"],
        mode=said["operation_mode"] or "",
        asleep=bool(given(getattr(wire, "evse_sleep", msgspec.UNSET))),
        more=_rest(wire, _PERIOD),
    )


def _rest(wire: Any, known: frozenset[str]) -> dict[str, Any]:
    words: dict[str, Any] = msgspec.to_builtins(wire)
    return {word: value for word, value in words.items() if word not in known}


def worded(profile: ChargingProfile, kind: type[T]) -> T:
    """Write a profile as a version of 2.x does.

    Raises:
        NotSupported: this version cannot say all of it.
    """
    words = {
        **profile.more,
        "id": profile.id,
        "stackLevel": profile.level,
        "chargingProfilePurpose": profile.purpose,
        "chargingProfileKind": profile.kind.capitalize(),
        "recurrencyKind": profile.recurs.capitalize() or None,
        "validFrom": profile.begins,
        "validTo": profile.until,
        "transactionId": profile.transfer or None,
        "maxOfflineDuration": profile.offline,
        "invalidAfterOfflineDuration": profile.ends_offline or None,
        "chargingSchedule": tuple(map(schedule_words, profile.schedules)),
    }
    return phrased(words, kind)


def phrased(words: dict[str, Any], kind: type[T]) -> T:
    """Return words as a type of a version; what is None is left out.

    Raises:
        NotSupported: this version does not know all of them.
    """
    try:
        return msgspec.convert(_without_none(words), kind)
    except msgspec.ValidationError as fault:
        raise NotSupported(f"this version cannot say it: {fault}", code="UnsupportedParam", where="profile") from fault


def _without_none(words: dict[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in words.items() if value is not None}


def schedule_words(schedule: ChargingSchedule) -> dict[str, Any]:
    """Write a schedule in the words of 2.x."""
    return _without_none(
        {
            **schedule.more,
            "id": schedule.id,
            "startSchedule": schedule.start,
            "duration": schedule.duration,
            "chargingRateUnit": schedule.unit,
            "minChargingRate": schedule.least,
            "chargingSchedulePeriod": tuple(map(_period_words, schedule.periods)),
        }
    )


def _period_words(period: SchedulePeriod) -> dict[str, Any]:
    second, third = (*period.others, None, None)[:2]
    return _without_none(
        {
            **period.more,
            "startPeriod": period.start,
            "limit": period.limit,
            "limit_L2": second,
            "limit_L3": third,
            "numberPhases": period.phases,
            "phaseToUse": period.phase,
            "setpoint": period.setpoint,
            "operationMode": period.mode or None,
            "evseSleep": period.asleep or None,
        }
    )


PLAIN_PROFILE: Final = frozenset({"dynUpdateInterval", "dynUpdateTime"})
PLAIN_PERIOD: Final = frozenset({"dischargeLimit"})
"""What a limit of this product can say, beside what has names of its own."""


def is_limit(profile: ChargingProfile) -> bool:
    """Tell whether a profile is understood as a limit: it says no more, and no step of it waits for a transaction."""
    (first, *others) = profile.schedules
    if others or profile.recurs or profile.begins is not None or not is_plain(first):
        return False
    waits = profile.kind == "relative" and not profile.transfer and len(first.periods) > 1
    return not waits and profile.more.keys() <= PLAIN_PROFILE


def is_plain(schedule: ChargingSchedule) -> bool:
    """Tell whether a schedule says no more than a limit does."""
    return not schedule.more and schedule.least is None and all(map(_is_plain, schedule.periods))


def _is_plain(period: SchedulePeriod) -> bool:
    named = period.others or period.setpoint is not None or period.mode or period.asleep
    return not named and period.limit is not None and period.more.keys() <= PLAIN_PERIOD


def for_the_next(profile: ChargingProfile, evse: EvseNumber, door: Door) -> InstallProfile:
    """Return what a station is to hold for the transaction that begins with a start.

    Raises:
        Malformed: it is for another one.
    """
    if profile.purpose != "TxProfile" or profile.transfer:
        words = "with a start goes a TxProfile that names no transaction"
        raise Malformed(words, code="InvalidProfile", where="chargingProfile")
    return InstallProfile(station=door.station, evse=evse, profile=profile)


def demand_other(profile: ChargingProfile) -> None:
    """Let no profile take the id of one of our limits.

    Raises:
        Refused: it would.
    """
    if place_of(profile.id) is not None:
        raise Refused(f"profile {profile.id} is a limit of this CSMS", code="DuplicateProfile", where="id")


def holds(evse: EvseNumber, profile: ChargingProfile, door: Door) -> ProfileInstalled:
    """Return what a station that says yes holds."""
    return ProfileInstalled(station=door.station, at=door.now, evse=evse, profile=profile.id, purpose=profile.purpose)


def holding(command: StartRemotely, door: Door) -> tuple[ProfileInstalled, ...]:
    """Return what a station holds that has taken a start."""
    return () if command.profile is None else (holds(command.evse, command.profile, door),)
