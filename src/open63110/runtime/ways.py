# SPDX-License-Identifier: Apache-2.0
"""The ways of a node to other levels and systems, for those who look: which are open, and what waits for them (7.3, B.25)."""

from collections.abc import Callable
from datetime import datetime

import msgspec


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One link of this node to something that is no station."""

    name: str
    """Identity in the certificate of the other end; of a level above, where it is dialled."""
    role: str
    """As the standard names it: csms, local-csms, dso, fo, csp, rm."""
    place: str = ""
    """What it answers for, or may know of: paths with blanks between them."""
    open: bool = False
    since: datetime | None = None
    """When it was opened; None: it is not open, or nobody knows."""
    waiting: int = 0
    """Messages that it has not confirmed yet."""
    told: int = 0
    """Facts told since this program runs; of a level above."""


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """Who is obeyed where several may limit power (I19)."""

    rule: str
    """upper, local, both, lease."""
    holder: str = ""
    """Who has the lease now: here, above; empty: nobody."""
    until: datetime | None = None


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    place: str = "/"
    """What this node answers for."""
    above: Way | None = None
    """None: there is no level above."""
    below: tuple[Way, ...] = ()
    beside: tuple[Way, ...] = ()
    """Systems that read, or limit zones."""
    say: Say | None = None
    """None: nobody else could limit power here."""


class Lookout:
    """Where a node's ways are looked at; whoever changes one says so."""

    def __init__(self, read: Callable[[], Ways] = Ways) -> None:
        """Look with a function; without one there are no ways."""
        self.read = read
        self.on_change: list[Callable[[], None]] = []

    def changed(self) -> None:
        """Tell whoever looks that a way was opened or closed."""
        for look in self.on_change:
            look()
