# SPDX-License-Identifier: Apache-2.0
"""TLS contexts from files, with errors that name the file, and replacement of certificates while running."""

from __future__ import annotations

import importlib
import ssl
from pathlib import Path
from types import ModuleType
from typing import Literal

from msgspec import Struct

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def _fast_transports() -> ModuleType | None:
    try:
        return importlib.import_module("aiofastnet")
    except ImportError:  # no wheel for this platform: TLS works, with more memory per connection
        return None


FAST = _fast_transports()
"""Transports that need a seventh of the memory of asyncio's under TLS; None where they cannot be had."""

_RECORD = 16 * 1024 + 64
"""One TLS record and what surrounds it [B]."""
FAST_BUFFERS = {"ssl_incoming_bio_size": _RECORD, "ssl_outgoing_bio_size": _RECORD}
"""What FAST is to keep per connection. By itself it takes sixteen times as much: only the beginning is ever written to, but the
next connection's beginning lies elsewhere in what the last one left, so with every wave of reconnects more of it becomes real."""


class TlsSettings(Struct, frozen=True, kw_only=True, gc=False):
    """Who a listener is and whom it believes."""

    certificate: Path
    """PEM of the server certificate, then its intermediates."""
    key: Path
    """PEM of its private key, unencrypted."""
    client_authorities: Path | None = None
    """PEM of the authorities that sign client certificates; None asks clients for none."""
    require_client_certificate: bool = False
    """Refuse clients without a certificate; otherwise one is verified when it is offered."""
    minimum_version: Literal["1.2", "1.3"] = "1.2"
    ciphers: str | None = None
    """OpenSSL list for TLS 1.2; None keeps the interpreter's choice (forward secrecy only)."""


class TlsUnusable(Exception):
    """The settings do not make a TLS context; the message names the file and what to do."""


class ServerTls:
    """The context that new handshakes use; open connections keep theirs."""

    def __init__(self, settings: TlsSettings) -> None:
        self.settings = settings
        self.context = server_context(settings)

    def reload(self, settings: TlsSettings | None = None) -> None:
        """Read the files again, or those of new settings.

        Raises:
            TlsUnusable: the old context stays in use.
        """
        wanted = self.settings if settings is None else settings
        self.context = server_context(wanted)
        self.settings = wanted


def server_context(settings: TlsSettings) -> ssl.SSLContext:
    """Build the context of a listener.

    Raises:
        TlsUnusable: a file is missing, unreadable, no PEM, or does not fit the others.
    """
    if settings.require_client_certificate and settings.client_authorities is None:
        raise TlsUnusable("client certificates are required but client_authorities names no file to verify them with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _set_versions(context, settings.minimum_version, settings.ciphers)
    _load_pair(context, settings.certificate, settings.key)
    if settings.client_authorities is not None:
        _load_authorities(context, settings.client_authorities)
        context.verify_mode = ssl.CERT_REQUIRED if settings.require_client_certificate else ssl.CERT_OPTIONAL
        # a resumed session would let in a certificate that has expired or been revoked since
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
    return context


def client_context(
    *,
    authorities: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    minimum_version: Literal["1.2", "1.3"] = "1.2",
) -> ssl.SSLContext:
    """Build the context of clients; thousands may share one. Without `authorities` the system's are believed.

    Raises:
        TlsUnusable: a file is missing, unreadable, no PEM, or does not fit the others.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _set_versions(context, minimum_version, None)
    if authorities is None:
        context.load_default_certs()
    else:
        _load_authorities(context, authorities)
    if certificate is not None:
        _load_pair(context, certificate, certificate if key is None else key)
    return context


def reason(error: BaseException) -> str:
    """Say in words why a TLS handshake failed."""
    if isinstance(error, ssl.SSLError):
        words = (error.reason or str(error)).replace("_", " ").lower()
        verified = getattr(error, "verify_message", "")
        return f"{words}: {verified}" if verified else words
    return str(error) or "the other end hung up"


def _set_versions(context: ssl.SSLContext, minimum: str, ciphers: str | None) -> None:
    context.minimum_version = _VERSIONS[minimum]
    context.options |= ssl.OP_NO_RENEGOTIATION
    if ciphers is None:
        return
    try:
        context.set_ciphers(ciphers)
    except ssl.SSLError as error:
        raise TlsUnusable(f"no cipher of {ciphers!r} is known to this OpenSSL; correct the list") from error


def _load_pair(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for path in (certificate, key):
        _check_readable(path)
    try:
        # an empty password makes an encrypted key fail instead of asking at the terminal
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        raise TlsUnusable(f"{certificate} and {key}: {_what_to_do(error, key)}") from error


def _what_to_do(error: ssl.SSLError, key: Path) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key does not belong to the first certificate of the file; put the server certificate first"
    if b"ENCRYPTED" in key.read_bytes():
        return "the key is encrypted; store it unencrypted and readable by this process alone"
    return "not a PEM certificate and private key; write both as PEM"


def _load_authorities(context: ssl.SSLContext, path: Path) -> None:
    _check_readable(path)
    try:
        context.load_verify_locations(path)
    except ssl.SSLError as error:
        raise TlsUnusable(f"{path}: no PEM certificates; write the authorities as PEM") from error


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise TlsUnusable(f"{path}: {error.strerror}; name a file that this process may read") from error
