# SPDX-License-Identifier: Apache-2.0
"""The store of simulated stations: they have their present in memory and no past, so that thousands fit into one process.

Of rows it keeps those that decisions ask for (``Kept.asked``): they are a present that lies outside of stations.
"""
# ruff: noqa: ARG002 - it looks at nothing

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from open63110.kernel.ids import StationId, TransferNumber
from open63110.ports import BY_NAME, Batch, Query, StoredFact, Where, searchable
from open63110.runtime.rows import holds

N = TypeVar("N")


class ForgetfulStore:
    """Takes everything, and keeps next to nothing."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rows: dict[str, dict[Any, Any]] = {}

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Forget it, but for rows that are asked for."""
        for (kind, key), noun in batch.puts.items():
            if BY_NAME[kind].asked:
                self._rows.setdefault(kind, {})[key] = noun
        for kind, key in batch.removes:
            self._rows.get(kind, {}).pop(key, None)

    async def commit(self) -> None:
        """Be done."""

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Return the rows that match, of a kind that is asked for."""
        rows = self._rows.get(searchable(noun).name, {}).values()
        return [row for row in rows if all(holds(one, row) for one in where)]

    def get(self, noun: type[N], key: Any) -> N | None:
        """Return the row of a key, of a kind that is asked for."""
        found: N | None = self._rows.get(searchable(noun).name, {}).get(key)
        return found

    def first(self, noun: type[N], *where: Where) -> N | None:
        """Know none."""
        return None

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Remember nothing."""
        return False

    def highest(self, noun: type[Any]) -> int:
        """Know none."""
        return 0

    async def find(self, noun: type[N], query: Query) -> list[N]:
        """Know none."""
        return []

    async def count(self, noun: type[Any], *where: Where) -> int:
        """Know none."""
        return 0

    async def facts(
        self,
        *,
        station: StationId | None = None,
        number: TransferNumber | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFact]:
        """Know none."""
        return ()

    def close(self) -> None:
        """Have nothing to let go."""
