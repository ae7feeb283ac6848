# SPDX-License-Identifier: Apache-2.0
"""Greeting, what has no place, duplicates, refusals and deadlines, between two sessions in virtual time."""

from typing import Any

import pytest

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.happenings import (
    Arrived,
    ClockSample,
    Expired,
    Refused,
    Violated,
    Welcomed,
)
from open63110.bindings.link.framing.header import Extension, Header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.bindings.link.session.tests.two_ends import (
    CONTROL,
    EXTENSION,
    HEAD,
    HELLO,
    NOON,
    NORMAL,
    PONG,
    answers,
    ended,
    greeted,
    header,
    line,
    session,
)


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


def again_on_a_new_carrier(one: Session, *frames: wire.Frame) -> list[Any]:
    """Lose the carrier, greet on the next one, and say frames there; return what happens."""
    one.lost(1.0)
    one.opened(2.0)
    one.frames(2.0, 65536)
    return [happening for frame in [HELLO, PONG, *frames] for happening in one.received(wire.encode(frame), 2.1)]


def test_what_was_confirmed_after_hello_went_out_may_come_again_on_the_next_carrier() -> None:
    one = greeted(session())
    data = wire.Data(id=1, chunk=b"a", total=1, head=HEAD)
    (arrived,) = one.received(wire.encode(data), 0.1)
    assert isinstance(arrived, Arrived)
    assert not [found for found in again_on_a_new_carrier(one) if isinstance(found, Violated)]
    one.delivered(arrived, 2.2)
    assert one.received(wire.encode(data), 2.3) == []
    assert wire.Delivered(ids=((1, 1),)) in [wire.decode(frame) for frame in one.frames(2.3, 65536)]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_what_hello_said_is_here_was_recorded_and_is_played_again(number: int) -> None:
    one = greeted(session())
    for each in (1, 2, 5):
        assert answers(one, wire.Data(id=each, chunk=b"a", total=1, head=HEAD)) == [wire.Delivered(ids=((each, each),))]
    (end,) = [
        found
        for found in again_on_a_new_carrier(one, wire.Data(id=number, chunk=b"a", total=1, head=HEAD))
        if not isinstance(found, Welcomed | ClockSample)
    ]
    assert isinstance(end, Violated)
    assert (end.code, end.ours) == (ErrorCode.PROTOCOL, True)


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
    assert happened == [Expired(id=setpoint, begun=False)]


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
