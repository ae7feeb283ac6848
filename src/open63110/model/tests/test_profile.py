# SPDX-License-Identifier: Apache-2.0
"""Charging profiles whole: what makes one, and when what recurs, is relative, or is yet to begin counts (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Seconds, Watts
from open63110.model.course import course
from open63110.model.limit import WHOLE, Ahead, Limit, Limits
from open63110.model.profile import ORIGIN, ChargingProfile, ChargingSchedule, Cycle, SchedulePeriod, demand_profile

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = EvseNumber(1)

PERIODS = (SchedulePeriod(start=0, limit=16.0), SchedulePeriod(start=3600, limit=10.0))
GOOD = ChargingProfile(id=7, schedules=(ChargingSchedule(unit="A", periods=PERIODS),))


def daily(**what: Any) -> Limit:
    """5 kW from 22:00 each day on, 2 kW an hour later."""
    cycle = Cycle(start=datetime(2026, 4, 1, 22, 0, tzinfo=UTC), repeats=Seconds(86_400.0), **what)
    return Limit(evse=ONE, limit=Watts(5_000), since=NOW, ahead=(Ahead(since=ORIGIN + HOUR, limit=Watts(2_000)),), cycle=cycle)


@pytest.mark.parametrize(
    ("hours", "watts"),
    [(0.0, 2_000), (9.9, 2_000), (10.0, 5_000), (10.99, 5_000), (11.0, 2_000), (34.5, 5_000), (24 * 30 + 10.5, 5_000)],
)
def test_what_recurs_begins_anew_each_time(hours: float, watts: float) -> None:
    at = NOW + timedelta(hours=hours)
    assert daily().counts(at)
    assert daily().allows(at) == watts


def test_between_one_time_and_the_next_nothing_counts() -> None:
    limit = daily(each=Seconds(7_200.0))
    assert [limit.counts(NOW + timedelta(hours=one)) for one in (9.9, 10.0, 11.9, 12.0, 34.0)] == [False, True, True, False, True]


def test_its_turns_are_its_steps_its_end_and_its_next_begin() -> None:
    limit, at, found = daily(each=Seconds(7_200.0)), NOW, list[float]()
    for _ in range(5):
        turn = limit.turns(at)
        assert turn is not None
        found.append((turn - NOW) / HOUR)
        at = turn
    assert found == [10.0, 11.0, 12.0, 34.0, 35.0]


def test_what_is_yet_to_begin_counts_for_nothing_before() -> None:
    limit = daily(begins=NOW + 10.5 * HOUR)
    assert [limit.counts(NOW + one * HOUR) for one in (10.25, 10.5)] == [False, True]
    assert limit.turns(NOW + 10.25 * HOUR) == NOW + 10.5 * HOUR
    later = replace(limit, cycle=Cycle(start=NOW + HOUR, each=Seconds(60.0)))
    assert [later.counts(NOW + one * HOUR) for one in (0, 1, 1.5)] == [False, True, False]
    assert later.turns(NOW) == NOW + HOUR
    assert later.turns(NOW + 2 * HOUR) is None


def test_what_is_relative_stands_at_its_first_step_until_a_transfer_begins() -> None:
    waits = replace(daily(), cycle=Cycle(relative=True))
    assert (waits.counts(NOW), float(waits.allows(NOW + 9 * HOUR)), waits.turns(NOW)) == (True, 5_000.0, None)
    begun = replace(waits, cycle=Cycle(start=NOW, relative=True))
    assert [float(begun.allows(NOW + one * HOUR)) for one in (0.5, 1.0, 99.0)] == [5_000.0, 2_000.0, 2_000.0]
    assert begun.turns(NOW) == NOW + HOUR


def test_the_course_of_an_evse_goes_down_and_up_with_what_recurs() -> None:
    whole = Limit(evse=WHOLE, limit=Watts(9_000), since=NOW)
    limits = Limits(desired={"0/1": whole, "1/2": daily(each=Seconds(7_200.0))})
    found = course(limits, ONE, NOW, NOW + 36 * HOUR)
    assert [((one.since - NOW) / HOUR, float(one.limit)) for one in found.steps] == [
        (10.0, 5_000.0),
        (11.0, 2_000.0),
        (12.0, 9_000.0),
        (34.0, 5_000.0),
        (35.0, 2_000.0),
    ]
    assert found.until is None


def test_a_profile_that_is_one_is_let_be() -> None:
    demand_profile(GOOD, ONE)
    demand_profile(replace(GOOD, purpose="ChargingStationMaxProfile", kind="recurring", recurs="weekly"), WHOLE)


@pytest.mark.parametrize(
    ("wrong", "evse"),
    [
        ({"purpose": "ChargingStationMaxProfile"}, ONE),
        ({"purpose": "ChargingStationExternalConstraints"}, WHOLE),
        ({"purpose": ""}, ONE),
        ({"purpose": "TxProfile"}, WHOLE),
        ({"kind": "recurring"}, ONE),
        ({"recurs": "daily"}, ONE),
        ({"kind": "relative", "purpose": "ChargingStationMaxProfile"}, WHOLE),
        ({"id": 0}, ONE),
        ({"level": -1}, ONE),
        ({"schedules": ()}, ONE),
        ({"schedules": GOOD.schedules * 4}, ONE),
        ({"schedules": (ChargingSchedule(periods=()),)}, ONE),
        ({"schedules": (ChargingSchedule(periods=PERIODS[::-1]),)}, ONE),
        ({"schedules": (ChargingSchedule(periods=PERIODS[1:]),)}, ONE),
        ({"schedules": (ChargingSchedule(periods=(SchedulePeriod(limit=-1.0),)),)}, ONE),
        ({"schedules": (ChargingSchedule(periods=PERIODS, duration=0),)}, ONE),
    ],
)
def test_what_is_none_is_refused(wrong: dict[str, Any], evse: EvseNumber) -> None:
    with pytest.raises(Malformed) as no:
        demand_profile(replace(GOOD, **wrong), evse)
    assert (no.value.code, no.value.where != "") == ("InvalidProfile", True)
