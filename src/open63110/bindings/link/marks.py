# SPDX-License-Identifier: Apache-2.0
"""What one peer has told, kept in the transaction that keeps what came of it: nothing is taken twice, whatever crashes."""

import msgspec

from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import Ranges
from open63110.bindings.link.session import MemorySeen
from open63110.model.peer import Peer
from open63110.runtime.commit import GroupCommit


class Marks:
    """Seen, with a row in the store. A mark counts once the commit is through; until then it is staged."""

    __slots__ = ("_commit", "_seen", "_staged", "peer")

    def __init__(self, peer: Peer, commit: GroupCommit) -> None:
        """Go on from what the store has."""
        self.peer, self._commit = peer, commit
        self._seen = MemorySeen(peer.marks or None)
        self._staged = MemorySeen(peer.marks or None)

    def has(self, outbox: bytes, number: int) -> bool:
        """Tell whether a message was delivered, expired or taken back."""
        return self._seen.has(outbox, number)

    def known(self) -> dict[bytes, IdSet]:
        """Return everything, the outbox used last at the end."""
        return self._seen.known()

    def add(self, outbox: bytes, stretches: Ranges) -> None:
        """Let marks count. Those that were never staged are lost in a crash: the peer says again what will not come."""
        self._seen.add(outbox, stretches)
        self._staged.add(outbox, stretches)

    def stage(self, outbox: bytes, number: int) -> None:
        """Write a mark with whatever the present turn writes."""
        self._staged.add(outbox, ((number, number),))
        self.keep(self.peer)

    def keep(self, peer: Peer) -> None:
        """Write what is known of the peer with whatever the present turn writes."""
        self.peer = msgspec.structs.replace(peer, marks=self._staged.export())
        self._commit.batch.puts["peer", peer.id] = self.peer

    def restored(self) -> None:
        """Forget what was staged: the commit has failed."""
        self._staged = MemorySeen(self._seen.export())
