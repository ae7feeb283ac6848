# SPDX-License-Identifier: Apache-2.0
"""A day of a garage in memory: the safety loop against EVs that follow their pilots, judged by the simulator's own meters.

There are no sockets, and time is what the test says; stations confirm what they are told a step later.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint
from open63110.model.flow import Flow
from open63110.model.limit import WHOLE, Confirmed, Limit
from open63110.model.site import Site, Zone, ZoneKey
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.safety import Look, Safety, View
from open63110.simulator.car import Car, some_car
from open63110.simulator.meter import Meter
from open63110.simulator.outlet import TERMINALS, Outlet
from open63110.simulator.premises import Outfit, Premises
from open63110.simulator.service import Served, Service, service
from open63110.simulator.stay import served
from open63110.simulator.visits import Visit
from open63110.simulator.witness import Witness
from open63110.usecases.energy.describe_site import SitePlan

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
STEP = 20.0
INTERVAL = 120.0


class Here(NamedTuple):
    """An EV that is there."""

    visit: Visit
    car: Car
    reference: TransferReference


class Crowd:
    """A garage and whoever comes."""

    def __init__(self, plan: SitePlan, visits: Iterable[Visit], *, told_apart: bool = True, step: float = STEP) -> None:
        """Put it up.

        Args:
            plan: the site.
            visits: who comes.
            told_apart: meters show each terminal.
            step: between two looks [s].
        """
        self.premises, self.step, self.told_apart = Premises(plan), step, told_apart
        self.witness = Witness(self.premises.network)
        self.site = Site(id=plan.id, connections=plan.connections, feeders=plan.feeders, assets=plan.assets, rules=plan.rules)
        self.zones = [Zone(id=one.id, site=plan.id, import_max=one.import_max, feeder=one.feeder) for one in plan.zones]
        self.stations: dict[StationId, Station] = {}
        self.members: dict[ZoneKey, list[StationId]] = {one.key: [] for one in self.zones}
        for zone, said in zip(self.zones, plan.zones, strict=True):
            for one in said.stations:
                evses = {
                    each.number: Evse(number=each.number, import_max=each.import_max, wiring=each.wiring, pilots=each.pilots)
                    for each in one.evses
                }
                self.stations[one.id] = Station(
                    id=one.id, registration=Registration.ACCEPTED, connected=BEGIN, zone=zone.key, evses=evses
                )
                self.members[zone.key].append(one.id)
        self.outlets = [Outlet(one.number, Meter("m"), one.rating) for one in self.premises.outfits]
        for outlet, fit in zip(self.outlets, self.premises.outfits, strict=True):
            outlet.phase_limit = self._phase_limit(fit)
        self.safety = Safety()
        self.constraints: Callable[[datetime], Sequence[Constraint]] = lambda _: ()
        self.here: dict[int, Here] = {}
        self.served: list[Served] = []
        self.troubles: Counter[str] = Counter()
        self.told = 0
        self.last: Look | None = None
        self.now = BEGIN
        self._coming = sorted(visits, key=lambda one: one.arrival)
        self._flows: dict[TransferNumber, Flow] = {}
        self._orders: list[tuple[StationId, Limit]] = []
        self._due: dict[int, datetime] = {}
        self._count = 0

    @property
    def service(self) -> Service:
        """What those got who have left."""
        return service(self.served)

    def run(self, hours: float, since: float = 0.0) -> "Crowd":
        """Go on until so many hours after the beginning."""
        self.now = max(self.now, BEGIN + timedelta(hours=since))
        while self.now < BEGIN + timedelta(hours=hours):
            self._confirm()
            self._move()
            self._tell()
            self._judge()
            self._look()
            self.now += timedelta(seconds=self.step)
        return self

    # -- stations and EVs --

    def _limit(self, fit: Outfit) -> Limit | None:
        station = self.stations[fit.station]
        known = station.limits.in_force.get(fit.number if len(station.evses) > 1 else WHOLE)
        return None if known is None else known.asked

    def _phase_limit(self, fit: Outfit) -> Callable[[], Any]:
        def found() -> Any:
            limit = self._limit(fit)
            return min(limit.amperes) if limit is not None and limit.amperes else None

        return found

    def _confirm(self) -> None:
        for name, limit in self._orders:
            station = self.stations[name]
            in_force = {**station.limits.in_force, limit.evse: Confirmed(asked=limit, limit=limit.limit, at=self.now)}
            self.stations[name] = replace(station, limits=replace(station.limits, in_force=in_force, asked={}))
        self._orders = []

    def _move(self) -> None:
        passed = (self.now - BEGIN).total_seconds()
        for place in list(self.here):
            outlet, fit = self.outlets[place], self.premises.outfits[place]
            limit = self._limit(fit)
            outlet.close(self.now, Watts(1e6) if limit is None else limit.step(self.now))
            outlet.advance(self.now)
            if self.here[place].visit.departure <= passed:
                self._leave(place)
        while self._coming and self._coming[0].arrival <= passed:
            visit = self._coming.pop(0)
            if visit.place not in self.here and visit.departure > passed:
                self._arrive(visit)

    def _leave(self, place: int) -> None:
        gone, outlet, name = self.here.pop(place), self.outlets[place], self.premises.outfits[place].station
        self.served.append(served(gone.visit, gone.car, outlet))
        outlet.open()
        outlet.clear()
        station = self.stations[name]
        left = {key: one for key, one in station.transfers.items() if key != gone.reference}
        self.stations[name] = replace(station, transfers=left)

    def _arrive(self, visit: Visit) -> None:
        self._count += 1
        outlet, fit = self.outlets[visit.place], self.premises.outfits[visit.place]
        car = some_car(random.Random(f"1/{self._count}"), visit.need, len(outlet.rating.windings))
        if visit.most is not None:
            car = Car(visit.need, car.phases if visit.most > 7_400.0 else 1, car.most, car.habits)
        reference = TransferReference(f"T{self._count}")
        self.here[visit.place] = Here(visit, car, reference)
        outlet.arrive(car, self.now)
        transfer = EnergyTransfer(
            station=fit.station, number=TransferNumber(self._count), reference=reference, evse=fit.number, began=self.now
        )
        self._keep(fit.station, transfer)
        self._due[visit.place] = self.now

    def _keep(self, name: StationId, transfer: EnergyTransfer) -> None:
        station = self.stations[name]
        self.stations[name] = replace(station, transfers={**station.transfers, transfer.reference: transfer})

    def _tell(self) -> None:
        """Let stations tell a change of state at once, and what they meter now and then."""
        for place, here in self.here.items():
            outlet, fit = self.outlets[place], self.premises.outfits[place]
            transfer = self.stations[fit.station].transfers[here.reference]
            state = outlet.state() or "pending"
            if state == transfer.state and self.now < self._due[place]:
                continue
            self._due[place] = self.now + timedelta(seconds=INTERVAL)
            if self.told_apart:
                wide = range(len(TERMINALS[: len(outlet.rating.windings)]))
                self._flows[transfer.number] = Flow(
                    self.now, tuple(float(outlet.amperes) if one < outlet.phases else 0.0 for one in wide)
                )
            direction = "import" if outlet.power > 50.0 else transfer.direction
            self._keep(fit.station, replace(transfer, state=state, power=outlet.power, newest=self.now, direction=direction))

    # -- looking --

    def _judge(self) -> None:
        flows = [0.0] * self.premises.network.conductors
        follow = list(flows)
        for place in self.here:
            outlet = self.outlets[place]
            for one in self.premises.outfits[place].conductors[: outlet.phases]:
                flows[one], follow[one] = float(outlet.amperes), min(float(outlet.amperes), float(outlet.pilot))
        for load in self.premises.loads:
            for one, amperes in zip(load.conductors, load.amperes, strict=True):
                flows[one] = follow[one] = float(amperes)
        self.witness.sample(self.now, flows, follow)

    def view(self) -> View:
        """Return the site as it is."""
        members = {key: [self.stations[one] for one in names] for key, names in self.members.items()}
        return View(self.site, self.zones, members, self.constraints(self.now), {}, self._flows.get)

    def _look(self) -> None:
        self.last = found = self.safety.look(self.view(), self.now)
        self.troubles.update(one.kind for one in found.troubles)
        for one in found.settings:
            station = self.stations[one.station]
            desired = {**station.limits.desired, one.limit.place: one.limit}
            asked = {**station.limits.asked, one.limit.evse: one.limit}
            self.stations[one.station] = replace(station, limits=replace(station.limits, desired=desired, asked=asked))
            self._orders.append((one.station, one.limit))
        self.told += len(found.settings)
        for name, evse in found.releases:
            self._release(name, evse)

    def _release(self, name: StationId, evse: EvseNumber) -> None:
        limits = self.stations[name].limits
        desired = {key: one for key, one in limits.desired.items() if one.evse != evse}
        in_force = {key: one for key, one in limits.in_force.items() if key != evse}
        self.stations[name] = replace(self.stations[name], limits=replace(limits, desired=desired, in_force=in_force))
