# SPDX-License-Identifier: Apache-2.0
"""The highest mean power that a site drew from the grid, for demand charges; kept in memory, for as long as the charge counts."""

from datetime import datetime
from typing import Final, NamedTuple

from open63110.model.site import SiteId

MEAN: Final = 900.0
"""Over what time demand charges take a mean [s]."""


class _Course(NamedTuple):
    until: datetime
    """End of the time for which the charge counts."""
    begin: datetime
    """Of the mean that is being taken."""
    at: datetime
    energy: float
    """Since then [Ws]."""
    most: float
    """Of the means so far [W]."""


class Reached:
    """That of all sites of a node."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._seen: dict[SiteId, _Course] = {}

    def note(self, site: SiteId, power: float, until: datetime, now: datetime) -> None:
        """Take in what is drawn from now on [W], under a charge that counts until some moment."""
        known = self._seen.get(site)
        if known is None or known.until != until or now < known.at:
            self._seen[site] = _Course(until, now, now, 0.0, 0.0)
            return
        energy = known.energy + max(0.0, power) * (now - known.at).total_seconds()
        passed = (now - known.begin).total_seconds()
        if passed < MEAN:
            self._seen[site] = known._replace(at=now, energy=energy)
            return
        self._seen[site] = _Course(until, now, now, 0.0, max(known.most, energy / passed))

    def most(self, site: SiteId) -> float:
        """Return it [W]; 0: nothing was seen yet."""
        known = self._seen.get(site)
        return 0.0 if known is None else known.most
