# SPDX-License-Identifier: Apache-2.0
"""Greeting, deadlines, taking back, refusing, resuming, time and silence, between two sessions in virtual time."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.bindings.link import frames as wire
from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.happenings import (
    Arrived,
    Cancelled,
    ClockSample,
    Delivered,
    Expired,
    Refused,
    Violated,
    Welcomed,
    Withdrawn,
)
from open63110.bindings.link.header import Extension, Header, Priority
from open63110.bindings.link.hello import Hello
from open63110.bindings.link.memory_carrier import Line, Way
from open63110.bindings.link.session import Limits, LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.kernel.errors import Unavailable

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
EMERGENCY, CONTROL, NORMAL, BULK = Priority
EXTENSION = {"org.example": Extension(critical=True, value=b"\xff")}


def session(
    name: str = "cs", *, me: Hello | None = None, outbox: MemoryOutbox | None = None, peer: str = "", limits: Limits | None = None
) -> Session:
    outbox = outbox or MemoryOutbox(name.encode())
    return Session(
        me or Hello(identity=name), outbox, MemorySeen(), limits or Limits(), clock=LocalClock(NOON, 0.0, 0.01), peer=peer
    )


def line(left: Session | None = None, right: Session | None = None, *, there: Way | None = None, back: Way | None = None) -> Line:
    of = Line(left or session("csms"), right or session("cs"), there, back)
    of.connect()
    of.run(0.9)
    return of


def header(priority: Priority = NORMAL, *, dst: str = "/s/z/cs", ttl: float | None = None, now: float = 0.0) -> Header:
    deadline = None if ttl is None else NOON + timedelta(seconds=now + ttl)
    return Header(type=1, dst=dst, priority=priority, deadline=deadline)


def ended(of: Line) -> list[tuple[int, bool]]:
    return [(one.code, one.ours) for end in (0, 1) for one in of.happened(end, Violated) if isinstance(one, Violated)]


def test_both_ends_are_welcomed_and_told_what_the_other_takes() -> None:
    of = line()
    for end, name in ((0, "cs"), (1, "csms")):
        (welcome,) = of.happened(end, Welcomed)
        assert isinstance(welcome, Welcomed)
        assert (welcome.hello.identity, welcome.version, welcome.resumed) == (name, (1, 0), False)
        assert of.ends[end].welcomed
    of.run(600)
    assert ended(of) == []


@pytest.mark.at("AT-B.15-1")
def test_two_minor_versions_work_together() -> None:
    of = line(session(me=Hello(identity="a", versions=((1, 1),)), outbox=MemoryOutbox(b"a")))
    number = of.ends[0].send(header(), b"hello", of.now)
    of.run(2)
    assert [one.id for one in of.arrived(1)] == [number]
    assert [one.version for one in of.happened(1, Welcomed) if isinstance(one, Welcomed)] == [(1, 0)]


@pytest.mark.at("AT-B.15-2")
def test_two_major_versions_refuse_each_other_by_name() -> None:
    of = line(session(me=Hello(identity="a", versions=((2, 0),))))
    refusals = [one for end in (0, 1) for one in of.happened(end, Violated) if isinstance(one, Violated)]
    assert {one.code for one in refusals} == {ErrorCode.UNSUPPORTED_VERSION}
    assert any("1.0" in one.words for one in refusals)
    assert not of.ends[0].welcomed


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        (session("imposter"), session("cs", peer="csms"), ErrorCode.IDENTITY_MISMATCH),
        (session(me=Hello(identity="a", extensions=EXTENSION)), session(), ErrorCode.UNSUPPORTED_EXTENSION),
    ],
)
def test_a_greeting_that_may_not_be_ends_the_link_at_both_ends(left: Session, right: Session, code: ErrorCode) -> None:
    of = line(left, right)
    assert (code, True) in ended(of)
    assert (code, False) in ended(of)
    of.run(5)
    assert not of.connected


def test_what_an_ended_link_brings_is_not_heard() -> None:
    one = session()
    assert one.received(wire.encode(wire.Ping(number=1, sent=1)), 0.0) == []
    one.opened(0.0)
    assert isinstance(one.received(b"\x00", 0.0)[0], Violated)
    assert one.received(wire.encode(Hello(identity="x")), 0.0) == []
    (last,) = one.frames(0.0, 65536)
    assert isinstance(wire.decode(last), wire.Nack)
    assert one.tick(1000.0) == []


HELLO = Hello(identity="x", outbox=b"x")
PONG = wire.Pong(number=0, sent=0, heard=0, answered=0)
HEAD = bytes.fromhex("a10201")
NOTHING = {"number": 99, "sent": 0, "heard": 0, "answered": 0}


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ([HELLO], ErrorCode.PROTOCOL),
        ([wire.Data(id=1, head=HEAD)], ErrorCode.PROTOCOL),
        ([wire.Credit(bytes=1)], ErrorCode.PROTOCOL),
        ([PONG, wire.Data(id=1, chunk=b"a")], ErrorCode.PROTOCOL),
        ([PONG, wire.Data(id=1, chunk=b"ab", total=1, head=HEAD)], ErrorCode.PROTOCOL),
        ([PONG, wire.Data(id=1, chunk=b"", total=1, head=HEAD)], ErrorCode.PROTOCOL),
        ([PONG, wire.Data(id=1, chunk=b"a", total=4, offset=2, head=HEAD)], ErrorCode.PROTOCOL),
        ([PONG, wire.Data(id=1, chunk=bytes(9000), total=9000, head=HEAD)], ErrorCode.TOO_LARGE),
        (
            [PONG, *(wire.Data(id=one, chunk=b"a", total=16_000_000, head=HEAD) for one in (1, 2, 3))],
            ErrorCode.TOO_LARGE,
        ),
        (
            [PONG, *(wire.Data(id=one, chunk=b"a", total=2, head=HEAD) for one in range(1, 1030))],
            ErrorCode.TOO_LARGE,
        ),
        (
            [PONG, *(wire.Data(id=one, chunk=b"a", total=2, head=b"\x00") for one in range(1, 2060))],
            ErrorCode.TOO_LARGE,
        ),
        ([wire.Cancel(ids=((1, 5000),), error=ErrorCode.CANCELLED)], ErrorCode.TOO_LARGE),
    ],
)
def test_what_has_no_place_ends_the_link(rest: list[wire.Frame], code: ErrorCode) -> None:
    one = session()
    one.opened(0.0)
    one.frames(0.0, 65536)
    happenings = [happening for frame in [HELLO, *rest] for happening in one.received(wire.encode(frame), 0.1)]
    assert [happening.code for happening in happenings if isinstance(happening, Violated)] == [code]


def test_nothing_goes_before_the_greeting() -> None:
    one = session()
    one.opened(0.0)
    (ended,) = one.received(wire.encode(PONG), 0.0)
    assert isinstance(ended, Violated)
    assert ended.code == ErrorCode.PROTOCOL


def greeted(one: Session) -> Session:
    """Open a session towards a hand-made peer."""
    one.opened(0.0)
    one.frames(0.0, 65536)
    one.received(wire.encode(HELLO), 0.0)
    one.received(wire.encode(PONG), 0.0)
    one.frames(0.0, 65536)
    return one


def answers(one: Session, frame: wire.Frame) -> list[wire.Frame | None]:
    for happening in one.received(wire.encode(frame), 0.1):
        if isinstance(happening, Arrived):
            one.delivered(happening, 0.1)
    return [wire.decode(data) for data in one.frames(0.1, 65536)]


def test_a_duplicate_is_confirmed_again_and_not_given_up_again() -> None:
    one = greeted(session())
    data = wire.Data(id=1, chunk=b"a", total=1, head=HEAD)
    assert answers(one, data) == [wire.Delivered(ids=((1, 1),))]
    assert one.received(wire.encode(data), 0.2) == []
    assert answers(one, wire.Ping(number=1, sent=1))[1:] == [wire.Delivered(ids=((1, 1),))]


def test_a_duplicate_of_what_is_not_journalled_yet_waits_with_it() -> None:
    one = greeted(session())
    first, later = wire.Data(id=1, chunk=b"a", total=2, head=HEAD), wire.Data(id=1, offset=1, chunk=b"b")
    (arrived,) = [*one.received(wire.encode(first), 0.1), *one.received(wire.encode(later), 0.1)]
    assert isinstance(arrived, Arrived)
    assert arrived.body == b"ab"
    assert [*one.received(wire.encode(first), 0.1), *one.received(wire.encode(later), 0.1)] == []
    assert one.frames(0.1, 65536) == []
    one.delivered(arrived, 0.2)
    assert [wire.decode(data) for data in one.frames(0.2, 65536)] == [wire.Delivered(ids=((1, 1),))]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (wire.Data(id=1, head=b"\x00"), ErrorCode.MALFORMED),
        (wire.Data(id=1, chunk=b"a", total=20_000_000, head=HEAD), ErrorCode.TOO_LARGE),
        (wire.Data(id=1, chunk=b"a", total=3000, head=bytes.fromhex("a202010600")), ErrorCode.TOO_LARGE),
        (wire.Data(id=1, head=bytes.fromhex("a202010ea1") + b"\x61x" + bytes.fromhex("82f540")), ErrorCode.UNSUPPORTED_EXTENSION),
    ],
)
def test_a_message_that_cannot_be_taken_is_refused_and_the_link_goes_on(frame: wire.Data, code: ErrorCode) -> None:
    one = greeted(session())
    (nack,) = answers(one, frame)
    assert isinstance(nack, wire.Nack)
    assert (nack.id, nack.error, nack.retry_after) == (1, code, None)
    assert one.welcomed
    again = answers(one, frame)
    assert [(type(one), getattr(one, "error", None)) for one in again] == [(wire.Nack, code)], "the same answer to a repetition"


@pytest.mark.at("AT-B.14-1")
def test_an_extension_that_is_not_critical_arrives_byte_for_byte() -> None:
    of = line()
    extensions = {"org.example": Extension(value=b"\xff\x00\xfe")}
    of.ends[0].send(Header(type=1, extensions=extensions), b"", of.now)
    of.run(2)
    assert of.arrived(1)[0].header.extensions == extensions


@pytest.mark.at("AT-B.14-2")
def test_a_critical_extension_that_is_not_understood_refuses_the_message() -> None:
    of = line()
    number = of.ends[0].send(Header(type=1, extensions=EXTENSION), b"", of.now)
    of.run(2)
    assert of.arrived(1) == []
    assert of.happened(0, Refused) == [
        Refused(id=number, code=ErrorCode.UNSUPPORTED_EXTENSION, words="org.example is not understood")
    ]
    assert of.ends[0].waiting == 0


def test_who_judges_headers_stops_a_long_message_at_its_first_piece() -> None:
    def judge(header: Header) -> tuple[ErrorCode, str] | None:
        return (ErrorCode.NOT_AUTHORIZED, "not from here") if header.type == 9 else None

    right = Session(Hello(identity="cs"), MemoryOutbox(b"cs"), MemorySeen(), clock=LocalClock(NOON, 0.0), judge=judge)
    way = Way(delay=lambda: 0.01, rate=1_000_000)
    of = line(right=right, there=way)
    number = of.ends[0].send(Header(type=9), bytes(1_000_000), of.now)
    other = of.ends[0].send(Header(type=8), bytes(100_000), of.now)
    of.run(5)
    assert of.happened(0, Refused) == [Refused(id=number, code=ErrorCode.NOT_AUTHORIZED, words="not from here")]
    assert [one.id for one in of.arrived(1)] == [other]
    assert way.carried < 200_000


@pytest.mark.at("AT-B.1-1")
def test_a_receiver_that_pauses_drops_what_is_too_late_and_serves_the_rest() -> None:
    of = line()
    setpoint = of.ends[0].send(header(CONTROL, ttl=2, now=of.now), b"", of.now)
    request = of.ends[0].send(header(NORMAL, dst="/log", ttl=120, now=of.now), b"", of.now)
    paused = of.ends[0].frames(of.now, 65536)
    found = [one for frame in paused for one in of.ends[1].received(frame, of.now + 5)]
    assert [one.id for one in found if isinstance(one, Arrived)] == [request]
    nacks = [frame for data in of.ends[1].frames(of.now + 5, 65536) if isinstance(frame := wire.decode(data), wire.Nack)]
    assert [(one.id, one.error) for one in nacks] == [(setpoint, ErrorCode.EXPIRED)]
    happened = of.ends[0].received(wire.encode(nacks[0]), of.now)
    assert happened == [Expired(id=setpoint, begun=True)]


@pytest.mark.at("AT-B.1-2")
def test_the_sender_reports_what_ran_out_without_a_peer() -> None:
    of = Line(session("csms"), session("cs"))
    soon, late = (of.ends[0].send(header(ttl=ttl), b"", 0.0) for ttl in (1.0, 30.0))
    of.run(100)
    assert [one for _, one in of.heard[0]] == [Expired(id=soon, begun=False), Expired(id=late, begun=False)]
    assert [when for when, _ in of.heard[0]] == pytest.approx([1.0, 30.0], rel=0.1)
    assert of.ends[0].waiting == 0


def test_tombstones_let_the_mark_of_the_receiver_move_on() -> None:
    of = Line(session("csms"), session("cs"))
    for ttl in (1.0, None, 1.0, None):
        of.ends[0].send(header(ttl=ttl), b"", 0.0)
    of.run(10)
    of.connect()
    of.run(20)
    assert [one.id for one in of.arrived(1)] == [2, 4]
    of.cut()
    of.connect()
    of.run(30)
    welcome = of.happened(0, Welcomed)[-1]
    assert isinstance(welcome, Welcomed)
    assert welcome.resumed
    assert [(one.contiguous, one.sparse) for one in welcome.hello.resume] == [(4, ())]


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
