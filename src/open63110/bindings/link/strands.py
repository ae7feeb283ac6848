# SPDX-License-Identifier: Apache-2.0
"""The sockets of a line: looked at before anything is said on them, and one beside another until it may take over."""

import asyncio
from typing import Protocol

from open63110.bindings.link.correspondence import Correspondence, Strand
from open63110.bindings.link.endpoints import Walk
from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.framing.frames import decode
from open63110.bindings.link.framing.hello import Hello
from open63110.wire.ports import Socket

QUIET = 2.0
"""How long a line that goes over to another socket waits for a moment at which nothing is on its way [s]."""


class Ways(Protocol):
    """A line, as its sockets see it."""

    place: int
    wanted: bool
    walk: Walk
    lines: Correspondence

    def trusts(self, socket: Socket) -> bool:
        """Tell whether the other end may speak here."""

    def meet(self, socket: Socket) -> None:
        """Begin to speak with the other end of a socket that is trusted."""

    def down(self, reason: str, *, was: bool) -> None:
        """There is no socket any more."""


class Checked(Strand):
    """A socket whose other end is looked at before anything is said."""

    __slots__ = ("_line", "place")

    def __init__(self, line: Ways, of: Correspondence, place: int) -> None:
        """Wait for it to open.

        Args:
            line: whose it is to be.
            of: to which it leads what is heard.
            place: of the endpoint that was dialled.
        """
        super().__init__(of)
        self._line, self.place = line, place

    def opened(self, socket: Socket) -> None:
        """Begin, if the other end is a CSMS."""
        if self._line.trusts(socket):
            self._begin(socket)
        else:
            socket.abort()

    def _begin(self, socket: Socket) -> None:
        self._line.place = self.place
        self._line.meet(socket)
        super().opened(socket)

    def closed(self, code: int, reason: str) -> None:
        """Let go; one that was never used is as good as not reached."""
        if self.socket is None:
            self._line.down(reason, was=False)
        super().closed(code, reason)


class Beside(Checked):
    """A socket beside the one in use, to an endpoint that is wanted more: the line goes over once its other end has said HELLO.

    Until then the other one is used, and nothing is said on this one.
    """

    __slots__ = ("_decided", "_held")

    def __init__(self, line: Ways, of: Correspondence, place: int) -> None:
        """Wait for it to open, and for HELLO."""
        super().__init__(line, of, place)
        self._held: Socket | None = None
        self._decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def taken(self, within: float) -> bool:
        """Wait until the line has gone over to it; let it go if that does not happen in time [s]."""
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self._decided)
        except TimeoutError:
            return self._let_go()

    def opened(self, socket: Socket) -> None:
        """Wait for HELLO."""
        self._held = socket
        if not self._line.trusts(socket):
            self._let_go()

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Go over, if it is HELLO, as soon as nothing is on its way on the other socket; from then on, listen."""
        if self._held is None:
            super().received(message, binary)
        elif binary and _greets(message):
            self._go_over(message, asyncio.get_running_loop().time() + QUIET)
        else:
            self._let_go()

    def _go_over(self, hello: bytes, until: float) -> None:
        held, line, loop = self._held, self._line, asyncio.get_running_loop()
        if held is None:
            return
        if not (line.wanted and self.place <= line.walk.at):
            self._let_go()
        elif self.place < line.walk.at and line.lines.open and line.lines.session.waiting and loop.time() < until:
            # what is confirmed there need not be told here once more; at the same place, this socket has taken over already
            loop.call_later(QUIET / 100, self._go_over, hello, until)
        else:
            self._held = None
            self._begin(held)
            self._decided.set_result(True)
            super().received(hello, True)  # noqa: FBT003 - the shape of wire.Peer

    def closed(self, code: int, reason: str) -> None:
        """Let go; if the line has not gone over, it does not miss it."""
        if self.socket is not None:
            super().closed(code, reason)
        elif not self._decided.done():
            self._held = None
            self._decided.set_result(False)

    def _let_go(self) -> bool:
        held, self._held = self._held, None
        if not self._decided.done():
            self._decided.set_result(False)
        if held is not None:
            held.abort()
        return self._decided.result()


def _greets(frame: bytes) -> bool:
    try:
        return isinstance(decode(frame), Hello)
    except BadFrame:
        return False
