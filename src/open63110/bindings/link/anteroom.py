# SPDX-License-Identifier: Apache-2.0
"""Whose links are open and not greeted yet: few at a time, none for long while others wait, and least of all who never greets.

Time is an argument, of any clock that only goes forward [s].
"""

import random
from collections.abc import Callable
from typing import NamedTuple

AT_ONCE = 64
"""Links that are opened at a time; who comes while as many are, is asked to come again."""

FAIR = 10.0
"""After so long without a greeting a link makes room for who comes while there is none [s]."""

COME_AGAIN = (1, 10)
"""After so long, by chance, so that a storm spreads out [s]."""

LONGEST = 300.0
"""For so long at most an identity is kept out that has not greeted, time after time [s]."""

REMEMBERED = 10_000
"""Identities that have not greeted, of which is known how often."""


class _Waiting(NamedTuple):
    since: float
    end: Callable[[], None]


class _Shy(NamedTuple):
    times: int
    until: float


class Anteroom:
    """Those who have shown a certificate, and no greeting; each identity takes one place."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """Stand empty; ``at_once``: how many places there are."""
        self._at_once = at_once
        self._waiting: dict[str, _Waiting] = {}  # oldest first
        self._shy: dict[str, _Shy] = {}

    def __len__(self) -> int:
        """Tell how many there are."""
        return len(self._waiting)

    def wait(self, identity: str, now: float) -> int:
        """Return after how many seconds somebody may come again; 0: now, for there is room, or has been made."""
        shy = self._shy.get(identity)
        if shy is not None and shy.until > now and len(self._waiting) * 2 > self._at_once:
            return int(shy.until - now) + 1
        if identity in self._waiting or len(self._waiting) < self._at_once or self._make_room(now):
            return 0
        return random.randint(*COME_AGAIN)  # noqa: S311 - no secret

    def enter(self, identity: str, now: float, end: Callable[[], None]) -> None:
        """Wait for somebody's greeting; ``end`` ends the link if it has to make room."""
        known = self._waiting.get(identity)
        self._waiting[identity] = _Waiting(known.since if known else now, end)

    def greeted(self, identity: str) -> None:
        """It has greeted."""
        self._waiting.pop(identity, None)
        self._shy.pop(identity, None)

    def gone(self, identity: str, now: float) -> None:
        """Its link is gone; if it had not greeted, that is remembered for a while."""
        if self._waiting.pop(identity, None) is None:
            return
        times = self._shy.pop(identity, _Shy(0, now)).times + 1
        if len(self._shy) >= REMEMBERED:
            del self._shy[next(iter(self._shy))]
        self._shy[identity] = _Shy(times, now + min(LONGEST, 2.0 ** min(times, 16)))

    def _make_room(self, now: float) -> bool:
        """End the link of who has waited longest, those first who have done so before; tell whether there was one."""
        late = [name for name, one in self._waiting.items() if one.since <= now - FAIR]
        if not late:
            return False
        one = next((name for name in late if name in self._shy), late[0])
        end = self._waiting[one].end
        self.gone(one, now)
        end()
        return True
