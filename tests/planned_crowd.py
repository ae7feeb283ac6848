# SPDX-License-Identifier: Apache-2.0
"""A garage in memory whose drivers say what they need, planned as a CSMS does it; a plan is there one look after it was asked."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace
from tests.crowded import Crowd

from open63110.apps.replan import Replan
from open63110.kernel.units import WattHours
from open63110.model.needs import Needs
from open63110.planner.asked import Asked, Outlooks, Targets, asked, targets
from open63110.planner.estimate import Visit as Earlier
from open63110.planner.expected import Ahead
from open63110.planner.points import Spot
from open63110.planner.prospects import Prospect, prospect
from open63110.planner.site_plan import Memory, SitePlan, plan
from open63110.simulator.visits import Visit
from open63110.usecases.energy.describe_site import SitePlan as Described

PAUSE = timedelta(seconds=10)
"""Least time between two plans."""


class PlannedCrowd(Crowd):
    """The same, by plan."""

    def __init__(self, described: Described, visits: Iterable[Visit], **other: Any) -> None:
        """Put it up."""
        super().__init__(described, visits, **other)
        self.replan, self.plans = Replan(), 0
        self.targets: Targets | None = None
        self._memory = Memory()
        self._asked: tuple[Asked, SitePlan] | None = None
        self._wanted = False

    def _arrive(self, visit: Visit) -> None:
        super()._arrive(visit)
        station = self.premises.outfits[visit.place].station
        transfer = self.stations[station].transfers[self.here[visit.place].reference]
        leaves = self.now + timedelta(seconds=visit.departure - visit.arrival)
        self._keep(station, replace(transfer, needs=Needs(source="csp", since=self.now, departure=leaves, e_target=visit.need)))

    def _look(self) -> None:
        if self._asked is not None:
            before = self.targets.plans.told if self.targets is not None else {}
            self.targets, self._asked = targets(*self._asked, before), None
            self.safety.caps, self.safety.plans = self.targets.caps, self.targets.plans
        super()._look()
        self._wanted |= self.replan.due(self.safety, self.view(), self.now)
        if self._wanted and (self.replan.planned is None or self.now - self.replan.planned >= PAUSE):
            self._plan()

    def _plan(self) -> None:
        self._wanted, self.replan.planned = False, self.now
        assert self.safety.given is not None
        outlooks = Outlooks(self.constraints(self.now), Ahead(self.site, (), {}), self._prospect, self._delivered)
        question = asked(self.safety.given, outlooks, self.now, deadline=60.0)
        if question is None:
            self.targets, self.safety.caps, self.safety.plans = None, {}, self.safety.without_plan
            return
        answer = plan(question.problem, self._memory)
        assert answer.outcome == "optimal"
        self._asked, self.plans = (question, answer), self.plans + 1

    def _delivered(self, spot: Spot) -> float:
        taken = [one.car.taken for one in self.here.values() if spot.transfer and one.reference == spot.transfer.reference]
        return float(sum(taken, WattHours(0.0)))

    def _prospect(self, spot: Spot) -> Prospect:
        return prospect([], Earlier(station=spot.station), spot.needs, self._delivered(spot), self.now)
