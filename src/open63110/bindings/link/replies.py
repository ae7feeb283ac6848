# SPDX-License-Identifier: Apache-2.0
"""Answers to requests, as messages: all but the last as progress, or a no with its reason."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.link import answers
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import Subjects
from open63110.bindings.link.protection.cose import UnknownKey
from open63110.bindings.link.protection.guard import Guard
from open63110.bindings.link.refusing import written_refusal
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId


def replies_to(
    message: Arrived,
    replies: Sequence[Any],
    station: StationId,
    subjects: Subjects,
    *,
    guard: Guard | None = None,
    towards: str = "",
) -> list[tuple[Header, bytes]]:
    """Return the answers to a request: all but the last as progress; yes alone is an empty one of the request's own number.

    Args:
        message: the request.
        replies: to it, in order.
        station: whom the address names.
        subjects: gives the credentials of references to people.
        guard: says what of them is protected, bound to the idempotency key of the request; None: nothing.
        towards: the station's name in its certificate.
    """
    asked = message.header
    priority = max(asked.priority, Priority.CONTROL)
    said = [(CODEC.number(one), CODEC.encode(one, station=station, subjects=subjects)) for one in replies]
    made = []
    for place, (number, body) in enumerate(said or [(asked.type, b"")], 1):
        kind = Kind.REPLY if place >= len(said) else Kind.PROGRESS
        made.append((Header(type=number, kind=kind, reply_to=message.id, priority=priority, about=f"r{message.id}"), body))
    if guard is None or not any(header.type in guard.protects for header, _ in made):
        return made
    try:
        return [_bound(guard, asked, header, body, towards) for header, body in made]
    except Trouble as trouble:  # what is to be protected must not go out plain
        return [refusal_of(message, trouble)]


def _bound(guard: Guard, asked: Header, header: Header, body: bytes, towards: str) -> tuple[Header, bytes]:
    if header.type in guard.protects and not asked.key:
        raise UnknownKey("the request has no idempotency key to which a protected answer could be bound", where="key")
    return guard.protected(header, body, towards, key=asked.key)


def refusal_of(message: Arrived, trouble: Trouble) -> tuple[Header, bytes]:
    """Return the answer to a request that says no."""
    asked = message.header
    header = Header(
        type=asked.type,
        kind=Kind.REPLY,
        reply_to=message.id,
        priority=max(asked.priority, Priority.CONTROL),
        status=answers.status_of(trouble),
        words=trouble.message[:200],
        about=f"r{message.id}",
    )
    return header, written_refusal(trouble.code)
