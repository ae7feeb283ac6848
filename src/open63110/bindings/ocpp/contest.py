# SPDX-License-Identifier: Apache-2.0
"""Two devices under one identity, seen by their links: each takes the other's place, again and again.

A clone that boots is known by its serial number; one that only connects and reports is not. But the newest link wins (I1), so
the two push each other out, and come back from the addresses they had. A station that moves through a mobile network comes from
ever new addresses instead, and one that breaks off and returns comes from the same.
"""

from collections import deque

from open63110.kernel.ids import StationId

RETURNS, WITHIN = 5, 600.0
"""So many times an address takes the place of another and had it before, within so long [s]: no network fails that often."""


class Contests:
    """Remembers who took whose place lately."""

    def __init__(self) -> None:
        """Start without memory."""
        self._turns: dict[StationId, deque[tuple[float, str]]] = {}

    def noted(self, station: StationId, older: str, newer: str, now: float) -> bool:
        """Note that a newer link took the place of an older one; tell whether two devices seem to contest the identity.

        Once it has told so, it begins afresh.

        Args:
            station: whose link it is.
            older: address of the link that is closed.
            newer: address of the link that takes its place.
            now: rises steadily [s].
        """
        if older == newer:
            return False
        turns = self._turns.setdefault(station, deque(((now, older),), maxlen=4 * RETURNS))
        turns.append((now, newer))
        while now - turns[0][0] > WITHIN:
            turns.popleft()
        contested = len(turns) - len({address for _, address in turns}) >= RETURNS
        if contested:
            del self._turns[station]
        return contested

    def forget(self, now: float) -> None:
        """Let go of what is too long ago to count."""
        self._turns = {station: turns for station, turns in self._turns.items() if now - turns[-1][0] <= WITHIN}
