# SPDX-License-Identifier: Apache-2.0
"""The other ends of links of the native binding, as this end remembers them."""

from datetime import datetime

import msgspec


class Peer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who has spoken over a link, with which certificate, and how far it was heard."""

    id: str
    """The identity in its certificate."""
    marks: bytes = b""
    """Which of its messages are in the journal, as the link writes it."""
    key: bytes = b""
    """SHA-256 of the public key in its certificate; empty: it has yet to show one."""
    serial: str = ""
    """Of that certificate, in hexadecimal."""
    until: datetime | None = None
    """When that certificate ends."""


class PeersHeard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was heard of all peers in one commit; it stands for their own rows until those are written again."""

    id: int
    """Rises from commit to commit."""
    marks: list[tuple[str, bytes, int, int]] = []
    """Peer, its outbox, and the first and last of its message ids; grows until the commit."""
