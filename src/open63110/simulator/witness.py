# SPDX-License-Identifier: Apache-2.0
"""Judges limits by the simulator's own meters: no sample of any feeder and phase is above what it carries.

One thing is forgiven, and counted apart: an EV whose pilot was lowered may take up to five seconds to follow (IEC 61851-1); for
so long it counts with its new pilot. A limit that somebody lowers has to be in effect within a time that is stated; until then
the one before it counts.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from open63110.kernel.units import Seconds, Watts
from open63110.simulator.network import Network, Row

EXACT: Final = 1e-6
"""Part of a limit that rounding may make [as 1]."""


class Mark(msgspec.Struct, kw_only=True):
    """How near to its limit a row came."""

    row: Row
    most: float = 0.0
    """[A], sums [W]"""
    ratio: float = 0.0
    """Highest part of the limit that counted then, EVs that were still to follow forgiven."""
    raw: float = 0.0
    """The same, nothing forgiven."""
    at: datetime | None = None
    """When the ratio was highest."""
    above: Seconds = Seconds(0.0)
    """For how long it was above its limit, EVs that were still to follow forgiven [s]."""
    samples: int = 0
    """Of them, those above the limit."""


class Ordered(msgspec.Struct, kw_only=True):
    """A limit that somebody set during the simulation."""

    row: int
    limit: Watts
    at: datetime
    within: Seconds
    """It has to be in effect after so long [s]."""
    before: float
    """What counted until then [W]."""
    until: datetime | None = None
    """None: to the end."""
    held: datetime | None = None
    """Since when the power is not above it; None: it is, or nobody has looked."""
    late: bool = False
    """It was due, and the power was above it."""

    @property
    def due(self) -> datetime:
        """By when it has to be in effect."""
        return self.at + timedelta(seconds=self.within)

    @property
    def seconds(self) -> float | None:
        """How long it took [s]; None: it never was in effect."""
        return None if self.held is None else (self.held - self.at).total_seconds()


class Witness:
    """Looks at every sample."""

    def __init__(self, network: Network) -> None:
        """Have seen nothing."""
        self.network = network
        self.marks = [Mark(row=row) for row in network.rows]
        self.orders: list[Ordered] = []
        self.samples = 0
        self.last: list[float] = [0.0] * len(self.marks)
        """What flowed at the last sample."""
        self._seen: datetime | None = None

    def order(self, node: str, limit: Watts, at: datetime, *, within: float, until: datetime | None = None) -> Ordered:
        """Take note of a limit that was set; it counts beside what the site can carry."""
        row = self.network.row(node)
        told = Ordered(row=row, limit=limit, at=at, within=Seconds(within), before=self._limit(row, at), until=until)
        self.orders.append(told)
        return told

    def release(self, node: str, at: datetime) -> None:
        """Take note that limits that were set at a node do not count any more."""
        row = self.network.row(node)
        for one in self.orders:
            if one.row == row and (one.until is None or one.until > at):
                one.until = at

    def sample(self, now: datetime, amperes: Sequence[float], following: Sequence[float]) -> None:
        """Look at one moment.

        Args:
            now: the moment.
            amperes: of each conductor [A].
            following: the same, where an EV that may still follow its pilot counts with that.
        """
        self.samples += 1
        seconds = (now - self._seen).total_seconds() if self._seen else 0.0
        self._seen = now
        self.last = flows = self.network.flows(amperes)
        forgiven: list[float] | None = None
        for number, (flow, mark) in enumerate(zip(flows, self.marks, strict=True)):
            mark.most = max(mark.most, flow)
            limit = self._limit(number, now)
            if limit == math.inf:
                continue
            raw = net = _part(flow, limit)
            if raw > 1.0 + EXACT:
                forgiven = forgiven or self.network.flows(following)
                net = _part(forgiven[number], limit)
            self._note(mark, raw, net, now, seconds)
        self._follow(flows, now)

    def _note(self, mark: Mark, raw: float, net: float, now: datetime, seconds: float) -> None:
        mark.raw = max(mark.raw, raw)
        if net > mark.ratio:
            mark.ratio, mark.at = net, now
        if net > 1.0 + EXACT:
            mark.above, mark.samples = Seconds(mark.above + seconds), mark.samples + 1

    def _follow(self, flows: Sequence[float], now: datetime) -> None:
        for one in self.orders:
            if now < one.at:
                continue
            if flows[one.row] <= one.limit * (1 + EXACT):
                one.held = one.held or now
            elif now < one.due:
                one.held = None
            elif one.held is None and (one.until is None or now < one.until):
                one.late = True

    def _limit(self, row: int, now: datetime) -> float:
        """Return what counts at a row: its rating, and what was set and is due."""
        limit = self.network.rows[row].limit
        for one in self.orders:
            if one.row == row and one.at <= now and (one.until is None or now < one.until):
                limit = min(limit, one.limit if now >= one.due else max(one.before, one.limit))
        return limit

    @property
    def breaches(self) -> list[Mark]:
        """Return the rows that were above their limits, the worst first."""
        return sorted((one for one in self.marks if one.samples), key=lambda one: -one.ratio)

    @property
    def late(self) -> list[Ordered]:
        """Return the limits that were not in effect in time."""
        return [one for one in self.orders if one.late]

    @property
    def held(self) -> bool:
        """Tell whether every limit was kept."""
        return not self.breaches and not self.late


def _part(flow: float, limit: float) -> float:
    """Return the part of a limit that flows; above a limit of nothing each unit counts as much as the whole of another."""
    return flow / limit if limit > 0 else 1.0 + max(0.0, flow)
