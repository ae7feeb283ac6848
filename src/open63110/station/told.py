# SPDX-License-Identifier: Apache-2.0
"""What a station has told, so that a power cut loses nothing: a mark in its journal, and everything behind it again.

The mark is a number of the journal up to which everything was answered. It is written now and then only: what was told after
it was written is told once more, which natural keys make harmless; where an outbox on the disk counts as told, the mark lies in
there, too, written with each fact. The start of a transfer that is not told to its end is
told again in any case, because on some wires only its answer says how the CSMS calls the transfer.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.model.station import ConnectorReported, StationBooted
from open63110.model.transfer import EnergyTransferStarted, TransferFact
from open63110.ports import Store, StoredFact
from open63110.station.controller import Controller, Controllers
from open63110.station.outbox import TOLD

EVERY = 0.5
"""Least time between two writings of the mark [s]."""

PAGE = 500
"""Facts read at a time."""

STANDS = (StationBooted, ConnectorReported)
"""What a station says anew after every start."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in the file."""

    told: int = 0
    """Everything up to this number of the journal was answered."""
    boot: str = ""
    """Which start of the operating system it was written in; empty: nobody knows."""


class Told:
    """The mark of one station."""

    def __init__(self, path: Path, *, boot: str = "") -> None:
        """Read it.

        Args:
            path: the file; it need not be there.
            boot: which start of the operating system this is.

        Raises:
            Unavailable: it is there and cannot be read.
        """
        self._path, self._boot, self._one = path, boot, threading.Lock()
        try:
            raw = path.read_bytes() if path.exists() else b"{}"
        except OSError as fault:
            raise Unavailable(f"{path} cannot be read: {fault.strerror}", where=str(path)) from fault
        try:
            self.mark = msgspec.json.decode(raw, type=Mark)
        except msgspec.DecodeError:  # whatever befell it, telling everything again loses nothing
            self.mark = Mark()

    @property
    def same_boot(self) -> bool:
        """Tell whether the power has not gone since the mark was written: this program alone started anew."""
        return bool(self._boot) and self.mark.boot == self._boot

    def reached(self, told: int) -> None:
        """Take the mark that lies in an outbox, if it is further on."""
        if told > self.mark.told:
            self.mark = msgspec.structs.replace(self.mark, told=told)

    async def recover(self, station: StationId, parties: Controllers, store: Store) -> int:
        """Put what was not told into the outbox of a station that has not begun yet; return how much that is."""
        controller = parties.stations[station]
        parties.count = max((one.id for one in await store.facts(newest=True, limit=1)), default=0)
        left = [one async for one in _behind(store, station, self.mark.told)]
        for one in [*await self._starts(left, controller, store), *left]:
            controller.outbox.put(one.event, heard=False, id=one.id)
        return len(controller.outbox)

    async def _starts(self, left: list[StoredFact], controller: Controller, store: Store) -> list[StoredFact]:
        """Return the starts before the mark of transfers that are not told to their end."""
        numbers = {one.event.number for one in left if isinstance(one.event, TransferFact)}
        if controller.noun is not None:
            numbers |= {one.number for one in controller.noun.transfers.values() if one.ended is None}
        firsts = [one for number in sorted(numbers) for one in await store.facts(number=number, limit=1)]
        return [one for one in firsts if one.id <= self.mark.told and isinstance(one.event, EnergyTransferStarted)]

    def follow(self, controller: Controller, count: int) -> bool:
        """Move the mark to what has been told by now; tell whether it moved."""
        mark = Mark(told=self._up_to(controller.outbox.oldest, count), boot=self._boot)
        moved, self.mark = mark != self.mark, mark
        return moved

    def next(self, controller: Controller, count: int) -> int:
        """Return where the mark is once the fact under way is told."""
        return self._up_to(controller.outbox.oldest_behind, count)

    def _up_to(self, oldest: int | None, count: int) -> int:
        return max(count if oldest is None else min(oldest - 1, count), self.mark.told)

    def write(self) -> None:
        """Write the mark so that it is there whole or not at all.

        Raises:
            Unavailable: it cannot be written.
        """
        draft = self._path.with_name(f"{self._path.name}.new")
        try:
            with self._one, draft.open("wb") as file:
                file.write(msgspec.json.encode(self.mark))
                file.flush()
                os.fsync(file.fileno())
                draft.replace(self._path)
        except OSError as fault:
            raise Unavailable(f"{self._path} cannot be written: {fault.strerror}", where=str(self._path)) from fault

    async def run(self, station: StationId, parties: Controllers) -> None:
        """Write the mark as it moves, until cancelled; a disk that takes none is tried again."""
        controller, written = parties.stations[station], None
        while True:
            await asyncio.sleep(EVERY)
            self.follow(controller, parties.count)
            if self.mark != written:
                with contextlib.suppress(Unavailable):
                    await asyncio.to_thread(self.write)
                    written = self.mark


async def _behind(store: Store, station: StationId, mark: int) -> AsyncIterator[StoredFact]:
    while True:
        page = await store.facts(station=station, after=mark, limit=PAGE)
        for one in page:
            if isinstance(one.event, TOLD) and not isinstance(one.event, STANDS):
                yield one
        if len(page) < PAGE:
            return
        mark = page[-1].id
