# SPDX-License-Identifier: Apache-2.0
"""The header of a message: where from, where to, what, how urgent, and until when."""

from datetime import UTC, datetime, timedelta
from enum import IntEnum, unique
from functools import lru_cache
from typing import Any, NamedTuple

import cbor2
import msgspec

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.strict import NUMBER, field, mapping, maybe, whole

LONGEST_HEADER = 4096
"""Encoded [bytes]."""

LONGEST_ADDRESS = 512
"""[characters]"""

LONGEST_NAME = 128
"""Of whoever asks, of a role or of a level [characters]."""

MOST_HOPS = 16
"""Levels that one message may pass."""

MOST_EXTENSIONS = 32

SHORT_HEADER, REMEMBERED = 64, 512
"""Headers up to so many bytes are remembered, so many of them: most messages of most stations begin with one of a dozen."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""


@unique
class Priority(IntEnum):
    """Class of a message, the most urgent first (B.8)."""

    EMERGENCY = 0
    CONTROL = 1
    NORMAL = 2
    BULK = 3


@unique
class Kind(IntEnum):
    """What a message is to the one before it."""

    REQUEST = 0
    REPLY = 1
    """The last answer to ``reply_to``."""
    EVENT = 2
    PUBLISH = 3
    """One value of the subscription ``reply_to``."""
    PROGRESS = 4
    """An answer to ``reply_to`` that is not the last one."""
    SUBSCRIBE = 5
    UNSUBSCRIBE = 6
    STREAM = 7
    """A piece of a bulk stream."""


_LAST_KIND, _LAST_PRIORITY = max(Kind), max(Priority)


class Extension(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that this specification does not know, under a reverse-DNS name (B.14)."""

    critical: bool = False
    """Who does not understand it refuses the message."""
    value: bytes = b""
    """Passed on untouched."""


class Asker(NamedTuple):
    """Who asked for what a message orders, where it was asked first (B.22)."""

    principal: str
    """As it is called there."""
    role: str
    level: str
    """Identity of that level."""


class LeaseShown(NamedTuple):
    """Who has the authority over power where the order was decided, and since how many holders (B.18)."""

    holder: str
    """Identity of a CSMS, or ``above``."""
    epoch: int
    """Rises with each other holder."""
    until: int
    """[ms since 1970]"""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What every level may read of a message. Its address and body are for upper layers to judge."""

    src: str = ""
    """Path of the sender; empty: the other end of the link."""
    dst: str = ""
    """Path, alias or group of the receiver; empty: the other end of the link."""
    type: int
    """Number of the message in the registry."""
    version: int = 1
    """Minor version of its definition: fields up to here may be present."""
    kind: Kind = Kind.EVENT
    reply_to: int | None = None
    """Message id of the request, as its sender counted it."""
    priority: Priority = Priority.NORMAL
    deadline: datetime | None = None
    """UTC, to the millisecond; after it the message must not be applied. None: it stays true."""
    key: bytes = b""
    """Idempotency key, up to 32 bytes: two messages with the same key are the same order."""
    group: bool = False
    """The destination is a group; the answer is an aggregate."""
    path: tuple[str, ...] = ()
    """Levels that it has passed, the first one first."""
    status: int = 0
    """Of a reply: 0 done, else an ErrorCode."""
    words: str = ""
    """Of a reply that is not 0: one sentence for a person."""
    about: str = ""
    """The object within which order matters; empty: messages between the same two addresses keep their order."""
    extensions: dict[str, Extension] = {}
    by: Asker | None = None
    """None: the level that is named last in ``path`` asks by itself."""
    lease: LeaseShown | None = None
    """None: nobody has the authority alone, or the message is not one that limits power."""

    @property
    def order(self) -> str:
        """Name of the object within which messages of one priority are given up in the order they were sent."""
        return self.about or f"{self.src}>{self.dst}"

    def misunderstood(self, understood: frozenset[str]) -> str | None:
        """Name a critical extension that is not among those understood."""
        return misunderstood(self.extensions, understood)


def misunderstood(extensions: dict[str, Extension], understood: frozenset[str]) -> str | None:
    """Name a critical extension that is not among those understood."""
    return next((name for name, one in extensions.items() if one.critical and name not in understood), None)


def milliseconds(moment: datetime) -> int:
    """Count from 1970 in UTC [ms], rounded down."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def moment(count: int) -> datetime:
    """Read what `milliseconds` counted."""
    return EPOCH + timedelta(milliseconds=count)


