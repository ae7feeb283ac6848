# SPDX-License-Identifier: Apache-2.0
"""What deletions need beside decisions: a look through everything that is kept here, and the blotting out of it (8.3.12)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from open63110.apps.tombstones import Tombstones
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.journal import Entry
from open63110.model.deletion import DeletionChanged, DeletionRequest, SubjectErased
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.token import TokenChanged
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine
from open63110.store.erasure import blot, copies, remains, shorten
from open63110.store.words import Words
from open63110.usecases.stations.delete_information import DeletedHere, HoldersFound, TendDeletions

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Between two looks while something is to be deleted [s]."""

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
    "journal": "journal",
}
"""As what tables are reported."""

SPARED: Final = frozenset({"subject"})
"""Tables that are left as long as a station has to be told who is meant."""

AT_NEXT_START: Final = "AtNextStart"
"""Why letters are still in the file: in parts of pages that no row uses, which go when this program starts anew."""


class Frames(Protocol):
    """Raw frames that are kept."""

    async def erase(self, words: Words) -> int:
        """Blot words out of all of them; return in how many they stood."""


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
        """Go on with what is to be deleted, for ever; a trouble is told, and tried again."""
        self._tombstones.bury(self._engine)
        while True:
            if self._open:
                try:
                    await self.look()
                except Trouble as trouble:
                    log.error("deletions cannot go on", reason=trouble.message)  # noqa: TRY400 - a message, not a stack
            await asyncio.sleep(self._engine.clock.real(EVERY))

    async def look(self) -> None:
        """Take each request a step further."""
        store = self._engine.store
        requests = await store.find(DeletionRequest, Query(where=(Where("state", "!=", "closed"),), limit=-1))
        self._open = bool(requests)
        for request in requests:
            if request.state == "searching":
                await self._search(request)
            elif request.state == "stations" and request.id not in self._gone_through:
                await self._clean(request, last=False)
                self._gone_through.add(request.id)
            elif request.state == "here":
                await self._clean(request, last=True)
        if requests:
            self._hear(TendDeletions(station=NOBODY))

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
        words = await self._words(request)
        stones = self._tombstones.of(self._engine, request.subjects, request.id) if last else ()
        if last:
            self._tombstones.write(stones, request.id, self._engine.clock.now())
        counts, left = await self._blot(words, SPARED if not last else frozenset())
        done = DeletedHere(station=NOBODY, request=request.id, counts=counts, left=left, last=last, tombstones=tuple(stones))
        self._hear(done)
        await self._engine.commit.drain()
        await asyncio.to_thread(shorten, self._database)

    async def _blot(self, words: Words, spare: frozenset[str]) -> tuple[dict[str, int], dict[str, str]]:
        counts: dict[str, int] = {}
        left: dict[str, str] = {}
        if not words:  # nothing is known of him, or a run that was interrupted had done it
            return counts, left
        for table, count in (await asyncio.to_thread(blot, self._database, words, spare)).items():
            counts[DATA[table]] = counts.get(DATA[table], 0) + count
        counts["raw-messages"] = await self._frames.erase(words)
        counts["copies"] = await asyncio.to_thread(self._blot_copies, words)
        if not spare and await asyncio.to_thread(self._remains, words):
            left["free-pages"] = AT_NEXT_START
            self._tombstones.want_compaction()
        return counts, left

    def _blot_copies(self, words: Words) -> int:
        return sum(sum(blot(one, words).values()) for one in copies(self._database))

    def _remains(self, words: Words) -> bool:
        log_of_it = self._database.with_name(f"{self._database.name}-wal")
        return any(remains(one, words) for one in (self._database, log_of_it) if one.exists())
