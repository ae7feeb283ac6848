# SPDX-License-Identifier: Apache-2.0
"""Data classes that can be subscribed to, their fields, and which role may see which (B.22, B.27)."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from open63110.kernel.roles import Role

Value = int | float | str | bool | None
"""What a field may hold; moments are milliseconds since 1970."""


class Topic(Enum):
    """A data class: its number, and its fields with theirs. Append-only."""

    POWER = (1, ("import_w", "export_w", "energy_import_wh", "energy_export_wh"))
    """What flows, and what has flowed."""
    LIMIT = (2, ("limit_w", "until", "source", "by", "failsafe_w", "excess_w"))
    """What may flow, why, and until when."""
    STATE = (3, ("connected", "state", "via", "faults"))
    """Of stations, EVSEs and connectors."""
    SESSION = (4, ("state", "began", "energy_wh", "reference", "subject"))
    """Who charges: the subject is personal."""
    TARIFF = (5, ("price", "currency", "since", "until", "text", "id", "elements"))
    """What it costs, in a zone and at a site."""

    def __init__(self, number: int, names: tuple[str, ...]) -> None:
        self.number = number
        self.fields: Mapping[str, int] = {name: key for key, name in enumerate(names, 1)}
        """Name → key on the wire."""
        self.names: Mapping[int, str] = dict(enumerate(names, 1))


TOPICS: Final = {one.number: one for one in Topic}

Table = Mapping[Role, Mapping[Topic, frozenset[str]]]


class Reads:
    """Which role may see which fields of which topic; nothing where nothing is said."""

    def __init__(self, table: Table) -> None:
        """Take it as given."""
        self._table = table

    def fields(self, role: Role, topic: Topic) -> frozenset[str]:
        """Return the fields that a role may see; none: not the topic at all."""
        return self._table.get(role, {}).get(topic, frozenset())


def _all(*topics: Topic) -> dict[Topic, frozenset[str]]:
    return {topic: frozenset(topic.fields) for topic in topics}


def _but(topic: Topic, *hidden: str) -> dict[Topic, frozenset[str]]:
    return {topic: frozenset(topic.fields) - set(hidden)}


_GRID = _all(Topic.POWER, Topic.LIMIT) | _but(Topic.SESSION, "subject", "reference") | _but(Topic.STATE, "faults")

READS: Final = Reads(
    {
        Role.CSMS: _all(*Topic),
        Role.LOCAL_CSMS: _all(*Topic),
        Role.STATION: _all(Topic.LIMIT, Topic.TARIFF, Topic.STATE),
        Role.DSO: _GRID,
        Role.FO: _GRID,
        Role.RM: _GRID | _all(Topic.TARIFF),
        Role.CSP: _all(Topic.TARIFF, Topic.SESSION) | _but(Topic.STATE, "faults", "via"),
    }
)
"""Who charges where is for those who have a contract with that person, and for the operator."""


def named(topic: Topic, fields: Mapping[Any, Any]) -> dict[str, Value]:
    """Give fields their names; keys of a later version are passed over."""
    return {topic.names[key]: value for key, value in fields.items() if key in topic.names and _plain(value)}


def _plain(value: object) -> bool:
    return value is None or isinstance(value, int | float | str | bool)
