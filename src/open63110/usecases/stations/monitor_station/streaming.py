# SPDX-License-Identifier: Apache-2.0
"""Streams of values at the CSMS: taken, stored as series, adjusted and closed (8.3.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.monitor import Monitoring
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.model.stream import EventStream, EventStreamChanged, StreamChunk, StreamChunkChanged, stream_key
from open63110.ports import Rows, Where
from open63110.usecases.stations.monitor_station.csms import EARLIEST
from open63110.usecases.stations.monitor_station.messages import Acknowledged
from open63110.usecases.stations.monitor_station.streams import (
    AdjustStream,
    AskStreams,
    CloseStream,
    OpenStream,
    StreamAdjusted,
    StreamSampled,
    StreamsReported,
)
from open63110.usecases.stations.monitor_station.watching import MOST_SAMPLES, STREAMS, portions

MOST: Final = 50
"""Streams that one station may have open."""


def changed(stream: EventStream, at: datetime) -> EventStreamChanged:
    """Return the fact that a stream is like this now."""
    return EventStreamChanged(station=stream.station, at=at, id=stream.id, event_stream=stream)


def open_stream(command: OpenStream, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Take it; what is opened again goes on.

    Raises:
        Refused: the station has too many.
    """
    mine = rows.load(EventStream, Where("station", "=", station.id), Where("open", "=", True))  # noqa: FBT003 - a value
    key = stream_key(station.id, command.number)
    if len(mine) >= MOST and all(one.id != key for one in mine):
        raise Refused(f"{MOST} streams are open", code="TooManyElements", where="number")
    known = rows.get(EventStream, key)
    goes_on = known is not None and known.monitor == command.monitor
    fresh = EventStream(id=key, station=station.id, number=command.number, monitor=command.monitor, opened=now)
    stream = known if known is not None and goes_on else fresh
    variable = _variable(station, command.monitor, rows)
    yield changed(replace(stream, terms=command.terms, variable=variable or stream.variable, closed=None), now)
    yield Acknowledged()


def _variable(station: Station, monitor: int, rows: Rows) -> str:
    """Return what a monitor watches, empty if nobody knows it."""
    monitoring = rows.get(Monitoring, station.id)
    here = () if monitoring is None else (*(one.monitor for one in monitoring.wishes), *monitoring.installed)
    return next((str(one.address) for one in here if one.id == monitor), "")


def close_stream(command: CloseStream, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Expect no more of it; what has come stays."""
    known = rows.get(EventStream, stream_key(station.id, command.number))
    if known is not None and known.closed is None:
        yield changed(replace(known, closed=now), now)
    yield Acknowledged()


def hear_samples(event: StreamSampled, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Store what is new of it: times only ever rise. A stream that nobody opened is one all the same.

    Values of a moment that cannot be are left out: after one of the year 2106 no other would be new.

    Raises:
        Malformed: moments and values do not fit together, or are too many.
        Refused: the station has too many streams.
    """
    if len(event.offsets) != len(event.values) or len(event.values) > MOST_SAMPLES:
        raise Malformed("a portion has one moment for each value, and at most 10000", code="InvalidValue", where="data")
    key = stream_key(station.id, event.number)
    stream = rows.get(EventStream, key)
    if stream is None:
        if len(rows.load(EventStream, Where("station", "=", station.id))) >= MOST:
            raise Refused("too many streams", code="TooManyElements", where="id")
        stream = EventStream(id=key, station=station.id, number=event.number, monitor=0, opened=now)
    fresh = _fresh(event, stream, now + timedelta(seconds=policy.clock_tolerance))
    if fresh:
        yield from _stored(fresh, stream, event, now)
    yield Acknowledged()


def _fresh(event: StreamSampled, stream: EventStream, latest: datetime) -> list[tuple[datetime, str]]:
    """Return the values that were not told before, in order of time."""
    low, high = (EARLIEST - event.at).total_seconds(), (latest - event.at).total_seconds()
    said = zip(event.offsets, event.values, strict=True)
    found = [(event.at + timedelta(seconds=offset), value) for offset, value in said if low <= offset <= high]
    ordered: list[tuple[datetime, str]] = []
    last = stream.last
    for at, value in sorted(found, key=lambda one: one[0]):
        if last is None or at > last:
            ordered.append((at, value))
            last = at
    return ordered


def _stored(fresh: list[tuple[datetime, str]], stream: EventStream, event: StreamSampled, now: datetime) -> Iterator[Effect]:
    begin, last = fresh[0][0], fresh[-1][0]
    chunk = StreamChunk(
        id=f"{stream.id}:{round(begin.timestamp() * 1000)}",
        stream=stream.id,
        station=stream.station,
        begin=begin,
        offsets=tuple((at - begin).total_seconds() for at, _ in fresh),
        values=tuple(_number(value) for _, value in fresh),
    )
    yield StreamChunkChanged(station=stream.station, at=now, id=chunk.id, stream_chunk=chunk)
    more = replace(stream, samples=stream.samples + len(fresh), last=last, pending=event.pending)
    yield changed(more, now)


def _number(text: str) -> float | str:
    """Read a number where it is one."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if isfinite(number) else text


def adjust(command: AdjustStream, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed: in portions that cannot be.
        NotSupported: the station has no streams.
    """
    if portions(command.every, command.values, "every") is None:
        raise Malformed("say how often, or how many values at a time", code="InvalidValue", where="every")
    _demand_streams(station)
    yield command


def adjusted(event: StreamAdjusted, station: Station, rows: Rows) -> Iterator[Effect]:
    """Keep in which portions it comes now."""
    yield event
    known = rows.get(EventStream, stream_key(station.id, event.number))
    if known is not None:
        yield changed(replace(known, terms=event.terms), event.at)


def ask(command: AskStreams, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        NotSupported: the station has no streams.
    """
    _demand_streams(station)
    yield command


def _demand_streams(station: Station) -> None:
    if STREAMS in station.lacks:
        raise NotSupported(f"{station.wire} has no streams of values", code="NoStreams")


def reported(event: StreamsReported, station: Station, rows: Rows) -> Iterator[Effect]:
    """Know of those that it sends, and close what it does not send any more."""
    yield event
    sent = {stream_key(station.id, one.number): one for one in event.streams[:MOST]}
    known = {one.id: one for one in rows.load(EventStream, Where("station", "=", station.id))}
    for key, one in sent.items():
        before = known.get(key)
        if before is None or before.closed is not None or (before.monitor, before.terms) != (one.monitor, one.terms):
            base = before or EventStream(id=key, station=station.id, number=one.number, monitor=0, opened=event.at)
            variable = _variable(station, one.monitor, rows) or base.variable
            yield changed(replace(base, monitor=one.monitor, terms=one.terms, variable=variable, closed=None), event.at)
    for key, before in known.items():
        if before.closed is None and key not in sent:
            yield changed(replace(before, closed=event.at), event.at)


_WHO: Final = frozenset({Role.OPERATOR})

DOORS: Final = (
    Door(command=AdjustStream, noun="station", verb="adjust-stream", roles=_WHO),
    Door(command=AskStreams, noun="station", verb="ask-streams", roles=_WHO),
)
"""Ways in from outside."""
