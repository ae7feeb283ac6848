# SPDX-License-Identifier: Apache-2.0
"""The client side on picows: light enough that thousands of simulated stations live in one process."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from picows import WSHandshakeError, WSUpgradeRequest, WSUpgradeResponse

from open63110.wire import deflate
from open63110.wire.deflate import Deflate
from open63110.wire.limits import Limits
from open63110.wire.picows_edge import Connection, Wire, wire_for
from open63110.wire.tls import FAST, FAST_BUFFERS
from open63110.wire.watch import Watch

if TYPE_CHECKING:
    from open63110.wire.ports import Peer, Remote, Socket

NEXT_ADDRESS = 0.25
"""When to try another address of a name beside the one before it, IPv6 and IPv4 in turn (RFC 8305) [s]."""

_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Limits, Watch]] = WeakKeyDictionary()


class NotUpgraded(Exception):
    """The server answered, but not with a WebSocket.

    Args:
        status: HTTP status; 0 when the answer was no HTTP or broke the handshake.
        reason: body of the answer, or what was wrong with it.
        headers: of the answer, names in lower case.
    """

    def __init__(self, status: int, reason: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
        self.headers = headers


async def connect(
    url: str,
    peer: Peer,
    *,
    subprotocols: tuple[str, ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
    tls: ssl.SSLContext | None = None,
    server_name: str | None = None,
    limits: Limits | None = None,
    compress: bool = False,
) -> Socket:
    """Open a WebSocket; `peer.opened` has been called when this returns.

    Args:
        url: ws:// or wss://; userinfo in it is not sent, give an Authorization header instead.
        peer: takes what comes in.
        subprotocols: offered in this order.
        headers: added to the request.
        tls: for wss://; None believes the system's authorities.
        server_name: verified against the certificate instead of the host of the URL.
        limits: `handshake_seconds` bounds the whole of this call; clients with equal limits share one sweeper.
        compress: offer permessage-deflate.

    Raises:
        NotUpgraded: the server refused, chose a subprotocol that was not offered, or broke the handshake.
        OSError: no connection, or no TLS (`ssl.SSLError`).
        TimeoutError: not done within `handshake_seconds`.
    """
    limits = limits if limits is not None else Limits()
    watch = _watch(limits)
    connections: list[Connection] = []

    def answer(_: WSUpgradeRequest, response: WSUpgradeResponse) -> Connection:
        chosen, agreed = _agreed(response, subprotocols, compress=compress)
        remote = _remote(wire)
        connections.append(Connection(watch, peer, chosen, agreed, remote))
        return connections[0]

    parts = urlsplit(url)
    offers = _offers(subprotocols, compress=compress)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    wire = wire_for(answer, limits.max_message, host=parts.netloc.rpartition("@")[2], target=target, headers=[*offers, *headers])
    async with asyncio.timeout(limits.handshake_seconds):
        await _dial(wire, url, tls=tls, server_name=server_name, within=limits.handshake_seconds)
        await _upgraded(wire)
    if not connections:
        raise ConnectionResetError("the server hung up during the opening handshake")
    return connections[0]


async def _dial(wire: Wire, url: str, *, tls: ssl.SSLContext | None, server_name: str | None, within: float) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"ws", "wss"} or parts.hostname is None:
        raise ValueError(f"{url!r} is no ws:// or wss:// address")
    loop = asyncio.get_running_loop()
    protocol: Callable[[], asyncio.BaseProtocol] = lambda: wire  # noqa: E731 - the loop wants a factory
    if parts.scheme == "ws":
        await loop.create_connection(protocol, parts.hostname, parts.port or 80)
        return
    secure: dict[str, Any] = {"ssl": tls if tls is not None else ssl.create_default_context(), "ssl_handshake_timeout": within}
    if server_name is not None:
        secure["server_hostname"] = server_name
    if FAST is None:
        await loop.create_connection(protocol, parts.hostname, parts.port or 443, **secure)
    else:
        secure |= FAST_BUFFERS | {"happy_eyeballs_delay": NEXT_ADDRESS}
        racing = loop.create_task(FAST.create_connection(loop, protocol, parts.hostname, parts.port or 443, **secure))
        try:
            await asyncio.shield(racing)
        except asyncio.CancelledError:  # a race of addresses that is called off may leave its winner open, so it ends by itself
            racing.add_done_callback(_abandon)
            raise


def _abandon(racing: asyncio.Task[Any]) -> None:
    if not racing.cancelled() and racing.exception() is None:
        racing.result()[0].abort()


async def _upgraded(wire: Wire) -> None:
    try:
        await wire.wait_until_handshake_complete()
    except WSHandshakeError as error:
        response = error.response
        lines = response.headers if response is not None else {}
        body = (error.raw_body or b"").decode("utf-8", "replace").strip()
        status = int(response.status) if response is not None else 0
        raise NotUpgraded(status, body or str(error), {name.lower(): lines[name] for name in lines}) from error
    except asyncio.CancelledError:
        wire.transport.disconnect(graceful=False)
        raise


def _agreed(response: WSUpgradeResponse, subprotocols: tuple[str, ...], *, compress: bool) -> tuple[str | None, Deflate | None]:
    chosen = response.headers.get("sec-websocket-protocol")
    if chosen is not None and chosen not in subprotocols:
        raise WSHandshakeError(f"the server chose {chosen!r}, which was not offered", response=response)
    extensions = response.headers.get("sec-websocket-extensions", "")
    if extensions and not compress:
        raise WSHandshakeError(f"the server chose {extensions!r}, which was not offered", response=response)
    try:
        return chosen, deflate.agreed(extensions)
    except ValueError as error:
        raise WSHandshakeError(str(error), response=response) from error


def _offers(subprotocols: tuple[str, ...], *, compress: bool) -> list[tuple[str, str]]:
    offers = [("Sec-WebSocket-Protocol", ", ".join(subprotocols))] if subprotocols else []
    return [*offers, ("Sec-WebSocket-Extensions", deflate.OFFER)] if compress else offers


def _remote(wire: Wire) -> Remote:
    host, port, *_ = wire.transport.underlying_transport.get_extra_info("peername")
    return str(host), int(port)


def _watch(limits: Limits) -> Watch:
    watches = _watches.setdefault(asyncio.get_running_loop(), {})
    if limits not in watches:
        watches[limits] = Watch(limits)
    return watches[limits]
