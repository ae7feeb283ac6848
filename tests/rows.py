# SPDX-License-Identifier: Apache-2.0
"""Rows in memory, for decisions that ask for them: they change by the facts that carry them, as in the engine."""

from collections.abc import Iterable
from typing import Any, TypeVar

from open63110.kernel.messages import Effect, Event
from open63110.ports import BY_NAME, Where, searchable
from open63110.runtime.rows import holds

N = TypeVar("N")


class KeptRows:
    """Implements ports.Rows."""

    def __init__(self, *nouns: Any) -> None:
        self.rows: dict[tuple[str, Any], Any] = {}
        for noun in nouns:
            self.put(noun)

    def put(self, noun: Any) -> None:
        """Have a row."""
        kept = searchable(type(noun))
        self.rows[kept.name, getattr(noun, kept.key)] = noun

    def get(self, noun: type[N], key: Any) -> N | None:
        """Return the row of a key."""
        found: N | None = self.rows.get((searchable(noun).name, key))
        return found

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Return every row that matches, by key."""
        name = searchable(noun).name
        found = [one for (kind, _), one in sorted(self.rows.items()) if kind == name]
        return [one for one in found if all(holds(part, one) for part in where)]

    def take(self, effects: Iterable[Effect]) -> list[Any]:
        """Let facts change rows, and return all effects."""
        found = []
        for effect in effects:
            found.append(effect)
            if isinstance(effect, Event) and effect.about != "station":
                self._changed(effect)
        return found

    def _changed(self, fact: Event) -> None:
        noun = getattr(fact, fact.about)
        if noun is None:
            self.rows.pop((fact.about, getattr(fact, BY_NAME[fact.about].key)), None)
        else:
            self.rows[fact.about, getattr(noun, BY_NAME[fact.about].key)] = noun
