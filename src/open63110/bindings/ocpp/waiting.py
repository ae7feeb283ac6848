# SPDX-License-Identifier: Apache-2.0
"""How many stations may wait that nobody registered: identities are free to invent, and each would be kept."""

from collections.abc import Callable, Mapping
from time import monotonic

from open63110.kernel.ids import StationId
from open63110.model.station import Registration, Station

COUNT_EVERY = 1.0
"""While it is full, those who wait are counted again so often at most [s]: a flood must not make us count all the time."""


class WaitingRoom:
    """Knows whether another stranger can be let in, without counting all stations at each knock."""

    def __init__(self, stations: Mapping[StationId, Station], most: int, *, time: Callable[[], float] = monotonic) -> None:
        """Look into stations where the engine keeps them.

        Args:
            stations: those that are known; the quarantined ones take up the room.
            most: places; those that are taken stay taken if this becomes less.
            time: rises steadily [s].
        """
        self._stations, self._most, self._time = stations, most, time
        self._let_in: set[StationId] = set()
        self._count()

    def admits(self, stranger: StationId) -> bool:
        """Give a place to a station that nobody knows; tell whether there was one."""
        if stranger in self._let_in:
            return True
        if self._is_full and self._time() - self._counted_at >= COUNT_EVERY:
            self._count()
        if self._is_full:
            return False
        self._let_in.add(stranger)
        return True

    @property
    def _is_full(self) -> bool:
        return self._waiting + len(self._let_in) >= self._most

    def _count(self) -> None:
        """Count afresh; who was let in since the last time is a station by now, or was gone before it said a word."""
        self._waiting = sum(one.registration is Registration.QUARANTINED for one in self._stations.values())
        self._let_in.clear()
        self._counted_at = self._time()
