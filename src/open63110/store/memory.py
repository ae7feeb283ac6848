# SPDX-License-Identifier: Apache-2.0
"""The store that forgets when the process ends, and otherwise behaves like every other."""

import operator
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from open63110.kernel.ids import StationId, TransferNumber
from open63110.kernel.journal import Entry
from open63110.ports import KEPT, Batch, Query, StoredFact, Where, searchable
from open63110.store.codec import Condition, RowCodec, milliseconds, moment

N = TypeVar("N")

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, wanted: value in wanted,
    "prefix": str.startswith,
}


class MemoryStore:
    """Facts and nouns in dictionaries. What is staged is not seen by readers before it is committed."""

    def __init__(self) -> None:
        """Start empty."""
        self._codecs = {kept.name: RowCodec(kept) for kept in KEPT}
        self._rows: dict[str, dict[Any, Any]] = {kept.name: {} for kept in KEPT}
        self._highest: dict[str, int] = {kept.name: 0 for kept in KEPT}
        self._journal: list[tuple[Entry, datetime]] = []
        self._heard: set[tuple[int, int | None]] = set()
        self._staged: list[tuple[Batch, datetime]] = []

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Keep a copy until commit."""
        copy = Batch()
        copy.entries, copy.puts, copy.removes = list(batch.entries), dict(batch.puts), set(batch.removes)
        copy.bodies = {kind: dict(some) for kind, some in batch.bodies.items()}
        self._staged.append((copy, moment(milliseconds(heard))))

    async def commit(self) -> None:
        """Let readers see what was staged."""
        staged, self._staged = self._staged, []
        for batch, heard in staged:
            for entry in batch.entries:
                self._append(entry, heard)
            for kind, bodies in batch.bodies.items():
                for key, body in bodies.items():
                    self._put(kind, key, self._codecs[kind].decode(body))
            for (kind, key), noun in batch.puts.items():
                self._put(kind, key, noun)
            for kind, key in batch.removes:
                self._rows[kind].pop(key, None)

    def _append(self, entry: Entry, heard: datetime) -> None:
        if entry.number > 0 and entry.seq is not None:
            if (entry.number, entry.seq) in self._heard:
                return
            self._heard.add((entry.number, entry.seq))
        self._journal.append((entry, heard))

    def _put(self, kind: str, key: Any, noun: Any) -> None:
        self._rows[kind][key] = noun
        if isinstance(key, int):
            self._highest[kind] = max(self._highest[kind], key)

    def _matching(self, noun: type[Any], where: Sequence[Where]) -> Iterator[tuple[dict[str, Any], Any]]:
        kept = searchable(noun)
        codec = self._codecs[kept.name]
        conditions = [codec.condition(one) for one in where]
        names = (kept.key, *kept.columns)
        for row in list(self._rows[kept.name].values()):
            values = dict(zip(names, codec.values(row), strict=True))
            if all(_holds(condition, values[condition.column]) for condition in conditions):
                yield values, row

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Read every row of a kind that matches, by key."""
        key = searchable(noun).key
        found = sorted(self._matching(noun, where), key=lambda pair: pair[0][key])
        return [row for _, row in found]

    def get(self, noun: type[N], key: Any) -> N | None:
        """Read one row."""
        found: N | None = self._rows[searchable(noun).name].get(key)
        return found

    def first(self, noun: type[N], *where: Where) -> N | None:
        """Read the matching row with the lowest key."""
        found = self.load(noun, *where)
        return found[0] if found else None

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the journal holds this fact of this transfer."""
        return (number, seq) in self._heard

    def highest(self, noun: type[Any]) -> int:
        """Return the highest integer key of a kind ever used, 0 if none."""
        return self._highest[searchable(noun).name]

    async def find(self, noun: type[N], query: Query) -> list[N]:
        """Search rows; those without a value in the column of the order come first, or last downwards."""
        kept = searchable(noun)
        column, down = self._codecs[kept.name].order(query)

        def place(pair: tuple[dict[str, Any], Any]) -> tuple[bool, Any, Any]:
            value = pair[0][column]
            return value is not None, 0 if value is None else value, pair[0][kept.key]

        found = sorted(self._matching(noun, query.where), key=place, reverse=down)
        return [row for _, row in found[query.offset : query.offset + query.limit]]

    async def count(self, noun: type[Any], *where: Where) -> int:
        """Count rows."""
        return sum(1 for _ in self._matching(noun, where))

    async def facts(
        self,
        *,
        station: StationId | None = None,
        number: TransferNumber | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFact]:
        """Read the journal, oldest first, or newest first."""
        found = [
            StoredFact(id=id, heard=heard, event=entry.event)
            for id, (entry, heard) in enumerate(self._journal[after:], after + 1)
            if (station is None or entry.station == station) and (number is None or entry.number == number)
        ]
        return (found[::-1] if newest else found)[:limit]

    def close(self) -> None:
        """Forget what was staged only; there are no files and no threads."""
        self._staged.clear()


def _holds(condition: Condition, value: Any) -> bool:
    if condition.op == "null":
        return value is None
    if condition.op == "not null":
        return value is not None
    if value is None:
        return condition.op == "!="
    return _TESTS[condition.op](value, condition.value)
