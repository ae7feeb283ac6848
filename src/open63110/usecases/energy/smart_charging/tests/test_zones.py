# SPDX-License-Identifier: Apache-2.0
"""The limit of a zone is a constraint of its source, and whoever asks is told how far it has come (7.5, 8.2.3)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint, ConstraintChanged, ConstraintScope
from open63110.model.limit import LimitSource
from open63110.model.site import SiteId, Zone, ZoneChanged, ZoneId, ZoneKey
from open63110.model.station import Registration, Station
from open63110.usecases.energy.smart_charging import zones
from open63110.usecases.energy.smart_charging.messages import LimitZone, WithdrawZoneLimit, ZoneLimitAnswer

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH, ZONE = SiteId("north"), ZoneId("1")
KEY = ZoneKey("north:1")


def member(name: str, **more: Any) -> Station:
    fields: dict[str, Any] = {"connected": NOW - timedelta(minutes=1), "zone": KEY} | more
    return Station(id=StationId(name), registration=Registration.ACCEPTED, **fields)


class Place:
    """A zone, in memory."""

    def __init__(self) -> None:
        self.one = Zone(id=ZONE, site=NORTH, import_max=Watts(50_000.0), failsafe=Watts(4_000.0))
        self.known: dict[str, Constraint] = {}

    def zone(self, key: ZoneKey) -> Zone | None:
        return self.one if key == KEY else None

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        return [member("A"), member("B", connected=None)] if zone == KEY else []

    def constraint(self, key: str) -> Constraint | None:
        return self.known.get(key)

    def constraints(self, site: SiteId) -> Sequence[Constraint]:
        return [one for _, one in sorted(self.known.items()) if one.scope.site == site]

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        taken = list(effects)
        for one in taken:
            if isinstance(one, ZoneChanged) and one.zone is not None:
                self.one = one.zone
            elif isinstance(one, ConstraintChanged):
                self.known.pop(one.id, None)
                if one.constraint is not None:
                    self.known[one.id] = one.constraint
        return taken

    def limit(self, who: str = "ann", role: Role = Role.OPERATOR, **more: Any) -> list[Effect]:
        fields: dict[str, Any] = {"station": StationId(""), "site": NORTH, "zone": ZONE, "limit": Watts(9_000.0)} | more
        place: Any = self
        return self.play(zones.ask(LimitZone(**fields).asked_by(who, role), place, NOW))

    def withdraw(self, who: str = "ann", role: Role = Role.OPERATOR, zone: str = ZONE) -> list[Effect]:
        command = WithdrawZoneLimit(station=StationId(""), site=NORTH, zone=ZoneId(zone)).asked_by(who, role)
        place: Any = self
        return self.play(zones.withdraw(command, place, NOW))

    @property
    def asked(self) -> tuple[float, str] | None:
        limit = self.one.limit
        return (float(limit.asked.limit), limit.asked.actor) if limit else None


def test_the_limit_of_a_zone_is_a_constraint_of_its_source() -> None:
    place = Place()
    place.limit(emergency=True, weights={StationId("A"): 3.0}, failsafe=2_000.0, failsafe_after=30.0)
    (one,) = place.known.values()
    assert (one.source, one.actor, one.scope) == (LimitSource.OPERATOR, "ann", ConstraintScope(site=NORTH, zone=ZONE))
    assert (one.critical, one.weights, one.failsafe, one.failsafe_after) == (True, {"A": 3.0}, 2_000.0, 30.0)
    place.limit(limit=8_000.0)
    assert [step.import_max for one in place.known.values() for step in one.profile] == [8_000.0]


def test_of_several_sources_the_lowest_counts_and_each_takes_back_its_own() -> None:
    place = Place()
    place.limit()
    place.limit("grid", Role.DSO, limit=5_000.0, source=LimitSource.USER)
    assert (place.asked, len(place.known)) == ((5_000.0, "grid"), 2)
    place.limit(limit=20_000.0)
    assert place.asked == (5_000.0, "grid")
    place.withdraw()
    assert place.asked == (5_000.0, "grid")
    with pytest.raises(NotAuthorized):
        place.withdraw()
    with pytest.raises(NotAuthorized):
        place.limit(source=LimitSource.DSO, limit=50_000.0)
    place.withdraw("grid", Role.DSO)
    assert not place.known
    with pytest.raises(Unknown):
        place.withdraw("grid", Role.DSO)


def test_the_asker_is_told_how_far_it_has_come() -> None:
    place = Place()
    answer = next(one for one in place.limit() if isinstance(one, ZoneLimitAnswer))
    assert (answer.waiting, answer.unreachable, answer.remark()) == (("A",), ("B",), "Pending")
    assert ZoneLimitAnswer(ok=(StationId("A"),)).remark() == ""
    assert place.one.limit is not None
    assert place.one.limit.asked.failsafe == 4_000.0


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"zone": ZoneId("2")}, Unknown),
        ({"limit": -1.0}, Malformed),
        ({"failsafe_after": 1e15}, Malformed),
        ({"weights": {StationId("A"): float("nan")}}, Malformed),
        ({"until": NOW}, Expired),
    ],
)
def test_impossible_limits_are_refused(wrong: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        Place().limit(**wrong)
