# SPDX-License-Identifier: Apache-2.0
"""EVSEs that are wired, and their pilots."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.kernel.units import Amperes, Volts, WattHours, Watts
from open63110.simulator.car import Car
from open63110.simulator.meter import Meter
from open63110.simulator.outlet import Outlet, Rating, Winding

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THREE = Rating(tuple(map(Winding, (1, 2, 0))), Volts(230.0), Amperes(32.0))
ONE = Rating((Winding(0, 1),), Volts(208.0), Amperes(32.0), tuple(map(Amperes, (8.0, 16.0, 24.0, 32.0))))


@pytest.mark.parametrize(
    ("rating", "limit", "by_phase", "pilot"),
    [
        (THREE, 11_040.0, None, 16.0),
        (THREE, 11_040.0, 10.0, 10.0),
        (THREE, 99_000.0, None, 32.0),
        (THREE, 4_139.0, None, 0.0),
        (THREE, 4_140.0, None, 6.0),
        (ONE, 6_656.0, None, 32.0),
        (ONE, 6_655.0, None, 24.0),
        (ONE, 1_663.0, None, 0.0),
        (THREE._replace(pilots=(Amperes(10.0), Amperes(20.0))), 6_000.0, None, 0.0),
        (THREE._replace(pilots=(Amperes(10.0), Amperes(20.0))), 22_080.0, None, 20.0),
    ],
)
def test_a_pilot_is_the_highest_that_the_evse_knows_within_the_limit(
    rating: Rating, limit: float, by_phase: float | None, pilot: float
) -> None:
    assert rating.pilot(Watts(limit), None if by_phase is None else Amperes(by_phase)) == pilot


def standing(phases: int = 3) -> Outlet:
    outlet = Outlet(1, Meter("M1"), THREE)
    outlet.arrive(Car(WattHours(50_000.0), phases, Amperes(32.0)), START)
    return outlet


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_an_ev_of_one_phase_takes_the_pilot_on_one_phase_and_the_meter_counts_what_flows() -> None:
    outlet = standing(phases=1)
    outlet.close(START, Watts(11_040.0))
    outlet.advance(at(60.0))
    assert (outlet.amperes, outlet.phases, outlet.power) == (16.0, 1, 3_680.0)
    before = outlet.meter.register
    outlet.advance(at(3660.0))
    assert outlet.meter.register - before == pytest.approx(3_680.0)
    shown = {(one.measurand, one.phase): one.value for one in outlet.readings(at(3660.0))}
    assert shown["current.import", "L1"] == 16.0, "a station calls its terminals its own way"
    assert shown["current.import", "L2"] == 0.0
    assert shown["power.import", ""] == 3_680.0


def test_a_lowered_pilot_is_remembered_and_an_opened_contactor_stops_at_once() -> None:
    outlet = standing()
    outlet.close(START, Watts(22_080.0))
    outlet.advance(at(60.0))
    assert outlet.lowered is None
    outlet.close(at(60.0), Watts(11_040.0))
    assert outlet.lowered == at(60.0)
    assert (outlet.pilot, outlet.amperes) == (16.0, 32.0)
    outlet.open()
    assert (outlet.pilot, outlet.amperes, outlet.state()) == (0.0, 0.0, None)


def test_the_state_tells_who_makes_it_wait() -> None:
    outlet = standing()
    outlet.close(START, Watts(1_000.0))
    assert outlet.state() == "suspended-evse"
    outlet.close(START, Watts(11_040.0))
    assert outlet.state() == "suspended-ev"
    outlet.advance(at(60.0))
    assert outlet.state() == "charging"
    outlet.halted = True
    outlet.advance(at(61.0))
    assert outlet.pilot == 0.0


def test_an_ev_that_goes_leaves_the_evse_free() -> None:
    outlet = standing()
    assert outlet.plugged
    outlet.clear()
    assert (outlet.plugged, outlet.phases, outlet.power) == (False, 0, 0.0)
