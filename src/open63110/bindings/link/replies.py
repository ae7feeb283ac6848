# SPDX-License-Identifier: Apache-2.0
"""Answers to requests, as messages: all but the last as progress, or a no with its reason."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.link import answers
from open63110.bindings.link.correspondence import written_refusal
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import Subjects
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId


def replies_to(message: Arrived, replies: Sequence[Any], station: StationId, subjects: Subjects) -> list[tuple[Header, bytes]]:
    """Return the answers to a request: all but the last as progress; yes alone is an empty one of the request's own number."""
    asked = message.header
    priority = max(asked.priority, Priority.CONTROL)
    said = [(CODEC.number(one), CODEC.encode(one, station=station, subjects=subjects)) for one in replies]
    made = []
    for place, (number, body) in enumerate(said or [(asked.type, b"")], 1):
        kind = Kind.REPLY if place >= len(said) else Kind.PROGRESS
        made.append((Header(type=number, kind=kind, reply_to=message.id, priority=priority, about=f"r{message.id}"), body))
    return made


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
