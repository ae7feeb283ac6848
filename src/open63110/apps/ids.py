# SPDX-License-Identifier: Apache-2.0
"""Fresh ids: counters that go on where the store's rows end, and random ones where order must not show."""

import os
from typing import Any

from open63110.kernel.ids import OrderId, SessionNumber, SubjectRef, TransferNumber
from open63110.model.session import ServiceSession
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Store


class StoredIds:
    """Ids of one node; numbers are skipped rather than used twice when a commit fails."""

    def __init__(self, store: Store) -> None:
        """Read where each counter stands."""
        self._store = store
        self._last: dict[type[Any], int] = {}

    def row(self, noun: type[Any]) -> int:
        """Return the next number of a kind."""
        last = self._last.get(noun)
        if last is None:
            last = self._store.highest(noun)
        self._last[noun] = last + 1
        return last + 1

    def transfer(self) -> TransferNumber:
        """Return the next energy transfer number."""
        return TransferNumber(self.row(EnergyTransfer))

    def session(self) -> SessionNumber:
        """Return the next service session number."""
        return SessionNumber(self.row(ServiceSession))

    def order(self) -> OrderId:
        """Return an id nobody can guess, so that knowing one is worth nothing."""
        return OrderId(os.urandom(8).hex())

    def subject(self) -> SubjectRef:
        """Return a reference that says nothing about its credential."""
        return SubjectRef(f"s{os.urandom(8).hex()}")
