# SPDX-License-Identifier: Apache-2.0
"""Power over time: layers, every limit with its source, gaps that stay gaps, and the plan to come (8.2.3, R-7.5-1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from open63110.bindings.web.site_series import BESIDE, BUILT, REST, Line, Series, Shape, series, volts_of
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Volts, Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.limit import Ahead, LimitSource
from open63110.model.power import EvsePower, EvseSample, NodePower, PowerSample, SitePower, Winner, planned_at
from open63110.model.site import Feeder, GridConnection, Site, SiteId, ZoneId

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH = SiteId("north")
SITE = Site(
    id=NORTH,
    connections=(GridConnection(id="grid", import_max=Watts(60_000.0), volts=Volts(277.0)),),
    feeders=(Feeder(id="T1", parent="grid", volts=Volts(120.0), winding="delta-wye"), Feeder(id="row", parent="T1")),
)
DSO = Winner(source=LimitSource.DSO, actor="grid-op", constraint="c1")
NAME = "the DSO (grid-op)"


def after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def amps(*each: float) -> tuple[Amperes, ...]:
    return tuple(map(Amperes, each))


def node(id: str, kind: Any, parent: str, load: float | None, **more: Any) -> NodePower:
    return NodePower(id=id, kind=kind, parent=parent, load=None if load is None else Watts(load), **more)


def nodes(deck: float, yard: float, base: float = 2_000.0, **more: Any) -> tuple[NodePower, ...]:
    return (
        node("site", "site", "", deck + yard + base, **{"limit": Watts(60_000.0), "base": Watts(base)} | more),
        node("grid", "connection", "site", deck + yard + base, limit=Watts(60_000.0)),
        node("row", "feeder", "grid", deck),
        node("zone:deck", "zone", "row", deck),
        node("zone:yard", "zone", "grid", yard),
    )


def evse(station: str, watts: float, zone: str = "deck", phases: tuple[int, ...] = (1, 2, 3)) -> EvseSample:
    return EvseSample(station=StationId(station), evse=EvseNumber(1), measured=Watts(watts), phases=phases, node=f"zone:{zone}")


def sample(minutes: float, *evses: EvseSample, **more: Any) -> PowerSample:
    given = {"deck": 10_000.0, "yard": 4_000.0} | more
    return PowerSample(id=int(minutes) + 10_000, site=NORTH, at=after(minutes), nodes=nodes(**given), evses=evses)


def drawn(
    *samples: PowerSample, power: SitePower | None = None, constraints: tuple[Constraint, ...] = (), **shape: Any
) -> Series:
    return series(Shape(site=SITE, **shape), samples, power, constraints, after(10))


def lines(found: list[Line]) -> dict[str, list[float | None]]:
    return {one.name: one.values for one in found}


def test_power_is_stacked_by_zone_upon_what_is_beside_the_stations() -> None:
    found = drawn(sample(0), sample(1, deck=11_000.0))
    assert lines(found.parts) == {BESIDE: [2_000.0, 2_000.0], "deck": [10_000.0, 11_000.0], "yard": [4_000.0, 4_000.0]}
    assert (found.load, found.unit) == ([16_000.0, 17_000.0], "W")
    assert found.at == [after(0).timestamp(), after(1).timestamp()]
    assert found.planned == []


def test_a_feeder_shows_the_zones_below_it_alone_and_a_zone_its_stations() -> None:
    assert list(lines(drawn(sample(0), node="row").parts)) == ["deck"]
    stations = drawn(sample(0, evse("A", 7_000.0), evse("B", 3_000.0), evse("C", 4_000.0, "yard")), node="zone:deck")
    assert lines(stations.parts) == {"A": [7_000.0], "B": [3_000.0]}


def test_what_a_roof_gives_makes_what_is_beside_the_stations_negative() -> None:
    assert lines(drawn(sample(0, base=-6_000.0)).parts)[BESIDE] == [-6_000.0]


def test_nothing_is_drawn_where_nothing_was_sampled() -> None:
    found = drawn(sample(0), sample(9))
    assert lines(found.parts)["deck"] == [10_000.0, None, 10_000.0]
    assert found.load == [16_000.0, None, 16_000.0]


def test_what_is_old_is_drawn_through_from_quarter_to_quarter_of_an_hour() -> None:
    days = -3 * 24 * 60
    found = drawn(sample(days), sample(days + 15), sample(days + 40))
    assert lines(found.parts)["deck"] == [10_000.0, 10_000.0, None, 10_000.0]


def test_more_zones_than_colours_make_one_layer_of_the_smallest() -> None:
    zones = tuple(node(f"zone:z{number}", "zone", "site", 100.0 * number) for number in range(1, 11))
    whole = node("site", "site", "", 5_500.0)
    found = drawn(PowerSample(id=1, site=NORTH, at=T0, nodes=(whole, *zones)))
    assert lines(found.parts)[REST] == [600.0]
    assert len(found.parts) == 8


def test_each_limit_is_a_line_of_whoever_won_and_reaches_to_where_another_wins() -> None:
    found = drawn(
        sample(0), sample(1, limit=Watts(30_000.0), winner=DSO), sample(2, limit=Watts(25_000.0), winner=DSO), sample(3)
    )
    assert lines(found.limits) == {
        BUILT: [60_000.0] * 4,
        NAME: [None, 30_000.0, 25_000.0, 25_000.0],
    }


def test_what_the_only_connection_carries_limits_the_whole_site() -> None:
    assert lines(drawn(sample(0, limit=None)).limits) == {BUILT: [60_000.0]}
    whole, grid, *rest = nodes(10_000.0, 4_000.0, limit=Watts(40_000.0), winner=DSO)
    both = (whole, msgspec.structs.replace(grid, limit=Watts(30_000.0), winner=DSO), *rest)
    assert lines(drawn(PowerSample(id=1, site=NORTH, at=T0, nodes=both)).limits) == {NAME: [30_000.0]}
    two = Site(id=NORTH, connections=(*SITE.connections, GridConnection(id="g2", import_max=Watts(1.0))))
    assert series(Shape(site=two), [sample(0, limit=None)], None, (), T0).limits == []


def test_where_another_wins_the_line_before_reaches_to_that_moment() -> None:
    shape = Shape(site=Site(id=NORTH))
    found = series(shape, [sample(0), sample(1, limit=Watts(30_000.0), winner=DSO), sample(2, limit=None)], None, (), T0)
    assert lines(found.limits) == {BUILT: [60_000.0, 60_000.0, None], NAME: [None, 30_000.0, None]}


def test_a_phase_is_stacked_in_amperes_against_its_own_limit() -> None:
    zone = node("zone:deck", "zone", "site", 7_000.0, load_amperes=amps(20, 5, 5))
    whole = node("site", "site", "", 9_000.0, load_amperes=amps(25, 8, 5), amperes=amps(63, 50, 63), phase_winner=DSO)
    moment = PowerSample(id=1, site=NORTH, at=T0, nodes=(whole, zone))
    found = drawn(moment, phase=2)
    assert (found.unit, found.load, lines(found.limits)) == ("A", [8.0], {NAME: [50.0]})
    assert lines(found.parts) == {BESIDE: [3.0], "deck": [5.0]}
    assert lines(drawn(moment, phase=3).parts) == {"deck": [5.0]}


def test_stations_of_a_zone_load_the_phases_they_are_on_at_the_voltage_they_have() -> None:
    stations = (evse("A", 6_900.0), evse("B", 2_300.0, phases=(2,)))
    flat = Site(id=NORTH, connections=(GridConnection(id="grid", import_max=Watts(60_000.0)),))
    found = series(Shape(site=flat, node="zone:deck", phase=2), [sample(0, *stations)], None, (), T0)
    assert lines(found.parts) == {"A": [10.0], "B": [10.0]}
    assert lines(series(Shape(site=flat, node="zone:deck", phase=1), [sample(0, *stations)], None, (), T0).parts)["B"] == [0.0]


def test_the_voltage_is_that_of_the_nearest_feeder_that_says_one() -> None:
    assert [volts_of(SITE, one) for one in ("row", "T1", "grid", "zone:deck")] == [120.0, 120.0, 277.0, 277.0]
    assert volts_of(Site(id=NORTH), "site") == 230.0


def planning(*ahead: Ahead, state: Any = "active", setpoint: float | None = 5_000.0, station: str = "A") -> EvsePower:
    return EvsePower(
        station=StationId(station),
        evse=EvseNumber(1),
        node="zone:deck",
        state=state,
        setpoint=None if setpoint is None else Watts(setpoint),
        phases=(1, 2, 3),
        ahead=ahead,
    )


def step(minutes: float, watts: float) -> Ahead:
    return Ahead(since=after(minutes), limit=Watts(watts))


def present(*evses: EvsePower) -> SitePower:
    return SitePower(site=NORTH, at=after(10), nodes=nodes(5_000.0, 0.0), evses=evses)


def test_the_plan_goes_on_where_the_present_ends() -> None:
    found = drawn(sample(9), power=present(planning(step(20, 11_000.0), step(60, 0.0))))
    assert found.at[1:] == [after(10).timestamp(), after(10).timestamp() + 1] + [after(one).timestamp() for one in (20, 60, 65)]
    assert lines(found.parts)["deck"] == [10_000.0, 5_000.0, None, None, None, None]
    assert lines(found.planned)["deck"] == [None, 5_000.0, 5_000.0, 11_000.0, 0.0, 0.0]
    assert lines(found.planned)[BESIDE] == [None, 2_000.0, 2_000.0, 2_000.0, 2_000.0, 2_000.0]
    assert found.expected[2:] == [None] * 4


def test_what_had_been_planned_for_a_moment_stands_beside_what_came() -> None:
    foreseen = [
        EvseSample(station=StationId(one), evse=EvseNumber(1), foreseen=Watts(watts), phases=(1, 2, 3), node="zone:deck")
        for one, watts in (("A", 4_000.0), ("B", 1_000.0))
    ]
    found = drawn(sample(0, *foreseen), sample(1), sample(15), sample(17), sample(30))
    # 2 kW are drawn beside the stations; after each gap of samples stands a moment of nothing
    assert dict(zip(found.at, found.foreseen, strict=True))[after(15).timestamp()] == 7_000.0
    assert [one for one in found.foreseen if one is not None] == [7_000.0]
    assert drawn(sample(0, *foreseen), sample(15), node="zone:deck").foreseen[-1] == 5_000.0
    ahead = drawn(sample(9, *foreseen), power=present(planning(step(24, 11_000.0), step(60, 0.0))))
    assert ahead.foreseen[-3:] == [7_000.0, None, None]


def test_the_plan_of_a_zone_is_that_of_its_stations_and_of_a_phase_that_of_its_current() -> None:
    power = present(planning(step(20, 6_900.0)), planning(step(30, 3_450.0), station="B", setpoint=0.0, state="waiting"))
    assert lines(drawn(power=power, node="zone:deck").planned)["B"] == [0.0, 0.0, 0.0, 3_450.0, 3_450.0]
    by_phase = drawn(power=power, node="zone:deck", phase=1)
    assert lines(by_phase.planned)["A"] == [0.0, *([5_000.0 / 3 / 277.0]), *([6_900.0 / 3 / 277.0] * 3)]


def test_a_station_that_hangs_at_a_feeder_is_planned_for_in_the_zone_where_it_stands() -> None:
    one = msgspec.structs.replace(planning(step(20, 6_900.0)), node="row")
    power, zones = present(one), {"A": "yard"}
    assert lines(drawn(power=power, zones=zones).planned)["yard"] == [0.0, 5_000.0, 6_900.0, 6_900.0]
    assert lines(drawn(power=power, node="zone:yard", zones=zones).planned)["A"] == [0.0, 5_000.0, 6_900.0, 6_900.0]
    assert "A" not in lines(drawn(power=power, node="zone:deck", zones=zones).planned)


def test_what_is_known_of_limits_to_come_is_drawn_ahead() -> None:
    evening = Constraint(
        id="c1",
        source=LimitSource.DSO,
        actor="grid-op",
        scope=ConstraintScope(site=NORTH),
        profile=(Step(since=after(15), import_max=Watts(20_000.0)),),
        until=after(40),
    )
    elsewhere = Constraint(
        id="c2",
        source=LimitSource.CONTRACT,
        actor="x",
        scope=ConstraintScope(site=NORTH, zone=ZoneId("deck")),
        profile=(Step(since=T0, import_max=Watts(1.0)),),
    )
    power = present(planning(step(20, 11_000.0), step(60, 0.0)))
    found = drawn(power=power, constraints=(evening, elsewhere))
    moments = [one - T0.timestamp() for one in found.at]
    assert moments == [600.0, 601.0, 900.0, 1_200.0, 2_400.0, 3_600.0, 3_900.0]
    assert lines(found.limits) == {
        BUILT: [60_000.0] * 7,
        NAME: [None, None, 20_000.0, 20_000.0, 20_000.0, None, None],
    }
    held = drawn(power=power, constraints=(evening, elsewhere), node="grid")
    assert set(lines(held.limits)) == {BUILT}
    assert lines(drawn(power=power, constraints=(elsewhere,), node="zone:deck").limits)["the contract (x)"][1:] == [1.0] * 4


def test_what_an_evse_is_to_be_given_later_is_what_its_plan_says_then() -> None:
    one = planning(step(20, 11_000.0))
    assert [planned_at(one, after(minutes)) for minutes in (15, 20, 99)] == [5_000.0, 11_000.0, 11_000.0]
    assert planned_at(planning(state="idle"), after(15)) == 0.0
    assert planned_at(planning(setpoint=None), after(15)) == 0.0


def test_of_a_site_nobody_looked_at_there_is_nothing() -> None:
    found = drawn()
    assert (found.at, found.parts, found.limits, found.planned) == ([], [], [], [])
    assert drawn(sample(0), node="gone").load == [None]
