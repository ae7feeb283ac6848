# SPDX-License-Identifier: Apache-2.0
"""A station that is not heard keeps to its fail-safe values in time, said or not (7.10, I15)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Wake
from open63110.kernel.units import Seconds, Watts
from open63110.model.exposure import GOING_OVER, holds
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    OFFLINE_DURATION,
    DeriveFailSafe,
    FailSafeEntered,
    FailSafeLeft,
    ReconcileLimits,
    SilenceNoted,
)
from open63110.usecases.energy.smart_charging.silence import derive

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS")
RENEWED = NOW - timedelta(seconds=20)
OCPP21, OLDER, LINK = (FAIL_SAFE_VALUE,), (FAIL_SAFE_VALUE, OFFLINE_DURATION), ()


def confirmed(evse: int = WHOLE, safe: float | None = 1_400.0, after: float | None = 60.0) -> Confirmed:
    asked = Limit(
        evse=EvseNumber(evse),
        limit=Watts(3_000.0),
        since=RENEWED,
        failsafe=None if safe is None else Watts(safe),
        failsafe_after=None if after is None else Seconds(after),
    )
    return Confirmed(asked=asked, limit=asked.limit, at=RENEWED)


def silent(*known: Confirmed, lacks: tuple[str, ...] = OCPP21, here: bool = False, since: datetime | None = None) -> Station:
    held = {one.asked.evse: one for one in known}
    limits = Limits(in_force=held, failsafe_since=since, silent_since=None if here else NOW)
    return Station(id=CS, lacks=lacks, connected=NOW if here else None, limits=limits)


def look(station: Station, seconds: float = 0.0) -> tuple[list[Any], Wake]:
    """What is known so many seconds after the link went, and when to look again."""
    *facts, wake = derive(DeriveFailSafe(station=CS, since=NOW), station, NOW + timedelta(seconds=seconds))
    assert isinstance(wake, Wake)
    return facts, wake


@pytest.mark.parametrize(("lacks", "due"), [(OCPP21, NOW + timedelta(seconds=60)), (OLDER, RENEWED + timedelta(seconds=60))])
def test_nothing_is_taken_for_granted_before_its_time(lacks: tuple[str, ...], due: datetime) -> None:
    facts, wake = look(silent(confirmed(), lacks=lacks), 10)
    assert facts == []
    assert (wake.at, wake.command) == (due + GOING_OVER, DeriveFailSafe(station=CS, since=NOW))


def test_after_its_time_it_keeps_to_its_fail_safe_value() -> None:
    (entered,), wake = look(silent(confirmed()), 65)
    assert entered == FailSafeEntered(station=CS, at=NOW + timedelta(seconds=65), silent_since=NOW, limit=Watts(1_400.0))
    assert wake.command is None


def test_the_first_of_several_limits_counts_and_one_of_an_evse_is_none_of_the_whole() -> None:
    (entered,), _ = look(silent(confirmed(1, after=30.0), confirmed(2)), 35)
    assert (type(entered), entered.limit) == (FailSafeEntered, None)


def test_what_is_known_already_is_no_news() -> None:
    facts, wake = look(silent(confirmed(), since=NOW), 90)
    assert (facts, wake.command) == ([], None)


@pytest.mark.parametrize("known", [(), (confirmed(safe=None),), (confirmed(after=None),)])
def test_a_limit_without_a_fail_safe_value_gives_way_to_none(known: tuple[Confirmed, ...]) -> None:
    facts, wake = look(silent(*known), 3_600)
    assert (facts, wake.command) == ([], None)


def test_a_station_on_the_link_says_so_itself() -> None:
    facts, wake = look(silent(confirmed(), lacks=LINK), 3_600)
    assert (facts, wake.command) == ([], None)


def test_when_a_lease_ends_by_a_clock_that_is_doubted_nobody_knows_so_the_limit_counts_on() -> None:
    right = silent(confirmed(), lacks=OLDER)
    doubted = replace(right, flags=("clock",), clock_ahead=-3_600.0)
    later = NOW + timedelta(hours=2)
    assert (holds(right, WHOLE, later), holds(doubted, WHOLE, later)) == (1_400.0, 3_000.0)
    facts, wake = look(doubted, 7_200)
    assert (facts, wake.command) == ([], None)
    told = replace(doubted, lacks=OCPP21)  # for how long it holds unheard needs no clock
    assert holds(told, WHOLE, later) == 1_400.0


@pytest.mark.parametrize("lacks", [OCPP21, OLDER, LINK])
def test_with_the_next_connection_it_is_over(lacks: tuple[str, ...]) -> None:
    facts, wake = look(silent(confirmed(), lacks=lacks, here=True, since=NOW - timedelta(seconds=30)), 5)
    assert facts == [FailSafeLeft(station=CS, at=NOW + timedelta(seconds=5), since=NOW - timedelta(seconds=30))]
    assert (facts[0].seconds, wake.command) == (35.0, None)
    assert look(silent(confirmed(), lacks=lacks, here=True))[0] == []


def test_since_when_it_is_not_heard_is_known_on_every_wire() -> None:
    station = silent(confirmed(), lacks=LINK)
    fresh = replace(station, limits=replace(station.limits, silent_since=None))
    facts, _ = look(fresh, 1)
    assert facts == [SilenceNoted(station=CS, at=NOW + timedelta(seconds=1), since=NOW)]


@pytest.mark.parametrize(("seconds", "anew"), [(61, True), (2, True), (-30, False)])
def test_one_that_may_have_gone_over_to_its_fail_safe_value_is_told_anew_what_counts(seconds: int, *, anew: bool) -> None:
    """It may have noticed the silence a minute sooner than the CSMS did."""
    station = replace(silent(confirmed(after=90.0)), connected=NOW)
    effects = list(derive(DeriveFailSafe(station=CS, since=NOW), station, NOW + timedelta(seconds=seconds + 30)))
    now = NOW + timedelta(seconds=seconds + 30)
    assert effects[0] == SilenceNoted(station=CS, at=now, since=None)
    told = [one.command for one in effects if isinstance(one, Wake) and one.command is not None]
    assert told == ([ReconcileLimits(station=CS, afresh=True)] if anew else [])
