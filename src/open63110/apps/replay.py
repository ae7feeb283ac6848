# SPDX-License-Identifier: Apache-2.0
"""A whole site replayed against a running CSMS, ours or not: real sockets, EVs that follow their pilots, and a judge."""

import asyncio
import contextlib
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.policy import StationPolicy
from open63110.model.token import Credential
from open63110.ports import Clock
from open63110.simulator.car import REACTION, Car, some_car
from open63110.simulator.flaky import Flaky
from open63110.simulator.meter import Meter
from open63110.simulator.network import PHASES
from open63110.simulator.outlet import Outlet
from open63110.simulator.premises import Outfit, Premises
from open63110.simulator.schedule import Script
from open63110.simulator.service import Served
from open63110.simulator.stay import stay, trouble
from open63110.simulator.visits import DAY, HOUR, Visit
from open63110.simulator.witness import Witness
from open63110.wire.ports import Peer

SHORTEST: Final = 0.02
"""The site is looked at every second of its clock, and not more often than this [s, real]."""

STEP: Final = 2.0
"""No two readings of its meters are further apart [s of the clock], however busy this machine is …"""

MOST_STEPS: Final = 60
"""… unless it stood still for longer than so many."""

ONE_PHASE: Final = Watts(7_500.0)
"""An EV that takes more than this is one of three phases."""

TELLS: Final = 10.0
"""How long stations that can be heard are waited for at the end, until they have told everything [s, real]."""

Way = Callable[[StationId, int], tuple[Version, Dialling | LinkDialling]]
"""Tells what a station speaks and how it reaches its CSMS, by its id and its place among all."""

Tell = Callable[[str], None]


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """How a site is replayed."""

    span: Seconds
    """For how long [s of the clock]."""
    speed: float = 1.0
    """Seconds of the clock in a real one; the CSMS's clock must run as fast."""
    seed: int = 1
    cards: tuple[str, ...] = ("04A1B2C3D4E5F6",)
    """Of the drivers; the next EVSE takes the next one."""
    troubles: tuple[str, ...] = ()
    """What goes wrong, of simulator.stay.KINDS."""
    every: Seconds = Seconds(6 * 3600.0)
    """How often at each station [s of the clock]."""
    interval: Seconds = Seconds(60.0)
    """Between two readings of a meter while energy may flow [s of the clock]."""
    within: Seconds = Seconds(10.0)
    """How long a limit that somebody sets may take until it is in effect [s of the clock]."""
    ramp: Seconds = Seconds(60.0)
    """Over how long the stations are switched on; the first day begins after that [s of the clock]."""
    skews: dict[StationId, float] = {}
    """Of stations whose clock is wrong: by how much it is ahead until their CSMS tells them the time [s of the clock]."""


class SpoiledWire:
    """The way of one station, for whoever spoils it."""

    def __init__(self, clock: Clock) -> None:
        """Be as good as new."""
        self._clock = clock
        self._slow = 0.0
        self.flaky: Flaky | None = None

    def take(self, peer: Peer) -> Peer:
        """Lie between a new conversation and its socket."""
        self.flaky = Flaky(peer)
        self.flaky.slow = self._slow
        return self.flaky

    def slow(self, seconds: float) -> None:
        """Let everything come late."""
        self._slow = self._clock.real(seconds)
        if self.flaky is not None:
            self.flaky.slow = self._slow

    def half_open(self) -> None:
        """Let nothing through any more."""
        if self.flaky is not None:
            self.flaky.dead = True

    def drop(self) -> None:
        """Let it be known."""
        if self.flaky is not None and self.flaky.dead:
            self.flaky.abort()


