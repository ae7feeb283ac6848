# SPDX-License-Identifier: Apache-2.0
"""Messages that a level in between passes on in the bytes they came in, because elements of them are signed or sealed (B.3)."""

from datetime import datetime

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event


class Original(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message as it came; it is gone once it has been passed on."""

    id: str
    """SHA-256 of header and body, or the order that it became."""
    station: StationId
    header: bytes
    """As the wire writes it."""
    body: bytes
    """As it came: what may name a person stays here for no longer than it waits."""
    at: datetime
    """When it came."""


class MessagePassedOn(Event, frozen=True, kw_only=True, gc=False):
    """A fact with protected elements goes up as it came; what this level could not read of it counts here as absent."""

    original: str
    """Id of the Original."""
    message: str
    """Its name."""
    reference: str = ""
    """The energy transfer it is about, where that can be read."""
    when: datetime | None = None
    """When it happened, where that can be read; then a fact of this level stands for it."""
    unread: tuple[str, ...] = ()
    """Elements that could not be read here, each as ``element code``; ``/`` is the whole message."""
