# SPDX-License-Identifier: Apache-2.0
"""From the parts of a report to an inventory, and in what it differs from the one before."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.model.device import (
    Attribute,
    Component,
    DeviceVariable,
    Inventory,
    InventoryScope,
    Mutability,
    VariableAddress,
)
from open63110.model.inventory import VariableDifference, ordered
from open63110.model.station import Station

WHOLE: Final = frozenset({InventoryScope.FULL})
"""What is missing in such a report is gone."""

PASSING: Final = frozenset(
    {
        *("ACCurrent", "ACVoltage", "Active", "AvailabilityState", "ConnectionState", "ConnectorPlugState", "Count"),
        *("Current", "CurrentImbalance", "DateTime", "DCCurrent", "DCVoltage", "Energy", "EnergyImport", "Entries"),
        *("Fallback", "FanSpeed", "Frequency", "Humidity", "OperatingTimes", "Overload", "Power", "Problem"),
        *("SignalStrength", "StateOfCharge", "Temperature", "TimeAdjustmentReportingThreshold", "Tripped"),
        *("UptimeSeconds", "Voltage", "VoltageImbalance"),
    }
)
"""Variables that cannot be set and whose values come and go: another value is no other station."""


def put_together(
    scope: InventoryScope, variables: Sequence[DeviceVariable], before: Inventory | None
) -> tuple[DeviceVariable, ...]:
    """Return all that is known of a station now: what it told in full, or what it told of a part laid over the rest."""
    told = ordered(variables)
    return told if before is None or scope in WHOLE else ordered((*told, *before.variables))


def inventory(
    variables: tuple[DeviceVariable, ...], before: Inventory | None, station: Station, now: datetime, *, differs: bool
) -> Inventory:
    """Return what is kept of a station."""
    version = 1 if before is None else before.version + differs
    firmware = station.identity.firmware
    return Inventory(station=station.id, at=now, version=version, firmware=firmware, variables=variables)


def differences(before: Sequence[DeviceVariable], after: Sequence[DeviceVariable]) -> tuple[VariableDifference, ...]:
    """Return what is otherwise, in the order of addresses: variables that came or went, values that were set, limits, access."""
    old, new = {one.address: one for one in before}, {one.address: one for one in after}
    found: list[VariableDifference] = []
    for address in sorted(old.keys() | new.keys()):
        was, now = old.get(address), new.get(address)
        if was == now:
            continue
        if was is None or now is None:
            gone, there = (None if one is None else one.value or "" for one in (was, now))
            found.append(VariableDifference(variable=str(address), before=gone, after=there, what="there"))
        else:
            found.extend(_of_one(was, now))
    return tuple(found)


def _of_one(was: DeviceVariable, now: DeviceVariable) -> Iterator[VariableDifference]:
    name = str(now.address)
    for kind in sorted({one.kind for one in was.attributes} | {one.kind for one in now.attributes}):
        old, new = was.attribute(kind) or Attribute(kind=kind), now.attribute(kind) or Attribute(kind=kind)
        what = "value" if kind == "actual" else kind.value
        if old.value != new.value and not _passes(now, new):
            yield VariableDifference(variable=name, before=old.value, after=new.value, what=what)
        if old.mutability is not new.mutability:
            yield VariableDifference(variable=name, before=old.mutability, after=new.mutability, what="access")
    if was.characteristics != now.characteristics:
        yield VariableDifference(variable=name, before=limits(was), after=limits(now), what="limits")


def _passes(one: DeviceVariable, attribute: Attribute) -> bool:
    moment = one.characteristics is not None and one.characteristics.data_type == "dateTime"
    fixed = attribute.mutability is Mutability.READ_ONLY and not attribute.constant
    return fixed and (moment or one.address.name in PASSING)


def limits(one: DeviceVariable) -> str:
    """Write what values a variable can have, for people."""
    said = one.characteristics
    if said is None:
        return ""
    low, high = ("" if number is None else f"{number:.15g}" for number in (said.min_limit, said.max_limit))
    between = f"{low}…{high}" if low or high else ""
    return " ".join(filter(None, (said.data_type, between, said.unit, ", ".join(said.values))))


_CONTROLLER: Final = Component(name="DeviceDataCtrlr")

_ACTIONS: Final = ("GetReport", "GetVariables", "SetVariables")


def at_most(variables: Sequence[DeviceVariable]) -> dict[str, int]:
    """Return how many variables, and bytes, a station takes at a time, as it says itself."""
    found: dict[str, int] = {}
    for one in variables:
        address = one.address
        if address.component == _CONTROLLER and address.instance in _ACTIONS and (one.value or "").isdecimal():
            if address.name == "ItemsPerMessage":
                found[address.instance] = int(one.value or 0)
            elif address.name == "BytesPerMessage":
                found[f"{address.instance}/bytes"] = int(one.value or 0)
        elif address == _MOST_KEYS and (one.value or "").isdecimal():
            found["GetVariables"] = int(one.value or 0)
    return found


_MOST_KEYS: Final = VariableAddress(component=Component(name="ConfigurationKey"), name="GetConfigurationMaxKeys")
"""Of OCPP 1.6."""


def secrets(variables: Sequence[DeviceVariable]) -> tuple[str, ...]:
    """Return the variables that can be written and not read."""
    return tuple(
        str(one.address) for one in variables if any(part.mutability is Mutability.WRITE_ONLY for part in one.attributes)
    )


def joined(parts: tuple[tuple[int, int], ...], seq: int) -> tuple[tuple[int, int], ...]:
    """Add a place to runs of places that rise without gaps; the same if it is among them."""
    runs = sorted((*parts, (seq, seq)))
    found = [runs[0]]
    for begin, end in runs[1:]:
        last = found[-1]
        if begin <= last[1] + 1:
            found[-1] = (last[0], max(last[1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def places(parts: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Return the places that are in runs."""
    for begin, end in parts:
        yield from range(begin, end + 1)


def there(parts: tuple[tuple[int, int], ...], seq: int) -> bool:
    """Tell whether a place is in runs."""
    return any(begin <= seq <= end for begin, end in parts)


def without_values(one: DeviceVariable) -> DeviceVariable:
    """Return a variable without what can be written and not read."""
    if all(part.value is None or part.mutability is not Mutability.WRITE_ONLY for part in one.attributes):
        return one
    silent = tuple(replace(part, value=None) if part.mutability is Mutability.WRITE_ONLY else part for part in one.attributes)
    return replace(one, attributes=silent)
