# SPDX-License-Identifier: Apache-2.0
"""A charging profile whole, as OCPP has them: several schedules, ones that recur or begin with a transaction, prices (8.2.3)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, Literal

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.units import Seconds

Purpose = Literal[
    "",
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
    "PriorityCharging",
    "LocalGeneration",
]
"""What a profile is for, in the words of OCPP 2.x; empty: whatever it is."""

CYCLES: Final = {"daily": Seconds(86_400.0), "weekly": Seconds(604_800.0)}
"""How long it takes until a schedule begins again [s]."""

MOST_SCHEDULES: Final = 3

_WHOLE: Final = EvseNumber(0)

WHOLE_PURPOSE: Final = "ChargingStationMaxProfile"
PLAIN_PURPOSES: Final = frozenset({WHOLE_PURPOSE, "TxDefaultProfile", "TxProfile"})
"""Those of a limit; the others of 2.1 let a transaction charge before others, or say what is generated there."""

ORIGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on the steps of a schedule are counted that begins again and again, or is yet to begin."""


class SchedulePeriod(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is allowed from a moment of a schedule on."""

    start: int = 0
    """After the begin of the schedule [s]."""
    limit: float | None = None
    """Of import, in the unit of the schedule; with more for each phase that of L1. None: it says nothing of that."""
    phases: int | None = None
    """On how many it counts; None: on all there are."""
    phase: int | None = None
    """On which single phase the EV is to charge, 1 to 3; None: the station chooses."""
    others: tuple[float, ...] = ()
    """Limits of L2 and L3, where ``limit`` is that of L1 (OCPP 2.1); none: it is that of all."""
    setpoint: float | None = None
    """What is to be drawn, in the unit of the schedule; below 0: given back (OCPP 2.1)."""
    mode: str = ""
    """Operation mode, in the words of OCPP 2.1; empty: nobody said."""
    asleep: bool = False
    """The EVSE is to use as little as it can (OCPP 2.1)."""
    more: dict[str, Any] = msgspec.field(default_factory=dict)
    """What else it says, word by word as on OCPP 2.1: limits of export, reactive power, curves."""


class ChargingSchedule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is allowed over time."""

    id: int = 1
    """By which an EV says that it chose it."""
    unit: Literal["W", "A"] = "W"
    """In all [W], or on each phase [A]."""
    periods: tuple[SchedulePeriod, ...]
    """In order of time, at least one."""
    start: datetime | None = None
    """When it begins first; None: when its profile is set, or with the transaction."""
    duration: int | None = None
    """For how long it counts each time [s]; None: until it begins again, or its profile ends."""
    least: float | None = None
    """Below it an EV charges badly, in its unit; None: nobody said."""
    more: dict[str, Any] = msgspec.field(default_factory=dict)
    """What else it says, word by word as on OCPP 2.x: salesTariff, and on 2.1 limits by state of charge, prices, tolerance."""


class ChargingProfile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One profile."""

    id: int
    """By which whoever set it calls it."""
    purpose: Purpose = "TxDefaultProfile"
    level: int = 2
    """Of the stack: the highest valid one of a purpose at a place counts."""
    kind: Literal["absolute", "recurring", "relative", "dynamic"] = "absolute"
    recurs: Literal["", "daily", "weekly"] = ""
    begins: datetime | None = None
    """It counts from then on; None: at once."""
    until: datetime | None = None
    """None: until it is cleared."""
    transfer: TransferReference = TransferReference("")
    """The energy transfer that it is for; empty: none, or the one that is about to begin."""
    schedules: tuple[ChargingSchedule, ...]
    """One, or up to three for an EV to choose from; a station whose EV cannot choose keeps to the first."""
    offline: int | None = None
    """For how long it holds without a link [s] (OCPP 2.1); None: nobody said."""
    ends_offline: bool = False
    """After so long without a link it is dropped for good (OCPP 2.1)."""
    more: dict[str, Any] = msgspec.field(default_factory=dict)
    """What else it says, word by word as on OCPP 2.1."""


class ScheduleUpdate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a dynamic profile allows from now on, in its unit; what is None, or empty, stays as it was (OCPP 2.1)."""

    limit: float | None = None
    """Of import; with ``others`` that of L1."""
    others: tuple[float, ...] = ()
    """Of import, of L2 and L3."""
    export: float | None = None
    """What may be given back, as a magnitude; with ``other_exports`` by L1."""
    other_exports: tuple[float, ...] = ()
    """What may be given back by L2 and L3, as magnitudes."""
    setpoint: float | None = None
    """What is to be drawn, below 0 given back; with ``other_setpoints`` by L1."""
    other_setpoints: tuple[float, ...] = ()
    reactive: float | None = None
    """Reactive power, or current, that is to flow; with ``other_reactives`` by L1."""
    other_reactives: tuple[float, ...] = ()

    def onto(self, before: "ScheduleUpdate | None") -> "ScheduleUpdate":
        """Return what counts after it."""
        if before is None:
            return self
        named = {name: said for name in self.__struct_fields__ if (said := getattr(self, name)) not in {None, ()}}
        return msgspec.structs.replace(before, **named)


class Cycle(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """When a limit counts that does not simply begin and end once. Its steps are counted from ``ORIGIN`` on."""

    start: datetime | None = None
    """When its schedule begins, for the first time; None: with a transfer that has not begun yet."""
    repeats: Seconds | None = None
    """After how long it begins again [s]; None: it does not."""
    each: Seconds | None = None
    """For how long it counts each time [s]; None: all the time."""
    begins: datetime | None = None
    """Before that it does not count; None: it counts from the first moment on."""
    relative: bool = False
    """It begins with each transfer at its place."""
    waits: bool = False
    """It is for the transfer that is about to begin at its place, and ends with that."""

    def counts(self, now: datetime) -> bool:
        """Tell whether it counts at a moment."""
        if self.begins is not None and now < self.begins:
            return False
        if self.start is None:
            return True
        return now >= self.start and (self.each is None or self._passed(self.start, now) < timedelta(seconds=self.each))

    def moment(self, now: datetime) -> datetime:
        """Return a moment on the scale of its steps."""
        return ORIGIN if self.start is None or now < self.start else ORIGIN + self._passed(self.start, now)

    def turns(self, steps: tuple[datetime, ...], now: datetime) -> datetime | None:
        """Return when it becomes something else next, begins, or ends for a while; None: never.

        Args:
            steps: on their own scale, in order of time.
            now: the moment.
        """
        first = self.begins if self.begins is not None and self.begins > now else None
        if self.start is None:
            return first
        if now < self.start:
            return max(self.start, first) if first is not None else self.start
        base = now - self._passed(self.start, now)
        ends = () if self.each is None else (timedelta(seconds=self.each),)
        again = () if self.repeats is None else (timedelta(seconds=self.repeats),)
        moments = (base + after for after in (*(one - ORIGIN for one in steps), *ends, *again))
        return min((one for one in (*moments, first) if one is not None and one > now), default=None)

    def _passed(self, start: datetime, now: datetime) -> timedelta:
        passed = now - start
        return passed if self.repeats is None else passed % timedelta(seconds=self.repeats)


def demand_profile(profile: ChargingProfile, evse: EvseNumber) -> None:
    """Check what makes a profile impossible, here and at the CSMS.

    Raises:
        Malformed: it is for no such place, has no schedule or too many, or one whose periods are not in order of time.
    """
    if profile.purpose in {"", "ChargingStationExternalConstraints"} or (profile.purpose == WHOLE_PURPOSE and evse != _WHOLE):
        raise _wrong(f"{profile.purpose or 'no purpose'} at EVSE {evse} is nothing that a CSMS sets", "purpose")
    if profile.purpose == "TxProfile" and evse == _WHOLE:
        raise _wrong("a TxProfile is for one EVSE", "purpose")
    if (profile.kind == "recurring") != (profile.recurs != ""):
        raise _wrong("what recurs says how often, and nothing else does", "recurs")
    if profile.kind == "relative" and profile.purpose == WHOLE_PURPOSE:
        raise _wrong("a station as a whole has no transaction to begin with", "kind")
    if profile.id < 1 or profile.level < 0:
        raise _wrong("ids count from 1, levels from 0", "id")
    if not 1 <= len(profile.schedules) <= MOST_SCHEDULES:
        raise _wrong(f"a profile has 1 to {MOST_SCHEDULES} schedules", "schedules")
    for one in profile.schedules:
        _demand_periods(one)


def _demand_periods(schedule: ChargingSchedule) -> None:
    starts = [one.start for one in schedule.periods]
    if not starts or starts[0] != 0 or any(later <= sooner for sooner, later in pairwise(starts)):
        raise _wrong("the periods of a schedule begin at 0, in order of time", "periods")
    amounts = [one for period in schedule.periods for one in (period.limit, *period.others) if one is not None]
    if any(not 0 <= one < float("inf") for one in amounts):
        raise _wrong("a limit is a number from 0 on", "limit")
    if schedule.duration is not None and schedule.duration < 1:
        raise _wrong("a schedule lasts for a second or more", "duration")


def _wrong(words: str, where: str) -> Malformed:
    return Malformed(words, code="InvalidProfile", where=where)
