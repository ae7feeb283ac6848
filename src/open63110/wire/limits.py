# SPDX-License-Identifier: Apache-2.0
"""What one connection and one listener may cost."""

from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True, gc=False):
    """Bounds of a listener or of a client; the defaults suit charging stations on slow links."""

    max_message: int = 1_048_576
    """Of one whole message after joining and inflating [B]; a larger one closes with 1009."""
    max_header: int = 16_384
    """Of the request line and headers of an upgrade [B]; a larger one is answered with 431."""
    max_connections: int = 100_000
    """Open WebSockets of one listener; the next is answered with 503."""
    max_handshakes: int = 2_000
    """Sockets between accept and upgrade; while as many are under way, newcomers wait in the kernel's queue."""
    handshake_seconds: float = 20.0
    """From accept to the end of the request, TLS included; of a client: TCP, TLS and upgrade, three round trips [s]."""
    crowded_seconds: float = 20.0
    """The same of a listener while `max_handshakes` are under way, if that is less: who is slow on purpose makes room [s]."""
    messages_per_second: float = 100.0
    """Sustained frames of one connection, large ones counting for several [1/s]; one that is faster is read more slowly,
    never closed."""
    burst: int = 1_000
    """Frames a connection may send at once before `messages_per_second` binds it."""
    max_pending: int = 4_194_304
    """Unsent bytes at which a connection that does not read is cut [B]."""
    stall_seconds: float = 60.0
    """How long the kernel may refuse our bytes before the connection is cut [s]; reading rests meanwhile."""
    ping_every: float = 60.0
    """Silence after which a ping goes out [s]."""
    ping_timeout: float = 60.0
    """Silence after a ping at which the connection is cut [s]."""
    close_seconds: float = 5.0
    """For the other end to finish a closing handshake [s]."""
    sweep_seconds: float = 1.0
    """Between two rounds of the sweeper [s]: how late any of the times above may be noticed."""
    gather_seconds: float = 0.0
    """Between two times at which what came in is understood [s]; what comes after a longer rest is understood at once."""
    send_buffer: int | None = None
    """What the kernel may hold that was not sent yet [B]; None: as much as it likes. Little keeps the way short for what is
    urgent."""
    deflate: bool = True
    """Agree to permessage-deflate when it is offered, always without context takeover."""
    deflate_above: int = 4_096
    """Messages of at least this size are sent compressed where that was agreed [B]."""
