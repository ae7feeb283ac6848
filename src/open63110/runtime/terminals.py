# SPDX-License-Identifier: Apache-2.0
"""What flows at each terminal of the EVSEs whose power is shared, as their stations told it last.

It is kept in memory alone, and read only when somebody looks: each meter value passes here, and most never matter.
"""

from collections.abc import Iterable

from open63110.kernel.ids import StationId, TransferNumber
from open63110.kernel.journal import Entry
from open63110.model.flow import Flow, flow
from open63110.model.site import SiteId
from open63110.model.transfer import EnergyTransferUpdated


class Terminals:
    """Those of all sites of a node."""

    def __init__(self) -> None:
        """Know of none."""
        self._told: dict[int, Entry] = {}
        self._read: dict[int, tuple[Entry, Flow | None]] = {}
        self._watched: dict[StationId, SiteId] = {}
        self._members: dict[SiteId, frozenset[StationId]] = {}

    def watch(self, site: SiteId, members: Iterable[StationId]) -> None:
        """Listen to the stations of a site, and to no others of it."""
        now = frozenset(members)
        before = self._members.get(site, frozenset())
        if now == before:
            return
        gone = {one for one in before - now if self._watched.get(one) == site}  # who moved may be watched for another by now
        for one in gone:
            del self._watched[one]
        for number in [number for number, entry in self._told.items() if entry.station in gone]:
            del self._told[number]
            self._read.pop(number, None)
        self._watched.update(dict.fromkeys(now, site))
        self._members[site] = now

    def note(self, entry: Entry) -> bool:
        """Take note of a fact of an energy transfer; tell whether its station is listened to."""
        if entry.station not in self._watched:
            return False
        if entry.kind is EnergyTransferUpdated:
            self._told[entry.number] = entry
        else:
            self._told.pop(entry.number, None)
            self._read.pop(entry.number, None)
        return True

    def flow(self, number: TransferNumber) -> Flow | None:
        """Return what the terminals of an energy transfer carried last, as far as the last fact that told of any says."""
        told = self._told.get(number)
        known = self._read.get(number)
        if told is None or (known is not None and known[0] is told):
            return known[1] if known is not None else None
        event = told.event
        assert isinstance(event, EnergyTransferUpdated)  # noqa: S101 - no other is kept
        found = flow(event.at, event.readings) or (known[1] if known is not None else None)
        self._read[number] = (told, found)
        return found
