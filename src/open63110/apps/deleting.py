# SPDX-License-Identifier: Apache-2.0
"""What deletions need beside decisions: a look through everything that is kept here, and the blotting out of it (8.3.12)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from open63110.apps.tombstones import Tombstones
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.journal import Entry
from open63110.model.deletion import DeletionChanged, DeletionRequest, SubjectErased
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.token import TokenChanged
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine
from open63110.store.erasure import blot, compact, copies, remains, shorten
from open63110.store.frames import DAMAGED
from open63110.store.words import Words
from open63110.usecases.stations.delete_information import DeletedHere, HoldersFound, TendDeletions

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Between two looks while something is to be deleted [s]."""

AFTER_TROUBLE: Final = 60.0
"""Before what could not go on is tried again [s]: it goes through all that is kept anew."""

NOBODY: Final = StationId("")

CHUNK: Final = 500

SEARCHED: Final[tuple[tuple[str, type[Any]], ...]] = (
    ("sessions", ServiceSession),
    ("transfers", EnergyTransfer),
    ("records", Sdr),
)
"""Where a person is looked for, and as what it is reported."""

DATA: Final = {
    "subject": "credentials",
    "token": "credentials",
    "orders": "orders",
    "quarantine": "quarantine",
    "audit": "audit",
    "sdr": "contracts-in-records",
    "customer_report": "reports",
    "settlement": "payments",
    "journal": "journal",
}
"""As what tables are reported."""

SPARED: Final = frozenset({"subject"})
"""Tables that are left as long as a station has to be told who is meant."""

AT_NEXT_START: Final = "AtNextStart"
"""Why letters are still in the file: in parts of pages that no row uses, which go when this program starts anew."""

UNDER_WAY: Final = "UnderWay"
"""Why an order may still name somebody: it had not ended at the deadline, and is written once more when it does."""

NOT_READ: Final = "Unreadable"
"""Why a file may still name somebody: it is damaged, or, a copy of the database, cannot be written. Its path is in the log."""


class Frames(Protocol):
    """Raw frames that are kept."""

    async def erase(self, words: Words) -> int:
        """Blot words out of all of them; return in how many they stood.

        Raises:
            Unavailable: not all of them can be written anew; code ``Damaged``: one cannot be read, and all others were.
        """


