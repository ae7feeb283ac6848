# SPDX-License-Identifier: Apache-2.0
"""How the type of a field is written in CBOR, derived from its annotation and the registry."""

import types
import typing
from typing import Any

import msgspec

from open63110.bindings.link.messages.record import REQUIRED, Record, Shape, Slot
from open63110.bindings.link.messages.registry import Part, Registry
from open63110.bindings.link.messages.shapes import PLAIN, array, optional, row, rule_name, table, vocabulary, worded


class Shapes:
    """Shapes of all types of a registry; ``special`` ones first."""

    def __init__(self, registry: Registry, special: dict[Any, Shape]) -> None:
        """Begin with what is given."""
        self.registry, self._special = registry, special
        self.records: dict[str, Record] = {}
        """Records inside messages, by name, as they were met."""
        self.unnumbered: list[str] = []
        """Fields that the registry forgot; they are not carried, and a test says so."""

    def record(self, kind: type[Any], part: Part) -> Record:
        """Return how a struct is written.

        Raises:
            TypeError: the registry numbers a field that there is not, or one that cannot be written.
        """
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        gone = part.fields.keys() - fields.keys()
        if gone:
            message = f"registry.toml: {kind.__name__} has no {sorted(gone)}"
            raise TypeError(message)
        self.unnumbered += [f"{kind.__name__}.{name}" for name in sorted(fields.keys() - part.fields.keys() - part.kept)]
        slots = tuple(
            Slot(name, key, default_of(fields[name]), self.shape(fields[name].type, part.words.get(name)))
            for name, key in sorted(part.fields.items(), key=lambda pair: pair[1])
        )
        return Record(kind, slots, at=part.fields["at"] if fields.keys() >= {"at", "readings"} else None)

    def shape(self, hint: Any, words: str | None = None) -> Shape:
        """Return how a type is written.

        Args:
            hint: the annotation.
            words: table of words for it or what it holds.

        Raises:
            TypeError: there is no way to write it.
        """
        if hint in self._special:
            return self._special[hint]
        if words is not None and (hint is str or vocabulary(hint)):
            return worded(words, self.registry.words[words], hint)
        if hint in PLAIN:
            return PLAIN[hint]
        if isinstance(hint, typing.NewType):
            return self.shape(hint.__supertype__, words)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self._nested(hint)
        return self._composed(hint, words)

    def _composed(self, hint: Any, words: str | None) -> Shape:
        origin, inside = typing.get_origin(hint), typing.get_args(hint)
        if origin in {types.UnionType, typing.Union} and len(inside) == 2 and types.NoneType in inside:
            return optional(self.shape(inside[inside[0] is types.NoneType], words))
        if origin is tuple and len(inside) == 2 and inside[1] is Ellipsis:
            return array(self.shape(inside[0], words))
        if origin is tuple:
            return row(tuple(self.shape(one, words) for one in inside))
        if origin is dict:
            return table(self.shape(inside[0]), self.shape(inside[1], words))
        message = f"the link has no way to write {hint}; a word needs a table in registry.toml"
        raise TypeError(message)

    def _nested(self, kind: type[Any]) -> Shape:
        name = kind.__name__
        record = self.records.get(name)
        if record is None:
            record = self.records[name] = self.record(kind, self.registry.parts[name])
        return Shape(record.write, record.read, rule_name(name))


def default_of(field: Any) -> Any:
    """Return what a field of a struct is unless it is given; REQUIRED: it has to be."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else REQUIRED


def inner_of(hint: Any) -> tuple[Any, bool]:
    """Return what an annotation is about, without None, and whether it holds any number of that."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return inner_of(inside[inside[0] is types.NoneType])
    if origin is tuple:
        return inside[0], True
    return (inside[1], True) if origin is dict else (hint, False)
