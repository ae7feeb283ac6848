# SPDX-License-Identifier: Apache-2.0
"""A site at which something is wrong: what stands there and what the CSMS is told of it may differ, and a meter may lie.

Stations of several versions come over real sockets; the simulator's own meters judge, and the alarms of the CSMS are noted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from tests.e2e.house import House, house

from open63110.apps.replay import Play, Replay
from open63110.apps.replay_report import Report, report
from open63110.apps.simulate_site import SiteSimulation, way
from open63110.bindings.web.shapes import Seer, show
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.limit import PHASE
from open63110.model.power import PowerAlarm, PowerAlarmChanged
from open63110.model.site import Asset, EvsePlan
from open63110.simulator.garage import garage
from open63110.simulator.network import PHASES
from open63110.simulator.premises import Premises
from open63110.simulator.visits import Visit
from open63110.usecases.energy.describe_site import SitePlan, StationPlan

CARD = "04A1B2C3D4E5F6"
SPEED = 40.0
METER = Asset(id="main-meter", kind="meter", stale_after=Seconds(600.0))
"""At the connection to the grid."""

Lie = Callable[[tuple[float, ...]], tuple[float, ...]]
"""Makes of what flows on each phase [W] what a meter shows of it."""


def everybody(evses: int, *, first: float = 0.0, every: float = 5.0, need: float = 30_000.0) -> list[Visit]:
    """At each EVSE an EV that comes some seconds after the one before."""
    comes = [Seconds(first + every * place) for place in range(evses)]
    return [Visit(place, at, Seconds(at + 7_200.0), WattHours(need)) for place, at in enumerate(comes)]


def site(evses: int, *assets: Asset, amperes: float | None = None) -> SitePlan:
    """A garage, with something else at it than the usual house; a smaller connection if wanted."""
    made = garage(evses)
    first = made.connections[0]
    if amperes is not None:
        first = replace(first, amperes=(Amperes(amperes),) * 3, import_max=Watts(3 * PHASE * amperes))
    return replace(made, connections=(first,), assets=assets or made.assets)


def wired(evses: int, *phases: str) -> SitePlan:
    """A site of EVSEs of one phase each, which take turns, with a meter."""
    made = site(evses, METER)
    power = Watts(32.0 * PHASE)
    stations = [
        StationPlan(
            id=StationId(f"GARAGE-{at:03d}"),
            evses=(EvsePlan(number=EvseNumber(1), import_max=power, wiring=phases[at % len(phases)]),),
        )
        for at in range(evses)
    ]
    return replace(made, zones=(replace(made.zones[0], stations=tuple(stations)),))


def crowd(stations: int, evses: int) -> SitePlan:
    """A site of many stations with many EVSEs each."""
    made = site(stations * evses)
    wirings = ("L1L2L3", "L2L3L1", "L3L1L2")
    plans = [
        StationPlan(
            id=StationId(f"GARAGE-{at:03d}"),
            evses=tuple(
                EvsePlan(number=EvseNumber(one), import_max=Watts(22_080.0), wiring=wirings[(at + one) % 3])
                for one in range(1, evses + 1)
            ),
        )
        for at in range(stations)
    ]
    zone = replace(made.zones[0], feeder="main", import_max=Watts(1e6), stations=tuple(plans))
    return replace(made, feeders=(), zones=(zone,))


class Played:
    """A replay that goes on, and what its CSMS says."""

    def __init__(self, here: House, replay: Replay) -> None:
        self.here, self.replay = here, replay
        self.raised: list[PowerAlarm] = []
        """Alarms in the order in which they were."""
        self.cleared: list[PowerAlarm] = []
        self._stop = asyncio.Event()
        here.csms.engine.commit.on_durable.append(self._heard)

    def _heard(self, entries: Sequence[Entry]) -> None:
        for event in (one.event for one in entries):
            if isinstance(event, PowerAlarmChanged) and event.alarm is not None:
                (self.raised if event.alarm.cleared is None else self.cleared).append(event.alarm)

    @property
    def kinds(self) -> set[str]:
        """Kinds of alarms that were raised."""
        return {one.kind for one in self.raised}

    @property
    def lasting(self) -> set[str]:
        """Kinds of alarms that last."""
        return {one.kind for one in self.here.csms.engine.known.all_alarms.values()}

    def detail(self, kind: str) -> str:
        """What is said of the alarm of a kind that lasts."""
        return next(one.detail for one in self.here.csms.engine.known.all_alarms.values() if one.kind == kind)

    def flows(self, node: str) -> tuple[float, ...]:
        """What flows on each phase of a node by the simulator's own meters [W]."""
        witness = self.replay.witness
        return tuple(witness.last[witness.network.row(node, phase)] * PHASE for phase in PHASES)

    def charging(self) -> int:
        """At how many EVSEs something flows."""
        return sum(one.amperes > 0 for one in self.replay.outlets)

    async def passes(self, seconds: float) -> None:
        """Let time pass on the clock of the site."""
        await self.here.pass_by(seconds)

    async def meter(self, lie: Lie = lambda shown: shown, *, every: float = 10.0, node: str = "grid main") -> None:
        """Tell the CSMS again and again what a meter shows, until cancelled."""
        while True:
            power = [round(one, 1) for one in lie(self.flows(node))]
            await self.here.ask("sites/report-power", {"site": "garage", "asset": METER.id, "power": power})
            await self.passes(every)

    def over(self) -> None:
        """Let it end."""
        self._stop.set()

    async def run(self) -> None:
        """Let it go on until it is over."""
        await self.replay.run(self._stop)


@contextlib.asynccontextmanager
async def played(
    folder: Path,
    truth: SitePlan,
    visits: list[Visit],
    *,
    told: SitePlan | None = None,
    versions: str = "1.6,2.0.1,2.1",
    speed: float = SPEED,
    zone: dict[str, Any] | None = None,
    **play: Any,
) -> AsyncIterator[Played]:
    """A site that is replayed while the block goes on.

    Args:
        folder: for the data of the CSMS.
        truth: what stands there.
        visits: who comes.
        told: what the CSMS is told of it; None: the truth.
        versions: what the stations speak in turn.
        speed: of both sides' clocks.
        zone: fields of its zones, as the CSMS is told.
        play: more about how it is played.
    """
    async with house(folder, factor=speed, unknown_stations="accept") as here:
        plan = told or truth
        if zone:
            plan = replace(plan, zones=tuple(replace(one, **zone) for one in plan.zones))
        await here.ask("sites/import", {"sites": [show(plan, Seer(here.csms.engine.known, personal=True))]})
        await here.token(CARD, concurrent=0)
        settings = SiteSimulation(csms=f"ws://127.0.0.1:{here.port}/ocpp", versions=versions, speed=speed)
        how: dict[str, Any] = {"span": Seconds(86_400.0), "within": Seconds(10.0 + 2.0 * speed), "interval": Seconds(30.0)}
        replay = Replay(Premises(truth), visits, Play(speed=speed, **(how | play)), way(settings), here.csms.clock)
        made = Played(here, replay)
        running = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            made.over()
            await running


def judged(made: Played) -> Report:
    """Sum up what the simulator's meters saw."""
    return report(made.replay)
