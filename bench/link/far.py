# SPDX-License-Identifier: Apache-2.0
"""A hundred messages that waited, over a round trip of ten seconds: in virtual time, or over a real socket that long."""

import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from tools.link_samples import typical

from bench.link.job import STATION
from bench.link.papers import CSMS, Papers
from bench.link.ways import FAR, NEAR, Shape, way
from bench.server import free_port
from open63110.bindings.link.carriers.memory_carrier import Line
from open63110.bindings.link.carriers.memory_carrier import Way as Stretch
from open63110.bindings.link.framing.happenings import Delivered, Welcomed
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session

QUEUED = 100
TRIP = 10.0
"""Round trip [s]."""
SPREAD = 2.5
"""More or less, each way [s]."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """How it went."""

    how: str
    delivered: int
    """Messages that the other end confirmed, each once."""
    seconds: float
    """From its HELLO to the last confirmation."""


def message() -> tuple[Header, bytes]:
    """Return a meter message as it waits in an outbox."""
    said = typical()
    return Header(type=CODEC.number(said)), CODEC.encode(said, station=said.station)


def virtual() -> Arrival:
    """Let two sessions speak in virtual time."""
    chance = random.Random(16)
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def session(name: str) -> Session:
        return Session(Hello(identity=name), MemoryOutbox(name.encode()), MemorySeen(), clock=LocalClock(noon, 0.0, 0.01))

    def stretch() -> Stretch:
        return Stretch(delay=lambda: TRIP / 2 + chance.uniform(-SPREAD, SPREAD))

    line = Line(session(STATION), session(CSMS), stretch(), stretch())
    line.ends[0].send_all([message()] * QUEUED, 0.0)
    line.connect()
    line.run(300)
    hello = next(when for when, one in line.heard[0] if isinstance(one, Welcomed))
    told = [when for when, one in line.heard[0] if isinstance(one, Delivered)]
    return Arrival(how="sessions in virtual time", delivered=len(told), seconds=max(told) - hello)


def real(folder: Path) -> Arrival:
    """Let two processes speak over TLS, as far apart; without root, a proxy is the distance."""
    port = free_port()
    papers = Papers(folder)
    papers.make([STATION], (NEAR, FAR, "127.0.0.1"))
    with way(Shape(delay=TRIP / 2, jitter=SPREAD), [port]) as open_way:
        csms = open_way.start(["bench.link.far_ends", "csms", str(folder), open_way.serve, str(port)], far=False)
        try:
            assert csms.stdout
            csms.stdout.readline()
            address, (reach,) = open_way.reach
            station = open_way.start(["bench.link.far_ends", "station", str(folder), address, str(reach)], far=True)
            try:
                said, _ = station.communicate(timeout=400)
            finally:
                station.kill()
                station.wait()
        finally:
            csms.kill()
            csms.wait()
    delivered, seconds = msgspec.json.decode(said or b"[0, 1e9]", type=tuple[int, float])
    return Arrival(how=open_way.how, delivered=delivered, seconds=seconds)
