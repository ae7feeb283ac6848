# SPDX-License-Identifier: Apache-2.0
"""Where OCPP and the link meet, which know nothing of each other: conversations of OCPP over sockets that a link encloses."""

import heapq
from datetime import UTC, datetime

from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.opaque.opaque_socket import OpaqueSocket, Rank
from open63110.bindings.ocpp.server import Server
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order

NEVER = datetime.max.replace(tzinfo=UTC)


class _Waiting:
    """Orders behind the call under way in one conversation, as OCPP's own queue has them: by priority, then in order."""

    def __init__(self, conversation: object) -> None:
        self.conversation = conversation
        self._orders: list[tuple[int, int, datetime]] = []
        self._count = 0

    def put(self, rank: Rank) -> None:
        self._count += 1
        heapq.heappush(self._orders, (rank.priority, self._count, rank.deadline or NEVER))

    def next(self, now: datetime) -> Rank:
        while self._orders:
            priority, _, deadline = heapq.heappop(self._orders)
            if deadline > now:
                return Rank(Priority(priority), deadline)
        return Rank(Priority.NORMAL)


class RankedOrders:
    """Implements ports.Link over OCPP, and tells of each frame that goes out by link how urgent its order is."""

    def __init__(self, ocpp: Server) -> None:
        """Know of no orders yet."""
        self._ocpp = ocpp
        self._now: dict[StationId, Rank] = {}
        self._waiting: dict[StationId, _Waiting] = {}

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return self._ocpp.connected(station)

    def send(self, order: Order, command: Command) -> None:
        """Send an order.

        Raises:
            Trouble: it cannot be sent at all.
        """
        station, rank = order.station, Rank(Priority(command.priority), order.deadline)
        conversation = self._ocpp.conversations.get(station)
        if conversation is None or not isinstance(conversation.socket, OpaqueSocket):
            self._waiting.pop(station, None)
            self._ocpp.send(order, command)
            return
        self._now[station] = rank
        try:
            self._ocpp.send(order, command)
            if station in self._now:  # another call is under way: it goes once that is answered
                self._of(station, conversation).put(rank)
        finally:
            self._now.pop(station, None)

    def _of(self, station: StationId, conversation: object) -> _Waiting:
        found = self._waiting.get(station)
        if found is None or found.conversation is not conversation:  # what waited in an earlier one is given back as orders
            found = self._waiting[station] = _Waiting(conversation)
        return found

    def rank(self, station: StationId, frame: bytes) -> Rank:
        """Return how a frame to a station goes: a call as its order, an answer before everything usual."""
        if not frame.startswith(b"[2,"):
            return Rank(Priority.CONTROL)
        now, waiting = self._now.pop(station, None), self._waiting.get(station)
        if now is not None or waiting is None:
            return now or Rank(Priority.NORMAL)
        return waiting.next(self._ocpp.engine.clock.now())
