# SPDX-License-Identifier: Apache-2.0
"""Subscriptions over the links of a CSMS: what its journal says is put into a publisher, and told to whoever subscribed."""

import asyncio
from collections.abc import Callable, Mapping
from typing import get_args

import structlog

from open63110.bindings.link.conversation import Conversation
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority, milliseconds
from open63110.bindings.link.messages.rights import Sender
from open63110.bindings.link.patterns.own_messages import (
    PUBLICATION,
    SUBSCRIPTION,
    read_wish,
    write_granted,
    write_publication,
)
from open63110.bindings.link.patterns.subscriptions import Ended, Key, Publication, Publisher
from open63110.bindings.link.patterns.topics import Topic, Value
from open63110.bindings.link.replies import refusal_of
from open63110.kernel.address import Address, Directory
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import TransferReference
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.site import Zone, ZoneChanged
from open63110.model.station import ConnectorReported, Station, StationConnected, StationDisconnected
from open63110.model.transfer import TransferFact
from open63110.runtime.engine import Engine
from open63110.usecases.energy.smart_charging import LimitCleared, LimitInForce

log = structlog.get_logger(__name__)

OF_STATES = (StationConnected, StationDisconnected, ConnectorReported)
OF_LIMITS = (LimitInForce, LimitCleared)
OF_SESSIONS = frozenset(get_args(TransferFact))
OF_INTEREST = OF_SESSIONS.union(OF_STATES, OF_LIMITS)


