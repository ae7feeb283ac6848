# SPDX-License-Identifier: Apache-2.0
"""The OCPP side of a CSMS: every conversation there is, and the link by which orders reach stations."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.contest import Contests
from open63110.bindings.ocpp.conversation import Conversation
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Door, Wire
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.model.quirk import applied
from open63110.model.station import Identity, StationDisconnected
from open63110.ports import FrameLog, Ids
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.orders import Orders
from open63110.runtime.quarantine import Quarantine
from open63110.usecases.stations.monitor_station import CheckSilence, might_be_silent
from open63110.usecases.stations.onboard_station import LinkContested
from open63110.wire.ports import Peer, Pinging, Upgrade

LISTEN_EVERY = 10
"""Ticks between two looks at who has fallen silent."""

CURIOUS_AGAIN = 3600
"""Ticks until as many specimens of what is not understood may be kept again."""


class Server:
    """Conversations by station; implements ports.Link."""

    def __init__(
        self,
        engine: Engine,
        orders: Orders,
        ids: Ids,
        wires: Mapping[Version, Wire],
        frames: FrameLog,
        *,
        patience: float = 30.0,
        run_id: str,
    ) -> None:
        """Get ready to open conversations.

        Args:
            engine: decides.
            orders: told the outcomes.
            ids: numbers quarantined input.
            wires: the versions spoken.
            frames: remembers raw frames.
            patience: how long the answer to a call is awaited [s of the clock].
            run_id: never used before by this node; prefix of message ids, so that they do not repeat after a restart.
        """
        self.engine, self.orders, self.frames, self._wires = engine, orders, frames, wires
        self.patience = engine.clock.real(patience)
        self.conversations: dict[StationId, Conversation] = {}
        self.deviations: dict[StationId, Counter[str]] = {}
        """Per station: how often which rule of the schema was bent."""
        self.received = self.malformed = self.strays = 0
        self._aside = Quarantine(engine, ids)
        self._contests = Contests()
        self.suspected: Callable[[StationId, str], None] = _nobody_asks
        """Told that an identity seems to be used by two devices, in words; set by whoever keeps the audit."""
        self._run_id, self._opened = run_id, 0
        self._seconds_per_second = 1.0 / engine.clock.real(1.0)
        self.time = asyncio.get_running_loop().time
        orders.link = self
        engine.commit.on_trouble.append(self._set_right)

    def open(self, station: StationId, version: Version, upgrade: Upgrade) -> Peer:
        """Make the conversation of a station that the gate lets in."""
        self._opened += 1
        prefix = f"{self._run_id}{self._opened:x}."
        remote = f"{upgrade.remote[0]}:{upgrade.remote[1]}"
        return Conversation(self, station, self._wires[version], prefix, remote=remote, secure=upgrade.secure)

    def take_over(self, newest: Conversation) -> None:
        """Make a conversation the owner of its station and close the one before it (I1)."""
        older = self.conversations.get(newest.station)
        self.conversations[newest.station] = newest
        self._humour(newest)
        if older is not None:
            older.give_way()
            self._watch_contest(older, newest)

    def _watch_contest(self, older: Conversation, newer: Conversation) -> None:
        """Mark a station whose identity two devices seem to use; neither is refused, for nobody knows which is the right one."""
        before, after = (one.remote.rpartition(":")[0] for one in (older, newer))
        if self._contests.noted(newer.station, before, after, self.time()):
            at, words = self.engine.clock.now(), f"links from {' and '.join(sorted((before, after)))} push each other out"
            self.engine.hear((LinkContested(station=newer.station, at=at, remotes=(older.remote, newer.remote)),))
            self.suspected(newer.station, words)

    def dismiss(self, station: StationId) -> None:
        """Close the conversation of a station that has left for good."""
        conversation = self.conversations.get(station)
        if conversation is not None and conversation.socket is not None:
            conversation.socket.close(1008, "this station is not admitted here any more")

    def let_go(self, conversation: Conversation) -> bool:
        """Forget a conversation unless another owns its station by now (I2); tell whether it was forgotten."""
        if self.conversations.get(conversation.station) is not conversation:
            return False
        del self.conversations[conversation.station]
        return True

    def _set_right(self, trouble: Unavailable | None) -> None:
        """Tell how links changed while nothing could be stored."""
        if trouble is not None:
            return
        for conversation in tuple(self.conversations.values()):
            noun = self.engine.stations.get(conversation.station)
            if noun is None or noun.connected is None:
                conversation.tell_connected()
        for noun in tuple(self.engine.stations.values()):
            if noun.connected is not None and noun.wire in self._wires and noun.id not in self.conversations:
                gone = StationDisconnected(station=noun.id, at=self.engine.clock.now(), reason="while nothing could be stored")
                self.engine.hear((gone,))

    # -- ports.Link --

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now: whoever is not accepted gets none."""
        conversation = self.conversations.get(station)
        return conversation is not None and conversation.admitted

    def send(self, order: Order, command: Command) -> None:
        """Send an order over the station's conversation.

        Raises:
            Trouble: it cannot be sent at all.
        """
        conversation = self.conversations.get(order.station)
        if conversation is None:
            raise Unavailable(f"{order.station} is not connected")
        self._humour(conversation)
        self.orders.sent(order.id)
        conversation.call(order, command)

    def _humour(self, conversation: Conversation) -> None:
        """Wait for a station and ping it as its quirks want it; they may be others after each boot."""
        engine = self.engine
        if not engine.policy.quirks:
            return
        noun, station = engine.stations.get(conversation.station), conversation.station
        found = applied(engine.policy.quirks, station, noun.identity if noun is not None else Identity())
        own = {one.setting: one.seconds for one in found}
        patience = own.get("answer_timeout")
        conversation.rpc.patience = self.patience if patience is None else engine.clock.real(patience)
        if isinstance(conversation.socket, Pinging):
            conversation.socket.pace(own.get("ping_every"), own.get("ping_timeout"))

    # -- what all conversations need --

    def deviate(self, station: StationId, deviations: Sequence[Deviation]) -> None:
        """Count how a station bends the schema."""
        if deviations:
            self.deviations.setdefault(station, Counter()).update(one.code for one in deviations)

    def curious(self, station: StationId) -> bool:
        """Tell whether another specimen of what is answered with an error is wanted: a flood of them must not fill the disk."""
        return self._aside.curious(station)

    def quarantine(
        self, station: StationId, wire: str, action: str, fault: Trouble, raw: bytes, done: Callable[[bool], None]
    ) -> None:
        """Keep what could not be understood, and say when that is durable."""
        self._aside.keep(station, wire, action, fault, raw, done)

    def replay(self, item: QuarantinedInput) -> str:
        """Feed a quarantined message in again; return why that failed, empty if it worked."""
        wire = next((one for version, one in self._wires.items() if version == item.wire), None)
        translation = wire.by_action.get(item.action) if wire else None
        if wire is None or translation is None:
            return "it names no message of a version spoken here"
        now = self.engine.clock.now()
        noun = self.engine.stations.get(item.station)
        door = Door(station=item.station, version=wire.version, subjects=self.engine.known, now=now, noun=noun, raw=item.raw)
        failures: list[str] = []
        try:
            request: Any
            request, _ = tolerance.decode(wire.types[item.action][0], item.raw)
            turn = Turn(self.engine, item.station, now)
            for message in translation.from_wire(request, door):
                turn.decide(message)
        except Trouble as trouble:
            failures.append(trouble.message)
        else:
            done = msgspec.structs.replace(item, replayed=now)
            turn.fact(InputQuarantined(station=item.station, at=now, quarantine=done))
            turn.keep()
            self.engine.commit.after(lambda _: None)
        return "; ".join(failures)

    def counters(self) -> dict[str, float]:
        """Return plain counters, by metric name."""
        return {
            "ocpp_connections": len(self.conversations),
            "ocpp_frames_received_total": self.received,
            "ocpp_frames_malformed_total": self.malformed,
            "ocpp_frames_stray_total": self.strays,
            "ocpp_deviations_total": sum(sum(one.values()) for one in self.deviations.values()),
        }

    async def run(self) -> None:
        """Look after deadlines of all conversations, once a tick, for ever."""
        ticks = 0
        while True:
            await asyncio.sleep(min(1.0, self.engine.clock.real(1.0)))
            ticks += 1
            if ticks % CURIOUS_AGAIN == 0:
                self._aside.begin_anew()
                self._contests.forget(self.time())
            now = self.time()
            for conversation in tuple(self.conversations.values()):
                if conversation.rpc.next_deadline is not None:
                    conversation.tick(now)
                if ticks % LISTEN_EVERY == 0:
                    self._listen_for(conversation, now)

    def _listen_for(self, conversation: Conversation, now: float) -> None:
        """Ask the use case about a link that may have fallen silent; a heartbeat leaves no other trace (8.3.5)."""
        engine, socket = self.engine, conversation.socket
        noun = engine.stations.get(conversation.station)
        if noun is None or socket is None:
            return
        self._humour(conversation)
        at = engine.clock.now()
        heard = at - timedelta(seconds=(now - socket.last_heard) * self._seconds_per_second)
        if might_be_silent(noun, heard, at, engine.policy):
            engine.hear((CheckSilence(station=noun.id, heard=heard),))


def _nobody_asks(station: StationId, words: str) -> None:
    """Keep nothing."""
