# SPDX-License-Identifier: Apache-2.0
"""Who comes, goes or falls silent changes what the others of its zone may have, or what it keeps to (8.2.3, 7.10, I15)."""

from datetime import timedelta
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.flows import derive_fail_safe, reconcile_limits
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.policy import Policy
from open63110.model.site import EvsePlan, Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import (
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.energy import describe_site, smart_charging
from open63110.usecases.energy.describe_site import PlaceStation
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    LimitInForce,
    LimitPower,
    LimitZone,
    WithdrawLimit,
)
from open63110.usecases.stations import onboard_station

A, B, NOBODY = StationId("A"), StationId("B"), StationId("")
DECK, YARD = ZoneKey("north:deck"), ZoneKey("north:yard")
LIMIT = Limit(limit=Watts(3_000.0), since=T0)
CONFIRMED = Confirmed(asked=LIMIT, limit=LIMIT.limit, at=T0)
TABLE = Table(
    [smart_charging.USE_CASE, describe_site.USE_CASE, onboard_station.USE_CASE],
    [derive_fail_safe.FLOW, reconcile_limits.FLOW],
)


def up(station: StationId = A, **more: Any) -> StationConnected:
    return StationConnected(station=station, at=T0, wire="ocpp2.1", lacks=(FAIL_SAFE_VALUE,), **more)


def down(station: StationId = A) -> StationDisconnected:
    return StationDisconnected(station=station, at=T0)


def accepted() -> RegistrationDecided:
    return RegistrationDecided(station=A, at=T0, registration=Registration.ACCEPTED)


def station(limits: Limits, registration: Registration = Registration.ACCEPTED, **more: Any) -> Station:
    return Station(id=A, registration=registration, limits=limits, **more)


class Csms:
    """A CSMS over the memory store, with what it orders; orders of one station's turn for another are decided there."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.engine = Engine(Role.CSMS, TABLE, MemoryStore(), self.clock, Ids(), Policy())
        self.orders: list[Any] = []
        self.engine.known.keep("site", SiteId("north"), Site(id=SiteId("north")))
        for name, zone in (("deck", DECK), ("yard", YARD)):
            noun = Zone(id=ZoneId(name), site=SiteId("north"), import_max=Watts(50_000.0))
            self.engine.known.keep("zone", zone, noun)
        self.balancing = Balancing(self.engine, self.engine.ids, Orders(self.engine, self.engine.ids))
        self.engine.send = self.orders.append
        self.engine.elsewhere = self.ask

    def ask(self, command: Command) -> None:
        assert self.engine.hear([command]) is None

    def arrive(self, name: StationId) -> None:
        self.ask(PlaceStation(station=name, site=SiteId("north"), zone=ZoneId("deck")))
        self.engine.hear([up(name)])
        self.engine.hear([StationBooted(station=name, at=self.clock.at, identity=Identity(vendor="v", model="m"))])

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)
        for _ in range(3):
            self.engine.timers.fire_due()

    def obey(self) -> list[tuple[str, float]]:
        """Let every station confirm what it was sent; return that."""
        self.wait(0)
        self.balancing.look(SiteId("north"))
        given, self.orders[:] = list(self.orders), []
        powers = []
        for order in given:
            if isinstance(order, LimitPower) and order.level:
                at, asked = self.clock.at, order.wanted(self.clock.at)
                self.engine.hear([LimitInForce(station=order.station, at=at, evse=WHOLE, limit=order.limit, asked=asked)])
                powers.append((str(order.station), float(order.limit)))
            elif isinstance(order, WithdrawLimit):
                self.engine.hear([smart_charging.LimitCleared(station=order.station, at=self.clock.at, evse=WHOLE)])
                powers.append((str(order.station), -1.0))
        return powers

    def limit(self, power: float, safe: float | None = None, zone: str = "deck") -> None:
        after = None if safe is None else Seconds(60.0)
        self.ask(
            LimitZone(
                station=NOBODY,
                site=SiteId("north"),
                zone=ZoneId(zone),
                limit=Watts(power),
                failsafe=None if safe is None else Watts(safe),
                failsafe_after=after,
            )
        )


def test_who_leaves_a_limited_zone_gives_its_share_back_and_the_others_get_it() -> None:
    csms = Csms()
    csms.arrive(A)
    csms.arrive(B)
    csms.limit(10_000.0)
    assert csms.obey() == [("A", 5_000.0), ("B", 5_000.0)]
    evses = (EvsePlan(number=EvseNumber(1), import_max=Watts(22_000.0)),)
    csms.ask(PlaceStation(station=A, site=SiteId("north"), zone=ZoneId("yard"), evses=evses))
    assert sorted(csms.obey()) == [("A", -1.0), ("B", 10_000.0)]


def test_a_station_of_which_nobody_said_what_it_can_is_told_what_its_place_leaves_it() -> None:
    csms = Csms()
    csms.arrive(A)
    assert csms.obey() == [("A", 50_000.0)]
    csms.arrive(B)
    csms.obey()
    csms.obey()
    held = [csms.engine.stations[one].limits.in_force[WHOLE].limit for one in (A, B)]
    assert held == [25_000.0, 25_000.0]


def test_who_goes_from_one_limited_zone_to_another_is_told_the_limit_of_that_one_at_once() -> None:
    csms = Csms()
    csms.arrive(A)
    csms.arrive(B)
    csms.limit(10_000.0)
    csms.limit(3_000.0, zone="yard")
    csms.obey()
    csms.ask(PlaceStation(station=A, site=SiteId("north"), zone=ZoneId("yard")))
    assert sorted(csms.obey()) == [("A", 3_000.0), ("B", 10_000.0)]
    csms.ask(PlaceStation(station=A, site=SiteId("north"), zone=ZoneId("deck")))
    assert csms.obey() == [("B", 5_000.0)]
    assert csms.obey() == [("A", 5_000.0)]


def test_who_comes_into_a_limited_zone_gets_a_share_once_the_others_have_less() -> None:
    csms = Csms()
    csms.arrive(A)
    csms.limit(10_000.0)
    assert csms.obey() == [("A", 10_000.0)]
    csms.arrive(B)
    told = [one for _ in range(4) for one in csms.obey()]
    assert (told[-1], max(power for name, power in told if name == "B")) == (("B", 5_000.0), 5_000.0)
    limited = csms.engine.known.zone(DECK)
    assert limited is not None
    assert limited.limit is not None
    assert (limited.limit.ok, limited.limit.waiting) == ((A, B), ())


def test_a_station_that_falls_silent_is_taken_to_keep_to_its_fail_safe_value_and_back_again() -> None:
    csms = Csms()
    csms.arrive(A)
    csms.limit(10_000.0, safe=2_000.0)
    assert csms.obey() == [("A", 10_000.0)]
    csms.engine.hear([down()])
    csms.wait(64)
    assert csms.engine.stations[A].limits.failsafe_since is None
    csms.wait(1)
    assert csms.engine.stations[A].limits.failsafe_since == csms.clock.at
    csms.engine.hear([up()])
    assert csms.engine.stations[A].limits.failsafe_since is None
