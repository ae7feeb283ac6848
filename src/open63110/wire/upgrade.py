# SPDX-License-Identifier: Apache-2.0
"""The opening handshake without I/O: from the bytes of a request to an Upgrade, or to the refusal it deserves."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from msgspec import Struct

from open63110.wire.ports import Decline

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(rb"[!-~\x80-\xff]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_LINES = 100
_ONCE = frozenset({"authorization", "content-length", "host", "sec-websocket-key", "sec-websocket-version"})


class Turned(Exception):
    """The request cannot become a WebSocket; carries the answer."""

    def __init__(self, status: int, reason: str, *headers: tuple[str, str]) -> None:
        super().__init__(reason)
        self.answer = Decline(status=status, reason=reason, headers=headers)


class Request(Struct, frozen=True, kw_only=True, gc=False):
    """A valid WebSocket request."""

    path: str
    query: str
    headers: Mapping[str, str]
    key: str
    """The client's nonce, 16 bytes in base64."""
    size: int
    """Length of the head [B]; what follows belongs to the WebSocket."""

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """Those offered, in the client's order."""
        offered = self.headers.get("sec-websocket-protocol", "").split(",")
        return tuple(name for part in offered if (name := part.strip()))


def read(head: bytes | bytearray, max_header: int) -> Request | None:
    """Parse what has arrived so far; None while the head is not complete.

    Raises:
        Turned: it can be refused already.
    """
    end = head.find(b"\r\n\r\n")
    if end < 0 and len(head) <= max_header:
        _check_start(head)
        return None
    if end < 0 or end + 4 > max_header:
        raise Turned(431, f"The request is larger than {max_header} bytes.")
    first, *lines = bytes(head[:end]).split(b"\r\n")
    target = _target(first)
    headers = _headers(lines)
    key = _check_upgrade(headers)
    path, _, query = target.partition("?")
    return Request(path=path, query=query, headers=headers, key=key, size=end + 4)


def accept_key(key: str) -> str:
    """What proves to the client that its nonce was read (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()


def refusal(decline: Decline) -> bytes:
    """Write the HTTP response that refuses; the connection ends behind it."""
    body = f"{decline.reason}\n".encode()
    plain = ("Content-Type", "text/plain; charset=utf-8")
    return _response(decline.status, (*decline.headers, plain, ("Content-Length", str(len(body))), ("Connection", "close")), body)


def switching(key: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Write the 101 response that makes the connection a WebSocket."""
    upgrade = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept_key(key)))
    return _response(101, (*upgrade, *headers), b"")


def _response(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode("latin-1", "replace") + body


def _one_line(value: str) -> str:
    return " ".join(value.splitlines())


def _check_start(head: bytes | bytearray) -> None:
    """Whatever can no longer become a GET is refused before its end is waited for."""
    if head[:1] == b"\x16":
        raise Turned(400, "This port does not speak TLS.")
    if not b"GET ".startswith(head[:4]):
        raise Turned(405, "Only GET can become a WebSocket.", ("Allow", "GET"))


def _target(line: bytes) -> str:
    parts = line.split(b" ")
    if len(parts) != 3 or not _TARGET.fullmatch(parts[1]):
        raise Turned(400, "The request line is malformed.")
    method, target, version = parts
    if method != b"GET":
        raise Turned(405, "Only GET can become a WebSocket.", ("Allow", "GET"))
    if version != b"HTTP/1.1":
        raise Turned(505, "Only HTTP/1.1 can become a WebSocket.")
    text = target.decode("latin-1")
    if not text.startswith("/"):  # RFC 9112, 3.2.2: a server accepts the absolute form too
        _, _, rest = text.partition("://")
        text = "/" + rest.partition("/")[2]
    return text


def _headers(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > _MAX_LINES:
        raise Turned(431, f"The request has more than {_MAX_LINES} headers.")
    headers: dict[str, str] = {}
    for line in lines:
        raw, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(raw) or _CONTROL.search(value):
            raise Turned(400, "A header is malformed.")
        name, text = raw.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")
        if name in headers and name in _ONCE:
            raise Turned(400, f"The header {name} stands twice.")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _check_upgrade(headers: Mapping[str, str]) -> str:
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise Turned(400, "A WebSocket request has no body.")
    upgrade, connection = _tokens(headers, "upgrade"), _tokens(headers, "connection")
    if "websocket" not in upgrade or "upgrade" not in connection:
        raise Turned(426, "This port speaks WebSocket.", ("Upgrade", "websocket"))
    if headers.get("sec-websocket-version") != "13":
        raise Turned(426, "This port speaks WebSocket version 13.", ("Sec-WebSocket-Version", "13"))
    if "host" not in headers:
        raise Turned(400, "The header host is missing.")
    return _check_key(headers.get("sec-websocket-key", ""))


def _tokens(headers: Mapping[str, str], name: str) -> set[str]:
    return {token.strip().lower() for token in headers.get(name, "").split(",")}


def _check_key(key: str) -> str:
    try:
        nonce = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if len(nonce) != 16:
        raise Turned(400, "The header sec-websocket-key is missing or malformed.")
    return key
