# SPDX-License-Identifier: Apache-2.0
"""EVs that follow their pilots."""

import random
from typing import Any

import pytest

from open63110.kernel.units import Amperes, Volts, WattHours
from open63110.simulator.car import REACTION, Car, Habits, some_car

PHASE = Volts(230.0)
PROMPT = Habits(dead=1.0, rise=8.0)


def car(need: float = 50_000.0, **habits: Any) -> Car:
    return Car(WattHours(need), 3, Amperes(16.0), PROMPT._replace(**habits))


def go_on(one: Car, seconds: float) -> float:
    return one.go_on(seconds, PHASE, one.phases)


def test_an_ev_notices_its_pilot_late_and_rises_by_and_by() -> None:
    one = car()
    one.offer(Amperes(32.0))
    go_on(one, 0.9)
    assert one.amperes == 0.0
    go_on(one, 1.1)
    assert 6.0 < one.amperes < 10.0
    go_on(one, 2.0)
    assert one.amperes == 16.0, "its own most"


def test_an_ev_falls_at_once_when_it_notices_and_within_the_time_of_the_standard() -> None:
    one = car()
    one.offer(Amperes(16.0))
    go_on(one, 10.0)
    one.offer(Amperes(8.0))
    go_on(one, 0.9)
    assert one.amperes == 16.0
    go_on(one, 0.2)
    assert one.amperes == 8.0
    chance = random.Random(3)
    assert all(some_car(chance, WattHours(9_000.0)).habits.dead < REACTION for _ in range(300))


def test_a_pilot_that_changes_twice_is_noticed_as_it_is_last() -> None:
    one = car()
    one.offer(Amperes(16.0))
    go_on(one, 0.5)
    one.offer(Amperes(6.0))
    go_on(one, 0.6)
    go_on(one, 5.0)
    assert one.amperes == 6.0


def test_below_six_amperes_it_stops_which_is_a_pause_unless_it_is_full() -> None:
    one = car()
    one.offer(Amperes(16.0))
    go_on(one, 60.0)
    one.offer(Amperes(5.9))
    go_on(one, 5.0)
    assert (one.amperes, one.pauses) == (0.0, 1)
    full = car(need=100.0)
    full.offer(Amperes(16.0))
    go_on(full, 3600.0)
    full.offer(Amperes(0.0))
    go_on(full, 5.0)
    assert full.taken == pytest.approx(100.0)
    assert (full.full, full.pauses) == (True, 0)


def test_energy_is_what_flowed_and_never_more_than_it_needs() -> None:
    one = car(need=5_520.0, dead=0.3, rise=1e9)
    one.offer(Amperes(16.0))
    assert go_on(one, 0.3 + 900.0) == pytest.approx(16 * 230 * 3 / 4)
    assert go_on(one, 3600.0) == pytest.approx(5_520.0 - 16 * 230 * 3 / 4)
    assert one.amperes == 0.0
    assert one.began == pytest.approx(0.3, abs=31.0)


def test_a_battery_that_fills_takes_less_and_less_also_below_six_amperes() -> None:
    one = car(need=10_000.0, tail=2_000.0)
    one.offer(Amperes(16.0))
    go_on(one, 2_700.0)
    assert 8_000.0 < one.taken < 9_000.0
    assert 6.0 < one.amperes < 16.0
    seen = []
    while not one.full:
        go_on(one, 60.0)
        seen.append(one.amperes)
    assert seen == sorted(seen, reverse=True)
    assert 0.0 < seen[-2] < 3.0


def test_an_ev_that_had_to_wait_too_long_never_wakes_up() -> None:
    one, other = car(gives_up=600.0), car(gives_up=600.0)
    for each, pause in ((one, 601.0), (other, 500.0)):
        each.offer(Amperes(16.0))
        go_on(each, 60.0)
        each.offer(Amperes(0.0))
        go_on(each, pause)
        each.offer(Amperes(16.0))
        go_on(each, 60.0)
    assert (one.asleep, one.amperes) == (True, 0.0)
    assert (other.asleep, other.amperes) == (False, 16.0)


def test_an_ev_may_rest_by_itself_which_is_nobodys_fault() -> None:
    one = car(need=10_000.0, rests_after=0.5, rests=600.0)
    one.offer(Amperes(16.0))
    go_on(one, 1_680.0)
    assert (one.amperes, one.pauses) == (0.0, 0)
    go_on(one, 700.0)
    assert one.amperes == 16.0


def test_without_supply_nothing_flows_at_once() -> None:
    one = car()
    one.offer(Amperes(16.0))
    go_on(one, 60.0)
    one.cut()
    assert one.amperes == 0.0
    assert go_on(one, 60.0) == 0.0
