# SPDX-License-Identifier: Apache-2.0
"""Secrets of machines: long random strings, kept as keyed SHA-256 so that a storm of stations costs nothing (I5)."""

import hashlib
import hmac

SHORTEST = 16
"""Characters below which a machine's secret is refused: a fast hash protects random secrets only."""


class Keys:
    """Makes and checks hashes under a secret of this installation (the pepper)."""

    def __init__(self, pepper: bytes) -> None:
        """Take the pepper, 32 random bytes kept beside the database."""
        self._pepper = pepper

    def hash(self, owner: str, secret: str) -> str:
        """Return what may be stored of a secret; the owner's name salts it."""
        return hmac.new(self._pepper, f"{owner}\0{secret}".encode(), hashlib.sha256).hexdigest()

    def matches(self, owner: str, secret: str, stored: str) -> bool:
        """Tell whether a secret is the stored one, in constant time."""
        return bool(stored) and hmac.compare_digest(self.hash(owner, secret), stored)

    def token(self, purpose: str, about: str) -> str:
        """Return a secret for one purpose, 32 hexadecimal digits: always the same, and nobody else can make it.

        An address may hold it, so that whoever comes there was told of it.
        """
        return self.hash(f"token {purpose}", about)[:32]

    @staticmethod
    def same(shown: str, secret: str) -> bool:
        """Tell whether somebody shows a secret, in constant time."""
        return hmac.compare_digest(shown.encode(), secret.encode())

    def pseudonym(self, dso: str, station: str) -> str:
        """Return what a station is called to a DSO: always the same, and nothing that anybody else can make (R-7.4-3)."""
        return f"cs-{self.hash(f'dso {dso}', station)[:12]}"


def weakness(secret: str) -> str:
    """Say why a machine's secret will not do; empty if it will."""
    if len(secret) < SHORTEST:
        return f"a secret of a machine has at least {SHORTEST} characters"
    if len(set(secret)) < SHORTEST // 3:
        return "a secret of a machine is random; this one repeats a few characters"
    return ""
