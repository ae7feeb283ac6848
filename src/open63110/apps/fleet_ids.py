# SPDX-License-Identifier: Apache-2.0
"""Ids of simulated stations, which forget."""

from datetime import datetime
from itertools import count
from typing import Any

from open63110.kernel.ids import OrderId, SessionNumber, SubjectRef, TransferNumber


class FleetIds:
    """Ids of stations that forget: the time of their start keeps those of one run apart from those of another."""

    def __init__(self, start: datetime) -> None:
        """Begin with the time."""
        self._transfers = count(int(start.timestamp() * 10))
        self._others = count(1)

    def transfer(self) -> TransferNumber:
        """Return the next energy transfer number."""
        return TransferNumber(next(self._transfers))

    def session(self) -> SessionNumber:
        """Return the next service session number."""
        return SessionNumber(next(self._others))

    def order(self) -> OrderId:
        """Return an id for an order."""
        return OrderId(str(next(self._others)))

    def subject(self) -> SubjectRef:
        """Return a reference for a credential that was never seen."""
        return SubjectRef(f"s{next(self._others)}")

    def row(self, noun: type[Any]) -> int:
        """Return the next number of an append-only kind; one sequence does for all."""
        del noun
        return next(self._others)