class Deleting:
    """Looks after the deletions of one CSMS."""

    def __init__(self, engine: Engine, database: Path, frames: Frames, tombstones: Tombstones) -> None:
        """Look into a database and raw frames; ``run`` does the work.

        Args:
            engine: decides.
            database: that its store writes.
            frames: that its wires noted.
            tombstones: what was deleted, beside the database: no backup brings it back.
        """
        self._engine, self._database, self._frames, self._tombstones = engine, database, frames, tombstones
        self._open = True
        self._gone_through: set[str] = set()
        engine.commit.follow((DeletionChanged, SubjectErased), self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is DeletionChanged:
                self._open = True
            elif one.kind is SubjectErased:
                self._tombstones.lifted(self._engine.known.tombstones())

    async def run(self) -> None:
        """Go on with what is to be deleted, for ever; a trouble is told once, and what it ended is tried again."""
        told, buried = "", False
        while True:
            pause = EVERY
            try:
                if not buried:
                    self._tombstones.bury(self._engine)
                    buried = True
                if self._open:
                    await self.look()
                told = ""
            except (Trouble, OSError) as fault:
                reason, pause = str(fault), AFTER_TROUBLE
                if reason != told:
                    log.warning("deletions cannot go on; they are tried again", reason=reason)
                told = reason
            await asyncio.sleep(self._engine.clock.real(pause))

    async def look(self) -> None:
        """Take each request a step further; what one of them meets keeps none of the others from going on.

        Raises:
            Trouble: one could not go on.
            OSError: the same.
        """
        store = self._engine.store
        requests = await store.find(DeletionRequest, Query(where=(Where("state", "!=", "closed"),), limit=-1))
        self._open = bool(requests)
        trouble: Trouble | OSError | None = None
        for request in requests:
            try:
                await self._further(request)
            except (Trouble, OSError) as fault:
                trouble = trouble or fault
        if requests:
            self._hear(TendDeletions(station=NOBODY))
        if trouble is not None:
            raise trouble

    async def _further(self, request: DeletionRequest) -> None:
        if request.state == "searching":
            await self._search(request)
        elif request.state == "stations" and request.id not in self._gone_through:
            await self._clean(request, last=False)
            self._gone_through.add(request.id)
        elif request.state == "here":
            await self._clean(request, last=True)

    def _hear(self, command: HoldersFound | DeletedHere | TendDeletions) -> None:
        trouble = self._engine.hear((command,))
        if trouble is not None:
            raise trouble

    # -- looking --

    async def _search(self, request: DeletionRequest) -> None:
        """Find in rows where the person was; memory is looked into by the decision."""
        stations: set[StationId] = set()
        counts: dict[str, int] = {}
        for data, noun in SEARCHED:
            async for one in self._rows(noun, request.subjects):
                stations.add(one.station)
                counts[data] = counts.get(data, 0) + 1
        self._hear(HoldersFound(station=NOBODY, request=request.id, stations=tuple(sorted(stations)), counts=counts))

    async def _rows(self, noun: type[Any], subjects: Iterable[SubjectRef]) -> AsyncIterator[Any]:
        where, offset = (Where("subject", "in", tuple(subjects)),), 0
        while found := await self._engine.store.find(noun, Query(where=where, limit=CHUNK, offset=offset)):
            for one in found:
                yield one
            offset += CHUNK

    async def _words(self, request: DeletionRequest) -> Words:
        """Return all that names the person: credentials, contracts, and what the operator calls him, as the journal has it."""
        known = self._engine.known
        values = [one.value for ref in request.subjects if (one := known.credential(ref)) is not None]
        contracts, names, after = set[str](), set[str](), 0
        while facts := await self._engine.store.facts(station=NOBODY, after=after, limit=CHUNK):
            after = facts[-1].id
            for fact in facts:
                token = fact.event.token if isinstance(fact.event, TokenChanged) else None
                if token is not None and token.ref in request.subjects:
                    contracts.add(token.contract)
                    names.add(token.name)
        clear = [[one for one in some if one.strip("*")] for some in (values, sorted(contracts), sorted(names))]
        return Words((*clear[0], *clear[1]), names=clear[2], refs=request.subjects)

    # -- blotting out --

    async def _clean(self, request: DeletionRequest, *, last: bool) -> None:
        """Blot the person out of what is kept here. As long as a station has to be told who is meant, that one row stays."""
        words, now = await self._words(request), self._engine.clock.now()
        ordered = last and self._ordered(words)
        if ordered and now < request.deadline:
            return
        stones = self._tombstones.of(self._engine, request.subjects, request.id) if last else ()
        if last:
            self._tombstones.write(stones, request.id, now)
        counts, left = await self._blot(words, SPARED if not last else frozenset())
        if ordered:
            left[DATA["orders"]] = UNDER_WAY
        done = DeletedHere(station=NOBODY, request=request.id, counts=counts, left=left, last=last, tombstones=tuple(stones))
        self._hear(done)
        await self._engine.commit.drain()
        await asyncio.to_thread(shorten, self._database)

    def _ordered(self, words: Words) -> bool:
        """Tell whether an order that has not ended names the person: it would be written once more when it does."""
        return any(words.blotted_text(one.body) != one.body for one in self._engine.known.orders.values())

    async def _blot(self, words: Words, spare: frozenset[str]) -> tuple[dict[str, int], dict[str, str]]:
        """Blot words out of everything; the database comes last, from which they are known, should this be interrupted."""
        counts: dict[str, int] = {}
        left: dict[str, str] = {}
        if not words:  # nothing is known of him, or a run that was interrupted had done it
            return counts, left
        counts["copies"], unread = await asyncio.to_thread(self._blot_copies, words)
        if unread:
            left["copies"] = unread
        try:
            counts["raw-messages"] = await self._frames.erase(words)
        except Unavailable as trouble:
            if trouble.code != DAMAGED:
                raise
            log.warning("a file of raw messages cannot be gone through", reason=trouble.message)
            left["raw-messages"] = NOT_READ
        for table, count in (await asyncio.to_thread(blot, self._database, words, spare)).items():
            counts[DATA[table]] = counts.get(DATA[table], 0) + count
        if not spare and await asyncio.to_thread(self._remains, words):
            left["free-pages"] = AT_NEXT_START
            self._tombstones.want_compaction()
        return counts, left

    def _blot_copies(self, words: Words) -> tuple[int, str]:
        """Return in how many rows of copies the words stood, and why one of them may hold them still: a damaged one, say."""
        count, unread = 0, ""
        for one in copies(self._database):
            try:
                found = sum(blot(one, words).values())
                if found or remains(one, words):
                    compact(one)
                count += found
            except Unavailable as trouble:
                log.warning("a copy of the database cannot be gone through", path=str(one), reason=trouble.message)
                unread = NOT_READ
        return count, unread

    def _remains(self, words: Words) -> bool:
        log_of_it = self._database.with_name(f"{self._database.name}-wal")
        return any(remains(one, words) for one in (self._database, log_of_it) if one.exists())
