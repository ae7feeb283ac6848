# SPDX-License-Identifier: Apache-2.0
"""The stations of a tree share what it carries: whatever is sent, lost, late or drawn, what could happen stays within (I15).

Single and three phases below a connection, a feeder and a delta-wye transformer, one of them with two zones. What could happen is
reckoned by the arithmetic of the simulator: no station counts with less than what was sent and not replaced by a later answer,
and what is reckoned with never grows while it is above a limit.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Volts, Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.exposure import most
from open63110.model.limit import WHOLE, LimitScope, LimitSource
from open63110.model.policy import Policy
from open63110.model.site import EvsePlan, Feeder, GridConnection, Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.safety import Safety, View
from open63110.runtime.shares import command
from open63110.runtime.tests.test_shares import NOW
from open63110.simulator.premises import Premises
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan
from open63110.usecases.energy.smart_charging import USE_CASE, LimitInForce, LimitPower, WithdrawLimit, csms

NORTH, ONE = SiteId("north"), EvseNumber(1)
GRID = GridConnection(id="g", import_max=Watts(30_000.0), amperes=(Amperes(40.0),) * 3)
ROW = Feeder(id="row", parent="g", amperes=(Amperes(25.0),) * 3)
WINDING = Feeder(id="t", parent="g", amperes=(Amperes(16.0),) * 3, winding="delta-wye", volts=Volts(120.0))
WIRED = {
    "A": ("row", "L1"),
    "B": ("row", "L2L3L1"),
    "C": ("row", "L1L2L3"),
    "D": ("t", "L1-L2"),
    "E": ("t", "L2-L3"),
    "F": ("t", "L1"),
}
RATED = {"A": 7_360.0, "B": 22_080.0, "C": 11_040.0, "D": 6_656.0, "E": 6_656.0, "F": 3_840.0}
ZONES = {"row": ZoneId("1"), "t": ZoneId("2")}


def plan() -> SitePlan:
    """The site as the simulator builds it."""
    zones = [
        ZonePlan(
            id=zone,
            import_max=Watts(1e6),
            feeder=feeder,
            stations=tuple(
                StationPlan(id=StationId(name), evses=(EvsePlan(number=ONE, import_max=Watts(RATED[name]), wiring=wiring),))
                for name, (at, wiring) in WIRED.items()
                if at == feeder
            ),
        )
        for feeder, zone in ZONES.items()
    ]
    return SitePlan(id=NORTH, connections=(GRID,), feeders=(ROW, WINDING), zones=tuple(zones))


class Tree(RuleBasedStateMachine):
    """A site, its stations, and a network that keeps, loses and delays what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.premises, self.safety, self.now = Premises(plan()), Safety(), NOW
        self.zones = [Zone(id=zone, site=NORTH, import_max=Watts(1e6), feeder=feeder) for feeder, zone in ZONES.items()]
        self.stations = {
            StationId(name): Station(
                id=StationId(name),
                registration=Registration.ACCEPTED,
                connected=NOW - timedelta(minutes=1),
                zone=ZoneKey(f"north:{ZONES[at]}"),
                evses={ONE: Evse(number=ONE, import_max=Watts(RATED[name]), wiring=wiring)},
            )
            for name, (at, wiring) in WIRED.items()
        }
        self.factor = {one.station: len(one.conductors) * float(one.rating.volts) for one in self.premises.outfits}
        self.possible: dict[StationId, list[float]] = {one.station: [RATED[str(one.station)]] for one in self.premises.outfits}
        """What each may keep to: what it confirmed, and whatever was sent since [W]."""
        self.under_way: list[tuple[LimitPower, int]] = []
        self.confirmed: dict[StationId, int] = {}
        self.limit: float | None = None
        self.feared: list[float] = []
        self.give()

    # -- what could happen --

    def could(self) -> list[float]:
        """Return what each row could carry at most: where phasors add up, whoever behind the transformer draws or not."""
        network, found = self.premises.network, [0.0] * len(self.premises.network.rows)
        for drawing in itertools.product((0.0, 1.0), repeat=3):
            amperes = [0.0] * network.conductors
            for one in self.premises.outfits:
                part = drawing["DEF".index(one.station)] if one.station in "DEF" else 1.0
                for conductor in one.conductors:
                    amperes[conductor] = part * self.reckoned(one.station) / self.factor[one.station]
            found = list(map(max, found, network.flows(amperes)))
        return found

    def reckoned(self, station: StationId) -> float:
        """Return what a station is reckoned with: no less than what it may keep to by whatever was sent, lost or not [W]."""
        known = float(most(self.stations[station], self.now))
        assert max(self.possible[station]) <= known + 1.0, (station, self.possible[station], self.stations[station].limits)
        return known

    def limits(self) -> list[float]:
        """Return what each row carries, and what is demanded of the site."""
        whole = self.premises.whole
        return [
            min(row.limit, self.limit) if row.node == whole and row.phase == "" and self.limit is not None else row.limit
            for row in self.premises.network.rows
        ]

    # -- what is said --

    def give(self) -> None:
        """Let the loop look, and send what it says."""
        before = self.could()
        demand = ConstraintScope(site=NORTH)
        demands = (
            []
            if self.limit is None
            else [
                Constraint(
                    id="c",
                    actor="dso",
                    source=LimitSource.DSO,
                    scope=demand,
                    profile=(Step(since=NOW, import_max=Watts(self.limit)),),
                )
            ]
        )
        members = {one.key: [own for own in self.stations.values() if own.zone == one.key] for one in self.zones}
        site = Site(id=NORTH, connections=(GRID,), feeders=(ROW, WINDING))
        look = self.safety.look(View(site, self.zones, members, demands, {}), self.now)
        assert all(one.kind != "CheckFailed" for one in look.troubles), look.troubles
        for setting in look.settings:
            self.order(command(setting.station, setting.limit))
        for station, evse in look.releases:
            self.order(WithdrawLimit(station=station, evse=evse, scope=LimitScope.ZONE))
        for row, (was, could, limit) in enumerate(zip(before, self.could(), self.limits(), strict=True)):
            assert could <= max(was, limit) * (1 + 1e-6) + 1e-3, self.premises.network.rows[row].name

    def order(self, order: LimitPower | WithdrawLimit) -> None:
        """Let the CSMS decide an order, and put what it sends under way."""
        decide: Any = csms.ask if isinstance(order, LimitPower) else csms.withdraw
        for effect in decide(order, self.stations[order.station], self.now, Policy()):
            if isinstance(effect, Event):
                self.fact(effect)
            elif isinstance(effect, LimitPower) and effect.level:
                self.possible[effect.station].append(float(effect.limit))
                self.under_way.append((effect, len(self.possible[effect.station]) - 1))

    def fact(self, fact: Event) -> None:
        """Let a fact change its station."""
        self.stations[fact.station] = USE_CASE.evolve[type(fact)](fact, self.stations[fact.station])

    # -- what happens --

    @rule(limit=st.sampled_from([None, 0.0, 4_000.0, 9_000.0, 20_000.0, 60_000.0]))
    def demand(self, limit: float | None) -> None:
        """The DSO limits the site, or does so no more."""
        self.limit = limit
        self.give()

    @rule(which=st.integers(0, 5), power=st.sampled_from([None, 0.0, 1_500.0]))
    def plug(self, which: int, power: float | None) -> None:
        """An EV comes and is measured, or one goes."""
        key = StationId("ABCDEF"[which])
        transfer = EnergyTransfer(
            station=key, number=TransferNumber(which + 1), reference=TransferReference("t"), evse=ONE, began=NOW, state="charging"
        )
        measured = transfer if power is None else replace(transfer, power=Watts(power), newest=self.now)
        there = bool(self.stations[key].transfers)
        self.stations[key] = replace(
            self.stations[key], transfers={} if there and power is None else {transfer.reference: measured}
        )
        self.give()

    @rule(which=st.integers(0, 5))
    def overuse(self, which: int) -> None:
        """A meter shows that a station draws all it can."""
        key = StationId("ABCDEF"[which])
        running = self.stations[key].transfers
        shown = {ref: replace(one, power=Watts(RATED[str(key)]), newest=self.now) for ref, one in running.items()}
        self.stations[key] = replace(self.stations[key], transfers=shown)
        self.give()

    @rule(which=st.integers(0, 5))
    def link(self, which: int) -> None:
        """A link fails, or is back."""
        station = self.stations[StationId("ABCDEF"[which])]
        self.stations[station.id] = replace(station, connected=None if station.connected else self.now)
        self.give()

    @rule(seconds=st.sampled_from([1.0, 30.0, 400.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        self.give()

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 30))
    def lose(self, which: int) -> None:
        """A confirmation never comes; what was sent may count all the same."""
        self.under_way.pop(which % len(self.under_way))

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 30))
    def confirm(self, which: int) -> None:
        """A confirmation comes, sooner or later than those of others; one that a later one has overtaken says nothing."""
        sent, position = self.under_way.pop(which % len(self.under_way))
        if position <= self.confirmed.get(sent.station, 0):
            return
        self.confirmed[sent.station] = position
        self.possible[sent.station][:position] = [0.0] * position
        said = LimitInForce(station=sent.station, at=self.now, evse=WHOLE, limit=sent.limit, asked=sent.wanted(self.now))
        for effect in csms.hear_in_force(said, self.stations[sent.station], self.now, Policy()):
            if isinstance(effect, Event):
                self.fact(effect)
        self.give()

    @invariant()
    def nothing_is_sent_above_what_an_evse_can(self) -> None:
        """Nor below nothing."""
        assert all(0.0 <= one <= RATED[str(key)] + 1.0 for key, those in self.possible.items() for one in those)


TestTree = pytest.mark.timeout(300)(Tree.TestCase)
TestTree.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
