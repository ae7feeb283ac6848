# SPDX-License-Identifier: Apache-2.0
"""Subscriptions over the links of a CSMS: what its journal says is put into a publisher, and told to whoever subscribed."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import structlog

from open63110.bindings.link.conversation import Conversation
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages.rights import Sender
from open63110.bindings.link.patterns.own_messages import (
    PUBLICATION,
    SUBSCRIPTION,
    read_wish,
    write_granted,
    write_publication,
)
from open63110.bindings.link.patterns.sources import Sources
from open63110.bindings.link.patterns.subscriptions import Ended, Key, Publication, Publisher
from open63110.bindings.link.replies import refusal_of
from open63110.kernel.address import Directory
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.roles import Role
from open63110.runtime.engine import Engine

log = structlog.get_logger(__name__)


class _Reader(NamedTuple):
    conversation: Conversation
    outbox: bytes
    """Of which the message ids are by which it knows its subscriptions."""


class Publishing:
    """Implements conversation.Services."""

    def __init__(self, engine: Engine, places: Directory) -> None:
        """Publish what is known by now, and what happens from now on.

        Args:
            engine: whose journal is published.
            places: where its stations are.
        """
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._readers: dict[str, _Reader] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.publisher = Publisher(self._may_read)
        self._sources = Sources(engine, places, self.publisher)
        engine.commit.on_durable.append(self._look)

    def _may_read(self, identity: str) -> Sender | None:
        """Return what a reader may see now: a station itself, and its zone as such."""
        reader = self._readers.get(identity)
        if reader is None:
            return None
        sender = reader.conversation.sender
        if sender.role is not Role.STATION:
            return sender
        place = self._places.path(StationId(identity))
        return Sender(role=sender.role, places=(place,), only=(place.above,)) if place is not None else None

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
        self._meet(identity, _Reader(conversation, message.outbox))
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

    def _meet(self, identity: str, reader: _Reader) -> None:
        """Know who reads; one that begins anew has forgotten what it had subscribed to, and its ids count from 1 again."""
        known = self._readers.get(identity)
        if known is not None and known.outbox != reader.outbox:
            self.publisher.forget(identity)
        self._readers[identity] = reader

    def _begin(self, conversation: Conversation, message: Arrived, key: Key) -> None:
        wish, now = read_wish(message.body), self._loop.time()
        if message.header.reply_to is not None:
            granted = self.publisher.renew(key, wish.lease, now)
        else:
            self._sources.follow(self.publisher.topics | {wish.topic})
            granted = self.publisher.subscribe(key, wish, now)
        header = Header(type=SUBSCRIPTION, kind=Kind.PROGRESS, reply_to=message.id, priority=Priority.NORMAL)
        conversation.lines.send(header, write_granted(granted, wish.topic), durable=False)

    # -- what readers are told --

    def _pump(self) -> None:
        for one in self.publisher.due(self._loop.time()):
            reader = self._readers.get(one.to[0])
            if reader is None:
                continue
            try:
                self._tell(reader.conversation, one)
            except Trouble as trouble:
                log.warning("a subscription is not told", reader=one.to[0], reason=trouble.message)
                self.publisher.taken(one.to)
        self._sources.follow(self.publisher.topics)
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
        self._sources.look(entries)
        if self.publisher.busy:
            self._pump()

    def forget(self, reader: str) -> None:
        """Drop what somebody has subscribed to who is gone, or remembers nothing of it."""
        self.publisher.forget(reader)
        self._readers.pop(reader, None)
        self._sources.follow(self.publisher.topics)

    def recheck(self) -> None:
        """Look again at who may read, because somebody's rights have changed."""
        self.publisher.recheck()
        self._pump()
