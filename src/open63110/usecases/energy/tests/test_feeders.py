# SPDX-License-Identifier: Apache-2.0
"""What feeds what at a site: a tree of any depth, with phases, that refuses what cannot be (4.3, AT-4.3-1)."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Volts, WattHours, Watts
from open63110.model.site import Asset, EvsePlan, Feeder, GridConnection, ZoneId
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan
from open63110.usecases.energy.describe_site.feeders import Tree
from open63110.usecases.energy.tests.world import DECK, NORTH, World

A, B, C = StationId("A"), StationId("B"), StationId("C")


def amps(*each: float) -> tuple[Amperes, ...]:
    return tuple(map(Amperes, each))


def evse(number: int, wiring: str, *pilots: float) -> EvsePlan:
    return EvsePlan(number=EvseNumber(number), wiring=wiring, pilots=amps(*pilots))


GRID = GridConnection(id="grid", import_max=Watts(150_000.0), amperes=amps(200, 200, 200), volts=Volts(277.0))
MAIN = Feeder(id="main", parent="grid", amperes=amps(180, 180, 180))
T1 = Feeder(id="T1", parent="main", amperes=amps(80, 80, 80), import_max=Watts(75_000.0), volts=Volts(120.0), winding="delta-wye")
ROW = Feeder(id="row", parent="T1", amperes=amps(100, 100, 100))
PILLAR = Feeder(id="pillar", parent="row", amperes=amps(0, 32))
HOUSE = Asset(id="house", kind="load", assumed=(Watts(9_000.0),))
SOLAR = Asset(id="roof", kind="pv", feeder="main", wiring="L1L2L3", assumed=(Watts(0.0),) * 3, export_max=Watts(20_000.0))
STORE = Asset(
    id="box",
    kind="battery",
    feeder="main",
    capacity=WattHours(50_000.0),
    import_max=Watts(10_000.0),
    export_max=Watts(8_000.0),
    efficiency=0.9,
    stale_after=Seconds(10.0),
)
METER = Asset(id="m1", kind="meter", feeder="T1")
GARAGE = SitePlan(
    id=NORTH,
    address="Caltech",
    connections=(GRID,),
    feeders=(PILLAR, ROW, T1, MAIN),
    assets=(HOUSE, SOLAR, STORE, METER),
    zones=(
        ZonePlan(
            id=DECK,
            import_max=Watts(60_000.0),
            feeder="row",
            stations=(
                StationPlan(id=A, evses=(evse(1, "L1-L2", 8, 16, 24, 32), evse(2, "L2-L3", 6, 32))),
                StationPlan(id=B, evses=(evse(1, "L2"),), feeder="pillar"),
            ),
        ),
        ZonePlan(id=ZoneId("yard"), import_max=Watts(20_000.0), stations=(StationPlan(id=C, evses=(evse(1, "L3L1L2"),)),)),
    ),
)


@pytest.fixture
def world() -> World:
    return World()


def garage(**more: Any) -> SitePlan:
    return replace(GARAGE, **more)


def deck(**more: Any) -> SitePlan:
    return garage(zones=(replace(GARAGE.zones[0], **more), GARAGE.zones[1]))


def first(**more: Any) -> SitePlan:
    """Change the first station of the deck."""
    (one, *others), yard = GARAGE.zones[0].stations, GARAGE.zones[1]
    return garage(zones=(replace(GARAGE.zones[0], stations=(replace(one, **more), *others)), yard))


@pytest.mark.at("AT-4.3-1")
def test_a_tree_with_phases_reads_back_as_it_was_described_and_again_is_no_news(world: World) -> None:
    world.take(GARAGE)
    assert world.read() == GARAGE
    assert world.take(GARAGE) == []
    known = world.stations[A].evses[EvseNumber(1)]
    assert (known.wiring, known.pilots, world.stations[B].feeder) == ("L1-L2", amps(8, 16, 24, 32), "pillar")


def test_a_station_is_told_anew_where_only_its_feeder_or_its_wiring_changed(world: World) -> None:
    world.take(GARAGE)
    assert [type(one).__name__ for one in world.take(first(feeder="main"))] == ["StationPlaced"]
    assert world.stations[A].feeder == "main"
    world.take(first(evses=(evse(1, "L3-L2", 16), evse(2, "L2-L3", 6, 32))))
    assert world.stations[A].evses[EvseNumber(1)].wiring == "L3-L2"


def test_a_change_of_a_zone_keeps_what_was_not_said_of_it(world: World) -> None:
    world.take(GARAGE)
    world.take(deck(import_max=Watts(50_000.0)))
    assert world.every["north:deck"].feeder == "row"  # type: ignore[index]  # a key by value


def test_what_feeds_a_place_is_found_upwards_and_so_are_its_phases() -> None:
    tree = Tree(GARAGE)
    assert [one.id for one in tree.above("pillar")] == ["pillar", "row", "T1", "main", "grid"]
    assert [one.id for one in tree.above("")] == ["grid"]
    assert [sorted(tree.phases(one)) for one in ("pillar", "row")] == [[1], [0, 1, 2]]


def test_a_transformer_makes_three_phases_of_three_whatever_is_rated_above_it() -> None:
    single = replace(MAIN, amperes=amps(0, 180, 180))
    assert Tree(garage(feeders=(PILLAR, ROW, T1, single))).phases("row") == {0, 1, 2}
    assert Tree(garage(feeders=(PILLAR, ROW, T1, single))).phases("main") == {1, 2}


@pytest.mark.parametrize(
    ("site", "where", "code", "words"),
    [
        (garage(feeders=(replace(ROW, parent="T2"), T1, MAIN)), "feeders[0].parent", "UnknownFeeder", "did you mean T1?"),
        (
            garage(feeders=(replace(ROW, parent="xyz"), T1, MAIN)),
            "feeders[0].parent",
            "UnknownFeeder",
            "there are: row, T1, main",
        ),
        (garage(feeders=(replace(MAIN, parent="row"), ROW, T1)), "feeders[0].parent", "FeederLoop", "main → row → T1 → main"),
        (garage(feeders=(replace(MAIN, parent="main"),)), "feeders[0].parent", "FeederLoop", "main → main"),
        (garage(connections=(), feeders=(replace(MAIN, parent=""),)), "feeders[0].parent", "NoConnection", "has none"),
        (garage(feeders=(MAIN, MAIN)), "feeders", "Twice", "main is there twice"),
        (garage(feeders=(replace(MAIN, id="grid"),)), "feeders", "Twice", "grid is there twice"),
        (garage(feeders=(replace(MAIN, id="ma in"),)), "feeders[0].id", "BadId", ""),
        (garage(feeders=(replace(MAIN, amperes=amps(1, 2, 3, 4)),)), "feeders[0].amperes", "InvalidValue", "three phases"),
        (garage(feeders=(replace(MAIN, amperes=amps(-1)),)), "feeders[0]", "InvalidValue", "from 0 on"),
        (garage(feeders=(replace(MAIN, import_max=Watts(float("nan"))),)), "feeders[0]", "InvalidValue", "from 0 on"),
        (garage(feeders=(replace(MAIN, volts=Volts(0.0)),)), "feeders[0].volts", "InvalidValue", "above 0"),
        (garage(connections=(replace(GRID, volts=Volts(-1.0)),)), "connections[0].volts", "InvalidValue", "above 0"),
        (garage(connections=(replace(GRID, export_max=Watts(-1.0)),)), "connections[0]", "InvalidValue", "from 0 on"),
        (
            garage(feeders=(replace(MAIN, amperes=amps(180, 180)), T1)),
            "feeders[1].winding",
            "BadWiring",
            "a transformer needs three phases",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused_and_says_where(site: SitePlan, where: str, code: str, words: str, world: World) -> None:
    with pytest.raises(Malformed) as refusal:
        world.take(site)
    assert (refusal.value.where, refusal.value.code) == (f"sites[0].{where}", code)
    assert words in refusal.value.message
    assert world.facts == []


@pytest.mark.parametrize(
    ("asset", "where", "words"),
    [
        (replace(HOUSE, id="a b"), ".id", ""),
        (replace(HOUSE, feeder="mainn"), ".feeder", "did you mean main?"),
        (replace(HOUSE, feeder="pillar", wiring="L1"), ".wiring", "L1 is not possible at pillar, which has L2"),
        (replace(HOUSE, wiring="L1L1"), ".wiring", "is no wiring"),
        (replace(HOUSE, assumed=(Watts(1.0), Watts(1.0))), ".assumed", "one number in all, or three"),
        (replace(HOUSE, assumed=(Watts(float("inf")),)), ".assumed", "one number in all, or three"),
        (replace(HOUSE, capacity=WattHours(1.0)), "", "a load has no capacity"),
        (replace(SOLAR, import_max=Watts(1.0)), "", "a pv has no capacity"),
        (replace(SOLAR, export_max=Watts(-1.0)), "", "from 0 on"),
        (replace(STORE, efficiency=1.1), ".efficiency", "up to 1"),
        (replace(STORE, efficiency=0.0), ".efficiency", "above 0"),
    ],
)
def test_an_asset_that_cannot_be_is_refused_and_says_where(asset: Asset, where: str, words: str, world: World) -> None:
    with pytest.raises(Malformed) as refusal:
        world.take(garage(assets=(asset,)))
    assert refusal.value.where == f"sites[0].assets[0]{where}"
    assert words in refusal.value.message


def test_what_gives_may_be_assumed_below_nothing(world: World) -> None:
    world.take(garage(assets=(replace(SOLAR, assumed=(Watts(-5_000.0),)),)))
    assert world.all[NORTH].assets[0].assumed == (-5_000.0,)


def test_one_asset_is_there_once(world: World) -> None:
    with pytest.raises(Malformed, match="asset house is there twice"):
        world.take(garage(assets=(HOUSE, HOUSE)))


@pytest.mark.parametrize(
    ("site", "where", "words"),
    [
        (deck(feeder="rwo"), "zones[0].feeder", "did you mean row?"),
        (first(feeder="pilar"), "zones[0].stations[0].feeder", "did you mean pillar?"),
        (first(feeder="pillar"), "zones[0].stations[0].evses[0].wiring", "L1-L2 is not possible at pillar, which has L2"),
        (first(evses=(evse(1, "L1L4"),)), "zones[0].stations[0].evses[0].wiring", "is no wiring"),
        (first(evses=(evse(1, "L1", 16, 8),)), "zones[0].stations[0].evses[0].pilots", "given rising"),
        (first(evses=(evse(1, "L1", 0, 8),)), "zones[0].stations[0].evses[0].pilots", "given rising"),
        (first(evses=(evse(1, "L1", float("nan")),)), "zones[0].stations[0].evses[0]", "from 0 on"),
    ],
)
def test_what_hangs_where_it_cannot_is_refused_and_says_where(site: SitePlan, where: str, words: str, world: World) -> None:
    with pytest.raises(Malformed) as refusal:
        world.take(site)
    assert refusal.value.where == f"sites[0].{where}"
    assert words in refusal.value.message
    assert world.facts == []


@pytest.mark.parametrize(
    ("left", "words"),
    [((ROW, T1, MAIN), "B \\(at pillar\\)"), ((MAIN,), "zone deck \\(at row\\), B \\(at pillar\\)")],
)
def test_a_feeder_that_still_feeds_something_does_not_go(world: World, left: tuple[Feeder, ...], words: str) -> None:
    world.take(GARAGE)
    with pytest.raises(Refused, match=words) as refusal:
        world.put_site(connections=(GRID,), feeders=left)
    assert refusal.value.code == "FeederInUse"
    assert world.read() == GARAGE


def test_a_phase_that_stations_are_wired_to_does_not_go(world: World) -> None:
    world.take(GARAGE)
    with pytest.raises(Malformed, match="L2 is not possible at pillar, which has L1") as refusal:
        world.put_site(connections=(GRID,), feeders=(replace(PILLAR, amperes=amps(32)), ROW, T1, MAIN))
    assert refusal.value.where == "station B: evses[0].wiring"
    with pytest.raises(Malformed, match="L1-L2 is not possible at pillar"):
        world.put_zone(feeder="pillar")


def test_a_place_is_a_feeder_of_the_same_site(world: World) -> None:
    world.take(GARAGE)
    with pytest.raises(Malformed, match="there is no feeder or connection rowe; did you mean row"):
        world.put_zone(feeder="rowe")
    with pytest.raises(Malformed, match="did you mean row") as refusal:
        world.place(A, site=NORTH, zone=DECK, feeder="rowe")
    assert refusal.value.where == "feeder"
    with pytest.raises(Malformed, match="stands in no zone"):
        world.place(A, feeder="row")


def test_a_station_is_not_moved_to_where_its_wiring_cannot_be(world: World) -> None:
    world.take(GARAGE)
    with pytest.raises(Malformed, match="L1-L2 is not possible at pillar"):
        world.place(A, site=NORTH, zone=DECK, feeder="pillar")
    world.place(A)
    assert (world.stations[A].zone, world.stations[A].feeder) == (None, "")
