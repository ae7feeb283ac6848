# SPDX-License-Identifier: Apache-2.0
"""What a session tells its owner."""

import msgspec

from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.framing.hello import Hello


class Welcomed(msgspec.Struct, frozen=True, kw_only=True):
    """The other end has said HELLO and speaks our language."""

    hello: Hello
    version: tuple[int, int]
    resumed: bool
    """It has heard from this outbox before."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message, given up once; say `delivered` when it is in the journal, or `refuse` it."""

    id: int
    header: Header
    body: bytes
    outbox: bytes
    """The one of the other end that gave the id out."""


class Delivered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of ours is in the other end's journal."""

    id: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of ours is not taken and will not be told again."""

    id: int
    code: int
    """An ErrorCode, or a number that a later minor version knows."""
    words: str


class Expired(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The deadline of a message of ours has passed without a confirmation."""

    id: int
    begun: bool
    """It was at least partly sent: the other end may have had it in time, and has not said that it was too late."""


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of ours was taken back before it was given up."""

    id: int


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The other end takes back a message that was given up here: stop what it asked for, if that is still possible."""

    id: int


class Progress(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A long message of ours goes on."""

    id: int
    sent: int
    total: int
    """[bytes]"""


class Violated(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The link ends: write what `frames` still gives, then close the carrier."""

    code: int
    words: str
    ours: bool
    """This end found it; else the other end said so."""


class ClockSample(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How far the other end's clock is ahead of ours."""

    offset: float
    """[s]"""
    uncertainty: float
    """The error of it is at most this [s]."""
    quality: float
    """How far the other end's clock may be off by its own account [s]."""


Happening = Welcomed | Arrived | Delivered | Refused | Expired | Cancelled | Withdrawn | Progress | Violated | ClockSample
