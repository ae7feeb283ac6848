# SPDX-License-Identifier: Apache-2.0
"""A simulated energy meter: a register that counts exactly and shows what its display can, with a signature if it has a key."""

import json
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from open63110.kernel.units import WattHours
from open63110.model.reading import SignedReading

MILLI = 1000
"""Counted units in a watt-hour."""


class Meter:
    """The import register of one EVSE."""

    __slots__ = ("_key", "_pages", "counted", "serial", "step")

    def __init__(self, serial: str, *, counted: int = 0, step: int = MILLI, key: int | None = None) -> None:
        """Begin where it stands.

        Args:
            serial: of the meter.
            counted: what it has seen so far [mWh].
            step: what the last place of its display is worth [mWh].
            key: from which its signing key is derived; None: it signs nothing.
        """
        self.serial, self.counted, self.step = serial, counted, step
        self._key = ec.derive_private_key(key, ec.SECP256R1()) if key else None
        self._pages = 0

    def add(self, energy: WattHours) -> None:
        """Count energy."""
        self.counted += round(energy * MILLI)

    @property
    def register(self) -> WattHours:
        """What the display shows [Wh]."""
        return WattHours(self.counted // self.step * self.step / MILLI)

    def signed(self, at: datetime, *, begin: bool) -> SignedReading | None:
        """Return the display with a signature, in the text form of OCMF; None if this meter signs nothing."""
        if self._key is None:
            return None
        self._pages += 1
        when = f"{at:%Y-%m-%dT%H:%M:%S},{at.microsecond // 1000:03d}+0000 S"
        value = {"TM": when, "TX": "B" if begin else "C", "RV": self.register, "RI": "1-0:1.8.0", "RU": "Wh", "ST": "G"}
        page = {"FV": "1.0", "GI": "open63110 simulator", "PG": f"T{self._pages}", "MS": self.serial, "RD": [value]}
        payload = json.dumps(page, separators=(",", ":"))
        signature = self._key.sign(payload.encode(), ec.ECDSA(hashes.SHA256())).hex()
        data = f'OCMF|{payload}|{{"SA":"ECDSA-secp256r1-SHA256","SD":"{signature}"}}'
        return SignedReading(data=data, method="", encoding="OCMF", public_key=self.public_key)

    @property
    def public_key(self) -> str:
        """DER as hexadecimal text; empty where nothing is signed."""
        if self._key is None:
            return ""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.DER, form).hex()
