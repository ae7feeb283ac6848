# SPDX-License-Identifier: Apache-2.0
"""Group commit: whatever queued up during the last fsync is written by one transaction; answers wait for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from itertools import chain
from typing import Any

from open63110.kernel.errors import Unavailable
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.ports import Batch, Clock, Store

MOST_FACTS = 2000
"""Facts in one transaction; more make the loop deaf for too long. Fewer cost a slow disk more flushes than it can do."""

AT_ONCE = 500
"""Answers after which the loop may turn to others."""

Done = Callable[[bool], None]
"""Called once with True when durable, with False when it never will be: then nobody is answered (I7)."""

DURABLE, LOST = True, False

_WAITED = "what waited for a commit failed"

MISSING: Any = object()
"""Stands in an undo entry for a key that was not there."""


class _Pending:
    __slots__ = ("batch", "dones", "undo")

    def __init__(self) -> None:
        self.batch = Batch()
        self.dones: list[tuple[Callable[[Any], None], Any, Any]] = []
        """Whom to call back, with what when durable, with what when lost."""
        self.undo: list[tuple[MutableMapping[Any, Any], Any, Any]] = []


class GroupCommit:
    """The one writer of a store."""

    def __init__(self, store: Store, clock: Clock, *, linger: float = 0.007) -> None:
        """Prepare; ``run` does the work.

        Args:
            store: where batches go.
            clock: stamps the journal rows.
            linger: least time between two commits [s]; the first after idleness is immediate.
        """
        self._store, self._clock, self._linger = store, clock, linger
        self._begin()
        self._full: deque[_Pending] = deque()
        self._flight: _Pending | None = None
        self._work = asyncio.Event()
        self.trouble: Unavailable | None = None
        """Why the last commit failed; None when it did not."""
        self.on_durable: list[Callable[[list[Entry]], None]] = []
        """Told the facts, as the journal has them, of each batch once it is durable."""
        self._followers: list[tuple[frozenset[type[Event]], Callable[[list[Entry]], None]]] = []
        self.on_trouble: list[Callable[[Unavailable | None], None]] = []
        """Told when commits begin to fail, and None when they work again."""
        self.on_restored: list[Callable[[None], None]] = []
        """Told after a failed commit, when memory is back at the last durable state."""
        self.commits = 0

    def _begin(self) -> None:
        self._open = _Pending()
        self.batch: Batch = self._open.batch
        """Where the facts of the present turn go."""

    @property
    def under_way(self) -> Iterator[Entry]:
        """Facts that were kept and are not durable yet: neither the store nor its journal shows them."""
        pending = (*((self._flight,) if self._flight else ()), *self._full, self._open)
        return chain.from_iterable(one.batch.entries for one in pending)

    def follow(self, kinds: Iterable[type[Event]], listener: Callable[[list[Entry]], None]) -> None:
        """Have somebody told of each durable batch that holds facts of some kinds, after all of ``on_durable``.

        Most batches hold readings and nothing else: whoever went through each of them for what is rare would cost every event.
        """
        self._followers.append((frozenset(kinds), listener))

    def once_settled(self, done: Done) -> None:
        """Call back when the batch of the present turn is durable or lost; unlike ``after`` this never ends the batch."""
        self._open.dones.append((done, DURABLE, LOST))

    def undoable(self, register: MutableMapping[Any, Any], key: Any, old: Any) -> None:
        """Remember how to take a change of memory back, should its commit fail."""
        self._open.undo.append((register, key, old))

    def after(self, done: Callable[[Any], None], durable: Any = DURABLE, lost: Any = LOST) -> None:
        """Call back when everything up to now is durable. With nothing to wait for, at once.

        Args:
            done: called once.
            durable: what it is told when all is durable.
            lost: what it is told when that never will be: then nobody is answered (I7).
        """
        pending = self._open
        if not (pending.dones or self._flight or self._full or pending.batch):
            pending.undo.clear()
            done(durable)
            return
        pending.dones.append((done, durable, lost))
        if len(pending.batch.entries) >= MOST_FACTS:
            self._full.append(pending)
            self._begin()
        self._work.set()

    async def run(self) -> None:
        """Write for ever; cancel to stop after ``drain``."""
        loop = asyncio.get_running_loop()
        last = 0.0
        while True:
            await self._work.wait()
            self._work.clear()
            while self._full or self._open.dones or self._open.batch:
                pause = last + self._linger - loop.time()
                if pause > 0 and not self._full:
                    await asyncio.sleep(pause)
                await self._write(self._take())
                last = loop.time()

    async def drain(self) -> None:
        """Wait until all that is pending now has been written or has failed."""
        done = asyncio.get_running_loop().create_future()
        self.after(lambda _: None if done.done() else done.set_result(None))
        await done

    def _take(self) -> _Pending:
        if self._full:
            return self._full.popleft()
        taken = self._open
        self._begin()
        return taken

    async def _write(self, pending: _Pending) -> None:
        self._flight = pending
        try:
            if pending.batch:
                self._store.stage(pending.batch, self._clock.now())
                await self._store.commit()
                self.commits += 1
        except Unavailable as trouble:
            self._fail(pending, trouble)
        else:
            await self._succeed(pending)
        finally:
            self._flight = None

    async def _succeed(self, pending: _Pending) -> None:
        if self.trouble is not None and pending.batch:
            self.trouble = None
            _tell(self.on_trouble, None)
        for count, (done, told, _) in enumerate(pending.dones, 1):
            try:
                done(told)
            except Exception as fault:  # noqa: BLE001 - see _call_back, which would be a call more for each answer
                _report(_WAITED, fault)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
        if pending.batch.entries:
            _tell(self.on_durable, pending.batch.entries)
            self._tell_followers(pending.batch.entries)

    def _tell_followers(self, entries: list[Entry]) -> None:
        kinds = {one.kind for one in entries}
        _tell([listener for wanted, listener in self._followers if not wanted.isdisjoint(kinds)], entries)

    def _fail(self, pending: _Pending, trouble: Unavailable) -> None:
        """Restore memory to the last durable state: later turns were built on the failed one, so they go too."""
        later = [*self._full, self._open]
        self._full.clear()
        self._begin()
        for lost in reversed([pending, *later]):
            for register, key, old in reversed(lost.undo):
                if old is MISSING:
                    register.pop(key, None)
                else:
                    register[key] = old
        _tell(self.on_restored, None)
        first, self.trouble = self.trouble is None, trouble
        if first:
            _tell(self.on_trouble, trouble)
        for one in (pending, *later):
            for done, _, told in one.dones:
                _call_back(done, told)


def _tell(listeners: list[Callable[[Any], None]], news: Any) -> None:
    for listener in listeners:
        try:
            listener(news)
        except Exception as fault:  # noqa: BLE001 - what one listener does wrong must not end the writer of all
            _report("a listener of commits failed", fault)


def _call_back(done: Callable[[Any], None], told: Any) -> None:
    try:
        done(told)
    except Exception as fault:  # noqa: BLE001 - one answer that cannot be given must not take the others with it
        _report(_WAITED, fault)


def _report(words: str, fault: Exception) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": words, "exception": fault})
