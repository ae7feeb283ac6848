# SPDX-License-Identifier: Apache-2.0
"""Annex B in virtual time: what is urgent waits for one chunk, nobody starves, and slow links carry on (B.6, B.8, B.9, B.16)."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.framing.happenings import Arrived, Delivered, Progress, Violated
from open63110.bindings.link.framing.header import Header, Priority
from open63110.bindings.link.framing.hello import Hello, Receive
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
EMERGENCY, CONTROL, NORMAL, BULK = Priority
LONG = 1024 * 1024


def session(name: str, *, receive: Receive | None = None) -> Session:
    me = Hello(identity=name, receive=receive or Receive())
    return Session(me, MemoryOutbox(name.encode()), MemorySeen(), clock=LocalClock(NOON, 0.0, 0.01))


def line(there: Way | None = None, back: Way | None = None, *, receive: Receive | None = None) -> Line:
    return Line(session("csms"), session("station", receive=receive), there, back)


def send(of: Line, priority: Priority, size: int = 200, *, dst: str = "/s/z/cs", ttl: float | None = None, end: int = 0) -> int:
    deadline = None if ttl is None else NOON + timedelta(seconds=of.now + ttl)
    header = Header(type=1, dst=dst, priority=priority, deadline=deadline)
    return of.ends[end].send(header, bytes(size), of.now, durable=size < LONG)


def round_trips(of: Line, count: int, every: float) -> list[float]:
    """Send an emergency limit now and then, and have each confirmed; return how long each took [s]."""
    sent = {}

    def one() -> None:
        sent[send(of, EMERGENCY, 60)] = of.now

    start = of.now
    for number in range(count):
        of.at(start + number * every, one)
    of.run(start + count * every + 5)
    told = {one.id: when for when, one in of.heard[0] if isinstance(one, Delivered)}
    return sorted(told[number] - begun for number, begun in sent.items())


@pytest.mark.at("AT-B.6-1")
def test_an_emergency_limit_passes_a_transfer_on_a_slow_link() -> None:
    way = Way(delay=lambda: 0.05, rate=32_000)
    slow = line(way, Way(delay=lambda: 0.05, rate=32_000))
    slow.connect()
    slow.run(2)
    for number in range(3):
        send(slow, BULK, 3 * LONG, dst=f"/log/{number}")
    slow.run(10)
    took = round_trips(slow, 100, 1.37)
    assert len(took) == 100
    assert max(took) <= 0.7
    before = way.carried
    slow.run(slow.now + 20)
    assert way.carried - before >= 0.9 * 20 * 32_000, "the transfer fills the link"
    slow.run(slow.now + 400)
    assert sorted(len(one.body) for one in slow.arrived(1) if len(one.body) > 100) == [3 * LONG] * 3
    assert not slow.happened(0, Violated)


def test_an_emergency_limit_passes_a_firmware_image_at_two_megabits() -> None:
    way = Way(delay=lambda: 0.0005, rate=250_000)
    of = line(way, Way(delay=lambda: 0.0005, rate=250_000))
    of.connect()
    for number in range(8):
        send(of, BULK, 6 * LONG, dst=f"/image/{number}")
    of.run(5)
    before = way.carried
    took = round_trips(of, 100, 0.73)
    assert took[50] <= 0.080
    assert took[98] <= 0.150
    assert way.carried - before >= 0.9 * 78 * 250_000


@pytest.mark.at("AT-B.8-3")
def test_bulk_and_normal_keep_their_share_under_continuous_control_load() -> None:
    of = line(Way(delay=lambda: 0.01, rate=100_000), Way(delay=lambda: 0.01))
    of.connect()
    got = {CONTROL: 0, NORMAL: 0, BULK: 0}

    def take(end: int, message: Arrived) -> None:
        got[message.header.priority] += len(message.body)
        of.journal(end, message)

    of.takes[1] = take
    for number in range(600):
        send(of, CONTROL, 10_000, dst=f"/c/{number}")
    for number in range(300):
        send(of, NORMAL, 3_000, dst=f"/n/{number}")
        send(of, BULK, 3_000, dst=f"/b/{number}")
    of.run(40)
    whole = sum(got.values())
    assert got[CONTROL] < 6_000_000, "the load never ended"
    assert got[BULK] >= 0.05 * whole
    assert got[NORMAL] >= 0.05 * whole
    assert got[CONTROL] >= 0.85 * whole


@pytest.mark.at("AT-B.8-1")
def test_an_emergency_queued_last_while_the_link_was_down_arrives_first() -> None:
    of = line(Way(delay=lambda: 0.05, rate=250_000), Way(delay=lambda: 0.05))
    of.connect()
    of.run(1)
    of.cut()
    for _ in range(1000):
        send(of, NORMAL)
    urgent = send(of, EMERGENCY)
    of.connect()
    of.run(30)
    assert of.arrived(1)[0].id == urgent
    assert len(of.arrived(1)) == 1001


@pytest.mark.at("AT-B.16-1")
def test_a_hundred_queued_messages_arrive_within_a_minute_over_ten_seconds_of_round_trip() -> None:
    chance = random.Random(16)
    of = line(Way(delay=lambda: chance.uniform(2.5, 7.5)), Way(delay=lambda: chance.uniform(2.5, 7.5)))
    sent = [send(of, NORMAL, 250) for _ in range(100)]
    of.connect()
    of.run(70)
    hello = next(when for when, one in of.heard[0] if type(one).__name__ == "Welcomed")
    assert [one.id for one in of.arrived(1)] == sent
    last = max(when for when, one in of.heard[0] if isinstance(one, Delivered))
    assert last - hello <= 60
    of.run(3600)
    assert not of.happened(0, Violated)
    assert not of.happened(1, Violated)


@pytest.mark.at("AT-B.16-2")
def test_what_was_billed_during_half_an_hour_without_a_link_arrives_later_once_each() -> None:
    of = line()
    of.connect()
    of.run(10)
    of.cut()
    for minute in range(30):
        of.run(10 + minute * 60)
        send(of, NORMAL)
    of.run(1900)
    of.connect()
    of.run(1910)
    assert [one.id for one in of.arrived(1)] == list(range(1, 31))


@pytest.mark.at("AT-B.9-1")
def test_thirty_two_requests_are_answered_in_any_order() -> None:
    of = line(Way(delay=lambda: 0.05), Way(delay=lambda: 0.05))
    chance = random.Random(9)
    answered: dict[int | None, float] = {}

    def work(end: int, message: Arrived) -> None:
        of.journal(end, message)
        reply = Header(type=1, reply_to=message.id)
        of.at(of.now + chance.uniform(0, 5), lambda: of.ends[1].send(reply, b"", of.now))

    def note(end: int, message: Arrived) -> None:
        of.journal(end, message)
        answered[message.header.reply_to] = of.now

    of.takes = [note, work]
    of.connect()
    of.run(1)
    asked = [send(of, CONTROL) for _ in range(32)]
    of.run(7)
    assert sorted(number for number in answered if number) == asked
    assert list(answered) != asked


@pytest.mark.at("AT-B.5-1")
def test_both_ends_ask_a_hundred_times_at_once() -> None:
    of = line(Way(delay=lambda: 0.05, rate=100_000), Way(delay=lambda: 0.05, rate=100_000))
    answers: list[list[int | None]] = [[], []]

    def work(end: int, message: Arrived) -> None:
        of.journal(end, message)
        if message.header.reply_to is None:
            of.ends[end].send(Header(type=2, reply_to=message.id), b"yes", of.now)
        else:
            answers[end].append(message.header.reply_to)

    of.takes = [work, work]
    of.connect()
    asked = [[send(of, NORMAL, end=end) for _ in range(100)] for end in (0, 1)]
    of.run(30)
    assert [sorted(one or 0 for one in got) for got in answers] == asked


@pytest.mark.at("AT-B.26-1")
def test_random_bytes_grow_by_less_than_two_in_a_hundred_and_sixteen_megabytes_stay_whole() -> None:
    way = Way()
    of = line(way)
    of.connect()
    of.run(1)
    body = random.Random(26).randbytes(100_000)
    before = way.carried
    of.ends[0].send(Header(type=1), body, of.now)
    of.run(2)
    assert of.arrived(1)[-1].body == body
    assert way.carried - before <= 102_000
    stream = random.Random(27).randbytes(16 * LONG)
    of.ends[0].send(Header(type=1, priority=BULK), stream, of.now, durable=False)
    of.run(20)
    assert of.arrived(1)[-1].body == stream


def test_a_small_controller_is_never_given_more_than_it_takes() -> None:
    small = Receive(message=64 * 1024, bytes=128 * 1024, messages=64, window=16 * 1024, chunk=2048)
    way = Way(delay=lambda: 0.1, rate=1_000_000)
    of = line(way, Way(delay=lambda: 0.1), receive=small)
    kept: list[Arrived] = []
    of.takes[1] = lambda end, message: kept.append(message)
    of.connect()
    sent = [send(of, NORMAL, 20_000, dst=f"/{number}") for number in range(50)]
    sent += [send(of, CONTROL, 10, dst=f"/{number}") for number in range(100)]
    of.run(5)
    assert 32 <= len(kept) <= 64
    assert sum(len(one.body) for one in kept) <= small.bytes
    while kept:
        of.journal(1, kept.pop(0))
        of.run(of.now + 1)
    assert sorted(one.id for one in of.arrived(1)) == sent
    assert not of.happened(0, Violated)


def test_a_long_message_tells_how_far_it_is() -> None:
    of = line(Way(delay=lambda: 0.01, rate=50_000), Way(delay=lambda: 0.01))
    of.connect()
    number = send(of, BULK, 100_000)
    of.run(10)
    steps = [one.sent for one in of.happened(0, Progress) if isinstance(one, Progress) and one.id == number]
    assert steps == sorted(set(steps))
    assert len(steps) > 5
    assert steps[-1] <= 100_000


def test_everything_arrives_once_over_a_way_that_loses_delays_and_is_cut() -> None:
    chance = random.Random(18)
    ways = [Way(delay=lambda: chance.uniform(0.0, 0.5), loss=lambda: chance.random() < 0.05, rate=64_000) for _ in range(2)]
    of = line(*ways)
    of.connect()
    of.cuts(*((at, chance.uniform(0.1, 5.0)) for at in range(10, 110, 10)))
    sent = list[int]()
    for number in range(400):
        of.at(number * 0.25, lambda number=number: sent.append(send(of, NORMAL, 300, dst=f"/{number % 7}")))  # type: ignore[misc] # a lambda's defaults
    of.run(300)
    assert sorted(one.id for one in of.arrived(1)) == sorted(sent)
    assert of.ends[0].waiting == 0
