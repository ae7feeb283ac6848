# SPDX-License-Identifier: Apache-2.0
"""A maker's catalogue, its signature, and rows to keep it in."""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rows import KeptRows

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Event, Reply
from open63110.model.fault import FaultCatalogue, UnknownFault
from open63110.model.station import Identity, Registration, Station

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS, OTHER = StationId("CS-1"), StationId("CS-2")
IDENTITY = Identity(vendor="Acme", model="Box", firmware="2.0")
STATION = Station(id=CS, registration=Registration.ACCEPTED, wire="iec63110.link.v1", connected=NOON, identity=IDENTITY)
SIGNATURE = base64.b64encode(b"signed by acme").decode()
E42: dict[str, Any] = {
    "code": "E42",
    "severity": 2,
    "text": {"en": "Output overloaded", "de": "Ausgang überlastet"},
    "user_text": {"en": "Please use another plug"},
    "remedy": {"en": "Check the cable"},
    "blocking": True,
    "std_code": "CX004",
}
KEY = "acme:box:2.0"


def content(version: str = "1", entries: Iterable[dict[str, Any]] = (E42,), **more: Any) -> str:
    """What the maker wrote."""
    said = {"vendor": "Acme", "model": "Box", "fw": "2.0", "version": version, "entries": list(entries)}
    return json.dumps(said | more, ensure_ascii=False)


class Acme:
    """Believes what Acme has signed, which is everything but what was tampered with."""

    def knows(self, vendor: str) -> bool:
        return vendor == "Acme"

    def signer(self, vendor: str, content: bytes, signature: bytes) -> str | None:
        return "acme-2026" if vendor == "Acme" and signature == b"signed by acme" and b"tampered" not in content else None


class Anybody:
    """Knows no maker."""

    def knows(self, vendor: str) -> bool:
        return False

    def signer(self, vendor: str, content: bytes, signature: bytes) -> str | None:
        return None


class Table:
    """Rows, and what was said about them."""

    def __init__(self) -> None:
        self.rows = KeptRows()
        self.orders: list[Command] = []
        self.replies: list[Reply] = []
        self.facts: list[Event] = []

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        """Take what a decision yields, all at once as a turn does; return it."""
        taken = self.rows.take(list(effects))
        for one in taken:
            if isinstance(one, Event):
                self.facts.append(one)
            elif isinstance(one, Command):
                self.orders.append(one)
            elif isinstance(one, Reply):
                self.replies.append(one)
        return taken

    def told(self) -> list[Command]:
        """What was ordered since the last look."""
        orders, self.orders = self.orders, []
        return orders

    def catalogue(self, key: str = KEY) -> FaultCatalogue | None:
        """The catalogue there is."""
        return self.rows.get(FaultCatalogue, key)

    def unknown(self) -> list[tuple[str, int]]:
        """Code and count of each that nothing explains."""
        return [(one.code, one.count) for one in self.rows.load(UnknownFault)]
