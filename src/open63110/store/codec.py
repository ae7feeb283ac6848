# SPDX-License-Identifier: Apache-2.0
"""How facts and nouns become rows and back: the body whole as msgpack, beside it the columns that can be searched."""

import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.journal import written
from open63110.kernel.messages import Event
from open63110.model.quarantine import MessageKept
from open63110.ports import Kept, Query, Where
from open63110.runtime.table import event_types

Storage = Literal["text", "integer", "real", "boolean", "moment"]
"""How a column is kept; a moment is an integer, milliseconds since 1970 UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

STRETCH = 4096
"""Journal ids in one stretch, the step in which the facts of a station are searched."""


def milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970 UTC, finer parts cut off."""
    return (moment - EPOCH) // MILLISECOND


def moment(milliseconds: int) -> datetime:
    """Return the moment so many milliseconds after 1970."""
    return EPOCH + milliseconds * MILLISECOND


class Column(NamedTuple):
    """A searchable column."""

    name: str
    storage: Storage
    nullable: bool


class Condition(NamedTuple):
    """A ``Where`` that was checked, its value as the column holds it."""

    column: str
    op: str
    value: Any


_PLAIN: dict[type[Any], Storage] = {str: "text", bool: "boolean", int: "integer", float: "real", datetime: "moment"}

_STORE: dict[Storage, Callable[[Any], Any] | None] = {
    "text": None,
    "integer": None,
    "real": None,
    "boolean": int,
    "moment": milliseconds,
}
"""From attribute to column. The database driver is slow with subclasses of what it knows, so they become plain."""

_ADMITS: dict[Storage, tuple[type[Any], ...]] = {
    "text": (str,),
    "integer": (int,),
    "real": (int, float),
    "boolean": (bool, int),
    "moment": (datetime,),
}

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


class RowCodec:
    """One kind of noun as rows: key, searchable columns, body."""

    def __init__(self, kept: Kept) -> None:
        """Read the columns' types off the noun."""
        self.kept = kept
        self.key = _column(kept.noun, kept.key)
        self.columns = tuple(_column(kept.noun, name) for name in kept.columns)
        self.decode: Callable[[bytes], Any] = msgspec.msgpack.Decoder(kept.noun).decode
        """Body to noun; fields that were added later get their defaults."""
        self._by_name = {column.name: column for column in (self.key, *self.columns)}
        self._get = attrgetter(kept.key, *kept.columns) if kept.columns else lambda noun: (getattr(noun, kept.key),)
        converters = [_converter(kept.noun, column) for column in (self.key, *self.columns)]
        self._odd = tuple((place, convert) for place, convert in enumerate(converters) if convert)

    def values(self, noun: Any) -> list[Any]:
        """Return key and searchable columns, as the columns hold them."""
        values = list(self._get(noun))
        for place, convert in self._odd:
            value = values[place]
            if value is not None:
                values[place] = convert(value)
        return values

    def row(self, noun: Any) -> list[Any]:
        """Return key, searchable columns and body."""
        values = self.values(noun)
        values.append(written(noun))
        return values

    def column(self, name: str) -> Column:
        """Return a column that may be searched.

        Raises:
            Malformed: there is none of this name.
        """
        column = self._by_name.get(name)
        if column is None:
            raise Malformed(f"{self.kept.name} cannot be searched by {name!r}", code="UnknownColumn", where=name)
        return column

    def condition(self, where: Where) -> Condition:
        """Check one condition.

        ``=`` and ``!=`` take None for no value; ``!=`` of a value also finds rows without one, the other comparisons
        never do.

        Raises:
            Malformed: no such column, no such comparison, or a value the column cannot hold.
        """
        column, op, value = self.column(where.column), where.op, where.value
        if op in {"null", "not null"}:
            return Condition(column.name, op, None)
        if op == "in":
            return Condition(column.name, op, tuple(_held(column, one) for one in value))
        if op == "prefix" and column.storage == "text" and isinstance(value, str):
            return Condition(column.name, op, value)
        if op not in _COMPARISONS or (value is None and op not in {"=", "!="}):
            raise Malformed(f"{column.name} cannot be compared by {op!r} with {value!r}", where=column.name)
        if value is None:
            return Condition(column.name, "null" if op == "=" else "not null", None)
        return Condition(column.name, op, _held(column, value))

    def order(self, query: Query) -> tuple[str, bool]:
        """Return by which column a search is sorted, and whether downwards.

        Raises:
            Malformed: there is no such column.
        """
        name = query.order.removeprefix("-") or self.kept.key
        return self.column(name).name, query.order.startswith("-")


def _column(noun: type[Any], name: str) -> Column:
    hint = _hint(noun, name)
    parts = typing.get_args(hint) if typing.get_origin(hint) in {types.UnionType, typing.Union} else (hint,)
    plain = {_plain(part) for part in parts if part is not types.NoneType}
    if len(plain) != 1:
        message = f"{noun.__name__}.{name} is no column: {hint}"
        raise TypeError(message)
    return Column(name, _PLAIN[plain.pop()], types.NoneType in parts)


def _hint(noun: type[Any], name: str) -> Any:
    described = noun.__dict__.get(name)
    if isinstance(described, property):
        return typing.get_type_hints(described.fget)["return"]
    return typing.get_type_hints(noun)[name]


def _plain(hint: Any) -> type[Any]:
    """Return the plain type under a NewType, a Literal or an enumeration."""
    while isinstance(hint, typing.NewType):
        hint = hint.__supertype__
    if typing.get_origin(hint) is Literal:
        return type(typing.get_args(hint)[0])
    return str if issubclass(hint, str) else typing.cast("type[Any]", hint)


def _converter(noun: type[Any], column: Column) -> Callable[[Any], Any] | None:
    hint = _hint(noun, column.name)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return str
    return _STORE[column.storage]


def _held(column: Column, value: Any) -> Any:
    if not isinstance(value, _ADMITS[column.storage]):
        raise Malformed(f"{column.name} is never {value!r}", where=column.name)
    convert = str if column.storage == "text" else _STORE[column.storage]
    return convert(value) if convert else value


class FactCodec:
    """Facts by the name of their kind."""

    def __init__(self) -> None:
        """Learn the kinds when they are first met."""
        self._decoders: dict[str, Callable[[bytes], Event]] = {}

    def decode(self, kind: str, body: bytes) -> Event:
        """Read a fact back. One of a kind that this version does not know is shown as it is, in a MessageKept."""
        decoder = self._decoders.get(kind)
        if decoder is None:
            known = event_types().get(kind)
            if known is None:
                return _unknown(kind, body)
            decoder = self._decoders[kind] = msgspec.msgpack.Decoder(known).decode
        return decoder(body)


def _unknown(kind: str, body: bytes) -> Event:
    fields = msgspec.msgpack.decode(body)
    station, at = msgspec.convert(fields[:2], tuple[str, datetime])
    payload = msgspec.json.encode(fields).decode()
    return msgspec.convert([station, at, "journal", kind, payload], MessageKept)
