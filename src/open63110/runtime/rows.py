# SPDX-License-Identifier: Apache-2.0
"""Rows that decisions ask for: what the store has, with what is on its way there, and what the present turn says."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from open63110.ports import Kept, Store, Where, searchable
from open63110.runtime.commit import GroupCommit

N = TypeVar("N")

Key = tuple[str, Any]
"""Name of a kind, key of a row."""

_TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, wanted: value in wanted,
    "prefix": lambda value, wanted: str(value).startswith(wanted),
}


class RowsUnderWay:
    """The rows of kinds that are not held in memory, as they will be once everything under way is durable."""

    def __init__(self, store: Store, commit: GroupCommit) -> None:
        """Start with what the store has."""
        self._store, self._commit = store, commit
        self._new: dict[str, dict[Any, Any]] = {}
        """By name of the kind, then by key: while thousands boot at once, each looks through few of what is under way."""

    def note(self, kind: str, key: Any, noun: Any) -> None:
        """Remember what a turn makes of a row, None: it goes, until the store knows, or never will."""
        self._new.setdefault(kind, {})[key] = noun
        self._commit.once_settled(lambda _: self._forget(kind, key, noun))

    def _forget(self, kind: str, key: Any, noun: Any) -> None:
        new = self._new[kind]
        if key in new and new[key] is noun:
            del new[key]

    def get(self, noun: type[N], key: Any, own: Mapping[Key, Any]) -> N | None:
        """Return the row of a key; ``own``: what the present turn says, which comes before all."""
        kept = _asked(noun)
        if (kept.name, key) in own:
            said: N | None = own[kept.name, key]
            return said
        new = self._new.get(kept.name, {})
        if key in new:
            found: N | None = new[key]
            return found
        return self._store.get(noun, key)

    def load(self, noun: type[N], where: tuple[Where, ...], own: Mapping[Key, Any]) -> list[N]:
        """Return every row that matches, by key."""
        kept = _asked(noun)
        found: dict[Any, Any] = {getattr(one, kept.key): one for one in self._store.load(noun, *where)}
        found |= self._new.get(kept.name, {})
        found |= {key: one for (kind, key), one in own.items() if kind == kept.name}
        return [one for _, one in sorted(found.items()) if one is not None and all(holds(part, one) for part in where)]


class TurnRows:
    """What one turn sees of rows: the Rows of its decisions."""

    __slots__ = ("_own", "_under_way")

    def __init__(self, under_way: RowsUnderWay, own: Mapping[Key, Any]) -> None:
        """Look through what the turn itself says; it sees what is added to that later."""
        self._under_way, self._own = under_way, own

    def get(self, noun: type[N], key: Any) -> N | None:
        """Return the row of a key, None if there is none."""
        return self._under_way.get(noun, key, self._own)

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Return every row that matches, by key."""
        return self._under_way.load(noun, where, self._own)


def _asked(noun: type[Any]) -> Kept:
    kept = searchable(noun)
    if not kept.asked:
        message = f"{noun.__name__} is not asked for by decisions: say so in KEPT"
        raise TypeError(message)
    return kept


def holds(where: Where, noun: Any) -> bool:
    """Tell whether a row fulfils a condition; as in SQL, what is not there fulfils none but that it is not there."""
    value = getattr(noun, where.column)
    match where.op:
        case "null":
            return value is None
        case "not null":
            return value is not None
        case "!=":
            return bool(value != where.value)
        case _:
            return value is not None and bool(_TESTS[where.op](value, where.value))
