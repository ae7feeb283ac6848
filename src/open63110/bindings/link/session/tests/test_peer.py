# SPDX-License-Identifier: Apache-2.0
"""Taking back, refusing, resuming, time and silence, between two sessions in virtual time."""

from datetime import timedelta

import pytest

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.happenings import (
    Arrived,
    Cancelled,
    ClockSample,
    Delivered,
    Refused,
    Violated,
    Withdrawn,
)
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import Limits, LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.bindings.link.session.tests.two_ends import (
    BULK,
    CONTROL,
    EMERGENCY,
    HEAD,
    NOON,
    NOTHING,
    answers,
    ended,
    greeted,
    header,
    line,
    session,
)
from open63110.kernel.errors import Unavailable


def test_what_was_not_sent_is_taken_back_at_once() -> None:
    of = Line(session("csms"), session("cs"))
    number = of.ends[0].send(header(), b"", 0.0)
    assert of.ends[0].cancel(number, 0.0)
    of.connect()
    of.run(10)
    assert of.happened(0, Cancelled) == [Cancelled(id=number)]
    assert of.arrived(1) == []


@pytest.mark.at("AT-B.9-2")
def test_what_is_on_its_way_is_taken_back_and_others_are_not() -> None:
    of = line(there=Way(delay=lambda: 0.1, rate=50_000))
    first, second = (of.ends[0].send(header(dst=f"/{one}"), bytes(100_000), of.now) for one in range(2))
    of.run(2)
    assert of.ends[0].cancel(first, of.now)
    assert not of.ends[0].cancel(999, of.now)
    of.run(10)
    assert of.happened(0, Cancelled) == [Cancelled(id=first)]
    assert [one.id for one in of.arrived(1)] == [second]
    assert of.happened(1, Withdrawn) == []


def test_what_was_given_up_already_is_withdrawn() -> None:
    of = line(there=Way(delay=lambda: 0.1))
    kept: list[Arrived] = []
    of.takes[1] = lambda end, message: kept.append(message)
    number = of.ends[0].send(header(), b"", of.now)
    of.run(2)
    assert of.ends[0].cancel(number, of.now)
    of.run(3)
    assert of.happened(1, Withdrawn) == [Withdrawn(id=number)]
    of.journal(1, kept[0])
    of.run(4)
    assert of.happened(0, Delivered) == [Delivered(id=number)]
    assert not of.ends[0].cancel(number, of.now), "delivered: the other end is only asked to stop"
    of.run(5)
    assert of.happened(1, Withdrawn) == [Withdrawn(id=number)] * 2


def test_a_cut_does_not_forget_that_a_message_was_taken_back() -> None:
    of = line(there=Way(delay=lambda: 0.1, rate=50_000))
    number = of.ends[0].send(header(), bytes(100_000), of.now)
    of.run(1.5)
    of.cut()
    assert of.ends[0].cancel(number, of.now)
    of.connect()
    of.run(10)
    assert of.happened(0, Cancelled) == [Cancelled(id=number)]
    assert of.arrived(1) == []


def test_a_refused_message_is_told_again_only_when_the_receiver_says_when() -> None:
    of = line()
    turns: list[float] = []

    def take(end: int, message: Arrived) -> None:
        turns.append(of.now)
        if message.header.dst == "/never":
            of.ends[1].refuse(message, ErrorCode.REFUSED, "no", of.now)
        elif len(turns) < 3:
            of.ends[1].refuse(message, ErrorCode.OVERLOADED, "later", of.now, retry_after=10.0)
        else:
            of.journal(end, message)

    of.takes[1] = take
    never = of.ends[0].send(header(dst="/never"), b"", of.now)
    later = of.ends[0].send(header(), b"", of.now)
    of.run(60)
    assert of.happened(0, Refused) == [Refused(id=never, code=ErrorCode.REFUSED, words="no")]
    assert of.happened(0, Delivered) == [Delivered(id=later)]
    assert turns[2] - turns[1] >= 10.0


