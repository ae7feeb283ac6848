# SPDX-License-Identifier: Apache-2.0
"""How logs of stations come to a CSMS: on OCPP by HTTP each to its own address, on the link in band as a bulk stream (8.3.10)."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from open63110.apps.bulk import Depot
from open63110.apps.log_shelf import LogShelf
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.patterns.ways import Watch
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command
from open63110.model.bulk import OVER, BulkStream, StreamState
from open63110.model.logs import LogChanged, LogState, StationLog
from open63110.model.order import Order
from open63110.ports import Link, Where
from open63110.runtime.engine import Engine
from open63110.runtime.orders import OURSELVES
from open63110.usecases.stations.retrieve_logs import LogRefused, RetrieveLog

COMING: Final = (LogState.ACCEPTED, LogState.UPLOADING)
"""How far a log is that its station has promised."""

AGAIN: Final = 5.0
"""Between two attempts to put what has come onto the shelf, while the disk or the store fails [s, real]."""


class Addressed:
    """Implements ports.Link over one that cannot carry files: who is asked for a log is told where it may be sent."""

    def __init__(self, link: Link, location: Callable[[StationId, int], str]) -> None:
        """Ask for an address as each order leaves: it is made of secrets that lie in no row."""
        self._link, self._location = link, location

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return self._link.connected(station)

    def send(self, order: Order, command: Command) -> None:
        """Send an order.

        Raises:
            Trouble: it cannot be sent at all.
        """
        if isinstance(command, RetrieveLog):
            command = replace(command, location=self._location(order.station, command.request))
        self._link.send(order, command)


class InBand:
    """Fetches what stations on links have promised, and puts what came onto the shelf; implements ways.Watch."""

    def __init__(self, engine: Engine, shelf: LogShelf, watch: Watch) -> None:
        """Follow the facts of an engine; another watch is told of everything, too."""
        self._engine, self._shelf, self._watch = engine, shelf, watch
        self.depot: Depot
        """Begins to fetch files."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """What puts a log onto the shelf, by the key of its row."""
        engine.commit.follow((LogChanged,), self._look)

    async def run(self) -> None:
        """Go on where the last run was killed: between a promise and its stream, or between the end of a stream and its log."""
        for log in self._engine.known.under_way.load(StationLog, (Where("state", "in", COMING),), {}):
            self._go_on(log)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is LogChanged:
                fact: Any = one.event
                if fact.log is not None and fact.log.state in COMING:
                    self._go_on(fact.log)

    def _go_on(self, log: StationLog) -> None:
        station = self._engine.stations.get(log.station)
        if station is None or station.wire != LINK or not log.name:
            return
        stream = next((one for one in self.depot.every() if one.fetched and _of(log, one)), None)
        if stream is None:
            self._promised(log)
        elif stream.state in OVER:
            self._over(log, stream)

    def _promised(self, log: StationLog) -> None:
        try:
            self.depot.fetch(log.name, log.station, OURSELVES.id)
        except Trouble as trouble:
            self._refused(log, trouble.code)

    def ended(self, stream: BulkStream) -> None:
        """A stream is over: if it is a log that was asked for, it lies on the shelf from now on."""
        self._watch.ended(stream)
        if not stream.fetched:
            return
        found = self._engine.known.under_way.load(StationLog, (Where("station", "=", stream.station),), {})
        log = next((one for one in found if one.open and _of(one, stream)), None)
        if log is not None:
            self._over(log, stream)
        elif stream.by == OURSELVES.id:  # it is not awaited any more
            self.depot.spool.path(stream).unlink(missing_ok=True)

    def _over(self, log: StationLog, stream: BulkStream) -> None:
        if stream.state is not StreamState.DONE:
            self._refused(log, stream.reason)
        elif log.id not in self._tasks:
            task = self._tasks[log.id] = asyncio.get_running_loop().create_task(self._arrived(log, stream))
            task.add_done_callback(lambda _: self._tasks.pop(log.id, None))

    async def _arrived(self, log: StationLog, stream: BulkStream) -> None:
        """Put it onto the shelf; nobody sends it again, so it is tried until that works or nobody waits any more."""
        file = self.depot.spool.path(stream)
        while self._awaited(log):
            try:
                await self._shelf.came(log, file, stream.name, stream.total or 0, stream.sha256)
            except Unavailable:
                await asyncio.sleep(AGAIN)
            except Trouble:
                break
        file.unlink(missing_ok=True)

    def _awaited(self, log: StationLog) -> bool:
        found = self._engine.known.under_way.get(StationLog, log.id, {})
        return found is not None and found.open

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something is not taken."""
        self._watch.refused(who, kind, words)

    def _refused(self, log: StationLog, reason: str) -> None:
        now = self._engine.clock.now()
        self._engine.hear((LogRefused(station=log.station, at=now, request=log.request, reason=reason),))


def _of(log: StationLog, stream: BulkStream) -> bool:
    """Tell whether a stream is of a log."""
    return (stream.station, stream.name) == (log.station, log.name) and stream.asked >= log.asked
