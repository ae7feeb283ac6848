# SPDX-License-Identifier: Apache-2.0
"""Where stations connect, as a word of the command line and as a table of the configuration."""

from pathlib import Path
from typing import Any

from open63110.cli.say import NotUnderstood

KINDS: dict[str, dict[str, Any]] = {
    "plain": {"plain": True},
    "open": {"plain": True, "password": False},
    "tls": {},
    "mtls": {"password": False},
    "link": {"kind": "link"},
}


def endpoint(text: str) -> tuple[str, int]:
    """Split HOST:PORT; an IPv6 host stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise NotUnderstood(f"{text!r} is no HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def chosen_listeners(
    words: list[str],
    certificate: Path | None,
    key: Path | None,
    client_authorities: Path | None,
    *,
    revoked: Path | None = None,
    authorities: str = "client_authorities",
) -> dict[str, dict[str, Any]]:
    """Return the tables of listeners named as [NAME=]KIND:HOST:PORT.

    Args:
        words: as they stand on the command line.
        certificate: of the listeners that have TLS.
        key: of it.
        client_authorities: whose certificates are believed there.
        revoked: those of them that were taken back; for links.
        authorities: what the option of those is called.

    Raises:
        NotUnderstood: it says what is wrong.
    """
    chosen: dict[str, dict[str, Any]] = {}
    for word in words:
        name, _, rest = word.rpartition("=")
        kind, _, where = rest.partition(":")
        if kind not in KINDS:
            raise NotUnderstood(f"{word!r}: a listener is one of {', '.join(KINDS)}, as KIND:HOST:PORT")
        if (name or kind) in chosen:
            raise NotUnderstood(f"two listeners are called {name or kind}; name them: NAME=KIND:HOST:PORT")
        host, port = endpoint(where)
        chosen[name or kind] = {"host": host, "port": port} | KINDS[kind]
        chosen[name or kind] |= _files(kind, authorities, certificate, key, client_authorities)
        if kind == "link" and revoked is not None:
            chosen[name or kind]["revoked"] = str(revoked.absolute())
    return chosen


def _files(
    kind: str, authorities: str, certificate: Path | None, key: Path | None, client_authorities: Path | None
) -> dict[str, str]:
    files: dict[str, Path | None] = {}
    if kind in {"tls", "mtls", "link"}:
        files |= {"certificate": certificate, "key": key}
    if kind in {"mtls", "link"}:
        files["client_authorities"] = client_authorities
    options = {"client_authorities": authorities}
    missing = [f"--{options.get(name, name).replace('_', '-')}" for name, path in files.items() if path is None]
    if missing:
        raise NotUnderstood(f"a listener of kind {kind} needs {' and '.join(missing)}")
    return {name: str(path.absolute()) for name, path in files.items() if path is not None}