@pytest.mark.parametrize(("wait", "said"), [(0.9991, 1000), (0.25, 250), (0.1000001, 101)])
def test_who_is_told_to_wait_is_never_told_too_short_a_time(wait: float, said: int) -> None:
    one = greeted(session())
    (message,) = (what for what in one.received(wire.encode(wire.Data(id=1, head=HEAD)), 0.0) if isinstance(what, Arrived))
    one.refuse(message, ErrorCode.RATE_LIMITED, "later", 0.0, retry_after=wait)
    nacks = [frame for frame in map(wire.decode, one.frames(0.0, 10_000)) if isinstance(frame, wire.Nack)]
    assert [frame.retry_after for frame in nacks] == [said]


def test_a_message_told_again_still_goes_before_later_ones_to_the_same_object() -> None:
    of = line(there=Way(delay=lambda: 1.0, rate=1000), back=Way(delay=lambda: 1.0))
    for _ in range(3):
        of.ends[0].send(header(CONTROL), bytes(500), of.now)
    refused: list[int] = []

    def take(end: int, message: Arrived) -> None:
        if message.id == 1 and not refused:
            refused.append(message.id)
            of.ends[1].refuse(message, ErrorCode.OVERLOADED, "later", of.now, retry_after=1.0)
        else:
            of.journal(end, message)

    of.takes[1] = take
    of.run(30)
    assert [one.id for one in of.arrived(1)] == [1, 1, 2, 3]


@pytest.mark.at("AT-B.10-1")
def test_a_resumed_link_carries_only_what_is_missing() -> None:
    way = Way(delay=lambda: 0.05, rate=100_000)
    of = line(there=way, back=Way(delay=lambda: 0.05))
    for number in range(10):
        of.ends[0].send(header(dst=f"/{number}"), bytes(1000), of.now)
    long = of.ends[0].send(header(BULK), bytes(500_000), of.now)
    of.run(4)
    assert len(of.arrived(1)) == 10
    before = way.carried
    assert before > 250_000
    of.cut()
    of.run(14)
    of.connect()
    of.run(30)
    assert [one.id for one in of.arrived(1)] == [*range(1, 11), long]
    assert way.carried - before < 530_000 - before, "it goes on where it was"
    assert len(of.arrived(1)[-1].body) == 500_000


def test_an_outbox_that_is_an_old_copy_is_found_out() -> None:
    of = line()
    for _ in range(3):
        of.ends[0].send(header(), b"", of.now)
    of.run(2)
    of.cut()
    of.ends[0] = session(outbox=MemoryOutbox(b"csms"))
    of.connect()
    of.run(3)
    assert (ErrorCode.OUTBOX_RESTORED, True) in ended(of)


def test_urgent_messages_are_paced_and_refused_beyond_what_was_advertised() -> None:
    of = line()
    sent = [of.ends[0].send(header(EMERGENCY, dst=f"/{one}"), b"", of.now) for one in range(300)]
    of.run(1.0)
    assert 100 <= len(of.arrived(1)) < 130
    of.run(10)
    assert [one.id for one in of.arrived(1)] == sent
    one = greeted(session())
    found = [answer for id in range(1, 203) for answer in answers(one, wire.Data(id=id, head=bytes.fromhex("a202010600")))]
    nacks = [one for one in found if isinstance(one, wire.Nack)]
    assert [(one.id, one.error, one.retry_after) for one in nacks] == [
        (201, ErrorCode.RATE_LIMITED, 100),
        (202, ErrorCode.RATE_LIMITED, 100),
    ]


def test_too_many_gaps_have_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open63110.bindings.link.session.receiving.STRETCHES", 3)
    one = greeted(session())
    found = [answer for id in (2, 4, 6, 8, 1) for answer in answers(one, wire.Data(id=id, head=HEAD))]
    assert [(one.id, one.error, one.retry_after) for one in found if isinstance(one, wire.Nack)] == [
        (8, ErrorCode.OVERLOADED, 5000)
    ]


def test_what_does_not_fit_is_not_queued() -> None:
    one = session(limits=Limits(backlog=1000))
    one.send(header(), bytes(600), 0.0)
    with pytest.raises(Unavailable):
        one.send(header(), bytes(600), 0.0)
    with pytest.raises(BadFrame):
        one.send(header(EMERGENCY), bytes(2049), 0.0)
    assert one.waiting == 1