class Publishing:
    """Implements conversation.Services."""

    def __init__(self, engine: Engine, places: Directory) -> None:
        """Publish what happens from now on, and what is known by now.

        Args:
            engine: whose journal is published.
            places: where its stations are.
        """
        self._engine, self._places = engine, places
        self._loop = asyncio.get_running_loop()
        self._readers: dict[str, Conversation] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.publisher = Publisher(self._reader)
        engine.commit.on_durable.append(self._look)

    def _reader(self, identity: str) -> Sender | None:
        """Return what a reader may see now: a station its own and what is of its zone."""
        conversation = self._readers.get(identity)
        if conversation is None:
            return None
        sender = conversation.sender
        if sender.role is Role.STATION:
            return Sender(role=sender.role, places=tuple(one.above for one in sender.places))
        return sender

    # -- what readers say --

    def judge(self, conversation: Conversation, header: Header) -> tuple[ErrorCode, str] | None:
        """Take subscriptions, and the ends of them."""
        del conversation
        fits = header.type == SUBSCRIPTION and header.kind in {Kind.SUBSCRIBE, Kind.UNSUBSCRIBE}
        return None if fits else (ErrorCode.UNKNOWN_TYPE, "no such service here")

    def take(self, conversation: Conversation, message: Arrived) -> None:
        """Begin, renew or end a subscription."""
        conversation.lines.delivered(message)
        identity = str(conversation.station)
        if not self._readers:
            self._catch_up()
        self._readers[identity] = conversation
        header = message.header
        key = (identity, header.reply_to if header.reply_to is not None else message.id)
        try:
            if header.kind is Kind.UNSUBSCRIBE:
                self.publisher.unsubscribe(key)
            else:
                self._begin(conversation, message, key)
        except Trouble as trouble:
            conversation.lines.send(*refusal_of(message, trouble), durable=False)
        self._pump()

    def _begin(self, conversation: Conversation, message: Arrived, key: Key) -> None:
        wish, now = read_wish(message.body), self._loop.time()
        renews = message.header.reply_to is not None
        granted = self.publisher.renew(key, wish.lease, now) if renews else self.publisher.subscribe(key, wish, now)
        header = Header(type=SUBSCRIPTION, kind=Kind.PROGRESS, reply_to=message.id, priority=Priority.NORMAL)
        conversation.lines.send(header, write_granted(granted, wish.topic), durable=False)

    # -- what readers are told --

    def _pump(self) -> None:
        for one in self.publisher.due(self._loop.time()):
            conversation = self._readers[one.to[0]]
            try:
                self._tell(conversation, one)
            except Trouble as trouble:
                log.warning("a subscription is not told", reader=one.to[0], reason=trouble.message)
                self.publisher.taken(one.to)
        self._arm()

    def _tell(self, conversation: Conversation, one: Publication | Ended) -> None:
        if isinstance(one, Ended):
            header = Header(type=SUBSCRIPTION, kind=Kind.REPLY, reply_to=one.to[1], status=one.code, words=one.words)
            conversation.lines.send(header, b"", durable=False)
            return
        header = Header(
            src=str(one.address), type=PUBLICATION, kind=Kind.PUBLISH, reply_to=one.to[1], about=f"s{one.to[1]} {one.address}"
        )
        conversation.lines.send(header, write_publication(one), durable=False, over=self._taken(one.to))

    def _taken(self, key: Key) -> Callable[[Ending], None]:
        def over(_: Ending) -> None:
            self.publisher.taken(key)
            self._pump()

        return over

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self.publisher.next_deadline()
        self._timer = None if due is None else self._loop.call_at(max(due, self._loop.time() + 0.001), self._pump)

    # -- what happens --

    def _look(self, entries: list[Entry]) -> None:
        """Follow a commit; while nobody reads, which is the usual case, it costs nothing to speak of."""
        if not self._readers:
            return
        for one in entries:
            if one.kind is ZoneChanged:
                self._of_zone(one.event)
            elif one.kind in OF_INTEREST:
                self._of_fact(one)
        if self.publisher.next_deadline() is not None:
            self._pump()

    def _of_fact(self, one: Entry) -> None:
        noun = self._engine.stations.get(one.station)
        if noun is None:
            return
        self._of_station(noun)
        if one.kind in OF_SESSIONS:
            self._of_session(noun, one.event.reference)  # type: ignore[attr-defined]  # facts of transfers name one

    def _catch_up(self) -> None:
        """Publish what is known by now: the first reader has come."""
        for noun in tuple(self._engine.stations.values()):
            self._of_station(noun)
            for reference in noun.transfers:
                self._of_session(noun, reference)
        for zone in tuple(self._engine.known.all_zones.values()):
            self._of_limit(zone)

    def _put(self, address: Address, topic: Topic, fields: Mapping[str, Value]) -> None:
        try:
            self.publisher.put(address, topic, fields, self._engine.clock.now(), self._loop.time())
        except Trouble as trouble:
            log.warning("a value is not published", address=str(address), reason=trouble.message)

    def _of_station(self, noun: Station) -> None:
        place = self._places.path(noun.id)
        if place is None:
            return
        state = {"connected": noun.connected is not None, "state": noun.state or "", "via": ",".join(noun.via)}
        self._put(place, Topic.STATE, state)
        for number, kept in noun.limits.in_force.items():
            until = kept.asked.until
            fields: dict[str, Value] = {"limit_w": kept.limit, "by": kept.by, "source": str(kept.asked.source)}
            fields["until"] = milliseconds(until) if until is not None else None
            self._put(place if number == WHOLE else place.below(number), Topic.LIMIT, fields)

    def _of_session(self, noun: Station, reference: TransferReference) -> None:
        place = self._places.path(noun.id)
        transfer = noun.transfers.get(reference)
        if place is None or transfer is None:
            return
        credential = self._engine.known.credential(transfer.subject) if transfer.subject else None
        began = transfer.began
        fields: dict[str, Value] = {
            "state": "ended" if transfer.ended is not None else transfer.state,
            "began": milliseconds(began) if began is not None else None,
            "reference": transfer.reference,
            "subject": credential.value if credential is not None else None,
        }
        self._put(place.below(transfer.evse) if transfer.evse else place, Topic.SESSION, fields)

    def _of_zone(self, event: Event) -> None:
        zone = getattr(event, "zone", None)
        if zone is not None:
            self._of_limit(zone)

    def _of_limit(self, zone: Zone) -> None:
        limit = zone.limit
        fields: dict[str, Value] = {"limit_w": None, "excess_w": 0.0}
        if limit is not None:
            asked = limit.asked
            fields = {"limit_w": asked.limit, "source": str(asked.source), "excess_w": limit.excess, "failsafe_w": asked.failsafe}
        self._put(Address((zone.site, zone.id)), Topic.LIMIT, fields)

    def recheck(self) -> None:
        """Look again at who may read, because somebody's rights have changed."""
        self.publisher.recheck()
        self._pump()
