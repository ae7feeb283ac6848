# SPDX-License-Identifier: Apache-2.0
"""What a charging station tells of what it consists of, and of how it is set."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.device import (
    AttributeKind,
    Component,
    DeviceVariable,
    InventoryScope,
    Mutability,
    VariableAddress,
    variable_address,
)
from open63110.model.inventory import ComponentCriterion, InventoryAnswer, InventoryReported, TakeInventory, place
from open63110.model.own_device import CLOCK, ITEMS, OwnSettings, current, own_device
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.variables import ReadStatus, ReadVariables, ValuesAnswer, VariableValue, VariableWish
from open63110.ports import Rows

SUMMARY: Final = frozenset({"AvailabilityState", "Problem", "Available"})
"""Variables that tell whether all is as it should be."""

_UNSAID: Final = {
    ComponentCriterion.ACTIVE: True,
    ComponentCriterion.AVAILABLE: True,
    ComponentCriterion.ENABLED: True,
    ComponentCriterion.PROBLEM: False,
}
"""What is true of a component that has no such variable."""


def tell(command: TakeInventory, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """Tell all that was asked for: with the answer, or in parts behind it."""
    found = tuple(_wanted(command, device(station, policy, rows, now)))
    if not command.request:
        yield InventoryAnswer(empty=not found, variables=found)
        return
    yield InventoryAnswer(empty=not found)
    for begin in range(0, len(found), ITEMS):
        yield InventoryReported(
            station=station.id,
            at=now,
            request=command.request,
            seq=begin // ITEMS,
            more=begin + ITEMS < len(found),
            variables=found[begin : begin + ITEMS],
        )


def device(station: Station, policy: StationPolicy, rows: Rows, now: datetime) -> tuple[DeviceVariable, ...]:
    """Return all that a station has, as it is set now."""
    values = current(station, rows.get(OwnSettings, station.id)) | {CLOCK: now.isoformat()}
    return tuple(one.described(values) for one in own_device(station, policy))


def _wanted(command: TakeInventory, variables: tuple[DeviceVariable, ...]) -> Iterator[DeviceVariable]:
    match command.scope:
        case InventoryScope.FULL:
            yield from variables
        case InventoryScope.CONFIGURATION:
            yield from (one for one in variables if any(part.mutability is not Mutability.READ_ONLY for part in one.attributes))
        case InventoryScope.SUMMARY:
            yield from (one for one in variables if one.address.name in SUMMARY)
        case InventoryScope.FILTERED:
            yield from _filtered(command, variables)


def _filtered(command: TakeInventory, variables: tuple[DeviceVariable, ...]) -> Iterator[DeviceVariable]:
    places = [place(one) for one in command.places]
    values = {one.address: one.value for one in variables}
    for one in variables:
        meant = not places or any(_is_meant(one.address, *wanted) for wanted in places)
        if meant and (not command.criteria or any(_is_true(of, one.address.component, values) for of in command.criteria)):
            yield one


def _is_meant(address: VariableAddress, component: Component, variable: VariableAddress | None) -> bool:
    """Tell whether an address is one of those meant: what was left out of a name stands for all."""
    own = address.component
    here = (
        component.name == own.name
        and component.instance in {"", own.instance}
        and component.evse in {0, own.evse}
        and component.connector in {0, own.connector}
    )
    return here and (variable is None or (variable.name == address.name and variable.instance in {"", address.instance}))


def _is_true(criterion: ComponentCriterion, component: Component, values: Mapping[VariableAddress, str | None]) -> bool:
    value = values.get(VariableAddress(component=component, name=criterion.value.capitalize()))
    return _UNSAID[criterion] if value is None else value.lower() == "true"


def read(command: ReadVariables, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """Tell values.

    Raises:
        Refused: that is too much at a time.
    """
    if len(command.variables) > ITEMS and station.wire.startswith("ocpp"):
        raise Refused(f"up to {ITEMS} variables at a time", code="TooManyElements", where="variables")
    known = {one.address: one for one in device(station, policy, rows, now)}
    yield ValuesAnswer(values=tuple(_value(one, known) for one in command.variables))


def _value(wish: VariableWish, known: Mapping[VariableAddress, DeviceVariable]) -> VariableValue:
    address = variable_address(wish.variable)
    found = known.get(address)
    if found is None:
        there = any(one.component == address.component for one in known)
        status = ReadStatus.UNKNOWN_VARIABLE if there else ReadStatus.UNKNOWN_COMPONENT
        return VariableValue(variable=wish.variable, kind=wish.kind, status=status)
    attribute = found.attribute(wish.kind)
    if attribute is None or wish.kind is not AttributeKind.ACTUAL:
        return VariableValue(variable=wish.variable, kind=wish.kind, status=ReadStatus.UNSUPPORTED_KIND)
    if attribute.mutability is Mutability.WRITE_ONLY:
        return VariableValue(variable=wish.variable, kind=wish.kind, status=ReadStatus.REJECTED, reason="WriteOnly")
    fixed = attribute.mutability is Mutability.READ_ONLY
    return VariableValue(variable=wish.variable, kind=wish.kind, value=attribute.value, read_only=fixed)
