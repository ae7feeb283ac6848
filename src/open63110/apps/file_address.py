# SPDX-License-Identifier: Apache-2.0
"""Where stations reach a CSMS by HTTP, to send logs or to fetch firmware (8.3.10, 8.3.6)."""

from typing import Final, Protocol

from open63110.apps.config import Web

LOOPBACK: Final = ("127.", "[::1]", "::1", "localhost")
EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what is bound, not what is reached


class Files(Protocol):
    """What has to be told of files that go by HTTP."""

    @property
    def url(self) -> str:
        """Where stations reach this CSMS; empty: where people do."""

    @property
    def without_tls(self) -> bool:
        """They may come without TLS from other machines."""


def address_of(files: Files, web: Web, port: int) -> str:
    """Return where stations reach a CSMS by HTTP; empty: nowhere, since without TLS they come on this machine only.

    Args:
        files: what goes there.
        web: where the page is served.
        port: of the page; 0: it is not served.
    """
    said = files.url or web.public_url
    if said:
        return said.rstrip("/") if said.startswith("https:") or files.without_tls else ""
    if not port:
        return ""
    host = "localhost" if web.host in EVERYWHERE else f"[{web.host}]" if ":" in web.host else web.host
    if web.certificate:
        return f"https://{host}:{port}"
    return f"http://{host}:{port}" if files.without_tls or host.startswith(LOOPBACK) else ""
