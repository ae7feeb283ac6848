# SPDX-License-Identifier: Apache-2.0
"""What a site need not be looked at for at once: a thousand that confirm one limit are looked at once the last of them has."""

from collections.abc import Iterable
from datetime import datetime

from open63110.kernel.ids import StationId
from open63110.model.constraint import ConstraintChanged
from open63110.model.site import SiteId
from open63110.model.station import Station


class Awaited:
    """Who has yet to confirm what he was told, and what was looked at as it was decided."""

    def __init__(self) -> None:
        """Await nothing."""
        self._stations: dict[SiteId, set[StationId]] = {}
        self._seen: dict[SiteId, dict[StationId, Station]] = {}
        self._demands: set[tuple[str, datetime]] = set()
        """Not durable yet: which, and since when."""

    def looked_at(self, site: SiteId, stations: Iterable[Station]) -> None:
        """Remember the stations of a site as a look has found them."""
        self._seen[site] = {one.id: one for one in stations}

    def seen(self, site: SiteId, station: Station) -> bool:
        """Tell whether the last look has found a station as it is: that is so before it is durable."""
        return self._seen.get(site, {}).get(station.id) is station

    def told(self, site: SiteId, stations: Iterable[Station], *, urgent: bool) -> None:
        """Await those who were told something at a site, beside those who are awaited still.

        Args:
            site: which.
            stations: as they are now.
            urgent: others may have what they leave: nobody is awaited, so that each counts at once.
        """
        self._stations[site] = set() if urgent else {one.id for one in stations if one.limits.asked}

    def of(self, site: SiteId) -> Iterable[StationId]:
        """Return who is awaited at a site."""
        return self._stations.get(site, ())

    def more(self, site: SiteId, station: Station) -> bool:
        """Tell whether a station has confirmed what it was told, and others are awaited still."""
        awaited = self._stations.get(site)
        if not awaited or station.id not in awaited:
            return False
        if not station.limits.asked:
            awaited.discard(station.id)
        return bool(awaited)

    def looked(self, demand: ConstraintChanged) -> None:
        """Remember what was looked at before it became durable."""
        self._demands.add((demand.id, demand.at))

    def was_looked(self, demand: ConstraintChanged) -> bool:
        """Tell whether it was, once."""
        known = (demand.id, demand.at) in self._demands
        self._demands.discard((demand.id, demand.at))
        return known

    def clear(self) -> None:
        """Begin anew: what was decided was not stored."""
        self._stations.clear()
        self._seen.clear()
        self._demands.clear()
