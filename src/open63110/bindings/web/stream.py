# SPDX-License-Identifier: Apache-2.0
"""The live stream: facts as they become durable, and what changed; encoded once for all who may see the same."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import msgspec
import structlog

from open63110.bindings.web.access import Caller
from open63110.bindings.web.queries import may_see, shown_fact
from open63110.bindings.web.shapes import Seer
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.roles import Role
from open63110.model.principal import Principal
from open63110.ports import StoredFact
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL, in_scope

log = structlog.get_logger(__name__)

GATHER = 0.25
"""How long facts gather before they are sent [s]: at a thousand a second nobody reads them one by one."""

CHANGES_EVERY = 1.0
"""How often a page is told what changed, at most [s]."""

QUEUE = 64
"""Blocks a viewer may lag behind; one slower than that is dropped, reconnects and resumes from the journal."""

KEEP_ALIVE = 15.0
"""[s]; shorter than the patience of proxies."""

PAGE = 500
"""Facts read from the journal at a time."""

WAYS = "WayChanged"
"""What a change of a link to another level is called."""

POWER = "Power"
"""What stands for a change of the power of a site, where kinds of facts stand."""

View = tuple[Role, tuple[str, ...]]
"""Viewers of the same role and scope see the same bytes."""


class Viewer:
    """One open stream."""

    def __init__(self, caller: Caller, *, changes: bool) -> None:
        """Begin with nothing to say."""
        self.principal = caller.principal
        self.changes = changes
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE + 1)

    @property
    def view(self) -> View:
        """Return what this viewer may see."""
        return self.principal.role, self.principal.scope

    def put(self, block: bytes) -> bool:
        """Give it a block; False if it lags too far behind."""
        if self.queue.qsize() >= QUEUE:
            return False
        self.queue.put_nowait(block)
        return True

    def end(self) -> None:
        """Close the stream after what is queued, or at once if that is too much."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Stream:
    """Who watches, and the two tasks that feed them while anybody does."""

    def __init__(self, node: Node) -> None:
        """Watch the node's commits."""
        self._node = node
        self._viewers: set[Viewer] = set()
        self._durable, self._changed = asyncio.Event(), asyncio.Event()
        self._stations: set[StationId] = set()
        self._kinds: set[str] = set()
        self._last = 0
        self._closed = False
        self.dropped = 0
        """Viewers that were too slow."""
        node.engine.commit.on_durable.append(self._heard)
        node.lookout.on_change.append(lambda: self._note(WAYS))
        node.engine.known.on_power.append(lambda: self._note(POWER))

    @property
    def viewers(self) -> int:
        """Return how many streams are open."""
        return len(self._viewers)

    def _heard(self, entries: list[Entry]) -> None:
        """Note what a commit changed; costs nothing to speak of while nobody watches."""
        if not self._viewers:
            return
        for one in entries:
            self._stations.add(one.station)
            self._kinds.add(one.kind.__name__)
        self._durable.set()
        self._changed.set()

    def _note(self, kind: str) -> None:
        """Note that something changed that is nothing of a station, and in no journal."""
        if self._viewers:
            self._stations.add(StationId(""))
            self._kinds.add(kind)
            self._changed.set()

    async def run(self) -> None:
        """Feed viewers for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed_facts())
            tasks.create_task(self._feed_changes())

    def close(self) -> None:
        """End every stream: the door closes."""
        self._closed = True
        for viewer in tuple(self._viewers):
            self._drop(viewer)

    # -- feeding --

    async def _feed_facts(self) -> None:
        while True:
            await self._durable.wait()
            await asyncio.sleep(GATHER)
            self._durable.clear()
            try:
                await self._tell_new()
            except Exception as fault:  # whatever a view stumbles over, stations are served by the same loop
                log.error("live views were ended", exc_info=fault)  # noqa: TRY400 - it is in exc_info
                for viewer in [one for one in self._viewers if not one.changes]:
                    self._drop(viewer)

    async def _tell_new(self) -> None:
        """Send what is new in the journal, a page at a time."""
        more = True
        while more and any(not one.changes for one in self._viewers):
            found = await self._node.store.facts(after=self._last, limit=PAGE)
            more = len(found) == PAGE
            if found:
                self._last = max(self._last, found[-1].id)
                self._send(lambda one: not one.changes, partial(self.block, found))

    async def _feed_changes(self) -> None:
        while True:
            await self._changed.wait()
            stations, kinds = self._stations, sorted(self._kinds)
            self._stations, self._kinds = set(), set()
            self._changed.clear()
            self._send(lambda one: one.changes, partial(_changes, stations, kinds))
            await asyncio.sleep(CHANGES_EVERY)

    def _send(self, to: Callable[[Viewer], bool], make: Callable[[Principal], bytes]) -> None:
        made: dict[View, bytes] = {}
        for viewer in tuple(self._viewers):
            if not to(viewer):
                continue
            block = made.get(viewer.view)
            if block is None:
                block = made[viewer.view] = make(viewer.principal)
            if block and not viewer.put(block):
                self.dropped += 1
                self._drop(viewer)

    def block(self, facts: Sequence[StoredFact], principal: Principal) -> bytes:
        """Write the facts a principal may see as events; the id of each is its place in the journal."""
        seer = Seer(self._node.engine.known, principal.role in PERSONAL)
        return b"".join(_event(one, seer) for one in facts if may_see(principal, one))

    def _drop(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        viewer.end()

    # -- watching --

    async def watch(self, caller: Caller, *, changes: bool, after: int | None) -> AsyncIterator[bytes]:
        """Return a stream.

        Args:
            caller: who watches; it ends when this principal is shut out or changed.
            changes: only what changed, once a second; else facts word by word.
            after: the last fact this viewer has seen; None: from now on.
        """
        viewer = Viewer(caller, changes=changes)
        if not changes:
            await self._begin()
        if changes or after is None:  # before its first word: what happens once that is read is not missed
            self._enter(viewer)
        try:
            yield b"retry: 2000\n\n"
            if not changes and after is not None:
                async for block in self._missed(viewer, after):
                    yield block
                self._enter(viewer)
            async for block in self._news(viewer):
                yield block
        finally:
            self._viewers.discard(viewer)

    def _enter(self, viewer: Viewer) -> None:
        """Count it among those who watch, unless the door is closed."""
        if not self._closed:
            self._viewers.add(viewer)
            self._durable.set()  # what became durable while this one caught up, nobody was told of

    async def _news(self, viewer: Viewer) -> AsyncIterator[bytes]:
        while viewer in self._viewers or not viewer.queue.empty():
            if not self._admitted(viewer):
                return
            try:
                news = await asyncio.wait_for(viewer.queue.get(), KEEP_ALIVE)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if news is None or not self._admitted(viewer):
                return
            yield news

    def _admitted(self, viewer: Viewer) -> bool:
        """Tell whether this principal may still see what it might when it came."""
        return self._node.engine.known.principals.get(viewer.principal.id) == viewer.principal

    async def _begin(self) -> None:
        """Read on from where the journal is when the first viewer comes."""
        if not any(not one.changes for one in self._viewers):
            newest = await self._node.store.facts(newest=True, limit=1)
            self._last = max(self._last, newest[0].id if newest else 0)

    async def _missed(self, viewer: Viewer, after: int | None) -> AsyncIterator[bytes]:
        """Return what a viewer missed, up to where all viewers are."""
        while after is not None and after < self._last:
            found = await self._node.store.facts(after=after, limit=PAGE)
            found = [one for one in found if one.id <= self._last]
            if not found:
                return
            after = found[-1].id
            block = self.block(found, viewer.principal)
            if block:
                yield block


def _event(fact: StoredFact, seer: Seer) -> bytes:
    kind = type(fact.event).__name__.encode()
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (fact.id, kind, msgspec.json.encode(shown_fact(fact, seer)))


def _changes(stations: set[StationId], kinds: list[str], principal: Principal) -> bytes:
    mine = sorted(one for one in stations if in_scope(principal, one))
    if not mine:
        return b""
    return b"event: changes\ndata: %s\n\n" % msgspec.json.encode({"stations": mine, "kinds": kinds})
