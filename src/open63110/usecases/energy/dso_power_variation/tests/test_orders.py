# SPDX-License-Identifier: Apache-2.0
"""Power variations triggered by a DSO: accepted with what will be reached, held, written down, given back (8.2.7, 7.8)."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Priority
from open63110.kernel.units import Percent, Seconds
from open63110.model.constraint import ConstraintScope
from open63110.model.limit import LimitSource
from open63110.model.site import SiteId, ZoneId
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.dso_power_variation import CancelDsoOrder, PutDsoOrder
from open63110.usecases.energy.dso_power_variation.messages import NOBODY
from open63110.usecases.energy.dso_power_variation.tests.grid import (
    NOON,
    NORTH,
    SOUTH,
    Grid,
    kw,
    order,
    put,
    seconds,
    tick,
    with_groups,
)


@pytest.fixture
def grid() -> Grid:
    return with_groups()


def test_an_order_counts_at_once_before_all_others_on_wires(grid: Grid) -> None:
    answer = put(grid, p_max_import=kw(100), emergency=True, duration=Seconds(600.0))
    assert (answer.state, answer.reachable, answer.compliance, answer.stations) == ("active", kw(100), "pending", 50)
    (one,) = grid.every_constraint()
    assert (one.source, one.actor, one.critical, one.scope) == (LimitSource.DSO, "grid", True, NORTH)
    assert grid.shares() == {"o-1/north": kw(100)}
    assert PutDsoOrder(station=NOBODY, emergency=True).priority is Priority.EMERGENCY
    assert PutDsoOrder(station=NOBODY).priority is Priority.CONTROL


def test_an_order_that_does_not_bind_is_as_a_contract(grid: Grid) -> None:
    put(grid, p_max_import=kw(100), binding=False)
    assert [one.source for one in grid.every_constraint()] == [LimitSource.CONTRACT]
    del grid.kept["constraint"]["dso/order/o-1/north"]
    tick(grid)
    assert grid.every_constraint() == []


def test_one_that_binds_comes_back_when_it_is_taken_away(grid: Grid) -> None:
    put(grid, p_max_import=kw(100))
    del grid.kept["constraint"]["dso/order/o-1/north"]
    tick(grid)
    assert grid.shares() == {"o-1/north": kw(100)}


def test_a_change_counts_from_what_is_measured_as_it_is_accepted(grid: Grid) -> None:
    assert put(grid, delta=Percent(-30.0), start=NOON + seconds(60)).p_max_import == kw(245)
    grid.obey("north", limit=50.0)
    assert put(grid, delta=Percent(-30.0), start=NOON + seconds(90)).p_max_import == kw(245)
    assert put(grid, "o-2", delta=Percent(-30.0)).p_max_import == kw(35)
    assert put(grid, "o-3", delta=Percent(20.0)).p_max_import == kw(60)
    grid.powers.clear()
    assert put(grid, "o-4", delta=Percent(-10.0)).p_max_import == 0.0
    running = EnergyTransfer(number=TransferNumber(1), station=StationId("N000"), reference=TransferReference("t"), began=NOON)
    grid.stations[running.station] = replace(grid.stations[running.station], transfers={running.reference: running})
    with pytest.raises(Unavailable, match="nobody has measured"):
        put(grid, "o-5", delta=Percent(-10.0))
    known = replace(running, power=kw(7))
    grid.stations[running.station] = replace(grid.stations[running.station], transfers={running.reference: known})
    assert put(grid, "o-6", delta=Percent(-50.0)).p_max_import == kw(3.5)


def test_of_orders_that_overlap_the_most_restrictive_counts(grid: Grid) -> None:
    put(grid, "one", p_max_import=kw(100))
    put(grid, "two", p_max_import=kw(60), scope=ConstraintScope(site=SiteId("north"), zone=ZoneId("deck")), group="")
    put(grid, "three", p_max_import=kw(80))
    assert grid.shares() == {"one/north": kw(100), "two/north/deck": kw(60), "three/north": kw(80)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"group": "theirs"},
        {"group": "nowhere"},
        {"group": "", "scope": SOUTH, "by": "stranger"},
        {"group": "", "scope": ConstraintScope(site=SiteId("west"))},
        {"group": "", "scope": ConstraintScope(site=SiteId("south"), zone=ZoneId("deck")), "by": "third"},
    ],
)
def test_what_is_in_none_of_its_groups_is_refused_without_a_word_of_what_is_there(grid: Grid, wrong: dict[str, Any]) -> None:
    by = wrong.pop("by", "grid")
    with pytest.raises(NotAuthorized) as caught:
        grid.ask(PutDsoOrder(station=NOBODY, p_max_import=kw(1), **wrong), by)
    assert caught.value.code == "NotYourGroup"
    assert grid.every_constraint() == []


def test_another_dso_neither_changes_nor_cancels_nor_learns_of_an_order(grid: Grid) -> None:
    put(grid, p_max_import=kw(100))
    with pytest.raises(NotAuthorized):
        grid.ask(PutDsoOrder(station=NOBODY, order_id="o-1", group="theirs", p_max_import=kw(200)), "other")
    for unknown in ("o-1", "o-9"):
        with pytest.raises(Unknown):
            grid.ask(CancelDsoOrder(station=NOBODY, order_id=unknown), "other")


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({}, Malformed),
        ({"p_max_import": kw(-1)}, Malformed),
        ({"p_max_import": kw(float("nan"))}, Malformed),
        ({"p_max_import": kw(1), "delta": Percent(-1.0)}, Malformed),
        ({"delta": Percent(-101.0)}, Malformed),
        ({"p_max_import": kw(1), "scope": NORTH}, Malformed),
        ({"p_max_import": kw(1), "group": ""}, Malformed),
        ({"p_max_import": kw(1), "order_id": "a b"}, Malformed),
        ({"p_max_import": kw(1), "start": NOON - seconds(3_600)}, Expired),
        ({"p_max_import": kw(1), "start": NOON - seconds(60), "duration": Seconds(30.0)}, Expired),
        (
            {"p_max_import": kw(1), "group": "", "scope": ConstraintScope(site=SiteId("north"), station=StationId("N001"))},
            Malformed,
        ),
        ({"p_max_import": kw(1), "group": "", "scope": ConstraintScope(site=SiteId("north"), zone=ZoneId("roof"))}, Unknown),
        ({"p_max_import": kw(1), "group": "", "scope": ConstraintScope(site=SiteId("north"), feeder="F9")}, Unknown),
    ],
)
def test_what_cannot_be_is_refused(grid: Grid, wrong: dict[str, Any], trouble: type[Exception]) -> None:
    with pytest.raises(trouble):
        grid.ask(PutDsoOrder(station=NOBODY, **{"group": "feeder-12", **wrong}))


def test_an_order_that_comes_twice_changes_nothing_and_one_that_differs_does(grid: Grid) -> None:
    put(grid, p_max_import=kw(100), duration=Seconds(600.0))
    facts = len(grid.facts)
    grid.now += seconds(2)
    assert put(grid, p_max_import=kw(100), duration=Seconds(600.0)).state == "active"
    assert len(grid.facts) == facts
    put(grid, p_max_import=kw(80), duration=Seconds(900.0))
    changed = order(grid)
    assert (changed.p_max_import, changed.start, changed.end) == (kw(80), NOON, NOON + seconds(900))
    assert (changed.accepted, changed.changed) == (NOON, grid.now)
    assert grid.shares() == {"o-1/north": kw(80)}
    put(grid, p_max_import=kw(80), duration=Seconds(900.0), group="", scope=SOUTH)
    assert grid.shares() == {"o-1/south": kw(80)}


def test_an_order_without_an_id_is_given_one(grid: Grid) -> None:
    assert put(grid, "", p_max_import=kw(100)).order_id.startswith("o")


# -- over time --


def test_a_planned_order_begins_at_its_time_and_reports_from_there(grid: Grid) -> None:
    assert put(grid, p_max_import=kw(100), start=NOON + seconds(5), duration=Seconds(60.0)).state == "planned"
    assert grid.shares() == {"o-1/north": None}
    tick(grid, 4)
    assert grid.compliance("o-1") is None
    tick(grid, 1)
    report = grid.compliance("o-1")
    assert report is not None
    assert (order(grid).state, report.p_before, len(report.stations)) == ("active", kw(350), 50)
    assert grid.shares() == {"o-1/north": kw(100)}


def test_a_planned_order_that_is_cancelled_is_gone_at_once(grid: Grid) -> None:
    put(grid, p_max_import=kw(100), start=NOON + seconds(5))
    grid.ask(CancelDsoOrder(station=NOBODY, order_id="o-1"))
    assert (order(grid).state, order(grid).ended_by, grid.every_constraint()) == ("over", "cancelled", [])
    with pytest.raises(Refused):
        grid.ask(CancelDsoOrder(station=NOBODY, order_id="o-1"))
    with pytest.raises(Refused, match="is over"):
        put(grid, p_max_import=kw(1))


def test_the_report_says_when_each_station_confirmed_and_what_was_measured(grid: Grid) -> None:
    put(grid, p_max_import=kw(100), emergency=True)
    tick(grid)
    report = grid.compliance("o-1")
    assert report is not None
    assert (report.t_effect, report.status) == (None, "pending")
    grid.now += seconds(1)
    grid.obey("north")
    tick(grid, 12)
    report = grid.compliance("o-1")
    assert report is not None
    assert (report.t_ack, report.t_effect) == (NOON, NOON + seconds(2))
    assert (report.p_before, report.p_after, report.reachable, report.status) == (kw(350), kw(100), kw(100), "compliant")
    assert (len(report.stations), report.missing) == (50, ())
    assert {one.t_effect for one in report.stations} == {NOON + seconds(2)}
    assert {(one.limit, one.p_before, one.p_after) for one in report.stations} == {(kw(2), kw(7), kw(2))}
    assert [one.power for one in grid.samples[:3]] == [kw(350), kw(350), kw(100)]


def test_who_keeps_to_less_already_has_obeyed_as_it_began(grid: Grid) -> None:
    grid.obey("north", limit=50.0)
    grid.now += seconds(30)
    put(grid, p_max_import=kw(100))
    tick(grid)
    report = grid.compliance("o-1")
    assert report is not None
    assert report.t_effect == NOON + seconds(30)


@pytest.mark.parametrize("read", [True, False])
def test_what_was_measured_before_all_had_confirmed_says_nothing_of_what_came_of_it(grid: Grid, read: bool) -> None:
    station = StationId("N000")
    running = EnergyTransfer(number=TransferNumber(1), station=station, reference=TransferReference("t"), newest=NOON)
    put(grid, p_max_import=kw(100))
    grid.now += seconds(1)
    grid.obey("north")
    known = replace(grid.stations[station], transfers={running.reference: running})
    grid.stations[station] = known
    top, *below = grid.powers[NORTH.site].nodes
    grid.powers[NORTH.site] = replace(grid.powers[NORTH.site], nodes=(replace(top, load=kw(350)), *below))
    tick(grid, 12)
    report = grid.compliance("o-1")
    assert report is not None
    assert (report.t_effect, report.p_after, report.status) == (NOON + seconds(1), None, "compliant")
    if read:
        newer = replace(running, newest=grid.now)
        grid.stations[station] = replace(known, transfers={running.reference: newer})
        tick(grid)
    else:
        tick(grid, 49)
    report = grid.compliance("o-1")
    assert report is not None
    assert (report.p_after, report.status) == (kw(350), "non-compliant")


def test_stations_that_are_silent_count_and_are_missing_from_the_report(grid: Grid) -> None:
    grid.stand("north", 50, 7.0, dark=10)
    answer = put(grid, p_max_import=kw(100))
    assert (answer.missing, answer.reachable, answer.compliance, answer.remark()) == (10, kw(100), "pending", "")
    grid.obey("north")
    tick(grid, 11)
    report = grid.compliance("o-1")
    assert report is not None
    assert report.missing == tuple(StationId(f"N{number:03d}") for number in range(40, 50))
    assert (report.status, report.p_after) == ("compliant", kw(100))
    assert sum(one.limit or 0.0 for one in report.stations if not one.missing) == pytest.approx(kw(30))


def test_what_cannot_be_complied_with_is_said_at_once_with_what_can_be_reached(grid: Grid) -> None:
    grid.stand("north", 50, 7.0, dark=20)
    answer = put(grid, p_max_import=kw(100))
    assert (answer.reachable, answer.compliance, answer.remark()) == (kw(140), "non-compliant", "NonCompliance")
    report = grid.compliance("o-1")
    assert report is not None
    assert (report.status, report.reachable) == ("non-compliant", kw(140))
    grid.stand("north", 50, 7.0)
    tick(grid)
    assert order(grid).reachable == kw(100)


def test_stations_that_do_not_obey_make_it_fail_later(grid: Grid) -> None:
    put(grid, p_max_import=kw(100))
    grid.obey("north", silent=[f"N{number:03d}" for number in range(30)])
    tick(grid)
    report = grid.compliance("o-1")
    assert report is not None
    assert (order(grid).reachable, report.status) == (kw(210), "non-compliant")


# -- several sites --


def test_an_order_for_several_sites_is_divided_by_what_is_measured_there(grid: Grid) -> None:
    put(grid, group="both", p_max_import=kw(120))
    assert grid.shares() == {"o-1/north": kw(100), "o-1/south": kw(20)}


def test_dark_stations_of_one_site_are_taken_from_the_others_too(grid: Grid) -> None:
    grid.stand("north", 50, 7.0, dark=10)
    put(grid, group="both", p_max_import=kw(120))
    shares = grid.shares()
    north, south = shares["o-1/north"] or 0.0, shares["o-1/south"] or 0.0
    assert north >= kw(70)
    assert north + south == pytest.approx(kw(120), abs=2.0)
    assert south == pytest.approx(kw(10), abs=100)


def test_it_is_divided_anew_as_loads_change_and_nobody_gets_more_before_others_draw_less(grid: Grid) -> None:
    put(grid, group="both", p_max_import=kw(120))
    for site in ("north", "south"):
        grid.obey(site)
    grid.stand("south", 40, 0.5)
    grid.obey("south")
    tick(grid, 11)
    first = grid.shares()
    assert (first["o-1/north"] or 0.0) < kw(100)
    assert first["o-1/south"] == kw(20)
    grid.obey("north")
    tick(grid, 12)
    second = grid.shares()
    assert (second["o-1/south"] or 0.0) > kw(20)
    assert sum(one or 0.0 for one in second.values()) <= kw(120)


def test_a_station_that_goes_dark_is_made_up_for_at_once(grid: Grid) -> None:
    grid.stand("north", 10, 7.0)
    put(grid, group="both", p_max_import=kw(70))
    grid.stand("north", 10, 7.0, dark=9)
    tick(grid)
    shares = grid.shares()
    assert shares["o-1/north"] == kw(35)
    assert (shares["o-1/south"] or 0.0) <= kw(7)


# -- the end --


def test_an_order_about_export_alone_is_given_back_at_once(grid: Grid) -> None:
    put(grid, p_max_export=kw(5), duration=Seconds(5.0))
    (one,) = grid.every_constraint()
    assert (one.profile[0].export_max, one.profile[0].import_max) == (kw(5), None)
    tick(grid, 6)
    assert (grid.every_constraint(), order(grid).reachable) == ([], None)


def test_a_site_nobody_has_looked_at_yet_can_be_ordered_all_the_same(grid: Grid) -> None:
    grid.powers.clear()
    answer = put(grid, group="both", p_max_import=kw(100))
    assert (answer.stations, grid.shares()) == (60, {"o-1/north": kw(50), "o-1/south": kw(50)})
    put(grid, "feeder", group="", scope=ConstraintScope(site=SiteId("north"), feeder="F1"), p_max_import=kw(9))
    assert grid.shares()["feeder/north/feeder:F1"] == kw(9)
