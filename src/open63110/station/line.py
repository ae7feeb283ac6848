# SPDX-License-Identifier: Apache-2.0
"""The way from a station to its CSMS, as the controller sees it."""

from collections.abc import Sequence
from typing import Any, Protocol

from open63110.kernel.messages import Command, Event
from open63110.model.network import NetworkProfile


class Line(Protocol):
    """The way to the CSMS."""

    @property
    def open(self) -> bool:
        """There is a connection."""

    def dial(self) -> None:
        """Connect, and connect again whenever the connection is lost."""

    def cut(self) -> None:
        """Lose the connection without a word, and stay silent."""

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        """Tell something; ``over`` is told how that ended."""

    def bear(self, seconds: float) -> None:
        """Await answers so long, from the next connection on [s]."""

    def go_by(self, ways: Sequence[NetworkProfile | None], attempts: int) -> None:
        """Dial these in turn from the next time on, each so often; None is the way it was set up with."""

    def judged(self, *, accepted: bool) -> None:
        """Hear whether the CSMS takes the station; where it does not, so often, the next way is taken."""

    def show(self, secret: str) -> None:
        """Show that secret from now on; where one is shown and it is another, connect anew."""
