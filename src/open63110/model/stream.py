# SPDX-License-Identifier: Apache-2.0
"""Streams of values that stations send by themselves (8.3.5, periodic event streams of OCPP 2.1), and what came by them."""

from datetime import datetime
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.monitor import StreamTerms


class EventStream(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One stream of one station."""

    id: str
    """Station and number with a colon between them."""
    station: StationId
    number: int
    """What the station calls it."""
    monitor: int
    """The station's number of the monitor that it belongs to."""
    terms: StreamTerms = StreamTerms()
    variable: str = ""
    """What is told, as ``EVSE@1/Power``; empty: nobody knows."""
    opened: datetime
    closed: datetime | None = None
    """None: it is open."""
    samples: int = 0
    """How many came."""
    last: datetime | None = None
    """The moment of the last one."""
    pending: int = 0
    """How many waited at the station when it told the last ones."""

    @property
    def open(self) -> bool:
        """Values may come."""
        return self.closed is None


class EventStreamChanged(Event, frozen=True, kw_only=True, gc=False):
    """A stream was opened, adjusted or closed, or is not kept any more."""

    about: ClassVar[str] = "event_stream"
    id: str
    event_stream: EventStream | None


class StreamChunk(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Values of a stream that came together, in order of time."""

    id: str
    """Stream and first moment [ms since 1970], with a colon between them: what comes twice is kept once."""
    stream: str
    station: StationId
    begin: datetime
    offsets: tuple[float, ...]
    """After ``begin`` [s]."""
    values: tuple[float | str, ...]


class StreamChunkChanged(Event, frozen=True, kw_only=True, gc=False):
    """Values have come, or are not kept any more."""

    about: ClassVar[str] = "stream_chunk"
    id: str
    stream_chunk: StreamChunk | None


def stream_key(station: StationId, number: int) -> str:
    """Return by what a stream is known."""
    return f"{station}:{number}"
