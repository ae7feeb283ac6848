# SPDX-License-Identifier: Apache-2.0
"""The links of a CSMS: one conversation per station, orders for them, and who may have one."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import msgspec

from open63110.bindings.link.anteroom import Anteroom
from open63110.bindings.link.conversation import WIRE, Conversation, Services
from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.hello import TAKES, Hello
from open63110.bindings.link.gate import Refusal, Security, Shown
from open63110.bindings.link.marks import Ledger
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.opaque.opaque_conversation import OpaqueConversation
from open63110.bindings.link.opaque.opaque_socket import Ranking, usual
from open63110.bindings.link.opening import Passing, reread
from open63110.bindings.link.protection.guard import Guard
from open63110.bindings.link.revoked import Revoked
from open63110.bindings.link.session import Limits, LocalClock, MemoryOutbox, Session
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId, station_id
from open63110.kernel.messages import Command
from open63110.model.order import Order
from open63110.model.peer import Peer as KnownPeer
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.model.station import Registration, StationDisconnected
from open63110.ports import FrameLog, Ids
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.orders import Orders
from open63110.runtime.quarantine import Quarantine
from open63110.wire.ports import Gate, Peer, Upgrade

S = TypeVar("S", bound="Server")

CURIOUS_AGAIN = 3600
"""Looks at the list of those revoked until as many specimens of what is answered with no may be kept again."""

LIFETIME = 86_400.0
"""Of a link; then it is opened anew, and both ends show their certificates again (B.10) [s]."""

EVERY = 1.0
"""Between two looks at revocations, lifetimes and clocks [s, real]."""

FORGET_AFTER = 600
"""Looks at which a conversation has had nothing to say and no link, before it is forgotten; its marks are in the store."""


LONGEST_FRAME = 262_144
"""Of OCPP [bytes]."""


class Server:
    """Conversations by station; one of the bindings behind runtime.links."""

    def __init__(
        self,
        engine: Engine,
        orders: Orders,
        ids: Ids,
        frames: FrameLog,
        security: Security,
        *,
        identity: str,
        revoked: Revoked,
        lifetime: float = LIFETIME,
    ) -> None:
        """Get ready to open links.

        Args:
            engine: decides.
            orders: told the outcomes.
            ids: numbers quarantined input.
            frames: remembers raw frames.
            security: told of whatever somebody should look into.
            identity: of this CSMS, as its certificate has it.
            revoked: certificates that were taken back.
            lifetime: of a link [s].
        """
        self.engine, self.orders, self.frames, self.security, self._ids = engine, orders, frames, security, ids
        self.identity, self.revoked, self.lifetime = identity, revoked, lifetime
        self.services: Services | None = None
        self.guard: Guard | None = None
        self.passing: Passing | None = None
        self.on_change: Callable[[], None] = _unseen
        """Called when a link was opened or closed."""
        self.conversations: dict[StationId, Conversation] = {}
        self.received = self.malformed = 0
        self.capabilities: tuple[str, ...] = ()
        self.gate: Gate | None = None
        """Decides about conversations of OCPP in links; None: there are none here."""
        self.ranking: Ranking = usual
        """How frames of OCPP go."""
        self.longest_frame = LONGEST_FRAME
        self._pace = 1.0 / engine.clock.real(1.0)
        self._time = asyncio.get_running_loop().time
        self.clock = LocalClock(engine.clock.now(), self._time() * self._pace)
        self.anteroom = Anteroom()
        self._silent: Counter[StationId] = Counter()
        self._aside = Quarantine(engine, ids)
        engine.commit.on_restored.append(self._restored)
        engine.commit.on_trouble.append(self._set_right)

    def sibling(self, kind: type[S]) -> S:
        """Return a server of links of another kind beside this one, with all that they share."""
        shared = (self.engine, self.orders, self._ids, self.frames, self.security)
        made = kind(*shared, identity=self.identity, revoked=self.revoked, lifetime=self.lifetime)
        made.ledger, made.anteroom = self.ledger, self.anteroom
        return made

    @cached_property
    def ledger(self) -> Ledger:
        """What peers have told; a store has one."""
        return Ledger(self.engine.store, self.engine.commit)

    # -- who may come --

    def known(self, identity: str) -> KnownPeer | None:
        """Return what is remembered of an identity."""
        conversation = self.conversations.get(StationId(identity))
        return conversation.marks.peer if conversation else self.engine.store.get(KnownPeer, identity)

    def await_greeting(self, conversation: Conversation) -> Peer:
        """Return the peer of a socket of somebody who has shown who it is; its link ends if it does not greet in time."""

        def end() -> None:
            conversation.lines.end(ErrorCode.SILENT, "others wait, and there was no HELLO")

        self.anteroom.enter(conversation.station, time.monotonic(), end)
        return conversation.lines.strand()

    def admit(self, shown: Shown, upgrade: Upgrade) -> Peer | Refusal:
        """Let a station in."""
        del upgrade
        return self.let_in(shown)

    def let_in(self, shown: Shown) -> Peer | Refusal:
        """Return the peer of a socket of a station that has shown who it is, whichever end has dialled."""
        try:
            station = station_id(shown.identity)
        except ValueError as fault:
            return Refusal(kind="InvalidCertificate", words=str(fault))
        if station not in self.engine.stations and self.engine.policy.unknown_stations == "refuse":
            return Refusal(kind="", words="this station is not registered here", status=404)
        known = self.engine.stations.get(station)
        if known is not None and known.registration is Registration.DEREGISTERED:
            return Refusal(kind="DeregisteredStation", words="this station is not admitted here")
        conversation = self.conversation(station)
        self._remember(conversation, shown)
        return self.await_greeting(conversation)

    def dismiss(self, station: StationId) -> None:
        """End the link of a station that has left for good."""
        conversation = self.conversations.get(station)
        if conversation is not None:
            conversation.lines.end(ErrorCode.NOT_AUTHORIZED, "this station is not admitted here any more")

    def _remember(self, conversation: Conversation, shown: Shown) -> None:
        """Keep by which certificate an identity is known; it is written with the first thing that it says."""
        peer = conversation.marks.peer
        serial = f"{shown.serial:x}"
        if (peer.key, peer.serial) != (shown.key, serial):
            conversation.marks.keep(msgspec.structs.replace(peer, key=shown.key, serial=serial, until=shown.until))

    def conversation(self, station: StationId) -> Conversation:
        """Return the conversation with a station; there is one for all its links."""
        found = self.conversations.get(station)
        if found is None:
            found = self.conversations[station] = OpaqueConversation(self, station, self.ledger.marks(station))
            found.lines = Correspondence(found, self._session(found), self._pace)
        return found

    def _session(self, conversation: Conversation) -> Session:
        pace = self._pace
        me = Hello(identity=self.identity, capabilities=self.capabilities, receive=TAKES)
        return Session(
            me,
            MemoryOutbox(os.urandom(8)),
            conversation.marks,
            Limits(idle=5.0 * pace, silence=5.0 * pace, greeting=60.0 * pace),
            clock=self.clock,
            peer=conversation.station,
            judge=conversation.judge,
        )

    # -- what conversations tell --

    def arrived(self, conversation: Conversation) -> None:
        """A link is up."""
        self.anteroom.greeted(conversation.station)
        self._silent.pop(conversation.station, None)
        self.on_change()

    def gone(self, conversation: Conversation) -> None:
        """A link is down."""
        self.anteroom.gone(conversation.station, time.monotonic())
        self.on_change()

    def curious(self, station: StationId) -> bool:
        """Tell whether another specimen of what is answered with no is wanted: a flood of them must not fill the disk."""
        return self._aside.curious(station)

    def quarantine(
        self, station: StationId, action: str, fault: Trouble, raw: bytes, done: Callable[[bool], None], *, key: bytes = b""
    ) -> None:
        """Keep what could not be understood, and say when that is durable."""
        self._aside.keep(station, WIRE, action, fault, raw, done, key=key)

    def replay(self, item: QuarantinedInput) -> str:
        """Feed a quarantined message in again; return why that failed, empty if it worked."""
        definition = CODEC.registry.by_name.get(item.action)
        if definition is None:
            return "it names no message of this link"
        now = self.engine.clock.now()
        try:
            said = reread(self, definition.number, item)
            turn = Turn(self.engine, item.station, now)
            turn.decide(said)
        except Trouble as trouble:
            return trouble.message
        turn.fact(InputQuarantined(station=item.station, at=now, quarantine=msgspec.structs.replace(item, replayed=now)))
        turn.keep()
        self.engine.commit.after(lambda _: None)
        return ""

    def _restored(self, _: None) -> None:
        for conversation in self.conversations.values():
            conversation.marks.restored()

    def _set_right(self, trouble: Unavailable | None) -> None:
        """Tell how links changed while nothing could be stored."""
        if trouble is not None:
            return
        for conversation in tuple(self.conversations.values()):
            noun = conversation.noun
            if conversation.lines.open and (noun is None or noun.connected is None):
                conversation.tell_connected()
        for noun in tuple(self.engine.stations.values()):
            if noun.connected is not None and noun.wire == WIRE and not self._open(noun.id):
                gone = StationDisconnected(station=noun.id, at=self.engine.clock.now(), reason="while nothing could be stored")
                self.engine.hear((gone,))

    def _open(self, station: StationId) -> bool:
        conversation = self.conversations.get(station)
        return conversation is not None and conversation.lines.open

    # -- ports.Link --

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now: whoever is not accepted gets none."""
        conversation = self.conversations.get(station)
        return conversation is not None and conversation.admitted

    def send(self, order: Order, command: Command) -> None:
        """Send an order over the station's link.

        Raises:
            Trouble: it cannot be sent at all.
        """
        conversation = self.conversations.get(order.station)
        if conversation is None:
            raise Unavailable(f"{order.station} is not connected")
        conversation.order(order, command)
        self.orders.sent(order.id)

    # -- time --

    async def run(self) -> None:
        """Look after revocations, lifetimes, clocks and those who do not come back, for ever."""
        looks, revision = 0, self.revoked.revision
        while True:
            await asyncio.sleep(EVERY)
            looks += 1
            self.clock.set(self.engine.clock.now(), self._time() * self._pace, self.clock.uncertainty)
            self.revoked.look()
            if self.revoked.revision != revision:  # another server that shares the list may have looked first
                revision = self.revoked.revision
                self._close_revoked()
            self._end_old(self.engine.clock.now())
            if looks % CURIOUS_AGAIN == 0:
                self._aside.begin_anew()
            self._forget()

    def _close_revoked(self) -> None:
        for conversation in tuple(self.conversations.values()):
            serial = conversation.marks.peer.serial
            if serial and int(serial, 16) in self.revoked and conversation.lines.socket is not None:
                conversation.lines.end(ErrorCode.REVOKED, "the certificate was taken back")

    def _end_old(self, now: datetime) -> None:
        passed = self._time() * self._pace
        for conversation in tuple(self.conversations.values()):
            if not conversation.lines.open:
                continue
            until = conversation.marks.peer.until
            if until is not None and until <= now:
                conversation.lines.end(ErrorCode.REVOKED, "the certificate has expired")
            elif passed - conversation.opened > self.lifetime:
                conversation.lines.end(ErrorCode.SESSION_EXPIRED, "open the link anew")

    def _forget(self) -> None:
        for station, conversation in tuple(self.conversations.items()):
            if not conversation.lines.idle:
                self._silent.pop(station, None)
                continue
            self._silent[station] += 1
            if self._silent[station] > FORGET_AFTER:
                conversation.lines.forget()
                if self.services is not None:
                    self.services.forget(station)
                del self.conversations[station], self._silent[station]

    def counters(self) -> dict[str, float]:
        """Return plain counters, by metric name."""
        return {
            "link_connections": sum(one.lines.open for one in self.conversations.values()),
            "link_frames_received_total": self.received,
            "link_frames_malformed_total": self.malformed,
        }


def _unseen() -> None:
    """Nobody looks."""