class Replay:
    """One site, its stations and EVs, and who looks at them."""

    def __init__(self, premises: Premises, visits: list[Visit], play: Play, way: Way, clock: Clock | None = None) -> None:
        """Put everything up; nothing has power yet.

        Args:
            premises: what stands there.
            visits: who comes, in order.
            play: how.
            way: how stations reach their CSMS.
            clock: None: one of its own, at the speed of the play.
        """
        self.premises, self.visits, self.play = premises, visits, play
        self.clock: Clock = clock or SystemClock(play.speed)
        self.witness = Witness(premises.network)
        self.served: list[Served] = []
        self.troubles: Counter[str] = Counter()
        self.on_arrival: Callable[[Visit, Outfit], None] = lambda _, __: None
        """Told when somebody has come, and where."""
        self.turned_away = 0
        """Visitors who found their EVSE taken."""
        self.begin = self.clock.now()
        """When the first day begins; known once it runs."""
        policy = StationPolicy(answer_within=Seconds(max(20.0, 10.0 * play.speed)))
        self._looked: datetime | None = None
        self._wires: dict[StationId, SpoiledWire] = {}
        self.capture = Capture(None, self.clock)
        self.site = Site(self.clock, self.capture, policy, seed=play.seed, through=self._through)
        self.outlets = [Outlet(one.number, Meter(f"{one.station}-M{one.number}"[:25]), one.rating) for one in premises.outfits]
        for place, station in enumerate(premises.first):
            self._build(station, *way(station, place))

    def _through(self, station: StationId, peer: Peer) -> Peer:
        return self._wires[station].take(peer)

    def _build(self, name: StationId, version: Version, dialling: Dialling | LinkDialling) -> None:
        own = [outlet for outlet, fit in zip(self.outlets, self.premises.outfits, strict=True) if fit.station == name]
        self._wires[name] = SpoiledWire(self.clock)
        most = max(Watts(one.rating.most * one.rating.volts * len(one.rating.windings)) for one in own)
        skew = self.play.skews.get(name, 0.0)
        plan = StationPlan(id=name, version=version, evses=len(own), limit=most, interval=self.play.interval, skew=skew)
        self.site.build(plan, dialling, evses=own)
        controller = self.site.controllers[name]
        for one in own:
            one.phase_limit = partial(controller.phase_limit, EvseNumber(one.number))

    # -- what goes on --

    async def run(self, stop: asyncio.Event | None = None, tell: Tell | None = None, pause: float = 10.0) -> None:
        """Live through the days, until their time is over or somebody says stop.

        Args:
            stop: set to end it; None: only the time does.
            tell: told how it goes.
            pause: how often it is told [s, real].
        """
        stop = stop or asyncio.Event()
        async with self.site.running(), asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(self._look_on())]
            if tell is not None:
                own.append(tasks.create_task(self._say(tell, pause)))
            self._switch_on()
            try:
                async with asyncio.timeout(self.clock.real(self.play.ramp + self.play.span)):
                    await stop.wait()
            except TimeoutError:
                pass
            finally:
                self.look()
                for task in own:
                    task.cancel()
            await self._told()

    async def _told(self) -> None:
        """Let stations tell what they have to at the end, as far as they can."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TELLS):
                while self.site.waiting:  # noqa: ASYNC110 - of many stations at once
                    await asyncio.sleep(0.05)

    def _switch_on(self) -> None:
        """Begin all stories."""
        chance, ramp, site = random.Random(self.play.seed), self.play.ramp, self.site  # noqa: S311 - a story, no secret
        self.begin = self.clock.now() + timedelta(seconds=ramp)
        for place, (name, station) in enumerate(site.stations.items()):
            station.switch_on(ramp * 0.8 * place / len(site.stations))
            if self.play.troubles:
                own = random.Random(chance.random())  # noqa: S311 - as above
                spoil = trouble(station, self._wires[name], self.play.troubles, self.play.every, own, self._note)
                site.schedule.begin(spoil, after=ramp)
        self.come(self.visits, after=ramp)

    def come(self, visits: Sequence[Visit], *, after: float = 0.0) -> None:
        """Let people come; their times count from now on, or from so many seconds later."""
        site = self.site
        for number, visit in enumerate(visits):
            own = random.Random(f"{self.play.seed}/{number}")  # noqa: S311 - a story, no secret
            if visit.arrival < self.play.span and visit.place < len(self.outlets):
                site.schedule.begin(self._visit(visit, own), after=after + visit.arrival)

    def _note(self, kind: str) -> None:
        self.troubles[kind] += 1

    def _visit(self, visit: Visit, chance: random.Random) -> Script:
        """Let somebody come, unless the EVSE is taken."""
        outlet, fit = self.outlets[visit.place], self.premises.outfits[visit.place]
        if outlet.plugged:
            self.turned_away += 1
            return
        self.on_arrival(visit, fit)
        cards = self.play.cards
        card = Credential(kind="ISO14443", value=cards[visit.place % len(cards)])
        yield from stay(
            self.site.stations[fit.station], outlet, visit, self._car(visit, outlet, chance), card, self.served.append
        )

    def _car(self, visit: Visit, outlet: Outlet, chance: random.Random) -> Car:
        """Return the EV of a visit: the one that is known, or any."""
        rating = outlet.rating
        car = some_car(chance, visit.need, len(rating.windings))
        if visit.most is None:
            return car
        phases = 3 if visit.most > ONE_PHASE and len(rating.windings) == len(PHASES) else 1
        return Car(visit.need, phases, Amperes(visit.most / rating.volts / phases), car.habits)

    async def _look_on(self) -> None:
        step = max(SHORTEST, self.clock.real(1.0))
        while True:
            self.look()
            await asyncio.sleep(step)

    def look(self) -> None:
        """Read every meter of the site as it was every second or two since it was looked at last, and as it is now."""
        now = self.clock.now()
        last, self._looked = self._looked or now, now
        steps = min(MOST_STEPS, max(1, math.ceil((now - last).total_seconds() / STEP)))
        for step in range(1, steps + 1):
            self._read(last + (now - last) * step / steps)

    def _read(self, now: datetime) -> None:
        flows = [0.0] * self.premises.network.conductors
        follow = [0.0] * len(flows)
        for outlet, fit in zip(self.outlets, self.premises.outfits, strict=True):
            outlet.advance(now)
            amperes = outlet.amperes
            if amperes:
                still = outlet.lowered is not None and (now - outlet.lowered).total_seconds() <= REACTION
                for one in fit.conductors[: outlet.phases]:
                    flows[one], follow[one] = amperes, min(amperes, outlet.pilot) if still else amperes
        hour = (now - self.begin).total_seconds() % DAY
        for load in self.premises.loads:
            part = load.part(Seconds(hour))
            for one, amperes in zip(load.conductors, load.amperes, strict=True):
                flows[one] = follow[one] = amperes * part
        self.witness.sample(now, flows, follow)

    async def _say(self, tell: Tell, pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            tell(self.said())

    def said(self) -> str:
        """Say how it goes, in a line."""
        passed = max(0.0, (self.clock.now() - self.begin).total_seconds())
        here = [one for one in self.outlets if one.plugged]
        charging = sum(one.amperes > 0 for one in here)
        tightest = max(self.witness.marks, key=lambda one: one.ratio)
        whole = self.witness.last[self.premises.network.row(self.premises.whole)]
        words = [
            f"day {int(passed // DAY) + 1} {int(passed % DAY // HOUR):02d}:{int(passed % HOUR // 60):02d}",
            f"{self.site.client.counters()['open'] + sum(one.open for one in self.site.link.lines.values())} links",
            f"{len(here)} EVs, {charging} charging",
            f"{whole / 1000:.1f} kW",
            f"tightest {tightest.row.name} {tightest.ratio:.1%}",
            f"{len(self.served)} served",
        ]
        if self.witness.breaches:
            words.append(f"ABOVE {len(self.witness.breaches)} limits")
        return " · ".join(words)
