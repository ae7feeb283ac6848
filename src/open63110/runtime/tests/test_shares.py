# SPDX-License-Identifier: Apache-2.0
"""The stations of a zone share its limit: whatever is sent, lost or late, what could happen stays within it (I15, I17)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.exposure import most
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits, LimitScope, LimitSource
from open63110.model.policy import Policy
from open63110.model.site import Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import Evse, Registration, Station
from open63110.planner.safety import Safety, View
from open63110.runtime.shares import command
from open63110.usecases.energy.smart_charging import USE_CASE, LimitInForce, LimitPower, LimitRefused, WithdrawLimit, csms

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH, ZONE = SiteId("north"), ZoneId("1")
KEY = ZoneKey("north:1")
RATED = 11_000.0


def member(name: str, **more: Any) -> Station:
    rated = {EvseNumber(1): Evse(number=EvseNumber(1), import_max=Watts(RATED))}
    fields: dict[str, Any] = {"connected": NOW - timedelta(minutes=1), "zone": KEY, "evses": rated} | more
    return Station(id=StationId(name), registration=Registration.ACCEPTED, **fields)


class Place:
    """A site with one zone, in memory, under the safety loop."""

    def __init__(self, *members: Station, **zone: Any) -> None:
        self.stations = {one.id: one for one in members}
        self.one = Zone(id=ZONE, site=NORTH, import_max=Watts(50_000.0), **zone)
        self.demands: dict[str, Constraint] = {}
        self.safety = Safety()
        self.now = NOW
        self.last: Any = None

    def members(self, zone: ZoneKey) -> list[Station]:
        return [one for _, one in sorted(self.stations.items()) if one.zone == zone]

    def look(self) -> list[Any]:
        """Let the safety loop look; return the orders."""
        view = View(
            site=Site(id=NORTH),
            zones=[self.one],
            members={KEY: self.members(KEY)},
            constraints=[self.demands[key] for key in sorted(self.demands)],
            meters={},
        )
        self.last = self.safety.look(view, self.now)
        assert all(one.kind != "CheckFailed" for one in self.last.troubles), self.last.troubles
        self.one = replace(self.one, limit=self.last.zones[KEY])
        orders: list[Any] = [command(one.station, one.limit) for one in self.last.settings]
        return orders + [WithdrawLimit(station=one, evse=evse, scope=LimitScope.ZONE) for one, evse in self.last.releases]

    def limit(self, watts: float, **more: Any) -> list[Any]:
        """Limit the zone; return what is sent."""
        fields: dict[str, Any] = {"profile": (Step(since=NOW, import_max=Watts(watts)),), "source": LimitSource.OPERATOR} | more
        scope = ConstraintScope(site=NORTH, zone=ZONE)
        self.demands["zone"] = Constraint(id="zone", actor="ann", scope=scope, **fields)
        return self.look()

    def order(self, order: LimitPower | WithdrawLimit) -> list[LimitPower]:
        """Let the CSMS decide an order; return what it sends."""
        decide: Any = csms.ask if isinstance(order, LimitPower) else csms.withdraw
        sent: list[LimitPower] = []
        for effect in decide(order, self.stations[order.station], self.now, Policy()):
            if isinstance(effect, Event):
                self.fact(effect)
            elif isinstance(effect, LimitPower):
                sent.append(effect)
        return sent

    def fact(self, fact: Event) -> None:
        """Let a fact change its station."""
        self.stations[fact.station] = USE_CASE.evolve[type(fact)](fact, self.stations[fact.station])

    def confirm(self, sent: LimitPower) -> list[Any]:
        """Let a station say yes; return what becomes possible."""
        asked = sent.wanted(self.now)
        said = LimitInForce(station=sent.station, at=self.now, evse=WHOLE, limit=sent.limit, asked=asked)
        for effect in csms.hear_in_force(said, self.stations[sent.station], self.now, Policy()):
            if isinstance(effect, Event):
                self.fact(effect)
        return self.look()

    def settle(self, orders: list[Any]) -> None:
        """Let everybody obey until nothing is left to say."""
        while orders:
            orders += [more for sent in self.order(orders.pop(0)) for more in self.confirm(sent)]

    def keeps(self) -> dict[str, float]:
        """What each station confirmed."""
        return {str(key): one.limits.in_force[WHOLE].limit for key, one in self.stations.items() if one.limits.in_force}

    @property
    def outcome(self) -> Any:
        assert self.one.limit is not None
        return self.one.limit


def test_stations_share_equally_or_by_weight() -> None:
    place = Place(member("A"), member("B"), member("C"))
    place.settle(place.limit(9_000.0))
    assert place.keeps() == {"A": 3_000.0, "B": 3_000.0, "C": 3_000.0}
    assert (place.outcome.ok, place.outcome.waiting) == (("A", "B", "C"), ())
    place.settle(place.limit(10_000.0, weights={StationId("A"): 3.0}))
    assert place.keeps() == {"A": 6_000.0, "B": 2_000.0, "C": 2_000.0}


def test_nobody_gets_more_before_the_others_have_confirmed_less() -> None:
    place = Place(member("A"), member("B"))
    place.settle(place.limit(10_000.0, weights={StationId("A"): 4.0}))
    assert place.keeps() == {"A": 8_000.0, "B": 2_000.0}
    orders = place.limit(10_000.0)
    assert [(one.station, one.limit) for one in orders] == [("A", 5_000.0)]
    (sent,) = place.order(orders[0])
    assert place.look() == []
    assert [(one.station, one.limit) for one in place.confirm(sent)] == [("B", 5_000.0)]


def test_a_station_that_is_away_counts_with_what_it_confirmed_last() -> None:
    place = Place(member("A"), member("B"))
    place.settle(place.limit(10_000.0))
    place.stations[StationId("B")] = replace(place.stations[StationId("B")], connected=None)
    place.settle(place.limit(8_000.0))
    assert place.keeps() == {"A": 3_000.0, "B": 5_000.0}
    assert (place.outcome.unreachable, place.outcome.excess) == (("B",), 0.0)
    place.settle(place.limit(4_000.0))
    assert place.keeps()["A"] == 0.0
    assert place.outcome.excess == 1_000.0


@pytest.mark.parametrize(("more", "left"), [({}, 9_000.0), ({"evses": {}}, 0.0)])
def test_one_that_never_confirmed_anything_counts_with_all_it_can_draw(more: dict[str, Any], left: float) -> None:
    place = Place(member("A"), member("B", connected=None, **more))
    place.settle(place.limit(20_000.0))
    assert place.keeps() == {"A": left}


def test_one_whose_limit_has_ended_counts_with_all_it_can_draw() -> None:
    ended = Limit(limit=Watts(3_000.0), since=NOW, until=NOW + timedelta(minutes=1))
    confirmed = Confirmed(asked=ended, limit=ended.limit, at=NOW)
    station = member("A", limits=Limits(in_force={WHOLE: confirmed}))
    assert most(station, NOW) == 3_000.0
    assert most(station, NOW + timedelta(minutes=1)) == RATED


def test_one_that_refuses_counts_with_what_it_may_draw_and_the_others_get_less() -> None:
    place = Place(member("A"), member("B"))
    orders = place.limit(15_000.0)
    (sent_a,), (sent_b,) = (place.order(one) for one in orders)
    place.fact(LimitRefused(station=sent_b.station, at=NOW, evse=WHOLE, reason="Rejected"))
    place.settle(place.confirm(sent_a))
    assert place.keeps() == {"A": 4_000.0}
    assert (place.outcome.ok, place.outcome.failed) == (("A",), ("B",))


def test_the_fail_safe_value_of_a_zone_is_shared_by_all_its_stations() -> None:
    place = Place(member("A"), member("B", connected=None), failsafe=Watts(4_000.0))
    (order,) = place.limit(30_000.0)
    assert (order.failsafe, order.failsafe_after) == (2_000.0, 60.0)
    (order,) = place.limit(30_000.0, failsafe=3_000.0, failsafe_after=30.0)
    assert (order.failsafe, order.failsafe_after) == (1_500.0, 30.0)


def test_a_limit_that_is_taken_back_is_taken_back_everywhere() -> None:
    place = Place(member("A"), member("B"), member("C", zone=None))
    place.settle(place.limit(10_000.0))
    place.demands.clear()
    orders = place.look()
    assert [(type(one), one.station) for one in orders] == [(WithdrawLimit, "A"), (WithdrawLimit, "B")]
    assert place.one.limit is None
    for order in orders:
        place.order(order)
    assert place.look() == []


def test_a_station_that_left_its_zone_leaves_its_share_to_the_others() -> None:
    place = Place(member("A"), member("B"))
    place.settle(place.limit(10_000.0))
    place.stations[StationId("B")] = replace(place.stations[StationId("B")], zone=None)
    place.settle(place.look())
    assert place.keeps()["A"] == 10_000.0


NAMES = ("A", "B", "C", "D")
step = st.one_of(
    st.tuples(st.just("limit"), st.integers(0, 60_000), st.integers(0, 3)),
    st.tuples(st.just("confirm"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("lose"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("link"), st.integers(0, 3), st.just(0)),
)


@given(st.lists(step, max_size=40))
def test_what_could_happen_never_grows_beyond_the_limit(steps: list[tuple[str, int, int]]) -> None:
    """A station may keep to what it confirmed last, and to everything that was sent since, whether its answer came or not.

    No less is reckoned with, and what is reckoned with never grows while it is above the limit.
    """
    place = Place(*map(member, NAMES))
    possible: dict[StationId, list[float]] = {StationId(name): [RATED] for name in NAMES}
    under_way: list[tuple[LimitPower, int]] = []
    confirmed: dict[StationId, int] = {}
    limit = len(NAMES) * RATED

    def feared() -> float:
        known = {one.id: most(one, NOW) for one in place.stations.values()}
        assert all(max(possible[one]) <= known[one] for one in known)
        return sum(known.values())

    def give(orders: list[Any]) -> None:
        before = feared()
        for order in orders:
            for sent in place.order(order):
                possible[sent.station].append(sent.limit)
                under_way.append((sent, len(possible[sent.station]) - 1))
        assert feared() <= max(before, limit)

    for what, which, weight in steps:
        if what == "limit":
            limit = float(which)
            give(place.limit(limit, weights={StationId("A"): float(weight)}))
        elif what == "link":
            station = place.stations[StationId(NAMES[which])]
            place.stations[station.id] = replace(station, connected=None if station.connected else NOW - timedelta(minutes=1))
            give(place.look())
        elif under_way:
            sent, position = under_way.pop(which % len(under_way))
            if what == "confirm" and position > confirmed.get(sent.station, 0):  # answers of a station come in order
                confirmed[sent.station] = position
                possible[sent.station][:position] = [0.0] * position
                give(place.confirm(sent))
