# SPDX-License-Identifier: Apache-2.0
"""Who demands what of the power at a place, whose word counts, and who may change whose (7.5, 7.8, I19)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Effect, Priority
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.arbitration import claims, granted, least_amperes, least_export, least_power, may_change
from open63110.model.constraint import (
    Constraint,
    ConstraintChanged,
    ConstraintScope,
    Step,
    next_change,
)
from open63110.model.limit import LimitSource
from open63110.model.power import AssetReading, PowerAlarm, SitePower
from open63110.model.site import Feeder, GridConnection, Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import Station
from open63110.usecases.energy.arbitrate_constraints import (
    USE_CASE,
    EndConstraints,
    KeepConstraints,
    PutConstraint,
    WithdrawConstraint,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NORTH = SiteId("north")
CS = StationId("CS")
KEY = ZoneKey("north:1")


class Place:
    """A site with one zone, one station and a feeder, and what is demanded there."""

    def __init__(self) -> None:
        self.known: dict[str, Constraint] = {}
        self.cs = Station(id=CS, zone=KEY)

    def site(self, key: SiteId) -> Site | None:
        grid = GridConnection(id="g", import_max=Watts(90_000.0))
        return Site(id=key, connections=(grid,), feeders=(Feeder(id="f"),)) if key == NORTH else None

    def zone(self, key: ZoneKey) -> Zone | None:
        return Zone(id=ZoneId("1"), site=NORTH, import_max=Watts(50_000.0)) if key == KEY else None

    def zones(self, site: SiteId) -> Sequence[Zone]:
        zone = self.zone(KEY)
        return [zone] if zone is not None and site == NORTH else []

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        return [self.cs] if self.cs.zone == zone else []

    def constraint(self, key: str) -> Constraint | None:
        return self.known.get(key)

    def constraints(self, site: SiteId) -> Sequence[Constraint]:
        return [one for one in self.every_constraint() if one.scope.site == site]

    def every_constraint(self) -> Sequence[Constraint]:
        return [self.known[key] for key in sorted(self.known)]

    def meter(self, site: SiteId, asset: str) -> AssetReading | None:
        del site, asset
        return None

    def power(self, site: SiteId) -> SitePower | None:
        del site
        return None

    def alarms(self, site: SiteId) -> Sequence[PowerAlarm]:
        del site
        return []

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        taken = list(effects)
        for one in taken:
            if isinstance(one, ConstraintChanged):
                self.known.pop(one.id, None)
                if one.constraint is not None:
                    self.known[one.id] = one.constraint
        return taken

    def say(self, message: Any, who: str = "grid", role: Role = Role.DSO, now: datetime = NOW) -> list[Effect]:
        decide: Any = USE_CASE.decide[Role.CSMS, type(message)]
        return self.play(decide(message.asked_by(who, role), self, now))


def put(id: str = "c", **more: Any) -> PutConstraint:
    fields: dict[str, Any] = {"scope": ConstraintScope(site=NORTH), "limit": Watts(9_000.0), "station": StationId("")} | more
    return PutConstraint(id=id, **fields)


def test_a_constraint_counts_from_now_on_under_the_name_of_who_asked() -> None:
    place = Place()
    place.say(put(critical=True))
    (one,) = place.every_constraint()
    assert (one.source, one.actor, one.critical) == (LimitSource.DSO, "grid", True)
    assert one.step(NOW) == Step(since=NOW, import_max=Watts(9_000.0))
    assert one.step(NOW - MINUTE) == one.step(NOW), "the clock may be set back"
    assert place.say(put(critical=True)) == []
    assert (put(critical=True).priority, put().priority) == (Priority.EMERGENCY, Priority.CONTROL)


@pytest.mark.parametrize(
    ("role", "claimed", "is_granted"),
    [
        (Role.DSO, LimitSource.USER, LimitSource.DSO),
        (Role.FO, LimitSource.DSO, LimitSource.CONTRACT),
        (Role.RM, LimitSource.PHYSICAL, LimitSource.OPERATOR),
        (Role.RM, LimitSource.USER, LimitSource.USER),
        (Role.CSP, LimitSource.OPERATOR, LimitSource.USER),
        (Role.OPERATOR, LimitSource.DSO, LimitSource.DSO),
    ],
)
def test_nobody_is_granted_more_than_his_role_has(role: Role, claimed: LimitSource, is_granted: LimitSource) -> None:
    assert granted(role, claimed) is is_granted


def test_a_constraint_is_withdrawn_and_kept_only_at_the_site_that_was_said() -> None:
    place = Place()
    place.say(put(silence=Seconds(60.0)))
    elsewhere = SiteId("south")
    with pytest.raises(Unknown, match="no constraint c at site south"):
        place.say(WithdrawConstraint(station=StationId(""), id="c", site=elsewhere))
    with pytest.raises(Unknown):
        place.say(KeepConstraints(station=StationId(""), site=elsewhere))
    assert place.say(KeepConstraints(station=StationId(""), site=NORTH)) != []
    place.say(WithdrawConstraint(station=StationId(""), id="c", site=NORTH))
    assert place.every_constraint() == []


def test_what_a_dso_demands_nobody_else_may_change_and_the_operator_may_change_all_else() -> None:
    place = Place()
    place.say(put())
    for who, role in (("ann", Role.OPERATOR), ("root", Role.ADMIN), ("other", Role.DSO)):
        with pytest.raises(NotAuthorized):
            place.say(put(limit=Watts(99_000.0)), who, role)
        with pytest.raises(NotAuthorized):
            place.say(WithdrawConstraint(station=StationId(""), id="c"), who, role)
    place.say(put("r"), "rm", Role.RM)
    place.say(WithdrawConstraint(station=StationId(""), id="r"), "ann", Role.OPERATOR)
    place.say(WithdrawConstraint(station=StationId(""), id="c"))
    assert place.known == {}
    with pytest.raises(Unknown):
        place.say(WithdrawConstraint(station=StationId(""), id="c"))


def test_the_user_may_not_change_what_the_operator_demands() -> None:
    place = Place()
    place.say(put(), "ann", Role.OPERATOR)
    (one,) = place.every_constraint()
    assert may_change(one, "bob", Role.OPERATOR)
    assert not may_change(one, "app", Role.CSP)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"scope": ConstraintScope(site=SiteId("south"))}, Unknown),
        ({"scope": ConstraintScope(site=NORTH, zone=ZoneId("2"))}, Unknown),
        ({"scope": ConstraintScope(site=NORTH, feeder="x")}, Unknown),
        ({"scope": ConstraintScope(site=NORTH, station=StationId("X"))}, Unknown),
        ({"scope": ConstraintScope(site=NORTH, zone=ZoneId("1"), feeder="f")}, Malformed),
        ({"scope": ConstraintScope(site=NORTH, evse=EvseNumber(1))}, Malformed),
        ({"limit": -1.0}, Malformed),
        ({"limit": None}, Malformed),
        ({"id": ""}, Malformed),
        ({"failsafe": 0.0, "failsafe_after": 1e15}, Malformed),
        ({"amperes": (float("nan"),)}, Malformed),
        ({"until": NOW}, Expired),
        ({"profile": (Step(since=NOW + MINUTE, import_max=Watts(1.0)), Step(since=NOW, import_max=Watts(2.0)))}, Malformed),
    ],
)
def test_impossible_constraints_are_refused(wrong: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        Place().say(put(**wrong))


@pytest.mark.parametrize("scope", [{}, {"zone": "1"}, {"feeder": "f"}, {"feeder": "g"}, {"station": "CS", "evse": 1}])
def test_it_counts_at_a_site_a_zone_a_feeder_a_connection_a_station_or_an_evse(scope: dict[str, Any]) -> None:
    place = Place()
    place.say(put(scope=ConstraintScope(site=NORTH, **scope)))
    assert len(place.known) == 1


def test_once_its_actor_is_silent_the_fallback_counts_and_without_one_it_ends() -> None:
    place = Place()
    place.say(put("with", silence=Seconds(60.0), fallback=Step(since=NOW, import_max=Watts(4_000.0))))
    place.say(put("without", silence=Seconds(60.0)))
    both = place.every_constraint()
    assert [one.step(NOW + MINUTE) for one in both] == [Step(since=NOW, import_max=Watts(4_000.0)), None]
    assert [one.silent(NOW + MINUTE) for one in both] == [True, True]
    assert next_change(both, NOW) == NOW + MINUTE
    place.say(KeepConstraints(station=StationId("")), now=NOW + MINUTE / 2)
    assert all(one.step(NOW + MINUTE) == Step(since=NOW, import_max=Watts(9_000.0)) for one in place.every_constraint())
    late = NOW + 2 * MINUTE
    gone = place.play(USE_CASE.decide[Role.CSMS, EndConstraints](EndConstraints(station=StationId(""), site=NORTH), place, late))
    assert [one.id for one in gone if isinstance(one, ConstraintChanged)] == ["without"]
    with pytest.raises(Unknown):
        place.say(KeepConstraints(station=StationId("")), "other")


def test_a_profile_counts_step_by_step_and_nothing_before_its_first() -> None:
    first, second = Step(since=NOW + MINUTE, import_max=Watts(5.0)), Step(since=NOW + 2 * MINUTE, amperes=(Amperes(6.0),))
    place = Place()
    place.say(put(limit=None, profile=(first, second), until=NOW + 3 * MINUTE))
    (one,) = place.every_constraint()
    assert [one.step(NOW + step * MINUTE) for step in range(4)] == [None, first, second, None]
    assert [one.over(NOW + step * MINUTE) for step in range(4)] == [False, False, False, True]


def test_the_lowest_that_is_valid_counts_and_of_equals_the_higher_source() -> None:
    place = Place()
    place.say(put("o", limit=Watts(9_000.0), amperes=(Amperes(20.0), Amperes(10.0)), export=Watts(5.0)), "ann", Role.OPERATOR)
    place.say(put("d", limit=Watts(9_000.0), amperes=(Amperes(10.0), Amperes(30.0), Amperes(30.0))))
    place.say(put("u", limit=Watts(9_500.0), export=Watts(3.0)), "app", Role.CSP)
    found = claims(place.every_constraint(), NOW)
    power, winner = least_power(found)
    assert (power, winner.source, winner.actor, winner.constraint) == (9_000.0, LimitSource.DSO, "grid", "d")
    assert least_amperes(found) == ((10.0, 10.0, 30.0), winner)
    assert least_export(found) == 3.0
    assert least_power(()) == (None, replace(winner, source=LimitSource.PHYSICAL, actor="", constraint=""))
