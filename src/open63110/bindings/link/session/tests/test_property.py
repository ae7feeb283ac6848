# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, cut, delayed, restarted: each durable message once, in order per object, none too late (B.1, B.16, B.17)."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.framing.happenings import Arrived, Delivered, Expired, Violated
from open63110.bindings.link.framing.header import Header, Priority
from open63110.bindings.link.framing.hello import Hello, Receive
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
OFF = timedelta(days=400)
"""What the receiver's clock is wrong by: deadlines are the sender's."""

sends = st.fixed_dictionaries(
    {
        "do": st.just("send"),
        "priority": st.sampled_from(Priority),
        "size": st.sampled_from([0, 1, 100, 2000, 5000, 30_000, 70_000]),
        "object": st.integers(0, 2),
        "ttl": st.none() | st.sampled_from([0.05, 0.5, 3.0, 30.0]),
    }
)
events = st.sampled_from(["cut", "connect", "restart sender", "restart receiver", "wait", "wait", "wait long"])
schedules = st.lists(st.one_of(sends, sends, events.map(lambda do: {"do": do})), min_size=1, max_size=40)
ways = st.tuples(st.sampled_from([0.0, 0.01, 0.3, 5.0]), st.sampled_from([None, 4_000, 30_000, 1_000_000]))


class Played:
    """One schedule on one line."""

    def __init__(self, there: tuple[float, int | None], back: tuple[float, int | None], journal_after: float) -> None:
        self.outbox, self.seen = MemoryOutbox(b"one"), MemorySeen()
        self.journal_after = journal_after
        self.line = Line(self.sender(), self.receiver(), self.way(*there), self.way(*back))
        self.line.takes[1] = self.take
        self.given_up: list[tuple[float, int]] = []
        self.journal: Counter[int] = Counter()
        self.sent: dict[int, Header] = {}
        self.receivers = 0

    @staticmethod
    def way(delay: float, rate: int | None) -> Way:
        return Way(delay=lambda: delay, rate=rate)

    def sender(self) -> Session:
        return Session(Hello(identity="csms"), self.outbox, MemorySeen(), clock=LocalClock(NOON, 0.0, 0.0))

    def receiver(self) -> Session:
        me = Hello(identity="cs", receive=Receive(message=100_000, bytes=200_000, messages=64))
        return Session(me, MemoryOutbox(b"two"), self.seen, clock=LocalClock(NOON + OFF, 0.0, 0.0))

    def take(self, end: int, message: Arrived) -> None:
        self.given_up.append((self.line.now, message.id))
        life = self.receivers

        def journal() -> None:
            if life == self.receivers and not self.seen.has(message.outbox, message.id):
                self.journal[message.id] += 1
                self.line.journal(end, message)

        self.line.at(self.line.now + self.journal_after, journal)

    def do(self, step: dict[str, Any]) -> None:
        line, do = self.line, step["do"]
        if do == "send":
            urgent = step["priority"] is Priority.EMERGENCY
            deadline = None if step["ttl"] is None else NOON + timedelta(seconds=line.now + step["ttl"])
            header = Header(type=1, dst=f"/{step['object']}", priority=step["priority"], deadline=deadline)
            body = bytes(min(step["size"], 2000) if urgent else step["size"])
            self.sent[line.ends[0].send(header, body, line.now)] = header
        elif do == "connect" and not line.connected:
            line.connect()
        elif do == "cut" and line.connected:
            line.cut()
        elif do.startswith("restart"):
            line.cut()
            if do == "restart sender":
                line.ends[0] = self.sender()
            else:
                self.receivers += 1
                self.seen = MemorySeen(self.seen.export())
                line.ends[1] = self.receiver()
        elif do.startswith("wait"):
            line.run(line.now + (20.0 if do == "wait long" else 0.2))

    def settle(self) -> None:
        """Give it one long undisturbed connection."""
        if self.line.connected:
            self.line.cut()
        self.line.connect()
        while self.line.ends[0].waiting and self.line.now < 10_000:
            self.line.run(self.line.now + 50)
        self.line.run(self.line.now + 50)


Limp = tuple[float, int | None]
"""Delay and rate of a way."""


def play(schedule: list[dict[str, Any]], there: Limp, back: Limp, journal_after: float) -> None:
    played = Played(there, back, journal_after)
    for step in schedule:
        played.do(step)
    played.settle()
    assert not played.line.happened(0, Violated)
    assert not played.line.happened(1, Violated)
    assert played.line.ends[0].waiting == 0
    assert played.outbox.waiting() == []
    assert max(played.journal.values(), default=1) == 1
    lasting = {number for number, header in played.sent.items() if header.deadline is None}
    assert lasting <= played.journal.keys()
    expired = {one.id for one in played.line.happened(0, Expired) if isinstance(one, Expired)}
    confirmed = {one.id for one in played.line.happened(0, Delivered) if isinstance(one, Delivered)}
    assert played.sent.keys() == expired | confirmed
    assert not lasting & expired
    for when, number in played.given_up:
        deadline = played.sent[number].deadline
        assert deadline is None or NOON + timedelta(seconds=when) <= deadline
    if not played.receivers:
        assert max(Counter(number for _, number in played.given_up).values(), default=1) == 1
    assert_in_order(played)


ANY = given(schedules, ways, ways, st.sampled_from([0.0, 0.0, 0.1, 2.0]))

test_every_durable_message_is_journalled_once_in_order_and_in_time = settings(max_examples=60)(ANY(play))


@pytest.mark.soak
@settings(max_examples=3000)
@ANY
def test_the_same_for_a_long_time(schedule: list[dict[str, Any]], there: Limp, back: Limp, journal_after: float) -> None:
    play(schedule, there, back, journal_after)


def assert_in_order(played: Played) -> None:
    """The first time that each message was given up, within its object and priority."""
    order: dict[tuple[str, Priority], list[int]] = defaultdict(list)
    for number in dict.fromkeys(number for _, number in played.given_up):
        header = played.sent[number]
        order[header.dst, header.priority].append(number)
    assert all(numbers == sorted(numbers) for numbers in order.values())
    mark = played.seen.known().get(b"one")
    assert mark is None or mark.count == 1, "tombstones let the mark move on"
