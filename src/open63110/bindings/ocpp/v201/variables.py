# SPDX-License-Identifier: Apache-2.0
"""Components and variables of OCPP 2.x as addresses of ours, and what is written of an item when messages are filled."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import given, text
from open63110.bindings.ocpp.v201.fields import connector_of, evse_number
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.model.device import AttributeKind, Component, VariableAddress, variable_address

T = TypeVar("T")

KIND: Final[dict[AttributeKind, Any]] = {
    AttributeKind.ACTUAL: "Actual",
    AttributeKind.TARGET: "Target",
    AttributeKind.MIN_SET: "MinSet",
    AttributeKind.MAX_SET: "MaxSet",
}
OURS: Final = {wire: ours for ours, wire in KIND.items()}

LONGEST_NAME: Final = 50
"""Characters."""


def component_of(said: Any) -> Component:
    """Return a component that was named."""
    evse = given(said.evse)
    return Component(
        name=said.name,
        instance=text(said.instance),
        evse=EvseNumber(0) if evse is None else evse_number(evse.id),
        connector=ConnectorNumber(0) if evse is None else connector_of(evse),
    )


def address_of(component: Any, variable: Any) -> VariableAddress:
    """Return a variable that was named."""
    return VariableAddress(component=component_of(component), name=variable.name, instance=text(variable.instance))


def named(component: Any, variable: Any) -> str:
    """Return a variable that was named, as people write it."""
    return str(address_of(component, variable))


def component_type(one: Component) -> types.ComponentType:
    """Name a component.

    Raises:
        Malformed: OCPP has no name that long.
    """
    evse = types.EVSEType(id=one.evse, connector_id=one.connector or UNSET) if one.evse or one.connector else UNSET
    return types.ComponentType(name=_short(one.name), instance=_short(one.instance) or UNSET, evse=evse)


def variable_type(one: VariableAddress) -> types.VariableType:
    """Name a variable of a component.

    Raises:
        Malformed: OCPP has no name that long.
    """
    return types.VariableType(name=_short(one.name), instance=_short(one.instance) or UNSET)


def place_of(variable: str) -> tuple[types.ComponentType, types.VariableType]:
    """Name a variable that is written as people do.

    Raises:
        Malformed: it is none, or OCPP has no name that long.
    """
    address = variable_address(variable)
    return component_type(address.component), variable_type(address)


def _short(name: str) -> str:
    if len(name) > LONGEST_NAME:
        words = f"OCPP names components and variables with up to {LONGEST_NAME} characters"
        raise Malformed(f"{words}, not {name[:80]!r}", code="InvalidValue", where="variable")
    return name


def kind_type(kind: AttributeKind) -> Any:
    """Say which of the values of a variable is meant; the usual one is not said."""
    return UNSET if kind is AttributeKind.ACTUAL else KIND[kind]


def kind_of(said: Any) -> AttributeKind:
    """Return which of the values of a variable is meant."""
    return AttributeKind.ACTUAL if said is UNSET else OURS[said]


def filled(items: Sequence[T], most: int, most_bytes: int, weight: Callable[[T], Any]) -> Iterator[tuple[T, ...]]:
    """Part items so that no message holds more of them, or more bytes, than its receiver takes.

    Args:
        items: in order, at least one.
        most: items of a message; 0: any number.
        most_bytes: bytes of a message; 0: any number. A single item that is longer goes alone.
        weight: what is written of an item.
    """
    part: list[T] = []
    held = 0
    for one in items:
        size = len(msgspec.json.encode(weight(one))) + 1 if most_bytes else 0
        if part and ((most and len(part) >= most) or (most_bytes and held + size > most_bytes - FRAME)):
            yield tuple(part)
            part, held = [], 0
        part.append(one)
        held += size
    yield tuple(part)


FRAME: Final = 100
"""What a message takes beside its items: its type, its id, its action, brackets [bytes]."""
