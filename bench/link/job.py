# SPDX-License-Identifier: Apache-2.0
"""What the two ends of a way are to do, and what each of them saw."""

from typing import Literal

import msgspec

STATION = "CS1"
OPENING = 2.0
"""[s] of urgent messages before the transfer begins, to know the way at rest."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer in one direction, and urgent limits to the station all the while."""

    pattern: Literal["link", "http", "naive"]
    """Over the link; as an HTTPS download beside an OCPP WebSocket; as messages in the WebSocket that carries the calls."""
    host: str
    ports: tuple[int, ...]
    """Of the WebSocket, and of the download."""
    papers: str
    """Folder of the certificates."""
    size: int
    """Of the transfer [bytes]."""
    upward: bool = False
    """A log from the station instead of firmware to it (link only)."""
    every: float = 0.1
    """Between two urgent limits [s]."""
    limits: int = 0
    """How many at least, while the transfer lasts and after it."""
    seconds: float = 600.0
    """After which it is broken off."""


class Seen(msgspec.Struct, kw_only=True):
    """What an end saw; the other one leaves its part empty."""

    idle_ms: list[float] = []
    """Round trips of urgent limits before the transfer."""
    busy_ms: list[float] = []
    """During it; one without an answer counts with its age at the end."""
    unanswered: int = 0
    begun: float = 0.0
    ended: float = 0.0
    bulk: int = 0
    """Received between these two moments [bytes]."""
    whole: bool = False
    """The transfer came to its end; over the link, with the right hash."""

    def received(self, size: int, now: float) -> None:
        """Count what arrives; the first piece starts the clock and does not count."""
        if not self.begun:
            self.begun = now
        else:
            self.bulk += size
        self.ended = now

    @property
    def rate(self) -> float:
        """Of the transfer's content [bit/s]."""
        return self.bulk * 8 / (self.ended - self.begun) if self.ended > self.begun else 0.0
