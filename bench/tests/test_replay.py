# SPDX-License-Identifier: Apache-2.0
"""The replay of a garage: its network is that of ACN-Sim, what it counts is what happened, and rivals keep to the rows."""

import numpy as np
import pytest
from bench.planner.anchors import kept
from bench.planner.caltech import AB, ANY, AV, AV_POD, BC, CA, CC, CC_POD, SLOT, Sessions, garage, read
from bench.planner.made import made
from bench.planner.ours import Ours, pilots
from bench.planner.profit import MONTH, market, optimum
from bench.planner.quantised import Place, _behind
from bench.planner.replay import SLOT_WH, Moment, replay
from bench.planner.rivals import Levels, arrival, deadline, laxity, sorted_policy

from open63110.planner.network import Floats, use
from open63110.planner.problem import Pausing

RNG = np.random.default_rng(5)


def of(names: tuple[int, ...], network_points: tuple[str, ...]) -> Floats:
    return np.isin(network_points, [f"CA-{one}" for one in names]).astype(np.float64)


def test_rows_are_the_constraints_of_caltech_acn() -> None:
    """As its source has them: AB at 30°, BC at -90°, CA at 150°; I3a = AB - CA; I2a = (I3a - I3c) / 4."""
    network, given = garage(30.0)
    ab, bc, ca = (of(one, network.points) for one in (AB, BC, CA))
    turned = np.exp(1j * np.radians(30 * ab - 90 * bc + 150 * ca))
    secondary = np.stack((ab - ca, bc - ab, ca - bc))
    primary = (secondary - np.roll(secondary, 1, axis=0)) / 4
    pods = np.stack((of(CC_POD, network.points), of(AV_POD, network.points)))
    for _ in range(50):
        currents = RNG.uniform(0, 32, len(network.points)) * (RNG.random(len(network.points)) < 0.5)
        loads = use(network, currents)
        for place, matrix in (("secondary", secondary), ("transformer", primary)):
            mine = sorted(loads[network.row(place, phase)] for phase in ("L1", "L2", "L3"))
            assert mine == pytest.approx(sorted(np.abs(matrix @ (currents * turned))))
        for name, row in zip(("CC pod", "AV pod"), pods, strict=True):
            assert max(loads[network.row(name, phase)] for phase in ("L1", "L2")) == pytest.approx(row @ currents)
    assert given.limits[network.row("transformer", "L1")] == pytest.approx(30_000 / 3 / 277)
    assert given.limits[network.row("secondary", "L1")] == pytest.approx(30_000 / 3 / 120)


def visits(*rows: tuple[int, int, int, float]) -> Sessions:
    point, come, gone, energy = (np.array(column) for column in zip(*rows, strict=True))
    return Sessions(point=point, arrival=come, departure=gone, energy=energy.astype(np.float64), most=np.full(len(rows), 32.0))


def test_an_ev_takes_no_more_than_it_wants_and_a_stop_is_a_pause_only_while_it_wants_more() -> None:
    network, given = garage(80.0)
    told = {0: [16.0, 16.0], 1: [0.0, 16.0], 2: [16.0, 32.0], 3: [16.0], 4: [0.0]}
    sessions = visits((0, 0, 5, 52 * SLOT_WH), (1, 0, 3, 40 * SLOT_WH))
    found = replay(network, given, sessions, np.full(2, 6.0), lambda moment: np.array(told[moment.slot])[: len(moment.visit)])
    assert (found.delivered / SLOT_WH).tolist() == pytest.approx([48.0, 40.0])
    assert found.pauses * 2 == 1.0, "the stop in slot 1; in slot 4 less than a slot at 6 A was wanted"
    assert (found.power / 208).tolist() == pytest.approx([32.0, 16.0, 24.0, 16.0, 0.0])
    assert [found.energy, found.met, found.steps] == pytest.approx([100 * 88 / 92, 50.0, 5])


