# SPDX-License-Identifier: Apache-2.0
"""Limits for people: in force and by whom, wanted and why not yet, zones in one line (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.bindings.web.offers import least, shown_limit, shown_limits, shown_zones
from open63110.bindings.web.tests.ground import CS, PASSWORD, Ground
from open63110.bindings.web.tests.test_places import API, OTHER, Answering, zone_of
from open63110.kernel.ids import EvseNumber, PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits, LimitScope, LimitSource
from open63110.model.site import SiteId, Zone, ZoneId, ZoneLimit
from open63110.model.station import Evse, Registration, Station
from open63110.runtime.principals import NewPrincipal

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ONE = EvseNumber(1)


def limit(power: float, **more: Any) -> Limit:
    return Limit(limit=Watts(power), since=NOW, **more)


def station(*desired: Limit, in_force: Confirmed | None = None, here: bool = True, **more: Any) -> Station:
    limits = Limits(
        desired={one.place: one for one in desired}, in_force={in_force.asked.evse: in_force} if in_force else {}, **more
    )
    connected = NOW if here else None
    evses = {ONE: Evse(number=ONE)}
    return Station(id=CS, registration=Registration.ACCEPTED, connected=connected, limits=limits, evses=evses)


def confirmed(asked: Limit, power: float | None = None, by: str = "command") -> Confirmed:
    return Confirmed(asked=asked, limit=Watts(asked.limit if power is None else power), at=NOW, by=by)


def test_where_nothing_limits_nothing_is_shown() -> None:
    assert shown_limits(station(), NOW) == {}


def test_what_is_in_force_is_shown_with_who_wins() -> None:
    asked = limit(9_000.0, source=LimitSource.DSO, scope=LimitScope.ZONE, failsafe=Watts(4_000.0), failsafe_after=Seconds(90.0))
    shown = shown_limit(station(asked, in_force=confirmed(asked)), WHOLE, NOW)
    assert shown is not None
    assert (shown.limit, shown.by, shown.wanted, shown.why) == (9_000.0, "the DSO, for its zone", None, "")
    assert (shown.failsafe, shown.failsafe_after) == (4_000.0, 90.0)


@pytest.mark.parametrize(("by", "words"), [("cable", "the cable"), ("fail-safe", "its fail-safe value"), ("thermal", "thermal")])
def test_what_clips_a_limit_is_named(by: str, words: str) -> None:
    asked = limit(9_000.0, evse=ONE)
    shown = shown_limits(station(asked, in_force=confirmed(asked, 7_000.0, by)), NOW)
    assert {place: (one.limit, one.by) for place, one in shown.items()} == {1: (7_000.0, words)}


@pytest.mark.parametrize(
    ("here", "refused", "why", "bad"),
    [
        (True, {}, "not confirmed yet", False),
        (True, {WHOLE: "NotSupported"}, "refused: NotSupported", True),
        (False, {WHOLE: "NotSupported"}, "the station is not here", False),
    ],
)
def test_what_is_wanted_and_not_in_force_is_shown_with_what_holds_it_up(
    *, here: bool, refused: dict[EvseNumber, str], why: str, bad: bool
) -> None:
    old, new = limit(9_000.0), limit(5_000.0, source=LimitSource.DSO)
    shown = shown_limit(station(old, new, in_force=confirmed(old), here=here, refused=refused), WHOLE, NOW)
    assert shown is not None
    assert (shown.limit, shown.by, shown.wanted, shown.wanted_by) == (9_000.0, "the operator", 5_000.0, "the DSO")
    assert (shown.why, shown.refused) == (why, bad)


def test_what_was_never_confirmed_is_only_wanted() -> None:
    shown = shown_limit(station(limit(5_000.0, failsafe=Watts(1_000.0))), WHOLE, NOW)
    assert shown is not None
    assert (shown.limit, shown.by, shown.wanted, shown.failsafe) == (None, "", 5_000.0, 1_000.0)


def test_what_is_wanted_no_more_is_in_force_until_the_station_says_otherwise() -> None:
    shown = shown_limit(station(in_force=confirmed(limit(9_000.0))), WHOLE, NOW)
    assert shown is not None
    assert (shown.limit, shown.wanted) == (9_000.0, None)


def test_the_lower_of_two_limits_stands_beside_the_power() -> None:
    whole, own, waits = limit(9_000.0), limit(7_000.0, evse=ONE), limit(3_000.0, evse=EvseNumber(2))
    limits = Limits(
        desired={one.place: one for one in (whole, own, waits)}, in_force={WHOLE: confirmed(whole), ONE: confirmed(own)}
    )
    shown = shown_limits(replace(station(), limits=limits, evses={n: Evse(number=n) for n in (ONE, EvseNumber(2))}), NOW)
    assert [least(shown, place) for place in (1, 2)] == [7_000.0, 9_000.0]
    assert least({}, 1) is None


def test_zones_that_are_limited_now_are_shown() -> None:
    zone = Zone(id=ZoneId("deck"), site=SiteId("north"), import_max=Watts(60_000.0))
    over = ZoneLimit(asked=limit(9_000.0, until=NOW - timedelta(seconds=1)))
    now = ZoneLimit(asked=limit(9_000.0), ok=(CS,), failed=(OTHER, StationId("X")), reasons={OTHER: "NoPower"}, waiting=(CS,))
    (shown,) = shown_zones([zone, replace(zone, limit=over), replace(zone, limit=now)], NOW)
    assert (shown.name, shown.ok, shown.waiting) == ("north:deck", 1, 1)
    assert shown.failed == ("CS-2 (NoPower)", "X (no reason given)")


async def test_the_pages_show_limits_and_zones_to_whoever_may_see_them(ground: Ground) -> None:
    await zone_of(ground, CS, OTHER)
    ground.orders.link = Answering(ground, {OTHER})
    asked = {"site": "north", "zone": "deck", "limit": 30_000, "source": "dso", "failsafe": 6_000, "failsafe_after": 90}
    await (await ground.as_(Role.OPERATOR)).post(f"{API}/zones/limit?wait=5", json=asked)
    await ground.charge(end=False)
    await ground.principals.first_admin("ann", PASSWORD)
    north = NewPrincipal(id=PrincipalId("near"), role=Role.VIEWER, password=PASSWORD, scope=(CS,))
    await ground.principals.create(ground.engine.known.principals[PrincipalId("ann")], north)
    for name, everything in (("ann", True), ("near", False)):
        async with ground.client() as client:
            await client.post("/login", data={"name": name, "password": PASSWORD})
            page = (await client.get(f"/stations/{CS}")).text
            assert "Limit of the station" in page
            assert "by the DSO, for its zone; 3.0 kW after 90 s without a link" in page
            assert "of 8.0 kW" in page
            overview = (await client.get("/")).text
            assert ("1 failed: CS-2 (NotSupported)" in overview) == everything
