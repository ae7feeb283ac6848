# SPDX-License-Identifier: Apache-2.0
"""The store of simulated stations: they have their present in memory and no past, so that thousands fit into one process."""
# ruff: noqa: ARG002 - it looks at nothing

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from open63110.kernel.ids import StationId, TransferNumber
from open63110.ports import Batch, Query, StoredFact, Where

N = TypeVar("N")


class ForgetfulStore:
    """Takes everything and keeps nothing."""

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Forget it."""

    async def commit(self) -> None:
        """Be done."""

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Know none."""
        return []

    def get(self, noun: type[N], key: Any) -> N | None:
        """Know none."""
        return None

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
