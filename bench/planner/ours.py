# SPDX-License-Identifier: Apache-2.0
"""Our planner as a policy of the replay: one problem per slot, one memory for the whole time."""

from collections.abc import Callable

import numpy as np

from bench.planner.caltech import ANY, AV, CC, CLIPPER, SLOT, VOLTS
from bench.planner.replay import Moment
from open63110.planner.check import check
from open63110.planner.network import Floats, Network, Room
from open63110.planner.pilot import Pilot
from open63110.planner.problem import Energy, Need, Pausing, Problem
from open63110.planner.site_plan import Memory, plan

FREE = Pausing()


def pilots(network: Network, *, quantised: bool) -> tuple[Pilot, ...]:
    """Return what each EVSE can be told: anything, or what those of Caltech can."""
    return tuple([(CC if name in CLIPPER else AV) if quantised else ANY for name in network.points])


class Ours:
    """A policy that plans anew in every slot."""

    def __init__(
        self,
        network: Network,
        given: Room,
        kinds: tuple[Pilot, ...],
        pausing: Pausing = FREE,
        energy: Callable[[int], Energy] = lambda _: Energy(),
        **settings: object,
    ) -> None:
        self._network, self._given, self._kinds = network, given, kinds
        self._pausing, self._energy, self._settings = pausing, energy, settings
        self._memory = Memory()
        self._since: dict[int, int] = {}
        self._pauses: dict[int, int] = {}
        self._watts = np.full(len(network.points), VOLTS)

    def __call__(self, moment: Moment) -> Floats:
        """Plan, and let the independent checker see what comes out."""
        problem = Problem(
            network=self._network,
            watts=self._watts,
            rooms=((0.0, self._given),),
            needs=tuple([self._need(moment, at) for at in range(len(moment.visit))]),
            energy=self._energy(moment.slot),
            pausing=self._pausing,
            **self._settings,  # type: ignore[arg-type]  # fields of a problem, by name
        )
        found = plan(problem, self._memory)
        if found.outcome != "optimal":
            raise SystemExit(f"slot {moment.slot}: {found.outcome}")
        told = np.array([one.now for one in found.points])
        self._remember(moment, told)
        whole, high = np.zeros(len(self._watts)), np.zeros(len(self._watts))
        whole[moment.point] = told
        high[moment.point] = 32.0
        breach = check(self._network, self._given, whole, high)
        if breach:
            raise SystemExit(f"slot {moment.slot}: {breach}")
        return told

    def _need(self, moment: Moment, at: int) -> Need:
        visit = int(moment.visit[at])
        return Need(
            id=str(visit),
            point=int(moment.point[at]),
            wanted=((float(moment.wanted[at]), 1.0),),
            leaves=((float(moment.left[at]) * SLOT, 1.0),),
            most=float(moment.most[at]),
            pilot=self._kinds[moment.point[at]],
            drawing=float(moment.drawing[at]),
            running=(moment.slot - self._since.get(visit, moment.slot)) * SLOT,
            pauses=self._pauses.get(visit, 0),
        )

    def _remember(self, moment: Moment, told: Floats) -> None:
        """Note who begins and who is made to wait."""
        for visit, before, now in zip(moment.visit.tolist(), moment.drawing.tolist(), told.tolist(), strict=True):
            if (before > 0.0) is not (now > 0.0):
                self._since[visit] = moment.slot
                self._pauses[visit] = self._pauses.get(visit, 0) + (before > 0.0)
