# SPDX-License-Identifier: Apache-2.0
"""Has sites planned of which anything is known ahead, in a child process; without a plan the safety loop goes on alone."""

import asyncio
import pickle
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from open63110.apps.earlier import Earlier, prospects
from open63110.apps.reached import Reached
from open63110.apps.replan import Replan
from open63110.kernel.ids import StationId
from open63110.model.outlook import stale
from open63110.model.register import imported
from open63110.model.site import SiteId
from open63110.runtime.alarms import Alarms
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine

if TYPE_CHECKING:
    from open63110.model.site import Asset
    from open63110.planner.asked import Asked, Targets
    from open63110.planner.points import Spot
    from open63110.planner.safety import Look, Safety, View
    from open63110.planner.site_plan import SitePlan

log = structlog.get_logger(__name__)

PAUSE: Final = timedelta(seconds=10)
"""Least time between two plans of a site."""

DEADLINE: Final = 2.0
"""What the solver may take [s]."""

GRACE: Final = 8.0
"""How much longer the process may take for everything else, its start included [s]."""

LONGEST_BACK_OFF: Final = 60.0
"""[s]"""

GOOD_FOR: Final = timedelta(seconds=900)
"""How long a plan counts that no other has replaced."""


_Said = tuple[StationId, str, datetime | None]
"""A station, a transfer, and when its needs were stated."""


