# SPDX-License-Identifier: Apache-2.0
"""Which of a line's endpoints is dialled next, and after how many pauses that have grown; time is an argument (B.18).

After a loss the walk begins with the first endpoint, the one that is wanted most. On a lesser one the line looks back now and
then, and returns once a more wanted one speaks. What does not hold is not run after: a link that was lost soon, twice in a row,
counts as one that could not be had, and each return that did not last makes the next look back later.
"""

from typing import NamedTuple

STEADY = 30.0
"""A link that was there for so long has held [s of the clock]."""

SHY = 2
"""So many links in a row that did not hold, and the walk begins behind the endpoint that they were to."""

SLOWEST = 5
"""The time between two looks back doubles so often at most."""


class Step(NamedTuple):
    """What is dialled next."""

    place: int
    """Of the endpoint in the list."""
    pauses: int
    """0: at once; else the pause before has doubled so often, less one."""
    rounds: int
    """Of all endpoints, that have failed since the last link."""


class Walk:
    """One line's way along its endpoints."""

    __slots__ = (
        "_count",
        "_failed",
        "_pauses",
        "_restless",
        "_returned",
        "_short",
        "_shunned",
        "_since",
        "_start",
        "_wait",
        "at",
        "place",
    )

    def __init__(self, count: int) -> None:
        """Stand before the first of so many endpoints."""
        self._count = max(1, count)
        self._short = self._restless = 0
        self._returned = self._shunned = False
        self._since = 0.0
        self.at = 0
        """Of the endpoint to which the present link is, or the last one was."""
        self.begin()

    def begin(self) -> None:
        """Begin anew, without a pause."""
        self.place = self._start = self._pauses = self._wait = self._failed = self._short = 0

    @property
    def step(self) -> Step:
        """What is dialled next."""
        return Step(self.place, self._wait, self._failed // self._count)

    def failed(self) -> None:
        """The endpoint could not be had: the next one is dialled at once, and after a whole round there is a pause."""
        self.place = (self.place + 1) % self._count
        self._failed += 1
        if self.place == self._start:
            self._pauses += 1
            self._wait = self._pauses
        else:
            self._wait = 0

    def up(self, place: int, now: float) -> None:
        """There is a link to an endpoint."""
        self._returned = place < self.at
        self.at, self._since, self._failed = place, now, 0

    def shun(self) -> None:
        """Nothing is to be had at the present endpoint: begin with the next one once the link is gone."""
        self._shunned = True

    def lost(self, now: float) -> None:
        """The link is lost: begin with the first endpoint again, after a pause, for all others have lost it as well."""
        held = now - self._since >= STEADY
        self._short = 0 if held else self._short + 1
        self._pauses = 1 if held else self._pauses + 1
        if held and not self.at:
            self._restless = 0
        elif self._returned and not held:
            self._restless, self._returned = min(SLOWEST, self._restless + 1), False
        on = self._shunned or self._short >= SHY
        self.place = self._start = (self.at + 1) % self._count if on else 0
        self._shunned = False
        self._wait = self._pauses

    @property
    def wanted(self) -> range:
        """Places of the endpoints that are wanted more than the one of the present link."""
        return range(self.at)

    @property
    def doublings(self) -> int:
        """How often the time until the next look back has doubled."""
        return self._restless
