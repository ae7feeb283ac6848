# SPDX-License-Identifier: Apache-2.0
"""Keeps raw what could not be understood (I11), within bounds: a flood of it must fill neither the disk nor the memory."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.ports import Ids
from open63110.runtime.commit import LOST
from open63110.runtime.engine import Engine, Turn

SPECIMENS: Final = 20
"""How many messages of one station that were answered with an error are kept between two calls of ``begin_anew``."""

ROOM: Final = 4 * 1024 * 1024
"""Of raw input that waits for a commit, of all stations together [bytes]. Several copies of each byte exist until then: as it
came, as a fact, as a row, in the pages of the database."""

SPECIMEN_ROOM: Final = ROOM // 4
"""As much of it as waits when no further specimen is taken [bytes]: the rest is for what is the sole copy."""

OF_ONE: Final = 1024 * 1024
"""Of raw input of one station that is kept between two calls of ``begin_anew`` [bytes]; it lies in the journal and in a row.
What comes beyond is not acknowledged: an honest station has it still, and sends it again."""


class Quarantine:
    """What one binding puts aside."""

    def __init__(self, engine: Engine, ids: Ids) -> None:
        """Begin with nothing.

        Args:
            engine: journals it.
            ids: numbers it.
        """
        self._engine, self._ids = engine, ids
        self._specimens: Counter[StationId] = Counter()
        self._kept: Counter[StationId] = Counter()
        """Raw input of each station since then [bytes]."""
        self.waiting = 0
        """Raw input that waits for a commit [bytes]."""

    def curious(self, station: StationId) -> bool:
        """Tell whether another specimen of what is answered with an error is wanted, and count it if so.

        What is acknowledged without being understood is kept in any case, for it is the sole copy (I11).
        """
        if self._specimens[station] >= SPECIMENS or self.waiting >= SPECIMEN_ROOM:
            return False
        self._specimens[station] += 1
        return True

    def begin_anew(self) -> None:
        """Want as many specimens of each station again."""
        self._specimens.clear()
        self._kept.clear()

    def keep(
        self,
        station: StationId,
        wire: str,
        action: str,
        fault: Trouble,
        raw: bytes,
        done: Callable[[bool], None],
        *,
        key: bytes = b"",
    ) -> None:
        """Keep a message raw, with the reason why it was not understood.

        Args:
            station: whose message it is.
            wire: by which it came.
            action: what the wire calls it; empty where that cannot be read.
            fault: what is wrong with it.
            raw: as it came.
            done: told when it is durable; at once that it will not be, where too much waits already, or was kept of this
                station: then it is not acknowledged, and comes again.
            key: that protected elements in it are bound to.
        """
        of_one = self._kept[station]
        if (self.waiting and self.waiting + len(raw) > ROOM) or (of_one and of_one + len(raw) > OF_ONE):
            done(LOST)
            return
        self._kept[station] += len(raw)
        now = self._engine.clock.now()
        reason = f"{fault.code}: {fault.message}"[:500]
        number = self._ids.row(QuarantinedInput)
        item = QuarantinedInput(id=number, station=station, at=now, wire=wire, action=action, reason=reason, raw=raw, key=key)
        turn = Turn(self._engine, station, now)
        turn.fact(InputQuarantined(station=station, at=now, quarantine=item))
        turn.keep()
        self.waiting += len(raw)
        self._engine.commit.once_settled(lambda _: self._settled(len(raw)))
        self._engine.commit.after(done)

    def _settled(self, size: int) -> None:
        self.waiting -= size
