# SPDX-License-Identifier: Apache-2.0
"""What was deleted, as fingerprints in a file beside the database: no backup of the database brings it back (8.3.12 step 7)."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.deletion import ERASED, NEVER_CARDS
from open63110.model.token import IDENTIFIERS, Credential, Subject, normal
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.store.erasure import compact
from open63110.usecases.stations.delete_information import DeleteAgain

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
        self.standing: set[str] = set()
        """Fingerprints of what is deleted."""
        self._seen: set[str] = set()
        """Those of them that stand in the database."""
        for line in self._lines():
            (self.standing.discard if line.lifted else self.standing.add)(line.fingerprint)

    def _lines(self) -> list[_Line]:
        path = self._folder / FILE
        raw = path.read_bytes().splitlines() if path.exists() else []
        found = []
        for one in raw:
            try:
                found.append(msgspec.json.decode(one, type=_Line))
            except msgspec.DecodeError:  # the last line of a run that a power cut ended
                continue
        return found

    def fingerprint(self, credential: Credential) -> str:
        """Return what stands for a credential; of a card always the same, whatever kind a wire takes it for."""
        known = normal(credential)
        kind = "" if known.kind in IDENTIFIERS else known.kind
        return self._keys.hash(f"deleted {kind}", known.value)

    def of(self, engine: Engine, subjects: Iterable[SubjectRef]) -> list[Subject]:
        """Make the tombstones of some subjects, one for each value; those whom no reader reads get none."""
        found = (engine.known.credential(ref) for ref in subjects)
        cards = [one for one in found if one is not None and one.kind not in NEVER_CARDS and one.value.strip("*")]
        return self._stones(engine, dict.fromkeys(self.fingerprint(one) for one in cards))

    def _stones(self, engine: Engine, fingerprints: Iterable[str]) -> list[Subject]:
        return [Subject(ref=engine.ids.subject(), kind=ERASED, value=one) for one in fingerprints]

    def write(self, stones: Sequence[Subject], request: str, now: datetime) -> None:
        """Add tombstones to the file; they are on the disk when this returns.

        Raises:
            OSError: they cannot be written.
        """
        self._append([_Line(fingerprint=one.value, request=request, at=now) for one in stones])

    def lifted(self, standing: Iterable[str]) -> None:
        """Write down which of those that stood in the database do so no more."""
        now = set(standing)
        gone, self._seen = self._seen - now, now
        self._append([_Line(fingerprint=one, lifted=True) for one in sorted(gone)])

    def _append(self, lines: Sequence[_Line]) -> None:
        if not lines:
            return
        for one in lines:
            (self.standing.discard if one.lifted else self.standing.add)(one.fingerprint)
        descriptor = os.open(self._folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, b"".join(msgspec.json.encode(one) + b"\n" for one in lines))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def bury(self, engine: Engine) -> None:
        """Delete again what a restored backup brought back."""
        self._seen = set(engine.known.tombstones())
        missing = self.standing - self._seen
        if not missing:
            return
        there = {ref: self.fingerprint(one) for ref, one in engine.known.credentials() if one.kind not in NEVER_CARDS}
        back = tuple(ref for ref, fingerprint in there.items() if fingerprint in missing)
        stones = self._stones(engine, sorted(missing - set(there.values())))
        name = f"restored-{engine.clock.now():%Y%m%dT%H%M%SZ}"
        engine.hear((DeleteAgain(station=NOBODY, request=name, subjects=back, tombstones=tuple(stones)),))

    # -- the database --

    def want_compaction(self) -> None:
        """Have the database written anew at the next start."""
        (self._folder / COMPACT).touch(mode=0o600)

    @staticmethod
    def compacted(folder: Path, database: Path) -> None:
        """Write a database anew that nobody has opened yet, if that is wanted.

        Raises:
            Unavailable: it is in use, or there is no room.
        """
        wanted = folder / COMPACT
        if wanted.exists() and database.exists():
            compact(database)
            wanted.unlink()