class Planning:
    """The planner of all sites of a node."""

    def __init__(self, engine: Engine, balancing: Balancing) -> None:
        """Follow what the safety loops see; ``run`` does the work, and starts nothing before a site is to be planned."""
        self._engine, self._balancing = engine, balancing
        self._alarms = Alarms(engine)
        self.words: tuple[str, ...] = (sys.executable, "-m", "open63110.apps.planner_process")
        """How the planner is started."""
        self.process: asyncio.subprocess.Process | None = None
        self.plans = 0
        """How many were made."""
        self._seen: dict[SiteId, tuple[Safety, View]] = {}
        self._replan: dict[SiteId, Replan] = {}
        self._targets: dict[SiteId, Targets] = {}
        self._begun: dict[SiteId, dict[_Said, float]] = {}
        """By site what meters showed when needs were stated, of those who are there [Wh]."""
        self._due: dict[SiteId, None] = {}
        self._earlier, self._reached = Earlier(engine), Reached()
        self._late: dict[SiteId, set[str]] = {}
        """By site what is left out of plans, and was told."""
        self._wake = asyncio.Event()
        self._back_off = 0.0
        balancing.on_look.append(self._looked)
        balancing.plans = self._apply

    # -- what the safety loops see --

    def _looked(self, site: SiteId, view: "View", look: "Look") -> None:
        safety = self._balancing.safety(site)
        self._tell_stale(site, view)
        if safety is None or safety.given is None or not look.active:
            self._targets.pop(site, None)
            return
        self._seen[site] = (safety, view)
        self._follow_demand(site, safety, view)
        if self._replan.setdefault(site, Replan()).due(safety, view, self._engine.clock.now()):
            self._due[site] = None
            self._wake.set()

    def _follow_demand(self, site: SiteId, safety: "Safety", view: "View") -> None:
        """Take note of what the site draws, while that costs something."""
        now = self._engine.clock.now()
        charge = next((one for one in view.outlooks if one.kind == "demand-charge" and one.valid(now)), None)
        if charge is not None and safety.given is not None:
            self._reached.note(site, float(safety.given.drawn()), charge.until, now)

    def _tell_stale(self, site: SiteId, view: "View") -> None:
        """Tell what is left out of plans because nobody renewed it."""
        now = self._engine.clock.now()
        late = {one.id for one in stale(view.outlooks, now)} | {one.id for one in _silent_batteries(view, now)}
        for place in late - self._late.get(site, set()):
            self._alarms.raised(site, "OutlookStale", place, "its time is over, and plans go on without it", now)
        for place in self._late.get(site, set()) - late:
            self._alarms.cleared(site, "OutlookStale", place, now)
        self._late[site] = late

    def _apply(self, site: SiteId, safety: "Safety") -> None:
        """Give a safety loop the plan that counts."""
        found = self._targets.get(site)
        if found is None or found.plans.made is None or self._engine.clock.now() - found.plans.made > GOOD_FOR:
            safety.caps = {}
            safety.plans = safety.without_plan
            return
        safety.caps, safety.plans = found.caps, found.plans

    # -- planning --

    async def run(self) -> None:
        """Plan what is due, for ever; the process ends with this."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                for site in tuple(self._due):
                    await self._turn(site)
        finally:
            await self._stop()

    async def _turn(self, site: SiteId) -> None:
        clock = self._engine.clock
        replan = self._replan.setdefault(site, Replan())
        if replan.planned is not None and (wait := (replan.planned + PAUSE - clock.now()).total_seconds()) > 0.0:
            await asyncio.sleep(clock.real(wait))
        self._due.pop(site, None)
        seen, now = self._seen.get(site), clock.now()
        replan.planned = now
        question = await self._question(seen, now) if seen is not None else None
        if question is None:
            self._targets.pop(site, None)
            self._alarms.cleared(site, "PlannerAway", site, now)
            return
        try:
            async with asyncio.timeout(DEADLINE + GRACE):
                answer = await self._ask(site, question)
        except (OSError, EOFError, TimeoutError, pickle.UnpicklingError) as fault:
            await self._lost(site, f"the planner does not answer: {type(fault).__name__}")
            return
        if answer.outcome == "optimal":
            self._take(site, question, answer)
        else:
            self._without(site, f"there is no plan: {answer.outcome}")

    async def _question(self, seen: "tuple[Safety, View]", now: datetime) -> "Asked | None":
        from open63110.planner.asked import Outlooks, asked  # noqa: PLC0415 - read in once a site is planned
        from open63110.planner.expected import Ahead  # noqa: PLC0415 - as above
        from open63110.planner.prospects import Prospect  # noqa: PLC0415 - as above

        safety, view = seen
        if safety.given is None:
            return None
        site = view.site.id
        given = safety.given
        history = await self._earlier.of(site, (one.id for those in view.members.values() for one in those))
        delivered = self._delivered(site)
        expected = await prospects(history, [one for one in given.spots if one.state == "active"], delivered, now)
        ahead = Ahead(view.site, view.outlooks, view.meters, self._reached.most(site))

        def of_spot(spot: "Spot") -> "Prospect":
            return expected.get((spot.station, spot.evse)) or Prospect()

        return asked(given, Outlooks(view.constraints, ahead, of_spot, delivered), now, deadline=DEADLINE)

    def _delivered(self, site: SiteId) -> "Callable[[Spot], float]":
        """Return what tells how much an EV has got since its needs were stated, or since it came."""
        before = self._begun.get(site, {})
        seen_now: dict[_Said, float] = {}
        self._begun[site] = seen_now

        def delivered(spot: "Spot") -> float:
            transfer, needs = spot.transfer, spot.needs
            if transfer is None:
                return 0.0
            energy = float(imported(transfer))
            if needs is None:
                return energy
            key = (spot.station, transfer.reference, needs.since)
            begun = seen_now[key] = before.get(key, seen_now.get(key, energy))
            return max(0.0, energy - begun)

        return delivered

    async def _ask(self, site: SiteId, question: "Asked") -> "SitePlan":
        from open63110.apps.planner_process import LENGTH, written  # noqa: PLC0415 - as above

        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101 - as above
        process.stdin.write(written((site, question.problem)))
        await process.stdin.drain()
        size = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]
        answer: SitePlan = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - of our own child
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self.process is None or self.process.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            self.process = await asyncio.create_subprocess_exec(*self.words, stdin=pipe, stdout=pipe)
        return self.process

    def _take(self, site: SiteId, question: "Asked", answer: "SitePlan") -> None:
        from open63110.planner.asked import targets  # noqa: PLC0415 - as above

        known = self._targets.get(site)
        self._targets[site] = targets(question, answer, known.plans.told if known is not None else {})
        self._back_off, self.plans = 0.0, self.plans + 1
        self._alarms.cleared(site, "PlannerAway", site, self._engine.clock.now())
        self._balancing.mark(site)

    async def _lost(self, site: SiteId, words: str) -> None:
        """Go on without a plan, and start another process after a while, the longer the more often it was lost."""
        await self._stop()
        self._back_off = min(LONGEST_BACK_OFF, 2.0 * self._back_off or 1.0)
        self._without(site, words)
        await asyncio.sleep(self._back_off)
        self._due[site] = None
        self._replan.setdefault(site, Replan()).planned = None
        self._wake.set()

    def _without(self, site: SiteId, words: str) -> None:
        log.warning("a site is not planned", site=site, reason=words)
        self._targets.pop(site, None)
        self._alarms.raised(site, "PlannerAway", site, words, self._engine.clock.now())
        self._balancing.mark(site)

    async def _stop(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


def _silent_batteries(view: "View", now: datetime) -> "list[Asset]":
    """Return the batteries that could be planned, had they said lately what is in them."""
    from open63110.planner.expected import SOC_GOOD_FOR, batteries  # noqa: PLC0415 - numpy, read in with the safety loop

    if not any(one.valid(now) for one in view.outlooks):
        return []
    said = {key for key, one in view.meters.items() if one.soc is not None and now - one.at <= SOC_GOOD_FOR}
    return [one for one in batteries(view.site) if one.id not in said]