def test_sessions_are_read_in_watt_hours_and_amperes(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("sessions") / "some.csv"
    path.write_text("session_id,station_id,arrival_slot,departure_slot,energy_kwh,max_power_kw\nx,CA-315,76,92,4.216,6.6\n")
    found = read(path, garage(30.0)[0])
    assert (found.arrival.tolist(), found.departure.tolist(), found.energy.tolist()) == ([76], [92], [4216.0])
    assert found.most[0] == pytest.approx(6600 / 208)


def test_made_sessions_are_the_same_each_time_and_no_two_are_at_one_point_at_once() -> None:
    network, _ = garage(30.0)
    first, again = made(network, 3), made(network, 3)
    assert np.array_equal(first.energy, again.energy)
    assert np.all(first.energy <= first.most * SLOT_WH * (first.departure - first.arrival))
    for point in set(first.point.tolist()):
        mine = first.take(first.point == point)
        assert np.all(mine.arrival[1:] >= mine.departure[:-1])


@pytest.mark.parametrize("key", [laxity, deadline, arrival])
def test_sorted_rivals_never_exceed_a_row(key: object) -> None:
    network, given = garage(20.0)
    sessions = made(network, 1)
    found = replay(network, given, sessions, np.full(len(sessions), 6.0), sorted_policy(network, given, key))  # type: ignore[arg-type]  # one of three
    assert 0.99 < found.worst <= 1.0
    assert 40.0 < found.energy < 95.0


def test_rivals_with_levels_tell_only_levels_and_the_uninterrupted_one_hardly_stops() -> None:
    network, given = garage(30.0)
    sessions = made(network, 1)
    kinds = pilots(network, quantised=True)
    least = np.array([kind.least for kind in kinds])[sessions.point]
    levels = Levels(network, given, kinds)
    seen: set[float] = set()

    def watched(moment: Moment) -> Floats:
        told = levels.pausing(moment)
        seen.update(told.tolist())
        return told

    pausing = replay(network, given, sessions, least, watched)
    steady = replay(network, given, sessions, least, levels.uninterrupted)
    slices = replay(network, given, sessions, least, levels.slices)
    assert seen <= {0.0, *AV.levels, *CC.levels}
    assert max(one.worst for one in (pausing, steady, slices)) <= 1.0 + 1e-9
    assert steady.pauses < pausing.pauses / 4
    assert slices.pauses < pausing.pauses / 4


def test_our_planner_gives_more_than_least_laxity_first_and_stops_nobody_who_has_begun() -> None:
    network, given = garage(30.0)
    sessions = made(network, 1)
    kinds = pilots(network, quantised=True)
    least = np.array([kind.least for kind in kinds])[sessions.point]
    never = replay(network, given, sessions, least, Ours(network, given, kinds, Pausing(most=0), deadline=60.0))
    steady = replay(network, given, sessions, least, Levels(network, given, kinds).uninterrupted)
    assert never.pauses == 0.0
    assert never.worst <= 1.0
    assert never.energy > steady.energy


def test_who_gives_less_at_more_pauses_is_behind_and_one_with_fewer_pauses_is_met_by_none_of_ours_with_more() -> None:
    ours = [Place(90.0, 0.0), Place(95.0, 1.0)]
    assert [figure.value for figure in _behind("x", Place(88.0, 0.1), ours, 0.0)] == [88.0, 0.1, 2.0]
    assert not _behind("x", Place(94.0, 1.0), ours, 0.0)[2].missed
    assert _behind("x", Place(94.0, 0.9), ours, 0.0)[2].missed


def test_the_optimum_of_one_ev_is_to_spread_its_energy_or_to_leave_it() -> None:
    day = market(MONTH)
    network, _ = garage(150.0)
    alone = visits((0, 288 * 3, 288 * 3 + 72, 12_000.0))
    earned, peak = optimum(alone, day)
    assert [earned, peak] == pytest.approx([0.0, 0.0], abs=1e-3)
    many = visits(*((0, 288 * one + 120, 288 * one + 168, 8000.0) for one in range(31)))
    earned, peak = optimum(many, day)
    assert peak == pytest.approx(2.0, rel=1e-3)
    power = np.zeros(288 * 31 + 1)
    for one in range(31):
        power[288 * one + 120 : 288 * one + 168] = 2000.0
    assert earned == pytest.approx(day.profit(power), rel=1e-4)
    assert len(network.points) == 54


def test_the_month_has_21_busy_days_and_the_prices_of_winter() -> None:
    month = market(MONTH)
    assert month.busy(0) == 21
    assert month.busy(29) == 0
    hours = [month.prices[288 * 3 + 12 * hour] for hour in (7, 8, 12, 18, 23)]
    assert hours == [0.06087, 0.07492, 0.0869, 0.07492, 0.06087]
    assert month.prices[288 + 12 * 13] == 0.06087


def test_what_adacharge_gave_is_kept_with_its_cpu_time() -> None:
    found = kept("B1", 30.0)
    assert found is not None
    assert found.energy_pct == pytest.approx(91.96, abs=0.01), "as measured before, on another machine"
    assert found.cpu_seconds > 60
    assert kept("B1", 31.0) is None
    assert (ANY.least, SLOT) == (0.0, 300.0)
