# SPDX-License-Identifier: Apache-2.0
"""Where OCPP and the link meet, which know nothing of each other: conversations of OCPP over sockets that a link encloses."""

import heapq
from collections import defaultdict
from datetime import datetime

from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.opaque.opaque_socket import Rank
from open63110.bindings.ocpp.server import Server
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order


class RankedOrders:
    """Implements ports.Link over OCPP, and tells of each frame that goes out by link how urgent its order is."""

    def __init__(self, ocpp: Server) -> None:
        """Know of no orders yet."""
        self._ocpp = ocpp
        self._now: dict[StationId, Rank] = {}
        self._waiting: dict[StationId, list[tuple[int, int, datetime]]] = defaultdict(list)
        """Orders behind the call under way, as OCPP's queue has them: by priority, then in order."""
        self._count = 0

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return self._ocpp.connected(station)

    def send(self, order: Order, command: Command) -> None:
        """Send an order.

        Raises:
            Trouble: it cannot be sent at all.
        """
        station = order.station
        self._now[station] = Rank(Priority(command.priority), order.deadline)
        try:
            self._ocpp.send(order, command)
            if station in self._now:  # another call is under way: it goes once that is answered
                self._count += 1
                heapq.heappush(self._waiting[station], (int(command.priority), self._count, order.deadline))
        finally:
            self._now.pop(station, None)

    def rank(self, station: StationId, frame: bytes) -> Rank:
        """Return how a frame to a station goes: a call as its order, an answer before everything usual."""
        if not frame.startswith(b"[2,"):
            return Rank(Priority.CONTROL)
        now = self._now.pop(station, None)
        return now if now is not None else self._next(station)

    def _next(self, station: StationId) -> Rank:
        waiting, now = self._waiting[station], self._ocpp.engine.clock.now()
        while waiting:
            priority, _, deadline = heapq.heappop(waiting)
            if deadline > now:
                return Rank(Priority(priority), deadline)
        return Rank(Priority.NORMAL)
