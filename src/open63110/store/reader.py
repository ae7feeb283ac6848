# SPDX-License-Identifier: Apache-2.0
"""A connection that only reads what is committed, with SQL made of our own column names and bound values."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from open63110.kernel.ids import StationId, TransferNumber
from open63110.ports import Query, StoredFact, Where, searchable
from open63110.store.codec import STRETCH, Condition, FactCodec, RowCodec, moment
from open63110.store.trouble import unavailable

N = TypeVar("N")


class Reader:
    """Reads for one thread."""

    def __init__(self, connection: sqlite3.Connection, codecs: Mapping[str, RowCodec]) -> None:
        """Take over a connection that nobody else uses."""
        self._connection, self._codecs = connection, codecs
        self._codec = FactCodec()
        self._kinds: dict[int, str] = {}

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Read.

        Raises:
            Unavailable: the database cannot be read.
        """
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def get(self, noun: type[N], key: Any) -> N | None:
        """Read the row of a key."""
        return self.first(noun, Where(searchable(noun).key, "=", key))

    def first(self, noun: type[N], *where: Where) -> N | None:
        """Read the matching row with the lowest key."""
        found = self.find(noun, Query(where=where, limit=1))
        return found[0] if found else None

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Read every row that matches, by key."""
        return self.find(noun, Query(where=where, limit=-1))

    def find(self, noun: type[N], query: Query) -> list[N]:
        """Search rows."""
        kept = searchable(noun)
        codec = self._codecs[kept.name]
        matching, values = _matching(codec, query.where)
        column, down = codec.order(query)
        way = "DESC" if down else "ASC"
        by = f'"{column}" {way}' if column == kept.key else f'"{column}" {way}, "{kept.key}" {way}'
        sql = f'SELECT body FROM "{kept.name}" WHERE {matching} ORDER BY {by} LIMIT ? OFFSET ?'  # noqa: S608 - names of our own
        return [codec.decode(body) for (body,) in self.rows(sql, (*values, query.limit, query.offset))]

    def count(self, noun: type[Any], *where: Where) -> int:
        """Count rows."""
        kept = searchable(noun)
        matching, values = _matching(self._codecs[kept.name], where)
        return int(self.rows(f'SELECT count(*) FROM "{kept.name}" WHERE {matching}', values)[0][0])  # noqa: S608 - names of our own

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the journal holds this fact."""
        return bool(self.rows("SELECT 1 FROM journal WHERE number > 0 AND number = ? AND seq = ?", (number, seq)))

    def highest(self, noun: type[Any]) -> int:
        """Return the highest integer key ever used."""
        kept = searchable(noun)
        if self._codecs[kept.name].key.storage != "integer":
            return 0
        sql = (
            f'SELECT max(coalesce((SELECT max("{kept.key}") FROM "{kept.name}"), 0), '  # noqa: S608 - names of our own
            'coalesce((SELECT "key" FROM highest WHERE kind = ?), 0))'
        )
        return int(self.rows(sql, (kept.name,))[0][0])

    def facts(
        self, *, station: StationId | None, number: TransferNumber | None, after: int, newest: bool, limit: int
    ) -> list[StoredFact]:
        """Read the journal."""
        if station is not None and number is None:
            return self._of_station(station, after, newest=newest, limit=limit)
        condition = "id > ?"
        values: list[Any] = [after]
        if number is not None:
            condition, values = f"{condition} AND number > 0 AND number = ?", [*values, number]
        if station is not None:
            condition, values = f"{condition} AND station = ?", [*values, station]
        return self._facts(condition, values, newest=newest, limit=limit)

    def _of_station(self, station: StationId, after: int, *, newest: bool, limit: int) -> list[StoredFact]:
        """Go through the stretches of the journal in which a station occurs."""
        last = self.rows("SELECT coalesce(max(id), 0) FROM journal")[0][0]
        stretches = range(after // STRETCH, last // STRETCH + 1)
        found: list[StoredFact] = []
        for stretch in reversed(stretches) if newest else stretches:
            if len(found) >= limit:
                break
            if self.rows("SELECT 1 FROM stretches WHERE stretch = ? AND station = ?", (stretch, station)):
                begin, end = max(after + 1, stretch * STRETCH), (stretch + 1) * STRETCH
                condition = "id >= ? AND id < ? AND station = ?"
                found += self._facts(condition, [begin, end, station], newest=newest, limit=limit - len(found))
        return found

    def _facts(self, condition: str, values: list[Any], *, newest: bool, limit: int) -> list[StoredFact]:
        way = "DESC" if newest else "ASC"
        sql = f"SELECT id, heard, kind, body FROM journal WHERE {condition} ORDER BY id {way} LIMIT ?"  # noqa: S608 - words of our own
        return [self._fact(row) for row in self.rows(sql, (*values, limit))]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _fact(self, row: tuple[int, int, int, bytes]) -> StoredFact:
        number, heard, kind, body = row
        if kind not in self._kinds:
            self._kinds = dict(self.rows("SELECT id, name FROM kinds"))
        return StoredFact(id=number, heard=moment(heard), event=self._codec.decode(self._kinds[kind], body))


def _matching(codec: RowCodec, where: Sequence[Where]) -> tuple[str, list[Any]]:
    """Write conditions as SQL, and list the values to bind."""
    parts: list[str] = ["1 = 1"]
    values: list[Any] = []
    for one in where:
        condition = codec.condition(one)
        part, bound = _part(condition)
        parts.append(part)
        values.extend(bound)
    return " AND ".join(parts), values


def _part(condition: Condition) -> tuple[str, Sequence[Any]]:
    name, op, value = f'"{condition.column}"', condition.op, condition.value
    match op:
        case "null":
            return f"{name} IS NULL", ()
        case "not null":
            return f"{name} IS NOT NULL", ()
        case "in":
            return f"{name} IN ({', '.join('?' * len(value))})" if value else "1 = 0", value
        case "prefix":
            return f"substr({name}, 1, ?) = ?", (len(value), value)
        case "!=":
            return f"({name} <> ? OR {name} IS NULL)", (value,)
        case "=" if condition.column == "settled":  # the index of open rows is found by its literal condition only
            return f"{name} = {value:d}", ()
        case _:
            return f"{name} {op} ?", (value,)
