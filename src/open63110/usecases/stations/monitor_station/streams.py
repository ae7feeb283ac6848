# SPDX-License-Identifier: Apache-2.0
"""What is said about streams of values, at both ends (OCPP 2.1: periodic event streams)."""

from datetime import datetime

import msgspec

from open63110.kernel.messages import Command, Event, Reply
from open63110.kernel.units import Seconds
from open63110.model.monitor import StreamTerms


class OpenStream(Command, frozen=True, kw_only=True, gc=False):
    """A station wants to send the values of a monitor as a stream."""

    number: int
    """What it calls the stream."""
    monitor: int
    """… and the monitor."""
    terms: StreamTerms = StreamTerms()


class StreamAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the station: the CSMS takes a stream, or does not; then its values come as events."""

    number: int
    accepted: bool
    reason: str = ""


class CloseStream(Command, frozen=True, kw_only=True, gc=False):
    """A station sends no more on a stream."""

    number: int


class StreamSampled(Event, frozen=True, kw_only=True, gc=False):
    """Values of a stream, sent without waiting for an answer; ``at`` is the moment from which they are counted."""

    number: int
    offsets: tuple[float, ...]
    """When each was seen, after ``at`` [s]."""
    values: tuple[str, ...]
    pending: int = 0
    """How many wait at the station still."""


class AdjustStream(Command, frozen=True, kw_only=True, gc=False):
    """Have a station send a stream in other portions."""

    number: int
    every: Seconds | None = None
    """Each so many seconds."""
    values: int | None = None
    """So many at a time."""


class StreamAdjusted(Event, frozen=True, kw_only=True, gc=False):
    """A station sends a stream in other portions."""

    number: int
    terms: StreamTerms


class AskStreams(Command, frozen=True, kw_only=True, gc=False):
    """Ask a station which streams it sends."""


class ShownStream(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One stream as its station shows it."""

    number: int
    monitor: int
    terms: StreamTerms = StreamTerms()


class StreamsAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """The streams that a station sends."""

    streams: tuple[ShownStream, ...] = ()


class StreamsReported(Event, frozen=True, kw_only=True, gc=False):
    """A station has said which streams it sends."""

    streams: tuple[ShownStream, ...] = ()


class StreamDropped(Event, frozen=True, kw_only=True, gc=False):
    """At the station: a stream is not sent any more."""

    number: int
    since: datetime | None = None
