# SPDX-License-Identifier: Apache-2.0
"""When the plan of a site is made anew: at once when somebody comes or says something else, and before its first step is due."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from open63110.kernel.ids import EvseNumber, StationId

if TYPE_CHECKING:
    from open63110.planner.safety import Safety, View

EVERY: Final = timedelta(seconds=230)
"""How often a site is planned anew though nothing has changed (8.2.3); it is looked at each minute at least. The first step of a
plan is due five minutes after it was made: stations take it by themselves, so what replaces it has to be there before."""

SOON: Final = timedelta(seconds=60)
"""How soon for EVs that were found to take another part of their offer: what they leave is for others."""

APART: Final = 4.0
"""Two highest currents are others where they differ by about a fifth: so often one fits into a doubling."""

_Shape = Mapping[tuple[StationId, EvseNumber], object]


class Replan:
    """Of one site."""

    def __init__(self) -> None:
        """Nothing is planned yet."""
        self.planned: datetime | None = None
        """When it was asked for last."""
        self._shape: _Shape = {}
        self._tops: _Shape = {}

    def due(self, safety: "Safety", view: "View", now: datetime) -> bool:
        """Tell whether a plan has to be made now, by what a look has found."""
        shape, tops = _shape(safety, view), _tops(safety)
        age = None if self.planned is None else now - self.planned
        changed = shape != self._shape or (tops != self._tops and age is not None and age >= SOON)
        if changed or age is None or age >= EVERY:
            self._shape, self._tops = shape, tops
            return True
        return False


def _shape(safety: "Safety", view: "View") -> _Shape:
    """Return what a plan has to be made anew for: who is there, what he needs, what is demanded of the site or expected there."""
    given = safety.given
    if given is None:
        return {}
    spots = {(one.station, one.evse): (one.needs, one.usable) for one in given.spots if one.state == "active"}
    said = (view.site.rules, *((one.id, one.set_at) for one in view.outlooks))
    return {**spots, (StationId(""), EvseNumber(0)): (tuple(given.claimed.limits.tolist()), said)}


def _tops(safety: "Safety") -> _Shape:
    """Return what EVs were seen to take at most, roughly; of all others nothing is known."""
    spots = [] if safety.given is None else safety.given.spots
    return {(one.station, one.evse): round(APART * math.log2(one.top)) for one in spots if one.top is not None and one.top > 0.0}
