# SPDX-License-Identifier: Apache-2.0
"""Sites, zones and where stations stand: everything is looked at before anything changes (4.3)."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.limit import Limit, LimitScope
from open63110.model.site import (
    EvsePlan,
    GridConnection,
    SiteRules,
    StationPlaced,
    Zone,
    ZoneId,
    ZoneKey,
    ZoneLimit,
)
from open63110.model.station import Connector, Evse, Registration, Station
from open63110.usecases.energy.describe_site import (
    USE_CASE,
    RemoveSite,
    RemoveZone,
    SitePlan,
    StationPlan,
    ZonePlan,
    csms,
)
from open63110.usecases.energy.tests.world import DECK, NOBODY, NORTH, NOW, World

YARD = ZoneId("yard")
A, B, C = StationId("A"), StationId("B"), StationId("C")
GRID = GridConnection(id="g1", import_max=Watts(100_000.0), amperes=(Amperes(160.0),) * 3)


def plan(number: int, evse_id: str = "", import_max: float | None = None) -> EvsePlan:
    return EvsePlan(number=EvseNumber(number), evse_id=evse_id, import_max=None if import_max is None else Watts(import_max))


def deck(*stations: StationPlan, **more: Any) -> ZonePlan:
    return ZonePlan(id=DECK, import_max=Watts(60_000.0), stations=stations, **more)


def north(*zones: ZonePlan) -> SitePlan:
    return SitePlan(id=NORTH, address="Elbe 1", connections=(GRID,), zones=zones)


WHOLE = north(
    deck(
        StationPlan(id=A, evses=(plan(1, "DE*ONE*E1", 22_000.0), plan(2, "DE*ONE*E2"))),
        StationPlan(id=B, evses=(plan(1), plan(2))),
        failsafe=Watts(10_000.0),
    ),
    ZonePlan(id=YARD, import_max=Watts(40_000.0), priority=3, stations=(StationPlan(id=C, evses=(plan(1, "", 50_000.0),)),)),
)


@pytest.fixture
def world() -> World:
    return World()


def test_the_table_is_of_the_metamodel_and_has_a_door_for_each_command() -> None:
    assert USE_CASE.clause == "4.3"
    assert {door.command for door in USE_CASE.doors} == {kind for _, kind in USE_CASE.decide}


def test_a_whole_site_reads_back_as_it_was_described(world: World) -> None:
    world.take(WHOLE)
    assert world.read() == WHOLE
    assert {one.id for one in world.stations.values() if one.registration is Registration.NEW} == {A, B, C}


def test_the_same_description_again_changes_nothing(world: World) -> None:
    world.take(WHOLE)
    assert world.take(WHOLE) == []


def test_what_is_described_no_more_is_gone_if_nothing_stands_there(world: World) -> None:
    world.take(WHOLE)
    moved = StationPlan(id=C, evses=(plan(1, "", 50_000.0),))
    world.take(north(deck(*WHOLE.zones[0].stations, moved)))
    assert [one.id for one in world.zones(NORTH)] == [DECK]
    assert world.stations[C].zone == "north:deck"
    assert [one.left for one in world.facts if isinstance(one, StationPlaced) and one.station == C] == [None, "north:yard"]


def test_no_station_is_lost_by_not_being_named(world: World) -> None:
    world.take(WHOLE)
    before = dict(world.every), dict(world.stations)
    with pytest.raises(Refused, match="C stands in zone north:yard") as refusal:
        world.take(north(WHOLE.zones[0]))
    assert refusal.value.code == "StationLeftOut"
    assert (world.every, world.stations) == before


def test_a_limit_of_a_zone_outlives_a_change_of_the_zone(world: World) -> None:
    world.take(WHOLE)
    key = ZoneKey("north:deck")
    limit = ZoneLimit(asked=Limit(limit=Watts(9_000.0), since=NOW, scope=LimitScope.ZONE))
    world.every[key] = replace(world.every[key], limit=limit)
    world.put_zone(import_max=Watts(50_000.0), priority_in_site=1)
    assert world.every[key] == Zone(id=DECK, site=NORTH, import_max=Watts(50_000.0), priority=1, limit=limit)


def test_a_zone_that_owns_a_station_is_not_removed(world: World) -> None:
    world.take(WHOLE)
    with pytest.raises(Refused, match="still has stations: A, B") as refusal:
        world.play(csms.remove_zone(RemoveZone(station=NOBODY, site=NORTH, id=DECK), world, NOW))
    assert refusal.value.code == "ZoneNotEmpty"


def test_a_site_that_owns_a_zone_is_not_removed(world: World) -> None:
    world.take(WHOLE)
    with pytest.raises(Refused, match="still has zones: deck, yard") as refusal:
        world.play(csms.remove_site(RemoveSite(station=NOBODY, id=NORTH), world, NOW))
    assert refusal.value.code == "SiteNotEmpty"


def test_of_many_that_stand_in_the_way_some_are_named(world: World) -> None:
    world.put_site()
    world.put_zone()
    for number in range(7):
        world.place(StationId(f"S{number}"), site=NORTH, zone=DECK)
    with pytest.raises(Refused, match="S0, S1, S2, S3, S4 and 2 more"):
        world.play(csms.remove_zone(RemoveZone(station=NOBODY, site=NORTH, id=DECK), world, NOW))


def test_what_is_empty_is_removed_from_below(world: World) -> None:
    world.put_site(connections=(GRID,))
    world.put_zone()
    world.place(A, site=NORTH, zone=DECK)
    world.place(A)
    world.play(csms.remove_zone(RemoveZone(station=NOBODY, site=NORTH, id=DECK), world, NOW))
    world.play(csms.remove_site(RemoveSite(station=NOBODY, id=NORTH), world, NOW))
    assert (world.all, world.every, world.stations[A].zone) == ({}, {}, None)


def test_putting_or_placing_the_same_again_is_no_news(world: World) -> None:
    for _ in range(2):
        world.put_site()
        world.put_zone()
        world.place(A, site=NORTH, zone=DECK, evses=(plan(1),))
    assert len(world.facts) == 3


def test_what_a_station_said_of_its_evses_stays(world: World) -> None:
    plug = {ConnectorNumber(1): Connector(state="occupied", at=NOW)}
    world.stations[A] = Station(
        id=A,
        registration=Registration.ACCEPTED,
        evses={EvseNumber(1): Evse(number=EvseNumber(1), connectors=plug), EvseNumber(3): Evse(number=EvseNumber(3))},
    )
    world.place(A, evses=(plan(1, "DE*ONE*E1"), plan(2)))
    evses = world.stations[A].evses
    assert sorted(evses) == [1, 2]
    assert (evses[EvseNumber(1)].connectors, evses[EvseNumber(1)].evse_id) == (plug, "DE*ONE*E1")
    world.place(A, evses=())
    assert {number: one.evse_id for number, one in world.stations[A].evses.items()} == {1: ""}
    assert world.stations[A].registration is Registration.ACCEPTED


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"id": "no rth"}, "id"),
        ({"id": "north*"}, "id"),
        ({"id": "a:b"}, "id"),
        ({"connections": (GRID, GRID)}, "connections"),
        ({"connections": (replace(GRID, id=""),)}, "connections[0].id"),
        ({"connections": (replace(GRID, import_max=Watts(-1.0)),)}, "connections[0]"),
        ({"connections": (replace(GRID, amperes=(Amperes(float("nan")),)),)}, "connections[0]"),
    ],
)
def test_a_site_that_cannot_be_is_refused(world: World, more: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        world.put_site(**more)
    assert refusal.value.where == where


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"id": "@deck"}, "id"),
        ({"import_max": Watts(float("inf"))}, "import_max"),
        ({"failsafe": Watts(70_000.0)}, "failsafe"),
    ],
)
def test_a_zone_that_cannot_be_is_refused(world: World, more: dict[str, Any], where: str) -> None:
    world.put_site()
    with pytest.raises(Malformed) as refusal:
        world.put_zone(**more)
    assert refusal.value.where == where


@pytest.mark.parametrize(
    ("site", "where"),
    [
        (north(deck(), deck()), "sites[0].zones"),
        (north(deck(StationPlan(id=StationId("a b")))), "sites[0].zones[0].stations[0].id"),
        (north(deck(StationPlan(id=A)), ZonePlan(id=YARD, import_max=Watts(1.0), stations=(StationPlan(id=A),))), "sites"),
        (north(deck(StationPlan(id=A, evses=(plan(1), plan(3))))), "sites[0].zones[0].stations[0].evses"),
        (north(deck(StationPlan(id=A, evses=(plan(1, "", -5.0),)))), "sites[0].zones[0].stations[0].evses[0]"),
        (north(deck(StationPlan(id=A, evses=(plan(1, "DE*1"), plan(2, "DE*1"))))), "sites"),
        (north(deck(failsafe_after=-1.0)), "sites[0].zones[0]"),
        (north(deck(failsafe_after=1e15)), "sites[0].zones[0].failsafe_after"),
    ],
)
def test_a_whole_that_cannot_be_is_refused_and_says_where(world: World, site: SitePlan, where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        world.take(site)
    assert (refusal.value.where, world.facts) == (where, [])


def test_one_site_stands_there_once(world: World) -> None:
    with pytest.raises(Malformed, match="site north is there twice"):
        world.take(north(), north())


def test_what_there_is_not_is_unknown(world: World) -> None:
    with pytest.raises(Unknown, match="no site north"):
        world.put_zone()
    with pytest.raises(Unknown, match="no site north"):
        world.play(csms.remove_site(RemoveSite(station=NOBODY, id=NORTH), world, NOW))
    with pytest.raises(Unknown, match="no zone deck at site north"):
        world.place(A, site=NORTH, zone=DECK)


@pytest.mark.parametrize(("half", "where"), [({"site": NORTH}, "zone"), ({"zone": DECK}, "site")])
def test_half_a_place_is_none(world: World, half: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        world.place(A, **half)
    assert refusal.value.where == where


def test_rules_of_a_site_stay_until_others_are_said_and_come_out_as_they_went_in(world: World) -> None:
    rules = SiteRules(pauses=1, on=Seconds(3_600.0), value=0.4)
    world.take(replace(WHOLE, rules=rules))
    assert world.read().rules == rules
    world.put_site(address="Elbe 2", connections=(GRID,))
    assert world.read().rules == rules
    world.put_site(connections=(GRID,), rules=SiteRules())
    assert world.read().rules == SiteRules()


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"pauses": -1}, "rules"),
        ({"on": float("inf")}, "rules"),
        ({"on": 90_000.0}, "rules.on"),
        ({"off": 90_000.0}, "rules.off"),
        ({"value": -0.1}, "rules"),
        ({"carbon_price": float("nan")}, "rules"),
    ],
)
def test_rules_that_cannot_be_are_refused_with_their_place(world: World, more: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as fault:
        world.put_site(rules=SiteRules(**more))
    assert (fault.value.code, fault.value.where) == ("InvalidValue", where)
