# SPDX-License-Identifier: Apache-2.0
"""How logs of stations come to a CSMS: on OCPP by HTTP each to its own address, on the link in band as a bulk stream (8.3.10)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from open63110.apps.bulk import Depot
from open63110.apps.log_shelf import LogShelf
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.patterns.ways import Watch
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command
from open63110.model.bulk import BulkStream, StreamState
from open63110.model.logs import LogChanged, LogState, StationLog
from open63110.model.order import Order
from open63110.ports import Link, Where
from open63110.runtime.engine import Engine
from open63110.runtime.orders import OURSELVES
from open63110.usecases.stations.retrieve_logs import LogRefused, RetrieveLog


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
        self._tasks: set[asyncio.Task[None]] = set()
        engine.commit.follow((LogChanged,), self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is LogChanged:
                fact: Any = one.event
                if fact.log is not None and fact.log.state is LogState.ACCEPTED and fact.log.name:
                    self._promised(fact.log)

    def _promised(self, log: StationLog) -> None:
        station = self._engine.stations.get(log.station)
        if station is None or station.wire != LINK:
            return
        try:
            self.depot.fetch(log.name, log.station, OURSELVES.id)
        except Trouble as trouble:
            self._engine.hear((_refused(log, self._engine, trouble.code),))

    def ended(self, stream: BulkStream) -> None:
        """A stream is over: if it is a log that was asked for, it lies on the shelf from now on."""
        self._watch.ended(stream)
        if not stream.fetched:
            return
        found = self._engine.known.under_way.load(StationLog, (Where("station", "=", stream.station),), {})
        log = next((one for one in found if one.name == stream.name and one.open), None)
        if log is None:
            return
        if stream.state is StreamState.DONE:
            task = asyncio.get_running_loop().create_task(self._arrived(log, stream))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._engine.hear((_refused(log, self._engine, stream.reason),))

    async def _arrived(self, log: StationLog, stream: BulkStream) -> None:
        with suppress(Trouble):
            await self._shelf.came(log, self.depot.spool.path(stream), stream.name, stream.total or 0, stream.sha256)

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something is not taken."""
        self._watch.refused(who, kind, words)


def _refused(log: StationLog, engine: Engine, reason: str) -> LogRefused:
    return LogRefused(station=log.station, at=engine.clock.now(), request=log.request, reason=reason)
