# SPDX-License-Identifier: Apache-2.0
"""A site is looked at once the last of those has confirmed who were told something, unless somebody waits for what they leave."""

from tests.literal import T0

from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.constraint import ConstraintChanged
from open63110.model.limit import WHOLE, Limit, Limits
from open63110.model.site import SiteId
from open63110.model.station import Station
from open63110.runtime.awaited import Awaited

NORTH = SiteId("north")
LIMIT = Limit(limit=Watts(3_000.0), since=T0)


def asked(name: str) -> Station:
    return Station(id=StationId(name), limits=Limits(asked={WHOLE: LIMIT}))


def confirmed(name: str) -> Station:
    return Station(id=StationId(name))


def test_the_last_who_confirms_has_the_site_looked_at_and_nobody_before() -> None:
    awaited = Awaited()
    awaited.told(NORTH, [asked("A"), asked("B"), confirmed("C")], urgent=False)
    assert set(awaited.of(NORTH)) == {"A", "B"}
    assert awaited.more(NORTH, confirmed("B"))
    assert not awaited.more(NORTH, confirmed("A"))


def test_who_was_told_two_things_is_awaited_until_he_has_confirmed_both() -> None:
    awaited = Awaited()
    awaited.told(NORTH, [asked("A")], urgent=False)
    assert awaited.more(NORTH, asked("A"))
    assert not awaited.more(NORTH, confirmed("A"))


def test_who_was_told_nothing_and_who_leaves_something_to_others_counts_at_once() -> None:
    awaited = Awaited()
    assert not awaited.more(NORTH, confirmed("A"))
    awaited.told(NORTH, [asked("A"), asked("B")], urgent=False)
    assert not awaited.more(NORTH, confirmed("C"))
    awaited.told(NORTH, [asked("A"), asked("B")], urgent=True)
    assert not awaited.more(NORTH, confirmed("A"))


def test_a_demand_that_was_looked_at_as_it_was_decided_is_not_looked_at_again_unless_it_was_lost() -> None:
    awaited = Awaited()
    demand = ConstraintChanged(station=StationId(""), at=T0, id="c", constraint=None, site="north")
    awaited.looked(demand)
    assert awaited.was_looked(demand)
    assert not awaited.was_looked(demand)
    awaited.looked(demand)
    awaited.clear()
    assert not awaited.was_looked(demand)


def test_what_a_look_has_found_before_it_was_durable_is_not_looked_at_again() -> None:
    awaited, station = Awaited(), confirmed("A")
    assert not awaited.seen(NORTH, station)
    awaited.looked_at(NORTH, [station])
    assert awaited.seen(NORTH, station)
    assert not awaited.seen(NORTH, asked("A"))
    awaited.clear()
    assert not awaited.seen(NORTH, station)
