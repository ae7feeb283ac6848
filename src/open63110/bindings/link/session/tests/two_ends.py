# SPDX-License-Identifier: Apache-2.0
"""Two sessions and the line between them, in virtual time."""

from datetime import UTC, datetime, timedelta

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.happenings import (
    Arrived,
    Violated,
)
from open63110.bindings.link.framing.header import Extension, Header, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import Limits, LocalClock, MemoryOutbox, MemorySeen, Session

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
EMERGENCY, CONTROL, NORMAL, BULK = Priority
EXTENSION = {"org.example": Extension(critical=True, value=b"\xff")}

HELLO = Hello(identity="x", outbox=b"x")
PONG = wire.Pong(number=0, sent=0, heard=0, answered=0)
HEAD = bytes.fromhex("a10201")
NOTHING = {"number": 99, "sent": 0, "heard": 0, "answered": 0}


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
