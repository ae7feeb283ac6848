# SPDX-License-Identifier: Apache-2.0
"""What this door has to be told."""

from typing import Protocol


class WebSettings(Protocol):
    """Where to listen, and how people reach it."""

    @property
    def host(self) -> str:
        """Address to bind."""

    @property
    def port(self) -> int:
        """0: any free one."""

    @property
    def public_url(self) -> str:
        """How people reach it when a proxy stands before it; empty: directly. Set, the proxy on loopback is believed."""

    @property
    def certificate(self) -> str:
        """PEM file; empty: no TLS here."""

    @property
    def key(self) -> str:
        """PEM file."""
