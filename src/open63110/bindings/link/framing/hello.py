# SPDX-License-Identifier: Apache-2.0
"""HELLO: the first frame of each end on every carrier; who it is, what it speaks, what it can take, what it has already."""

from collections.abc import Mapping
from typing import Any

import msgspec

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.header import LATEST, Extension, read_extensions
from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import NUMBER, Ranges, field, flat, maybe, ranges

VERSIONS = ((1, 0),)
"""What this release speaks: major and highest minor of it."""

LONGEST_IDENTITY = 128


class Receive(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an end takes; the other end keeps to it, and breaks the link's rules when it does not."""

    message: int = 16 * 1024 * 1024
    """Longest message, header not counted [bytes]; at least 64 KiB."""
    bytes: int = 40 * 1024 * 1024
    """Of all messages that were begun and not confirmed with DELIVERED; at least twice the longest message."""
    messages: int = 1024
    """Begun and not confirmed with DELIVERED; at least 64."""
    window: int = 4 * 1024 * 1024
    """DATA on its way and not confirmed with CREDIT [bytes]; at least 16 KiB."""
    chunk: int = 8 * 1024
    """Longest content of one DATA frame; at least 2 KiB."""
    urgent_rate: int = 50
    """Messages of priority E per second."""
    urgent_burst: int = 100
    """Messages of priority E at once."""


LONGEST_MESSAGE = 1024 * 1024 + 64 * 1024
"""Body of a message that this implementation reads [bytes]: a piece of a stream, and what is around it."""

TAKES = Receive(message=LONGEST_MESSAGE)
"""What the programs advertise."""


class Resume(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an end has of one outbox of the other end."""

    outbox: bytes
    contiguous: int = 0
    """Every message up to this id is delivered, expired or taken back."""
    sparse: Ranges = ()
    """The same beyond it."""
    partial: tuple[tuple[int, int], ...] = ()
    """Message id and how many bytes of it are here."""


def resume_map(known: Mapping[bytes, IdSet], present: bytes, partial: tuple[tuple[int, int], ...]) -> tuple[Resume, ...]:
    """Return what HELLO says is here.

    Args:
        known: what was delivered, by outbox.
        present: the outbox that the other end had last.
        partial: what is here in part of that one: message id and bytes.
    """
    return tuple(
        Resume(outbox=outbox, contiguous=numbers.contiguous, sparse=numbers.sparse()[:most], partial=pieces)
        for outbox, numbers in known.items()
        for most, pieces in (((1000, partial) if outbox == present else (100, ())),)
    )


def refuse_replay(said: tuple[Resume, ...], outbox: bytes, number: int) -> None:
    """See to it that a message is none of those that HELLO said are here: who sends it has heard that, or plays it again.

    Raises:
        BadFrame: it is.
    """
    for one in said:
        if one.outbox == outbox and (number <= one.contiguous or any(first <= number <= last for first, last in one.sparse)):
            raise BadFrame(f"HELLO said that message {number} is here", ErrorCode.PROTOCOL)


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The session fills in outbox, resume and clock by itself."""

    identity: str
    """The one of the own certificate, told to be compared only: who an end is, is what its certificate says."""
    versions: tuple[tuple[int, int], ...] = VERSIONS
    capabilities: tuple[str, ...] = ()
    """Domains and optional parts it carries; what is not named is not asked."""
    receive: Receive = Receive()
    extensions: dict[str, Extension] = {}
    """What it understands beyond this specification; critical: the other end must, too."""
    outbox: bytes = b""
    resume: tuple[Resume, ...] = ()
    clock: int = 0
    """Its own UTC when it wrote this [ms since 1970]."""
    uncertainty: int = 0
    """Of that [ms]."""


FLOORS = Receive(
    message=64 * 1024, bytes=128 * 1024, messages=64, window=16 * 1024, chunk=2 * 1024, urgent_rate=1, urgent_burst=1
)
"""The least an end may advertise."""


def written_hello(hello: Hello) -> dict[int, Any]:
    """Write its fields."""
    fields: dict[int, Any] = {
        1: [list(one) for one in hello.versions],
        2: hello.identity,
        3: hello.outbox,
        4: [[one.outbox, one.contiguous, flat(one.sparse), flat(one.partial)] for one in hello.resume],
        5: hello.clock,
        6: hello.uncertainty,
        7: list(hello.capabilities),
        8: list(msgspec.structs.astuple(hello.receive)),
    }
    if hello.extensions:
        fields[9] = {name: [one.critical, one.value] for name, one in hello.extensions.items()}
    return fields


def read_hello(fields: dict[Any, Any]) -> Hello:
    """Read its fields.

    Raises:
        BadFrame: they break the specification.
    """
    words = field(fields, 7, list, most=256)
    if not all(type(one) is str and len(one) <= 64 for one in words):
        raise BadFrame("capabilities are short names")
    return Hello(
        versions=_versions(field(fields, 1, list, most=16)),
        identity=field(fields, 2, str, most=LONGEST_IDENTITY),
        outbox=field(fields, 3, bytes, most=16),
        resume=tuple(_resume(one) for one in field(fields, 4, list, most=8)),
        clock=field(fields, 5, int, most=LATEST),
        uncertainty=field(fields, 6, int),
        capabilities=tuple(words),
        receive=_receive(field(fields, 8, list)),
        extensions=read_extensions(maybe(fields, 9, dict, {})),
    )


def common_version(mine: tuple[tuple[int, int], ...], yours: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Agree on the highest major that both speak, and the lower of their minors (B.15).

    Raises:
        BadFrame: there is none; the words name those of this end.
    """
    ours, theirs = dict(sorted(mine)), dict(sorted(yours))
    for major in sorted(ours, reverse=True):
        if major in theirs:
            return major, min(ours[major], theirs[major])
    spoken = ", ".join(f"{major}.{minor}" for major, minor in mine)
    raise BadFrame(f"this end speaks {spoken}", ErrorCode.UNSUPPORTED_VERSION)


def _versions(value: list[Any]) -> tuple[tuple[int, int], ...]:
    for one in value:
        if type(one) is not list or [type(part) for part in one] != [int, int] or not all(0 <= part <= 999 for part in one):
            raise BadFrame("a version is [major, minor]")
    return tuple((major, minor) for major, minor in value)


def _resume(value: Any) -> Resume:
    if type(value) is not list or len(value) < 4:
        raise BadFrame("a resume entry has four parts")
    outbox, contiguous, sparse, partial = value[:4]
    if type(outbox) is not bytes or len(outbox) > 16 or type(contiguous) is not int or not 0 <= contiguous <= NUMBER:
        raise BadFrame("a resume entry names an outbox and a message id")
    if type(partial) is not list or len(partial) % 2 or not all(type(one) is int and 0 <= one <= NUMBER for one in partial):
        raise BadFrame("partial messages are pairs of numbers")
    pairs = tuple(zip(partial[::2], partial[1::2], strict=True))
    return Resume(outbox=outbox, contiguous=contiguous, sparse=ranges(sparse), partial=pairs)


def _receive(value: list[Any]) -> Receive:
    floors = msgspec.structs.astuple(FLOORS)
    if len(value) < len(floors) or not all(type(one) is int and 0 <= one <= NUMBER for one in value):
        raise BadFrame("limits are numbers")
    if any(one < least for one, least in zip(value, floors, strict=False)):
        raise BadFrame("a limit is below the least that this specification allows")
    names = Receive.__struct_fields__
    return Receive(**dict(zip(names, value, strict=False)))
