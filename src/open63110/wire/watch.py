# SPDX-License-Identifier: Apache-2.0
"""One timer that looks after many connections, so that none of them needs a task or a timer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

from open63110.wire import memory
from open63110.wire.limits import Limits

EBB = 500
"""So many connections fewer than there were leave enough behind to be given back to the system."""

THAW_SECONDS = 0.05
"""Between two looks at connections that send too fast [s]."""


class Watched(Protocol):
    """A connection as its watch sees it."""

    def sweep(self, now: float) -> None:
        """Judge silence, stalls and unfinished closes at this time of the loop [s]."""

    def thaw(self, now: float) -> bool:
        """Read on if the rate allows it again; whether it does."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake."""

    def abort(self) -> None:
        """Drop the connection at once."""

    def deliver(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - hot path
        """Tell the peer of a message that came in."""


class Watch:
    """The open connections of one listener, or the clients of one loop; its timers run only while there are any."""

    def __init__(
        self,
        limits: Limits,
        *,
        also: Callable[[float], bool] | None = None,
        ebb: int = EBB,
        give_back: Callable[[], None] = memory.give_back,
    ) -> None:
        """Watch nobody yet.

        Args:
            limits: of every connection.
            also: called on every sweep with the time of the loop; returns whether to sweep again.
            ebb: see EBB.
            give_back: called once that many have gone and hardly anybody comes or goes.
        """
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.time = self.loop.time
        self.members: set[Watched] = set()
        self._frozen: set[Watched] = set()
        self._also = also
        self._sweeping: asyncio.TimerHandle | None = None
        self._thawing: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Event | None = None
        self._ends: set[asyncio.Task[None]] = set()
        self._ebb, self._give_back = ebb, give_back
        self._most = self._last = 0
        self._waiting: dict[Watched, bytes] = {}
        self._delivered = float("-inf")

    def join(self, one: Watched) -> None:
        """Look after this connection until it leaves."""
        self.members.add(one)
        self._most = max(self._most, len(self.members))
        self.wake()

    def leave(self, one: Watched) -> None:
        """The connection is gone."""
        self.members.discard(one)
        self._frozen.discard(one)
        if self._emptied is not None and not self.members:
            self._emptied.set()

    def put_by(self, one: Watched, text: bytes) -> None:
        """Deliver a message once every socket that is ready has been read, and `gather_seconds` after those before.

        Reading all of them and then understanding all of them is cheaper than turning from one to the other each time; and so
        is understanding in one go, for one commit, what comes one by one while there is much of it. What comes after a rest is
        delivered at once. Of each connection one message waits at most, so that what its peer says to the first decides
        whether another is read.
        """
        waiting = self._waiting
        if one in waiting:
            self.deliver()
            waiting = self._waiting
        if not waiting:
            gather = self.limits.gather_seconds
            pause = self._delivered + gather - self.time() if gather else 0.0
            if pause > 0.0:
                self.loop.call_later(pause, self.deliver)
            else:
                self.loop.call_soon(self.deliver)
        waiting[one] = text

    def deliver(self) -> None:
        """Deliver what waits, in the order in which it came."""
        if self._waiting:
            waiting, self._waiting = self._waiting, {}
            for one, text in waiting.items():
                one.deliver(text, False)  # noqa: FBT003 - hot path
            self._delivered = self.time()

    def freeze(self, one: Watched) -> None:
        """The connection has stopped reading because the other end sends too fast."""
        self._frozen.add(one)
        if self._thawing is None:
            self._thawing = self.loop.call_later(THAW_SECONDS, self._thaw)

    def wake(self) -> None:
        """There is something to sweep again."""
        if self._sweeping is None:
            self._sweeping = self.loop.call_later(self.limits.sweep_seconds, self._again)

    def sweep(self) -> None:
        """Judge every connection now."""
        now = self.time()
        for one in tuple(self.members):
            one.sweep(now)

    def absorb(self, end: Coroutine[object, object, None]) -> None:
        """Wait for something whose failure has been reported already."""
        task = self.loop.create_task(end)
        self._ends.add(task)
        task.add_done_callback(self._absorbed)

    def _absorbed(self, task: asyncio.Task[None]) -> None:
        self._ends.discard(task)
        if not task.cancelled():
            task.exception()

    async def close_all(self, code: int) -> None:
        """Close every connection with this code and wait until all are gone, at most `close_seconds`; cut the rest."""
        for one in tuple(self.members):
            one.close(code)
        await self._empty(self.limits.close_seconds)
        for one in tuple(self.members):
            one.abort()
        await self._empty(self.limits.close_seconds)
        self.rest()

    def rest(self) -> None:
        """Stop the timers."""
        for timer in (self._sweeping, self._thawing):
            if timer is not None:
                timer.cancel()
        self._sweeping = self._thawing = None

    async def _empty(self, seconds: float) -> None:
        if not self.members:
            return
        self._emptied = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                await self._emptied.wait()
        except TimeoutError:
            pass
        finally:
            self._emptied = None

    def _again(self) -> None:
        self._sweeping = None
        self.sweep()
        more = self._also(self.time()) if self._also is not None else False
        if self._ebbing() or self.members or more:
            self.wake()

    def _ebbing(self) -> bool:
        """Tell whether many are gone but it is not calm yet; once it is, give back what they held.

        While they come back at once, what is given back would only be asked for again.
        """
        count, before = len(self.members), self._last
        self._last = count
        if self._most - count < self._ebb:
            return False
        if abs(before - count) * 10 >= self._ebb:
            return True
        self._most = count
        self._give_back()
        return False

    def _thaw(self) -> None:
        now = self.time()
        self._frozen.difference_update([one for one in tuple(self._frozen) if one.thaw(now)])
        self._thawing = self.loop.call_later(THAW_SECONDS, self._thaw) if self._frozen else None
