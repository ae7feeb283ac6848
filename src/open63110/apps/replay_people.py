# SPDX-License-Identifier: Apache-2.0
"""What is told to a CSMS by REST while a site is replayed: what drivers need, by their apps, and what a DSO wants."""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from open63110.apps.replay import Replay
from open63110.kernel.errors import Trouble
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.simulator.premises import Outfit
from open63110.simulator.visits import Visit

Post = Callable[[str, Any], Any]
"""Asks a CSMS for something: path below /api/v1, body. It waits for the answer; a Trouble says that it was refused."""

Needs = Literal["none", "true", "wrong"]
"""What apps tell: nothing; the truth; or what people really tell: nearly twice the energy, and a fifth leaves sooner."""

TOO_MUCH: Final = 1.8
"""Energy that people state, as a part of what they take (ACN-Data, 2019)."""

SOONER: Final = 0.2
"""Part of the people that leave sooner than they say."""

BY: Final = (1_800.0, 7_200.0)
"""By how much, at least and at most [s]."""

LIMIT: Final = "simulated-dso"
"""Id of the constraint."""


class Step(NamedTuple):
    """What a DSO wants from a moment on."""

    at: Seconds
    """After the beginning of the first day [s]."""
    limit: Watts | None
    """Of the site as a whole [W]; None: nothing any more."""


class People:
    """Drivers with apps, and a DSO."""

    def __init__(self, replay: Replay, post: Post, needs: Needs = "none", steps: Iterable[Step] = ()) -> None:
        """Know what they will say.

        Args:
            replay: what they have to do with.
            post: says it to the CSMS.
            needs: what drivers tell.
            steps: what the DSO wants, in order of time.
        """
        self._replay, self._post, self._needs, self._steps = replay, post, needs, tuple(steps)
        self._said: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(maxsize=10_000)
        self._chance = random.Random(replay.play.seed)  # noqa: S311 - a story, no secret
        self.refused: list[str] = []
        """What the CSMS did not take, and why."""
        if needs != "none":
            replay.on_arrival = self._arrived

    async def run(self) -> None:
        """Say everything at its time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._speak())
            tasks.create_task(self._lower())

    async def _speak(self) -> None:
        while True:
            await self._say(*await self._said.get())

    async def _say(self, path: str, body: Any) -> None:
        try:
            await asyncio.to_thread(self._post, path, body)
        except Trouble as fault:
            self.refused.append(f"{path}: {fault.message}")

    # -- drivers --

    def _arrived(self, visit: Visit, fit: Outfit) -> None:
        now, stay = self._replay.clock.now(), visit.departure - visit.arrival
        energy = visit.need
        if self._needs == "wrong":
            energy = WattHours(energy * TOO_MUCH)
            if self._chance.random() < SOONER:
                stay = Seconds(stay + self._chance.uniform(*BY))
        body = {"evse": fit.number, "departure": (now + timedelta(seconds=stay)).isoformat(), "energy": round(energy, 1)}
        self._said.put_nowait((f"stations/{fit.station}/sessions/needs", body))

    # -- the DSO --

    async def _lower(self) -> None:
        replay = self._replay
        for step in self._steps:
            ahead = (replay.begin - replay.clock.now()).total_seconds() + step.at
            await asyncio.sleep(max(0.0, replay.clock.real(ahead)))
            await self._step(step)

    async def _step(self, step: Step) -> None:
        replay = self._replay
        whole, now = replay.premises.whole, replay.clock.now()
        replay.witness.release(whole, now)
        if step.limit is None:
            await self._say("constraints/withdraw", {"id": LIMIT})
            return
        replay.witness.order(whole, step.limit, now, within=replay.play.within)
        scope = {"site": replay.premises.site.id}
        await self._say("constraints/put", {"id": LIMIT, "scope": scope, "source": "dso", "limit": step.limit, "critical": True})
