# SPDX-License-Identifier: Apache-2.0
"""What every end that dials has: which endpoint is next, again after each loss, and back to the one that is wanted most."""

import asyncio
import random

from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.dialling import Candidate, Dialling, Exchange
from open63110.bindings.link.endpoints import Walk
from open63110.bindings.link.strands import Beside, Checked
from open63110.wire.ports import Peer, Socket

RENEW_AGAIN = 60.0
"""After a renewal that failed [s of the clock]; the link goes on meanwhile."""


class Dialler:
    """One end's way to the other; implements dialling.Dialled and strands.Ways."""

    __slots__ = ("_back", "_exchange", "_number", "_renewal", "dialling", "lines", "place", "walk", "wanted")

    lines: Correspondence

    def __init__(self, exchange: Exchange, dialling: Dialling) -> None:
        """Stay silent until ``dial``; ``lines`` is set before that.

        Args:
            exchange: dials.
            dialling: how the other end is reached.
        """
        self._exchange, self.dialling = exchange, dialling
        self._number = 0
        self._back: asyncio.TimerHandle | None = None
        self._renewal: asyncio.TimerHandle | None = None
        self.walk = Walk(len(dialling.endpoints))
        self.place = 0
        """Of the endpoint to which the newest socket leads; 0 as well where the other end has opened it."""
        self.wanted = False
        """It is to be open."""

    @property
    def open(self) -> bool:
        """There is a connection, and both ends know each other."""
        return self.lines.open

    def dial(self) -> None:
        """Connect, and connect again whenever the connection is lost."""
        self.wanted = True
        self.walk.begin()
        self.resume()

    def resume(self) -> None:
        """Go on dialling, if anybody wants that."""
        if self.wanted and self.lines.socket is None:
            self._number += 1
            self._exchange.dial(self, self.walk.step, self._number)

    def wants(self, number: int) -> bool:
        """Tell whether a dial of this number is still wanted."""
        return self.wanted and self.lines.socket is None and number == self._number

    def unreached(self, number: int) -> None:
        """Try again later."""
        if self.wants(number):
            self.walk.failed()
            self.resume()

    def looked_back(self) -> None:
        """None of the endpoints that are wanted more has answered: look again later."""
        if self.lines.open:
            self._look_back_later()

    def renew(self) -> None:
        """Have both ends show their certificates again, if there is a link to an endpoint of the list."""
        if self.wanted and self.lines.open and self.dialling.endpoints:
            self._exchange.renew(self)

    def not_renewed(self) -> None:
        """No other socket could be had beside the one in use: try again later."""
        if self.lines.open:
            self._renew_in(RENEW_AGAIN)

    def hang_up(self) -> None:
        """Close, and stay silent."""
        self.wanted = False
        self._stay()
        self.lines.hang_up()

    def cut(self) -> None:
        """Lose the connection without a word, as when a cable breaks, and stay silent."""
        self.wanted = False
        self._stay()
        self.lines.abort()

    # -- sockets --

    def strand(self, place: int = 0) -> Peer:
        """Make the peer of a socket that is being opened to an endpoint."""
        return Checked(self, self.lines, place)

    def candidate(self, place: int) -> Candidate:
        """Make the peer of a socket to which the line goes over once its other end has spoken."""
        return Beside(self, self.lines, place)

    def trusts(self, socket: Socket) -> bool:
        """Tell whether the other end of a socket may speak here."""
        raise NotImplementedError

    def meet(self, socket: Socket) -> None:
        """Begin to speak with the other end of a socket that is trusted."""
        raise NotImplementedError

    def down(self, reason: str, *, was: bool) -> None:
        """There is no socket any more; ``was``: it was up."""
        raise NotImplementedError

    # -- what happens to them --

    def came_up(self) -> None:
        """Note to which endpoint there is a link; if others are wanted more, look back at them now and then."""
        self.walk.up(self.place, self.lines.time())
        self._look_back_later()
        self._renew_in(self.dialling.renew_after * (1.0 - 0.1 * random.random()))  # noqa: S311 - no secret

    def went_down(self, *, was: bool) -> None:
        """Dial again, beginning with the endpoint that is wanted most if there was a link."""
        self._stay()
        if was:
            self.walk.lost(self.lines.time())
        else:
            self.walk.failed()
        self.resume()

    def _renew_in(self, seconds: float) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
        self._renewal = None
        if self.wanted and self.dialling.renew_after > 0:
            self._renewal = asyncio.get_running_loop().call_later(self._exchange.clock.real(seconds), self.renew)

    def _look_back_later(self) -> None:
        if self._back is not None:
            self._back.cancel()
            self._back = None
        if self.wanted and self.walk.wanted:
            self._back = self._exchange.look_back(self)

    def _stay(self) -> None:
        for timer in (self._back, self._renewal):
            if timer is not None:
                timer.cancel()
        self._back = self._renewal = None
