# SPDX-License-Identifier: Apache-2.0
"""What a program has until it is given better: it believes nobody who signs firmware, or catalogues."""

from datetime import datetime


class Nobody:
    """Implements ports.Signers."""

    def judge(self, certificate: str, now: datetime) -> str:
        """Believe nobody."""
        del certificate, now
        return "InvalidCertificate"


class NoTrust:
    """Implements ports.Trust."""

    def knows(self, vendor: str) -> bool:
        """Know no maker."""
        del vendor
        return False

    def signer(self, vendor: str, content: bytes, signature: bytes) -> str | None:
        """Believe nobody."""
        del vendor, content, signature
        return None