def test_silence_ends_a_link_after_a_question() -> None:
    of = line()
    of.run(3)
    left, frames = of.ends[0], 0
    start, now = of.now, of.now
    while left.welcomed and now < 100:
        now = left.next_deadline or 100.0
        violated = [one for one in left.tick(now) if isinstance(one, Violated)]
        frames += len(left.frames(now, 65536))
    assert [(one.code, one.ours) for one in violated] == [(ErrorCode.SILENT, True)]
    assert 10.0 <= now - start <= 16.0
    assert frames >= 2


def test_an_end_that_never_greets_is_left_after_a_minute() -> None:
    one = session()
    one.opened(0.0)
    one.frames(0.0, 65536)
    assert one.next_deadline == 60.0
    assert [one.code for one in one.tick(60.0) if isinstance(one, Violated)] == [ErrorCode.SILENT]


@pytest.mark.at("AT-B.13-1")
@pytest.mark.parametrize(("there", "back", "error"), [(0.3, 0.1, 0.1), (0.1, 0.1, 0.05)])
def test_the_other_clock_is_known_within_its_bound(there: float, back: float, error: float) -> None:
    off = timedelta(days=3)
    right = Session(Hello(identity="cs"), MemoryOutbox(b"cs"), MemorySeen(), clock=LocalClock(NOON + off, 0.0))
    of = line(right=right, there=Way(delay=lambda: there), back=Way(delay=lambda: back))
    of.run(30)
    sample = of.happened(0, ClockSample)[-1]
    assert isinstance(sample, ClockSample)
    assert sample.uncertainty >= (there + back) / 4
    assert abs(sample.offset - off.total_seconds()) <= min(sample.uncertainty, error + 0.002)
    read = of.ends[0].peer_utc(of.now)
    assert read is not None
    assert abs((read[0] - NOON - off).total_seconds() - of.now) <= read[1]
    assert session().peer_utc(0.0) is None


def test_what_waits_survives_the_process_and_what_was_seen_does_too() -> None:
    outbox = MemoryOutbox(b"one")
    of = Line(session(outbox=outbox), session("cs"))
    of.ends[0].send(header(CONTROL, ttl=100), b"first", 0.0)
    of.ends[0].send(header(EMERGENCY), b"second", 0.0)
    lost = of.ends[0].send(header(), b"third", 0.0, durable=False)
    of.ends[0] = session(outbox=outbox)
    of.connect()
    of.run(1)
    assert [one.body for one in of.arrived(1)] == [b"second", b"first"]
    assert lost not in [one.id for one in of.arrived(1)]


def test_gaps_that_the_receiver_has_are_not_told_again() -> None:
    of = line()
    kept: list[Arrived] = []
    of.takes[1] = lambda end, message: kept.append(message)
    for _ in range(3):
        of.ends[0].send(header(), b"", of.now)
    of.run(2)
    of.journal(1, kept[0])
    of.journal(1, kept[2])
    of.cut()
    of.takes[1] = of.journal
    of.connect()
    of.run(5)
    assert [one.id for one in of.arrived(1)] == [1, 2, 3]
    assert {one.id for one in of.happened(0, Delivered) if isinstance(one, Delivered)} == {1, 3}, "2 still waits for the journal"
    of.journal(1, kept[1])
    of.run(6)
    assert of.ends[0].waiting == 0


def test_answers_about_what_is_over_change_nothing() -> None:
    one = greeted(session())
    for frame in (wire.Nack(id=7, error=ErrorCode.REFUSED), wire.Delivered(ids=((1, 2**50),)), wire.Pong(**NOTHING)):
        assert one.received(wire.encode(frame), 0.5) == []
    assert one.welcomed


def test_what_is_kept_over_a_cut_is_bounded() -> None:
    one = session()
    for turn in range(3):
        greeted(one)
        for number in range(20):
            first = wire.Data(id=1 + turn * 100 + number, chunk=bytes(8000), total=1_000_000, head=HEAD)
            one.received(wire.encode(first), 0.1)
        one.lost(0.2)
        one.opened(0.3)
    hello = wire.decode(one.frames(0.3, 65536)[0])
    assert isinstance(hello, Hello)
    assert len(hello.resume[0].partial) == 60
    assert all(length == 8000 for _, length in hello.resume[0].partial)
