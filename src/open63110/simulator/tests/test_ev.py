# SPDX-License-Identifier: Apache-2.0
"""Batteries take what they can."""

import random
from datetime import UTC, datetime

import pytest

from open63110.kernel.units import Watts
from open63110.simulator.ev import LOSS, MAKES, Ev, Make, some_ev

SALOON = Make("saloon", 77_000.0, 11_000.0, 3)  # type: ignore[arg-type]  # literal units


def test_an_ev_takes_what_is_offered_up_to_what_it_can() -> None:
    ev = Ev(SALOON, 0.3)
    assert ev.power(Watts(22_000.0)) == 11_000.0
    assert ev.power(Watts(6_000.0)) == 6_000.0


def test_below_six_amperes_an_ev_takes_nothing() -> None:
    ev = Ev(SALOON, 0.3)
    assert ev.least == 6.0 * 230.0 * 3
    assert ev.power(Watts(4_139.0)) == 0.0
    assert ev.power(Watts(4_140.0)) == 4_140.0


def test_a_fuller_battery_takes_less_down_to_the_least_current() -> None:
    powers = [Ev(SALOON, soc).power(Watts(22_000.0)) for soc in (0.5, 0.85, 0.9, 0.99)]
    assert powers == [11_000.0, pytest.approx(8_250.0), pytest.approx(5_500.0), 4_140.0]


def test_a_full_or_pausing_ev_takes_nothing() -> None:
    ev = Ev(SALOON, 0.8, target=0.8)
    assert ev.power(Watts(22_000.0)) == 0.0
    ev = Ev(SALOON, 0.5)
    ev.paused = True
    assert ev.power(Watts(22_000.0)) == 0.0


def test_the_meter_sees_more_than_the_battery_gets() -> None:
    ev = Ev(SALOON, 0.2)
    seen = ev.charge(Watts(11_000.0), 3600)
    assert seen == pytest.approx(11_000.0)
    assert (ev.soc - 0.2) * SALOON.capacity == pytest.approx(11_000.0 * (1 - LOSS))


def test_charging_stops_at_the_target_and_never_overfills() -> None:
    ev = Ev(SALOON, 0.95)
    ev.charge(Watts(22_000.0), 24 * 3600)
    assert ev.soc == 1.0
    assert ev.charge(Watts(22_000.0), 3600) == 0.0


def test_the_same_chance_brings_the_same_ev() -> None:
    one, other = some_ev(random.Random(7)), some_ev(random.Random(7))
    assert (one.make, one.soc, one.target, one.tells_soc) == (other.make, other.soc, other.target, other.tells_soc)
    assert one.make in MAKES
    assert 0.1 <= one.soc <= 0.7


def test_an_ev_needs_what_brings_it_to_its_target_at_the_meter() -> None:
    now = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    ev = Ev(SALOON, 0.5, target=0.9, tells_soc=True)
    needs = ev.needs(now)
    assert needs.e_target == pytest.approx(0.4 * SALOON.capacity / (1 - LOSS))
    ev.charge(Watts(needs.e_target or 0.0), 3600)
    assert ev.soc <= 0.9
    assert (needs.source, needs.since, needs.departure, needs.soc_now) == ("ev", now, None, 50.0)
    assert (needs.p_max, needs.p_min, needs.phases, needs.modes) == (11_000.0, 4_140.0, 3, ("AC_three_phase",))
    assert Ev(SALOON, 1.0, target=0.9).needs(now).e_target == 0.0
