# SPDX-License-Identifier: Apache-2.0
"""What a level does not understand of a message it acts on, kept in the bytes it came in (B.14, B.15).

A vendor's keys and those of a later minor version stand in bodies among those that this level knows. A level that writes such a
message anew writes only what it changes; everything else stays as it came, whatever it is.
"""

from collections.abc import Callable
from typing import Any

from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import Subjects
from open63110.bindings.link.messages.rights import Sender
from open63110.kernel.address import Address
from open63110.kernel.errors import Trouble


def unknown(header: Header) -> bool:
    """Tell whether this level has no such message: it may be for somebody else."""
    return header.type not in CODEC.records


def goes_up(header: Header, about: Callable[[Header], Address], sender: Sender) -> bool:
    """Tell whether a message of an unknown type may go up: a fact or a request, about what its sender may speak of.

    Args:
        header: of the message.
        about: tells of what it speaks; may raise Malformed.
        sender: who says it; of an emergency nobody here could say whether he may.
    """
    if not unknown(header) or header.kind not in {Kind.EVENT, Kind.REQUEST} or header.priority is Priority.EMERGENCY:
        return False
    try:
        address = about(header)
    except Trouble:
        return False
    return any(address.within(place) for place in sender.places)


def plain(header: Header, body: bytes, said: Any, subjects: Subjects) -> bool:
    """Tell whether this level would write the same message, so that nothing of it has to be kept."""
    if header.extensions or header.version > CODEC.definition(header.type).version:
        return False
    try:
        return CODEC.encode(said, station=said.station, subjects=subjects) == body
    except Trouble:  # what cannot be written here can still be passed on
        return False


def rewritten(came: bytes, before: Any, after: Any, subjects: Subjects) -> bytes:
    """Return a body in which only what this level changes is other than it came.

    Args:
        came: the body.
        before: what was read in it.
        after: what is to be read in it, a message of the same kind.
        subjects: gives the credentials of references to people.
    """
    old, new = (_values(CODEC.encode(one, station=one.station, subjects=subjects)) for one in (before, after))
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if not changed:
        return came
    kept = {key: value for key, value in _values(came).items() if key not in changed}
    kept |= {key: new[key] for key in sorted(changed & new.keys())}
    return items.head(items.MAP, len(kept)) + b"".join(items.integer(key) + value for key, value in kept.items())


def _values(body: bytes) -> dict[int, bytes]:
    return {key: body[begin:end] for key, begin, end in items.spans(body)}
