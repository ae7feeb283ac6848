# SPDX-License-Identifier: Apache-2.0
"""The registry of messages: names and numbers of messages, fields and words, as registry.toml has them."""

import tomllib
import typing
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event, Reply
from open63110.kernel.roles import Role
from open63110.model.reading import Reading
from open63110.runtime.table import discover


class OcppFrame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A frame of OCPP-J, opaque: whoever speaks OCPP gains what the link gives before it adopts the link's own messages."""

    station: StationId
    wire: Literal["ocpp1.6", "ocpp2.0.1", "ocpp2.1"]
    frame: bytes
    """As it would stand in a WebSocket message: UTF-8 JSON."""


class Part(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the fields of a record are numbered: of a message, or of a record inside one."""

    name: str
    fields: dict[str, int]
    """Name → key, from 1 on."""
    words: dict[str, str]
    """Field → table of words."""
    kept: frozenset[str]
    """Fields that are not carried; a receiver has their defaults."""
    packed: frozenset[str] = frozenset()
    """Fields that the record's own encoding carries without a key."""


class Definition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message."""

    name: str
    number: int
    version: int
    """Minor: rises with every addition."""
    to: frozenset[Role]
    """For whom it is meant; a local CSMS passes it on in between."""
    only: frozenset[Role]
    """Who says it, where that does not follow from ``to``."""
    kind: type[Any]
    """The record that holds it."""
    part: Part

    @property
    def reply(self) -> bool:
        """It answers something."""
        return issubclass(self.kind, Reply)


class Registry:
    """Everything that has a number on the link."""

    def __init__(self, source: dict[str, Any]) -> None:
        """Read the registry.

        Args:
            source: what registry.toml holds.

        Raises:
            ValueError: a number or key is used twice, or a name is of nothing there is.
        """
        kinds = kinds_by_name()
        self.words: dict[str, dict[str, int]] = source["words"]
        """Table → word → number."""
        self.local: dict[str, str] = source["local"]
        """Messages that never cross a link, and why."""
        self.parts = {name: _part(name, one) for name, one in source["struct"].items()}
        """Records inside messages."""
        self.messages = tuple(_definition(name, one, kinds) for name, one in source["message"].items())
        self.by_number = {one.number: one for one in self.messages}
        self.by_kind: dict[type[Any], Definition] = {one.kind: one for one in self.messages}
        self.by_name = {one.name: one for one in self.messages}
        _unique("messages", [one.number for one in self.messages])
        for name, part in (*self.parts.items(), *((one.name, one.part) for one in self.messages)):
            _unique(name, list(part.fields.values()))
        for name, table in self.words.items():
            _unique(name, list(table.values()))


def _part(name: str, source: dict[str, Any]) -> Part:
    return Part(
        name=name,
        fields=source["fields"],
        words=source.get("words", {}),
        kept=frozenset(source.get("kept", ())),
        packed=frozenset(source.get("packed", ())),
    )


def _definition(name: str, source: dict[str, Any], kinds: dict[str, type[Any]]) -> Definition:
    if name not in kinds:
        message = f"registry.toml: there is no message {name}"
        raise ValueError(message)
    return Definition(
        name=name,
        number=source["number"],
        version=source["version"],
        to=_roles(source["to"]),
        only=_roles(source.get("from", "")),
        kind=kinds[name],
        part=_part(name, source),
    )


def _roles(words: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in words.split())


def _unique(name: str, numbers: list[int]) -> None:
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        message = f"registry.toml: {name} uses {twice} twice"
        raise ValueError(message)


def kinds_by_name() -> dict[str, type[Any]]:
    """Return every command, fact and reply of all use cases by name."""
    discover()
    found = {kind.__name__: kind for family in (Command, Event, Reply) for kind in _below(family)}
    return found | {OcppFrame.__name__: OcppFrame}


def _below(family: type[Any]) -> Iterator[type[Any]]:
    for kind in family.__subclasses__():
        yield kind
        yield from _below(kind)


def _checked() -> Registry:
    text = resources.files(__package__).joinpath("registry.toml").read_text(encoding="utf-8")
    registry = Registry(tomllib.loads(text))
    reading = set(typing.get_type_hints(Reading))
    part = registry.parts["Reading"]
    if reading != part.fields.keys() | part.packed:
        message = "registry.toml: Reading has fields that are neither numbered nor packed"
        raise ValueError(message)
    return registry


REGISTRY: Final = _checked()
"""The one that this product speaks."""
