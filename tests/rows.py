# SPDX-License-Identifier: Apache-2.0
"""Rows for decisions that are tested alone: a dictionary, searched as the real ones are."""

from typing import Any, TypeVar

from open63110.kernel.messages import Effect, Event
from open63110.ports import Where, searchable
from open63110.runtime.rows import holds

N = TypeVar("N")


class KeptRows:
    """What facts said of nouns that are rows."""

    def __init__(self, *nouns: Any) -> None:
        self.nouns: dict[tuple[type[Any], Any], Any] = {}
        for one in nouns:
            self.put(one)

    def put(self, noun: Any) -> None:
        """Have a row."""
        self.nouns[type(noun), getattr(noun, searchable(type(noun)).key)] = noun

    def take(self, effects: list[Effect]) -> list[Effect]:
        """Let the facts among what was decided change the rows."""
        for one in effects:
            if isinstance(one, Event) and one.about != "station":
                noun = getattr(one, one.about)
                if noun is not None:
                    self.put(noun)
        return effects

    def get(self, noun: type[N], key: Any) -> N | None:
        """Return the row of a key."""
        found: N | None = self.nouns.get((noun, key))
        return found

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Return every row that matches, by key."""
        mine = sorted((key, one) for (kind, key), one in self.nouns.items() if kind is noun)
        return [one for _, one in mine if all(holds(part, one) for part in where)]
