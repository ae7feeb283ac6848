# SPDX-License-Identifier: Apache-2.0
"""HTTP, the end that serves a few files at addresses nobody can guess, as a local controller does for stations behind it."""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

PIECE: Final = 65_536
LONGEST_HEAD: Final = 16_384
ASKS_WITHIN: Final = 10.0
"""[s]"""

TAKES_WITHIN: Final = 60.0
"""How long whoever fetches may take nothing of what is sent [s]."""

_METHODS: Final = (b"GET", b"HEAD")

_RANGE: Final = re.compile(rb"\r\nrange:[ ]*bytes=(\d{1,15})-[ ]*\r\n", re.IGNORECASE)
_IF_RANGE: Final = re.compile(rb"\r\nif-range:[ ]*([^\r\n]*?)[ ]*\r\n", re.IGNORECASE)


class FileServer:
    """Serves files; whatever else is asked for is not there."""

    def __init__(self, host: str, patience: float = TAKES_WITHIN) -> None:
        """Serve nothing yet.

        Args:
            host: on which it listens, and by which it is named.
            patience: how long whoever fetches may take nothing [s].
        """
        self._server: asyncio.Server
        self._host, self._patience = host, patience
        self._files: dict[str, tuple[str, Path]] = {}
        """By path: what it is called, and where it lies."""
        self.served = 0
        """How often a file was asked for."""

    @classmethod
    async def start(cls, host: str, port: int = 0, *, patience: float = TAKES_WITHIN) -> Self:
        """Listen.

        Args:
            host: an address of this machine.
            port: 0: any free one.
            patience: how long whoever fetches may take nothing of what is sent [s].

        Raises:
            OSError: the address is taken, or not ours.
        """
        made = cls(host, patience)
        made._server = await asyncio.start_server(made.meet, host, port, limit=LONGEST_HEAD)
        return made

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.sockets[0].getsockname()[1])

    def serve(self, name: str, path: Path) -> str:
        """Serve a file from now on, and return where."""
        for known, (called, _) in self._files.items():
            if called == name:
                return self._url(known)
        target = f"/{secrets.token_urlsafe(32)}/{name}"
        self._files[target] = (name, path)
        return self._url(target)

    def _url(self, target: str) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}{target}"

    def withdraw(self, name: str) -> None:
        """Serve it no longer."""
        self._files = {target: one for target, one in self._files.items() if one[0] != name}

    def close(self) -> None:
        """Serve nothing any more."""
        self._server.close()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            async with asyncio.timeout(ASKS_WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(self._patience):
                    await writer.wait_closed()
            writer.transport.abort()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].decode("latin-1")
        found = self._files.get(target)
        if method not in _METHODS or found is None or not found[1].is_file():
            writer.write(_head(404 if method in _METHODS else 405, 0))
            await writer.drain()
            return
        etag = f'"{found[0]}"'
        offset = self._begin(found[1], _offset(head, etag), etag, writer)
        if method == b"GET":
            self.served += 1
            await self._send(found[1], offset, writer)

    def _begin(self, path: Path, offset: int, etag: str, writer: asyncio.StreamWriter) -> int:
        """Say what comes, and return from where on."""
        total = _size(path)
        if offset >= total > 0:
            writer.write(_head(416, 0, f"Content-Range: bytes */{total}"))
            return total
        more: tuple[str, ...] = (f"ETag: {etag}", "Accept-Ranges: bytes")
        if offset:
            more = (*more, f"Content-Range: bytes {offset}-{total - 1}/{total}")
        writer.write(_head(206 if offset else 200, total - offset, *more))
        return offset

    async def _send(self, path: Path, offset: int, writer: asyncio.StreamWriter) -> None:
        for piece in _pieces(path, offset):
            writer.write(piece)
            async with asyncio.timeout(self._patience):
                await writer.drain()


def _size(path: Path) -> int:
    return path.stat().st_size


def _pieces(path: Path, offset: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while piece := file.read(PIECE):
            yield piece


def _offset(head: bytes, etag: str) -> int:
    """Return from where on a file is wanted: from its begin, too, if whoever asks has a part of another one."""
    found, only = _RANGE.search(head), _IF_RANGE.search(head)
    if found is None or (only is not None and only[1] != etag.encode("latin-1")):
        return 0
    return int(found[1])


_WORDS: Final = {200: "OK", 206: "Partial Content", 404: "Not Found", 405: "Method Not Allowed", 416: "Range Not Satisfiable"}


def _head(status: int, length: int, *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status} {_WORDS[status]}", f"Content-Length: {length}", "Connection: close", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
