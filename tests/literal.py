# SPDX-License-Identifier: Apache-2.0
"""Time and ids as literals, for tests that run the engine without a composition root."""

from datetime import UTC, datetime
from typing import Any

from open63110.kernel.ids import OrderId, SessionNumber, SubjectRef, TransferNumber

T0 = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """Stands still until a test moves `at`."""

    def __init__(self, at: datetime = T0) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds


class Ids:
    """Numbers from one, of one counter."""

    def __init__(self) -> None:
        self.last = 0

    def row(self, noun: type[Any]) -> int:
        self.last += 1
        return self.last

    def transfer(self) -> TransferNumber:
        return TransferNumber(self.row(int))

    def session(self) -> SessionNumber:
        return SessionNumber(self.row(int))

    def order(self) -> OrderId:
        return OrderId(f"o{self.row(int)}")

    def subject(self) -> SubjectRef:
        return SubjectRef(f"s{self.row(int)}")
