# SPDX-License-Identifier: Apache-2.0
"""A charging profile whole, in the words of OCPP 1.6 and as we have it."""

from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import given
from open63110.bindings.ocpp.whole_profile import KINDS, RECURS
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import TransferReference
from open63110.model.profile import ChargingProfile, ChargingSchedule, Purpose, SchedulePeriod

PURPOSES: Final[dict[str, Purpose]] = {
    "ChargePointMaxProfile": "ChargingStationMaxProfile",
    "TxDefaultProfile": "TxDefaultProfile",
    "TxProfile": "TxProfile",
}
"""What this version calls them, and what 2.x does."""

WORDS: Final = {ours: word for word, ours in PURPOSES.items()}


def profile_of(wire: types.ChargingProfile, transfer: str) -> ChargingProfile:
    """Read a profile; the transfer that it is for goes by another name than on the wire."""
    return ChargingProfile(
        id=wire.charging_profile_id,
        purpose=PURPOSES[wire.charging_profile_purpose],
        level=wire.stack_level,
        kind=KINDS[wire.charging_profile_kind],
        recurs=RECURS.get(given(wire.recurrency_kind) or "", ""),
        begins=given(wire.valid_from),
        until=given(wire.valid_to),
        transfer=TransferReference(transfer),
        schedules=(_schedule(wire.charging_schedule),),
    )


def _schedule(wire: types.ChargingSchedule) -> ChargingSchedule:
    return ChargingSchedule(
        unit=wire.charging_rate_unit,
        periods=tuple(
            SchedulePeriod(start=one.start_period, limit=one.limit, phases=given(one.number_phases))
            for one in wire.charging_schedule_period
        ),
        start=given(wire.start_schedule),
        duration=given(wire.duration),
        least=given(wire.min_charging_rate),
    )


def worded(profile: ChargingProfile, number: int | None) -> types.ChargingProfile:
    """Write a profile.

    Args:
        profile: whichever.
        number: of its transaction; None: it has none yet.

    Raises:
        NotSupported: this version cannot say all of it.
    """
    _demand_words(profile)
    schedule, kind = profile.schedules[0], _word(profile.kind)
    return types.ChargingProfile(
        charging_profile_id=profile.id,
        transaction_id=UNSET if number is None else number,
        stack_level=profile.level,
        charging_profile_purpose=_purpose(profile),
        charging_profile_kind=kind,
        recurrency_kind=_word(profile.recurs) if profile.recurs else UNSET,
        valid_from=UNSET if profile.begins is None else profile.begins,
        valid_to=UNSET if profile.until is None else profile.until,
        charging_schedule=types.ChargingSchedule(
            start_schedule=UNSET if schedule.start is None else schedule.start,
            duration=UNSET if schedule.duration is None else schedule.duration,
            charging_rate_unit=schedule.unit,
            min_charging_rate=UNSET if schedule.least is None else schedule.least,
            charging_schedule_period=tuple(map(_period, schedule.periods)),
        ),
    )


def _word(ours: str) -> Any:
    return ours.capitalize()


def _purpose(profile: ChargingProfile) -> Any:
    return WORDS[profile.purpose]


def _period(one: SchedulePeriod) -> types.ChargingSchedulePeriod:
    return types.ChargingSchedulePeriod(
        start_period=one.start, limit=one.limit or 0.0, number_phases=UNSET if one.phases is None else one.phases
    )


def _demand_words(profile: ChargingProfile) -> None:
    (schedule, *others) = profile.schedules
    if others or profile.more or profile.offline is not None or schedule.more:
        raise _no("several schedules, prices, and how long it holds without a link")
    if profile.purpose not in WORDS or profile.kind == "dynamic":
        raise _no(f"a {profile.kind} profile that is a {profile.purpose}")
    for one in schedule.periods:
        if one.limit is None or one.others or one.setpoint is not None or one.mode or one.asleep or one.phase or one.more:
            raise _no("anything but one limit for all phases")


def _no(what: str) -> NotSupported:
    return NotSupported(f"OCPP 1.6 cannot say {what}", code="UnsupportedParam", where="profile")
