# SPDX-License-Identifier: Apache-2.0
"""What is said to find out what a station consists of and how it is set (8.3.3), and what is kept of it on the way."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.device import (
    Component,
    DeviceVariable,
    Inventory,
    InventoryScope,
    VariableAddress,
    component,
    variable_address,
)

MOST_PLACES: Final = 200
"""Components and variables that are named in one question."""


class ComponentCriterion(StrEnum):
    """Which components are meant: those of which this is true."""

    ACTIVE = "active"
    AVAILABLE = "available"
    ENABLED = "enabled"
    PROBLEM = "problem"


class TakeInventory(Command, frozen=True, kw_only=True, gc=False):
    """Find out what a station consists of and how it is set. That it accepts does not promise that it tells all."""

    priority: ClassVar[Priority] = Priority.BULK
    unasked: ClassVar[frozenset[str]] = frozenset({"request"})
    scope: InventoryScope = InventoryScope.FULL
    places: tuple[str, ...] = ()
    """Filtered: components, ``EVSE@1``, or variables, ``EVSE@1/Power``; of what is left out of a name, all."""
    criteria: tuple[ComponentCriterion, ...] = ()
    """Filtered: components of which one of these is true."""
    request: int = 0
    """What the parts of the answer are known by; 0: all comes with the answer itself."""


class InventoryAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station says to TakeInventory."""

    empty: bool = False
    """It has nothing of the kind."""
    variables: tuple[DeviceVariable, ...] = ()
    """All it has, where nothing follows."""


class InventoryReported(Event, frozen=True, kw_only=True, gc=False):
    """A station told a part of what it consists of."""

    request: int
    seq: int = 0
    """From 0 on, without gaps."""
    more: bool = False
    """Another part follows."""
    variables: tuple[DeviceVariable, ...] = ()


class ReportPage(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A part of an inventory that waits for the others; a row until all are there."""

    id: str
    """Station, request and place in the report."""
    station: StationId
    variables: tuple[DeviceVariable, ...] = ()


class ReportPageKept(Event, frozen=True, kw_only=True, gc=False):
    """A part of an inventory has come, or is not needed any more."""

    about: ClassVar[str] = "report_page"
    report_page: ReportPage | None
    id: str = ""


class Discovery(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How far it is known what a station consists of; one row of each station that was asked."""

    station: StationId
    request: int = 0
    """The last one."""
    since: datetime | None = None
    """When it was asked; None: nothing is under way."""
    scope: InventoryScope = InventoryScope.FULL
    parts: tuple[tuple[int, int], ...] = ()
    """Which parts of the answer have come: from, to, both included, rising."""
    last: int | None = None
    """The place of the last part; None: it has not come."""
    variables: int = 0
    """In the parts that have come."""
    tries: int = 0
    """How often was asked for this."""
    firmware: str = ""
    """Of what device, and with what firmware, the newest whole inventory is; empty: there is none."""
    version: int = 0
    """Of that inventory."""
    at: datetime | None = None
    """When something was told in full last."""
    trouble: str = ""
    """Why the last question came to nothing; empty: it did not."""
    places: tuple[str, ...] = ()
    criteria: tuple[ComponentCriterion, ...] = ()
    most: dict[str, int] = {}
    """How many variables, and bytes, the station takes at a time, by action: SetVariables, SetVariables/bytes …"""
    secrets: tuple[str, ...] = ()
    """Variables that can be written and not read."""
    heard: datetime | None = None
    """When the newest part came."""

    def at_most(self, action: str) -> tuple[int, int]:
        """Return how many variables, and how many bytes, the station takes at a time; 0: nobody knows of a limit."""
        return self.most.get(action, 0), self.most.get(f"{action}/bytes", 0)


class DiscoveryChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked what it consists of, or something came of that."""

    about: ClassVar[str] = "discovery"
    discovery: Discovery


class InventoryTaken(Event, frozen=True, kw_only=True, gc=False):
    """It is known what a station consists of."""

    about: ClassVar[str] = "inventory"
    inventory: Inventory


class VariableDifference(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A variable that is not as it was."""

    variable: str
    before: str | None = None
    """What it was; None: it was not there."""
    after: str | None = None
    """What it is; None: it is gone."""
    what: str = "value"
    """value, target, min-set, max-set, limits, access, there."""


class InventoryDifference(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """In what an inventory differs from the one before."""

    id: str
    """Station and version."""
    station: StationId
    at: datetime
    version: int
    firmware: str = ""
    differences: tuple[VariableDifference, ...] = ()


class InventoryDiffered(Event, frozen=True, kw_only=True, gc=False):
    """What a station consists of is not what it was."""

    about: ClassVar[str] = "inventory_difference"
    inventory_difference: InventoryDifference | None
    id: str = ""


def place(text: str, where: str = "places") -> tuple[Component, VariableAddress | None]:
    """Read a component, or a variable.

    Raises:
        Malformed: it is neither.
    """
    if "/" not in text:
        return component(text, where), None
    address = variable_address(text, where)
    return address.component, address


def demand_filter(command: TakeInventory) -> None:
    """Check what somebody wants to know.

    Raises:
        Malformed: a filter without a filtered inventory, or none for one; too much, or what names no component.
    """
    named = bool(command.places or command.criteria)
    if named != (command.scope is InventoryScope.FILTERED):
        words = "components, variables and criteria belong to a filtered inventory" if named else "say which components"
        raise Malformed(words, code="InvalidValue", where="scope", remedy="scope filtered goes with places or criteria")
    if len(command.places) > MOST_PLACES:
        raise Malformed(f"up to {MOST_PLACES} components and variables", code="InvalidValue", where="places")
    for number, one in enumerate(command.places):
        place(one, f"places[{number}]")


def ordered(variables: Sequence[DeviceVariable]) -> tuple[DeviceVariable, ...]:
    """Return variables in the order of their addresses, each once: the first counts."""
    found: dict[VariableAddress, DeviceVariable] = {}
    for one in variables:
        found.setdefault(one.address, one)
    return tuple(found[key] for key in sorted(found))
