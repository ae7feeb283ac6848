# SPDX-License-Identifier: Apache-2.0
"""Which protected orders were taken, by their idempotency keys: a relay that sends one again is found out (B.3).

A signature holds as well the second time, and for good; nothing but the key tells a repetition.
"""

from typing import Final

from open63110.kernel.errors import Refused
from open63110.kernel.ids import StationId
from open63110.model.original import Original
from open63110.ports import Where
from open63110.runtime.commit import MISSING
from open63110.runtime.engine import Engine

MOST: Final = 4096
"""Keys that are remembered, the latest ones."""

NOBODY: Final = StationId("")
"""Rows of no station are keys."""


class Repeated(Refused):
    """An order with this key was taken before."""

    code = "Repeated"


class Once:
    """Remembers across restarts."""

    def __init__(self, engine: Engine, *, most: int = MOST) -> None:
        """Read what was taken.

        Args:
            engine: writes a key with what the order changes.
            most: how many are remembered.
        """
        self._engine, self._most = engine, most
        rows = sorted(engine.store.load(Original, Where("station", "=", NOBODY)), key=lambda one: one.at)
        self._taken: dict[str, bool] = dict.fromkeys((one.id for one in rows), True)

    def take(self, key: bytes) -> None:
        """Take an order, with whatever the present turn writes.

        Raises:
            Refused: it was taken before (Repeated).
        """
        name = f"key/{key.hex()}"
        if name in self._taken:
            raise Repeated("an order with this key was taken before", where="key")
        commit = self._engine.commit
        commit.undoable(self._taken, name, MISSING)
        self._taken[name] = True
        commit.batch.puts["original", name] = Original(id=name, station=NOBODY, header=key, body=b"", at=self._engine.clock.now())
        while len(self._taken) > self._most:
            oldest = next(iter(self._taken))
            del self._taken[oldest]
            commit.batch.removes.add(("original", oldest))