def encode_header(header: Header) -> bytes:
    """Write a header down, leaving out what is not said.

    Raises:
        BadFrame: it is longer than a header may be.
    """
    said: dict[int, Any] = {
        0: header.src,
        1: header.dst,
        8: header.key,
        9: header.group,
        10: list(header.path),
        11: header.status,
        12: header.words,
        13: header.about,
        14: {name: [one.critical, one.value] for name, one in header.extensions.items()},
        15: header.by and list(header.by),
        16: header.lease and list(header.lease),
    }
    fields = {2: header.type} | {key: value for key, value in said.items() if value}
    if header.reply_to is not None:
        fields[5] = header.reply_to
    if header.version != 1:
        fields[3] = header.version
    if header.kind is not Kind.EVENT:
        fields[4] = int(header.kind)
    if header.priority is not Priority.NORMAL:
        fields[6] = int(header.priority)
    if header.deadline is not None:
        fields[7] = milliseconds(header.deadline)
    data = cbor2.dumps(fields)
    if len(data) > LONGEST_HEADER:
        raise BadFrame(f"the header has {len(data)} bytes, the most is {LONGEST_HEADER}", ErrorCode.TOO_LARGE)
    return data


def decode_header(data: bytes) -> Header:
    """Read a header from a stranger.

    Raises:
        BadFrame: it breaks the specification.
    """
    if len(data) > LONGEST_HEADER:
        raise BadFrame(f"a header has at most {LONGEST_HEADER} bytes", ErrorCode.TOO_LARGE)
    return _short(data) if len(data) <= SHORT_HEADER else _read(data)


def _read(data: bytes) -> Header:
    fields = mapping(whole(data), "a header")
    deadline = maybe(fields, 7, int, -1, most=LATEST)
    reply_to = maybe(fields, 5, int, -1)
    hops = maybe(fields, 10, list, [], most=MOST_HOPS)
    if not all(type(hop) is str and len(hop) <= LONGEST_ADDRESS for hop in hops):
        raise BadFrame("hops are addresses")
    return Header(
        src=maybe(fields, 0, str, "", most=LONGEST_ADDRESS),
        dst=maybe(fields, 1, str, "", most=LONGEST_ADDRESS),
        type=field(fields, 2, int),
        version=maybe(fields, 3, int, 1),
        kind=Kind(maybe(fields, 4, int, Kind.EVENT, most=_LAST_KIND)),
        reply_to=None if reply_to < 0 else reply_to,
        priority=Priority(maybe(fields, 6, int, Priority.NORMAL, most=_LAST_PRIORITY)),
        deadline=None if deadline < 0 else moment(deadline),
        key=maybe(fields, 8, bytes, b"", most=32),
        group=maybe(fields, 9, bool, absent=False),
        path=tuple(hops),
        status=maybe(fields, 11, int, 0, most=NUMBER),
        words=maybe(fields, 12, str, "", most=200),
        about=maybe(fields, 13, str, "", most=LONGEST_ADDRESS),
        extensions=read_extensions(fields.get(14, {})),
        by=_asker(maybe(fields, 15, list, [], most=3)),
        lease=_lease(maybe(fields, 16, list, [], most=3)),
    )


_short = lru_cache(maxsize=REMEMBERED)(_read)


def _asker(value: list[Any]) -> Asker | None:
    if not value:
        return None
    if len(value) != len(Asker._fields) or not all(type(one) is str and len(one) <= LONGEST_NAME for one in value):
        raise BadFrame("who asks is [principal, role, level]")
    return Asker(*value)


def _lease(value: list[Any]) -> LeaseShown | None:
    if not value:
        return None
    kinds = [type(one) for one in value]
    if kinds != [str, int, int] or len(value[0]) > LONGEST_NAME or value[1] < 0 or not 0 <= value[2] <= LATEST:
        raise BadFrame("a lease is [holder, epoch, until]")
    return LeaseShown(*value)


def read_extensions(value: Any) -> dict[str, Extension]:
    """Read a map of reverse-DNS names to [critical, bytes].

    Raises:
        BadFrame: it is something else.
    """
    found = mapping(value, "extensions")
    if len(found) > MOST_EXTENSIONS:
        raise BadFrame("too many extensions")
    for name, one in found.items():
        if type(name) is not str or not 0 < len(name) <= 128:
            raise BadFrame("an extension goes by a reverse-DNS name")
        if type(one) is not list or len(one) != 2 or type(one[0]) is not bool or type(one[1]) is not bytes:
            raise BadFrame("an extension is [critical, bytes]")
    return {name: Extension(critical=critical, value=content) for name, (critical, content) in found.items()}
