# SPDX-License-Identifier: Apache-2.0
"""What was deleted, as fingerprints in a file beside the database: no backup of the database brings it back (8.3.12 step 7)."""

import errno
import os
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.deletion import ERASED, NEVER_CARDS, DeletionRequest
from open63110.model.token import IDENTIFIERS, Credential, Subject, normal
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.store.erasure import compact
from open63110.store.lock import Lock
from open63110.usecases.stations.delete_information import DeleteAgain

log = structlog.get_logger(__name__)

FILE, COMPACT = "deleted.jsonl", "compact"

NOBODY: Final = StationId("")


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the file."""

    fingerprint: str
    request: str = ""
    at: datetime | None = None
    lifted: bool = False
    """It may be known again."""


class Tombstones:
    """The file of one data folder."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Read it.

        Args:
            folder: where it lies.
            keys: under whose secret credentials become fingerprints.
        """
        self._folder, self._keys = folder, keys
        self.standing: dict[str, str] = {}
        """Fingerprints of what is deleted, and by which request."""
        self._seen: set[str] = set()
        """Those of them that stand in the database."""
        self._note(self._lines())

    def _lines(self) -> list[_Line]:
        path = self._folder / FILE
        raw = path.read_bytes().splitlines() if path.exists() else []
        found = []
        for one in raw:
            try:
                found.append(msgspec.json.decode(one, type=_Line))
            except msgspec.DecodeError:  # what a power cut, or a full disk, left of a line
                continue
        return found

    def _note(self, lines: Iterable[_Line]) -> None:
        for one in lines:
            if one.lifted:
                self.standing.pop(one.fingerprint, None)
            else:
                self.standing[one.fingerprint] = one.request

    def fingerprint(self, credential: Credential) -> str:
        """Return what stands for a credential; of a card always the same, whatever kind a wire takes it for."""
        known = normal(credential)
        kind = "" if known.kind in IDENTIFIERS else known.kind
        return self._keys.hash(f"deleted {kind}", known.value)

    def of(self, engine: Engine, subjects: Iterable[SubjectRef], request: str) -> list[Subject]:
        """Make the tombstones of some subjects, one for each value that has none; those whom no reader reads get none.

        A run that was interrupted may have blotted out the values already: then the file knows them.
        """
        found = (engine.known.credential(ref) for ref in subjects)
        cards = [one for one in found if one is not None and one.kind not in NEVER_CARDS and one.value.strip("*")]
        written = [one for one, by in self.standing.items() if by == request]
        wanted = {*map(self.fingerprint, cards), *written}
        return self._stones(engine, wanted - set(engine.known.tombstones()))

    def _stones(self, engine: Engine, fingerprints: Iterable[str]) -> list[Subject]:
        return [Subject(ref=engine.ids.subject(), kind=ERASED, value=one) for one in sorted(fingerprints)]

    def write(self, stones: Sequence[Subject], request: str, now: datetime) -> None:
        """Add tombstones to the file, unless they are there; they are on the disk when this returns.

        Raises:
            OSError: they cannot be written.
        """
        self._append([_Line(fingerprint=one.value, request=request, at=now) for one in stones if not self._has(one, request)])

    def _has(self, stone: Subject, request: str) -> bool:
        return self.standing.get(stone.value) == request

    def lifted(self, standing: Iterable[str]) -> None:
        """Write down which of those that stood in the database do so no more.

        Raises:
            OSError: it cannot be written.
        """
        now = set(standing)
        gone = self._seen - now
        self._append([_Line(fingerprint=one, lifted=True) for one in sorted(gone)])
        self._seen = now

    def _append(self, lines: Sequence[_Line]) -> None:
        """Write whole lines; what was left of one ends before them."""
        if not lines:
            return
        descriptor = os.open(self._folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            end = os.fstat(descriptor).st_size
            torn = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
            block = (b"\n" if torn else b"") + b"".join(msgspec.json.encode(one) + b"\n" for one in lines)
            if os.write(descriptor, block) < len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._note(lines)

    def bury(self, engine: Engine) -> None:
        """Delete again what a restored backup brought back.

        What a request deletes that this database knows is deleted by that; if it is closed, its tombstone was lifted.

        Raises:
            Trouble: it cannot be stored now.
            OSError: the file cannot be written.
        """
        self._seen = set(engine.known.tombstones())
        requests = {one: engine.store.get(DeletionRequest, self.standing[one]) for one in self.standing.keys() - self._seen}
        lifted = [one for one, by in requests.items() if by is not None and by.state == "closed"]
        self._append([_Line(fingerprint=one, lifted=True) for one in sorted(lifted)])
        missing = requests.keys() - set(lifted)
        if missing:
            self._delete_again(engine, missing, {one for one, by in requests.items() if by is None})

    def _delete_again(self, engine: Engine, missing: AbstractSet[str], restored: AbstractSet[str]) -> None:
        there = {ref: self.fingerprint(one) for ref, one in engine.known.credentials() if one.kind not in NEVER_CARDS}
        back = tuple(ref for ref, fingerprint in there.items() if fingerprint in restored)
        stones = self._stones(engine, missing - set(there.values()))
        name = f"restored-{engine.clock.now():%Y%m%dT%H%M%SZ}"
        trouble = engine.hear((DeleteAgain(station=NOBODY, request=name, subjects=back, tombstones=tuple(stones)),))
        if trouble is not None:
            raise trouble

    # -- the database --

    def want_compaction(self) -> None:
        """Have the database written anew at the next start."""
        (self._folder / COMPACT).touch(mode=0o600)

    @staticmethod
    def compacted(folder: Path, database: Path) -> None:
        """Write a database anew that nobody has opened yet, if that is wanted; where it cannot be, the next start tries again.

        Raises:
            Unavailable: another process has it.
        """
        wanted = folder / COMPACT
        if not (wanted.exists() and database.exists()):
            return
        lock = Lock(database)
        try:
            log.info("the database is written anew, without what was deleted", path=str(database))
            compact(database)
            wanted.unlink()
        except (Unavailable, OSError) as fault:  # no room for a second one, say: stations are served all the same
            log.warning("the database was not written anew: letters of what was deleted stay in it", reason=str(fault))
        finally:
            lock.release()
