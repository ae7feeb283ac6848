# SPDX-License-Identifier: Apache-2.0
"""What a station has until it is given better: it believes nobody who signs firmware."""

from datetime import datetime


class Nobody:
    """Implements ports.Signers."""

    def judge(self, certificate: str, now: datetime) -> str:
        """Believe nobody."""
        del certificate, now
        return "InvalidCertificate"
