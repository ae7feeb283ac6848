# SPDX-License-Identifier: Apache-2.0
"""What is taken back from a place whose meter showed more than it carries, and given back little by little.

The limits of its rows become lower by that much. Where this does not help what is too much is drawn on another phase than it is
described, and all phases give; what was given back too soon is kept for twice as long the next time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from open63110.planner.frame import Frame
from open63110.planner.network import Floats
from open63110.planner.wiring import PHASES

Row = tuple[str, str]
"""A place and a phase of it, or W."""

NEAR: Final = 0.01
"""Share of a limit by which a meter may show more: it is not more exact."""

MARGIN: Final = 0.02
"""Share of a limit that is taken back beyond what was too much."""

EASE: Final = 0.2
"""Share that is given back at a time, once readings are well below the limit."""

PATIENCE: Final = timedelta(seconds=30)
"""After how long something is given back; twice as long each time that was too soon."""

LONGEST: Final = timedelta(hours=1)
"""The longest of these."""

FOLLOWED: Final = timedelta(seconds=10)
"""After so long stations and EVs have followed what they were told."""


class Withheld:
    """Of the places of one site, over time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.trims: dict[Row, float] = {}
        """By row [A or W]."""
        self._over: dict[str, datetime] = {}
        """By place since when it shows too much."""
        self._taken: dict[Row, tuple[datetime, float]] = {}
        """By row since when more is taken back, and what had been until then."""
        self._waits: dict[Row, timedelta] = {}
        """By row after how long something is given back."""
        self._eased: dict[Row, datetime] = {}
        """By row when something was given back last, of those of which nothing was taken back since."""

    def judge(self, frame: Frame, limits: Floats, place: str, shown: Mapping[str, float], at: datetime) -> None:
        """Compare what a meter shows with what its place carries.

        Args:
            frame: of the site.
            limits: (R) [A or W].
            place: that it measures.
            shown: by phase, and W [A or W].
            at: when.
        """
        over = [self._adjust(frame, limits, (place, phase), value, at) for phase, value in shown.items()]
        if any(over):  # each row was looked at
            self._over.setdefault(place, at)
        else:
            self._over.pop(place, None)

    def _adjust(self, frame: Frame, limits: Floats, row: Row, value: float, at: datetime) -> bool:
        number, (place, phase) = frame.row_of.get(row), row
        if number is None or not np.isfinite(limits[number]):
            self.trims.pop(row, None)  # nothing is limited there any more
            return False
        limit = float(limits[number])
        if value > limit * (1.0 + NEAR):
            more = value - limit + MARGIN * limit
            wrong = phase != "W" and at - self._over.get(place, at) >= FOLLOWED
            for other in PHASES if wrong else (phase,):
                at_most = float(limits[frame.row_of[place, other]]) if (place, other) in frame.row_of else np.inf
                if np.isfinite(at_most):
                    self._take((place, other), more, at_most, at)
            return True
        if row in self.trims and value < limit * (1.0 - 2 * NEAR):
            self._ease(row, limit * (1.0 - 2 * NEAR) - value, limit, at)
        return False

    def _take(self, row: Row, more: float, limit: float, at: datetime) -> None:
        if self._eased.pop(row, None) is not None:
            self._waits[row] = min(LONGEST, 2 * self._waits.get(row, PATIENCE))
        since, before = self._taken.get(row, (at - FOLLOWED, 0.0))
        if at - since >= FOLLOWED:  # until then it may still show what was drawn before
            since, before = self._taken[row] = (at, self.trims.get(row, 0.0))
        self.trims[row] = min(limit, max(self.trims.get(row, 0.0), before + more))

    def _ease(self, row: Row, free: float, limit: float, at: datetime) -> None:
        """Give some back, no more than half of what is seen to be free."""
        last = self._eased.get(row) or self._taken.setdefault(row, (at, 0.0))[0]
        if at - last < self._waits.get(row, PATIENCE):
            return
        self._eased[row] = at
        self.trims[row] -= min(EASE * max(self.trims[row], NEAR * limit), free / 2)
        if self.trims[row] < NEAR * limit:
            del self.trims[row]

    def keep(self, places: Collection[str]) -> None:
        """Give back what was taken where nobody measures any more: only a meter could tell that it is enough."""
        for row in [row for row in self.trims if row[0] not in places]:
            del self.trims[row]
        for place in [place for place in self._over if place not in places]:
            del self._over[place]

    def of(self, frame: Frame, limits: Floats) -> Floats:
        """Return limits less what was taken back, (R) [A or W]."""
        found = limits.copy()
        for row, trim in self.trims.items():
            number = frame.row_of.get(row)
            if number is not None:
                found[number] = max(0.0, found[number] - trim)
        return found

    def told(self) -> dict[str, str]:
        """Return by place what its operator is to know."""
        return {place: self._words(place) for place in sorted({place for place, _ in self.trims} | set(self._over))}

    def _words(self, place: str) -> str:
        taken = {phase: trim for (one, phase), trim in self.trims.items() if one == place}
        parts = [f"{trim:.0f} {'W' if phase == 'W' else f'A on {phase}'}" for phase, trim in sorted(taken.items())]
        words = f"its meter shows more than is allowed; taken back: {', '.join(parts) or 'nothing'}"
        wrong = all(phase in taken for phase in PHASES)
        return f"{words}; look whether EVSEs are wired on the phases that are described" if wrong else words
