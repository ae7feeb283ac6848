# SPDX-License-Identifier: Apache-2.0
"""What peers have told, kept in the transaction that keeps what came of it: nothing is taken twice, whatever crashes."""

from typing import Final

import msgspec

from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import Ranges
from open63110.bindings.link.session import MemorySeen
from open63110.model.peer import Peer, PeersHeard
from open63110.ports import Batch, Store
from open63110.runtime.commit import MISSING, GroupCommit

LAG: Final = 256
"""Commits after which the rows of the peers that were heard in one are written, if they were not for another reason."""

STEP: Final = 8
"""Commits of which only one replaces rows: to remove several costs hardly more than one."""


class Marks:
    """Seen, with a row in the store. A mark counts once the commit is through; until then it is staged."""

    __slots__ = ("_commit", "_ledger", "_loose", "_seen", "_staged", "noted", "peer", "written")

    def __init__(self, peer: Peer, commit: GroupCommit, ledger: "Ledger | None" = None) -> None:
        """Go on from what the store has.

        Args:
            peer: whose marks they are.
            commit: writes them.
            ledger: where marks are noted; None: in the peer's own row, every time.
        """
        self.peer, self._commit, self._ledger = peer, commit, ledger
        self._seen = MemorySeen(peer.marks or None)
        self._loose: MemorySeen | None = None
        """What counts and is neither in the row nor noted; None: nothing."""
        self._staged: dict[tuple[bytes, int], None] = {}
        self.noted = self.written = 0
        """The last entry of the ledger that names the peer, and the last one that its own row covers."""

    def has(self, outbox: bytes, number: int) -> bool:
        """Tell whether a message was delivered, expired or taken back."""
        return self._seen.has(outbox, number)

    def known(self) -> dict[bytes, IdSet]:
        """Return everything, the outbox used last at the end."""
        return self._seen.known()

    def add(self, outbox: bytes, stretches: Ranges) -> None:
        """Let marks count. Those that were never staged are lost in a crash: the peer says again what will not come."""
        self._seen.add(outbox, stretches)
        for first, last in stretches:
            if first == last and (outbox, first) in self._staged:
                del self._staged[outbox, first]
            else:
                self._loose = self._loose or MemorySeen()
                self._loose.add(outbox, ((first, last),))

    def stage(self, outbox: bytes, number: int) -> None:
        """Write a mark with whatever the present turn writes."""
        self._staged[outbox, number] = None
        if self._ledger is None:
            self.keep(self.peer)
            return
        if self._loose is not None:
            for box, numbers in self._loose.known().items():
                for first, last in numbers.stretches():
                    self._ledger.note(self, box, first, last)
            self._loose = None
        self._ledger.note(self, outbox, number, number)

    def keep(self, peer: Peer) -> None:
        """Write what is known of the peer with whatever the present turn writes."""
        known = self._seen
        if self._staged:
            known = MemorySeen(known.export())
            for outbox, number in self._staged:
                known.add(outbox, ((number, number),))
        self.peer = msgspec.structs.replace(peer, marks=known.export())
        self._commit.batch.puts["peer", peer.id] = self.peer

    def restored(self) -> None:
        """Forget what was staged: the commit has failed."""
        self._staged.clear()
        self.written = 0


class Ledger:
    """Notes marks of all peers: one row per commit, whoever has spoken, which the rows of the peers themselves replace later.

    At thousands of stations each commit holds facts of others than the one before: a row of each would be as dear as its fact.
    """

    def __init__(self, store: Store, commit: GroupCommit) -> None:
        """Go on from what the store has."""
        self._store, self._commit = store, commit
        self._batch: Batch | None = None
        self._row = PeersHeard(id=store.highest(PeersHeard))
        self._rows: dict[int, PeersHeard] = {}
        """In the store or on their way there, the oldest first."""
        self._marks: dict[str, Marks] = {}
        """Of those who are named in them."""
        for row in store.load(PeersHeard):
            self._rows[row.id] = row
            for peer, outbox, first, last in row.marks:
                marks = self._marks[peer] = self.marks(peer)
                marks.add(outbox, ((first, last),))
                marks.noted = row.id
        commit.on_restored.append(self._restored)

    def marks(self, peer: str) -> Marks:
        """Return what a peer has told."""
        return self._marks.get(peer) or Marks(self._store.get(Peer, peer) or Peer(id=peer), self._commit, self)

    def note(self, marks: Marks, outbox: bytes, first: int, last: int) -> None:
        """Note a stretch of marks with whatever the present turn writes."""
        if self._commit.batch is not self._batch:
            self._begin(self._commit.batch)
        self._row.marks.append((marks.peer.id, outbox, first, last))
        if marks.noted != self._row.id:
            marks.noted = self._row.id
            self._marks[marks.peer.id] = marks

    def _begin(self, batch: Batch) -> None:
        """Begin the row of a commit, and make up for what is old."""
        self._batch, self._row = batch, PeersHeard(id=self._row.id + 1, marks=[])
        self._rows[self._row.id] = batch.puts["heard", self._row.id] = self._row
        self._commit.undoable(self._rows, self._row.id, MISSING)
        if self._row.id % STEP == 0:
            while (oldest := next(iter(self._rows))) <= self._row.id - LAG:
                self._replace(self._rows.pop(oldest))

    def _replace(self, row: PeersHeard) -> None:
        """Write the peers' own rows in place of this one."""
        self._commit.undoable(self._rows, row.id, row)
        self._commit.batch.removes.add(("heard", row.id))
        named = {one[0] for one in row.marks}
        for marks in map(self._marks.__getitem__, named):
            if marks.written < row.id:
                marks.keep(marks.peer)
                marks.written = self._row.id - 1  # what is noted in the present row comes after
        self._commit.once_settled(lambda durable: self._forget(named, row.id) if durable else None)

    def _forget(self, named: set[str], row: int) -> None:
        """Let go of peers whose own rows say all."""
        for peer in named:
            marks = self._marks.get(peer)
            if marks is not None and marks.noted <= row:
                del self._marks[peer]

    def _restored(self, _: None) -> None:
        """Go back to what the store has: the commit has failed."""
        self._batch = None
        rows = sorted(self._rows.items())
        self._rows.clear()
        self._rows.update(rows)
        known, self._marks = self._marks, {}
        for marks in known.values():
            marks.restored()
        for number, row in rows:
            for peer in {one[0] for one in row.marks}:
                self._marks[peer] = known[peer]
                known[peer].noted = number
