# SPDX-License-Identifier: Apache-2.0
"""The link's own services: message numbers from 1000 on, and the bodies of subscriptions and their values."""

from datetime import datetime
from typing import Final

import cbor2
import msgspec

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.framing.header import LATEST, LONGEST_ADDRESS, milliseconds, moment
from open63110.bindings.link.framing.strict import NUMBER, field, mapping, maybe, whole
from open63110.bindings.link.patterns.subscriptions import Granted, Publication, Wish
from open63110.bindings.link.patterns.topics import TOPICS, Topic, Value, named
from open63110.kernel.address import Address, parse

SUBSCRIPTION: Final = 1000
"""With kind SUBSCRIBE, UNSUBSCRIBE; with PROGRESS what was granted; with REPLY that it is over."""

PUBLICATION: Final = 1001
"""With kind PUBLISH."""

AGGREGATE: Final = 1010
"""With kind REPLY: what became of a message to a group."""

STREAM: Final = 1020
"""With kind STREAM."""

SERVICES: Final = frozenset({SUBSCRIPTION, PUBLICATION, AGGREGATE, STREAM})


class Published(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value as its reader gets it."""

    address: Address
    topic: Topic
    at: datetime | None
    """None: the thing is gone."""
    fields: dict[str, Value]
    snapshot: bool
    skipped: int


def write_wish(wish: Wish) -> bytes:
    """Write what somebody wants to be told; to renew, the lease alone counts."""
    return cbor2.dumps(
        {
            1: str(wish.address),
            2: wish.topic.number,
            3: _milli(wish.interval),
            4: _milli(wish.max_age),
            5: wish.snapshot,
            6: _milli(wish.lease),
        }
    )


def read_wish(body: bytes) -> Wish:
    """Read it.

    Raises:
        BadFrame: it breaks the specification.
        Malformed: that is no address.
    """
    fields = mapping(whole(body), "a subscription")
    return Wish(
        address=parse(field(fields, 1, str, most=LONGEST_ADDRESS)),
        topic=_topic(field(fields, 2, int)),
        interval=maybe(fields, 3, int, 1000) / 1000,
        max_age=maybe(fields, 4, int, 0) / 1000,
        snapshot=maybe(fields, 5, bool, absent=True),
        lease=maybe(fields, 6, int, 300_000) / 1000,
    )


def write_granted(granted: Granted, topic: Topic) -> bytes:
    """Write what was granted."""
    keys = sorted(topic.fields[name] for name in granted.fields)
    return cbor2.dumps({1: _milli(granted.lease), 2: _milli(granted.interval), 3: keys})


def read_granted(body: bytes, topic: Topic) -> Granted:
    """Read it.

    Raises:
        BadFrame: it breaks the specification.
    """
    fields = mapping(whole(body), "what was granted")
    keys = field(fields, 3, list, most=256)
    return Granted(
        lease=field(fields, 1, int) / 1000,
        interval=field(fields, 2, int) / 1000,
        fields=frozenset(topic.names[key] for key in keys if key in topic.names),
    )


def write_publication(one: Publication) -> bytes:
    """Write a value for its reader."""
    fields: dict[int, object] = {1: str(one.address), 2: one.topic.number}
    if one.at is not None:
        fields |= {3: milliseconds(one.at), 4: {one.topic.fields[name]: value for name, value in one.fields.items()}}
    if one.snapshot:
        fields[5] = True
    if one.skipped:
        fields[6] = one.skipped
    return cbor2.dumps(fields)


def read_publication(body: bytes) -> Published:
    """Read it.

    Raises:
        BadFrame: it breaks the specification.
        Malformed: that is no address.
    """
    fields = mapping(whole(body), "a value")
    topic = _topic(field(fields, 2, int))
    at = maybe(fields, 3, int, -1, most=LATEST)
    return Published(
        address=parse(field(fields, 1, str, most=LONGEST_ADDRESS)),
        topic=topic,
        at=None if at < 0 else moment(at),
        fields=named(topic, mapping(fields.get(4, {}), "fields")),
        snapshot=maybe(fields, 5, bool, absent=False),
        skipped=maybe(fields, 6, int, 0),
    )


def _topic(number: int) -> Topic:
    if number not in TOPICS:
        raise BadFrame("there is no such topic")
    return TOPICS[number]


def _milli(seconds: float) -> int:
    return min(NUMBER, max(0, round(seconds * 1000)))
