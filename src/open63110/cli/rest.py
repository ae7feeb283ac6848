# SPDX-License-Identifier: Apache-2.0
"""Talks to a running CSMS over REST, as a program with a key."""

import json
import os
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Annotated, Any

from cyclopts import Parameter

from open63110.kernel.errors import Malformed, Trouble, Unavailable

Url = Annotated[str | None, Parameter(help="Where the CSMS is; else $OPEN63110_URL, or what `key use` kept.")]
Key = Annotated[str | None, Parameter(help="API key; else $OPEN63110_KEY, $OPEN63110_KEY_FILE, or what `key use` kept.")]

USUAL_URL = "http://127.0.0.1:8880"
API = "/api/v1"
PATIENCE = 150.0
"""More than the longest wait for an order [s]."""


class Csms:
    """One CSMS, as this user may see it."""

    def __init__(self, url: str | None = None, key: str | None = None) -> None:
        """Take URL and key from the command line, else from the environment, else from what was kept.

        Raises:
            Malformed: it is no URL.
        """
        kept = kept_access()
        self.url = (url or os.environ.get("OPEN63110_URL") or kept.get("url") or USUAL_URL).rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise Malformed(f"{self.url} is no URL of a CSMS", where="url", remedy=f"write it as {USUAL_URL}")
        self._key = key or os.environ.get("OPEN63110_KEY") or _key_file() or kept.get("key", "")

    def get(self, path: str, said: Mapping[str, Any] | None = None) -> Any:
        """Read something below /api/v1."""
        return self._json("GET", path, said)[1]

    def post(self, path: str, body: Any = None, said: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """Ask for something; return the status and what was said."""
        return self._json("POST", path, said, body if body is not None else {})

    def patch(self, path: str, body: Any) -> Any:
        """Change something."""
        return self._json("PATCH", path, None, body)[1]

    def delete(self, path: str) -> Any:
        """Take something away, or give it up."""
        return self._json("DELETE", path, None)[1]

    def put_file(self, path: str, content: IO[bytes], size: int) -> Any:
        """Send a file as it is.

        Args:
            path: below /api/v1.
            content: of the file.
            size: of it [bytes].
        """
        more = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self._open("PUT", path, None, content=content, headers=more) as answer:
            return json.loads(answer.read())

    def chunks(self, path: str, said: Mapping[str, Any]) -> Iterator[bytes]:
        """Read something that may be large, piece by piece."""
        with self._open("GET", path, said) as answer:
            while piece := answer.read(65_536):
                yield piece

    def _json(self, method: str, path: str, said: Mapping[str, Any] | None, body: Any = None) -> tuple[int, Any]:
        with self._open(method, path, said, body) as answer:
            return answer.status, json.loads(answer.read() or b"null")

    def _open(
        self,
        method: str,
        path: str,
        said: Mapping[str, Any] | None,
        body: Any = None,
        *,
        content: IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HTTPResponse:
        query = urllib.parse.urlencode({name: _spelled(value) for name, value in (said or {}).items() if value is not None})
        data: Any = content if body is None else _written(body)
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self.url}{API}/{path}{f'?{query}' if query else ''}", data=data, method=method
        )
        for name, value in (headers or {"Content-Type": "application/json"}).items():
            request.add_header(name, value)
        if self._key:
            request.add_header("Authorization", f"Bearer {self._key}")
        try:
            answer: HTTPResponse = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310 - the scheme was checked
        except urllib.error.HTTPError as fault:
            raise self._trouble(fault) from fault
        except (urllib.error.URLError, HTTPException, TimeoutError) as fault:
            reason = getattr(fault, "reason", fault)
            remedy = "is it running? --url or OPEN63110_URL says where it is"
            raise Unavailable(
                f"{self.url} cannot be reached: {getattr(reason, 'strerror', None) or reason}", remedy=remedy
            ) from fault
        return answer

    def _trouble(self, fault: urllib.error.HTTPError) -> Trouble:
        try:
            said = json.loads(fault.read())
            words, remedy, code, where = said["message"], said.get("remedy", ""), said.get("code"), str(said.get("where", ""))
        except (ValueError, KeyError, TypeError):
            words, remedy, code, where = f"{self.url} answered {fault.code} {fault.reason}", "", None, ""
        if fault.code in {400, 409} and where not in words:
            words = f"{where}: {words}"
        if fault.code == 401:
            remedy = remedy or "give a key with --key or OPEN63110_KEY, or keep one: open63110 key use"
        return Trouble(words, code=code, where=where, remedy=remedy)


def _written(body: Any) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError as fault:
        raise Malformed("nan and inf are no numbers here", remedy="leave out what is not known or not limited") from fault


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def quoted(part: str) -> str:
    """Write an id as one segment of a path."""
    return urllib.parse.quote(part, safe="")


def kept_file() -> Path:
    """Return where URL and key of this user are kept."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "open63110" / "client.toml"


def kept_access() -> dict[str, str]:
    """Read URL and key of this user, as far as they were kept.

    Raises:
        Malformed: somebody wrote into the file what cannot be read.
    """
    path = kept_file()
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Malformed(f"{path} cannot be read: {fault}", where=str(path), remedy="open63110 key use writes it anew") from fault
    return {name: str(kept[name]) for name in ("url", "key") if name in kept}


def _key_file() -> str:
    path = os.environ.get("OPEN63110_KEY_FILE", "")
    return Path(path).read_text(encoding="utf-8").strip() if path else ""
