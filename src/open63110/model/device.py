# SPDX-License-Identifier: Apache-2.0
"""What a station consists of and how it is set: components with variables (8.3.3, 8.3.4), as the device model of OCPP 2.x."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId

_SECRET: Final = ("password", "authorizationkey", "secret", "privatekey")
"""Parts of names, in lower case, under which secrets stand whatever a station says."""

_APART: Final = "%/#@"
"""Characters that part the names in a written address, or stand for one that does."""

_ESCAPED: Final = re.compile("%(?:u([0-9A-F]{4})|([0-9A-F]{2}))")

_ADDRESS: Final = re.compile(
    r"(?P<component>[^/#@]+)(#(?P<instance>[^/#@]+))?(@(?P<evse>\d+)(\.(?P<connector>\d+))?)?"
    r"/(?P<variable>[^/#@]+)(#(?P<of>[^/#@]+))?"
)


class Component(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True, order=True):
    """A part of a station, of one of its EVSEs or of one of its connectors."""

    name: str
    instance: str = ""
    evse: EvseNumber = EvseNumber(0)
    """0: of the station."""
    connector: ConnectorNumber = ConnectorNumber(0)
    """0: of the EVSE, or of the station."""

    def __str__(self) -> str:
        """Write it as people do: ``Connector@1.2``, ``SampledDataCtrlr``, ``ConnectedEV#left@1``."""
        instance = f"#{_spelled(self.instance)}" if self.instance else ""
        connector = f".{self.connector}" if self.connector else ""
        return f"{_spelled(self.name)}{instance}" + (f"@{self.evse}{connector}" if self.evse or self.connector else "")


class VariableAddress(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True, order=True):
    """One variable of one component."""

    component: Component
    name: str
    instance: str = ""

    def __str__(self) -> str:
        """Write it as people do: ``EVSE@1/AvailabilityState``."""
        return f"{self.component}/{_spelled(self.name)}" + (f"#{_spelled(self.instance)}" if self.instance else "")

    @property
    def secret(self) -> bool:
        """Its name tells that its value is for nobody's eyes."""
        return names_secret(self.name)


def names_secret(name: str) -> bool:
    """Tell whether a name says that what stands under it is for nobody's eyes: a password, a key."""
    spelled = name.lower()
    return any(part in spelled for part in _SECRET)


def variable_address(text: str, where: str = "variable") -> VariableAddress:
    """Read ``component#instance@evse.connector/variable#instance``, of which only the two names must be there.

    Raises:
        Malformed: it is nothing of that kind.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        remedy = "write Component/Variable, e.g. OCPPCommCtrlr/HeartbeatInterval or EVSE@1/AvailabilityState"
        raise Malformed(f"{text!r} names no variable", code="InvalidValue", where=where, remedy=remedy)
    component = Component(
        name=_read(found["component"]),
        instance=_read(found["instance"] or ""),
        evse=EvseNumber(int(found["evse"] or 0)),
        connector=ConnectorNumber(int(found["connector"] or 0)),
    )
    return VariableAddress(component=component, name=_read(found["variable"]), instance=_read(found["of"] or ""))


def component(text: str, where: str = "component") -> Component:
    """Read ``component#instance@evse.connector``, of which only the name must be there.

    Raises:
        Malformed: it is nothing of that kind.
    """
    return variable_address(f"{text.strip()}/x", where).component


def _spelled(name: str) -> str:
    """Write a name so that it can stand in an address, whatever a vendor put into it."""
    apart = set(name) & set(_APART)
    if name != name.strip():
        apart |= {one for one in name if one.isspace()}
    return "".join(_escaped(one) if one in apart else one for one in name) if apart else name


def _escaped(one: str) -> str:
    return f"%{ord(one):02X}" if ord(one) < 0x100 else f"%u{ord(one):04X}"


def _read(name: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), name) if "%" in name else name


def of_evse(evse: EvseNumber, name: str) -> VariableAddress:
    """Return a variable of an EVSE."""
    return VariableAddress(component=Component(name="EVSE", evse=evse), name=name)


def of_station(name: str) -> VariableAddress:
    """Return a variable of the station as a whole."""
    return VariableAddress(component=Component(name="ChargingStation"), name=name)


class AttributeKind(StrEnum):
    """Which of the values of a variable."""

    ACTUAL = "actual"
    TARGET = "target"
    MIN_SET = "min-set"
    MAX_SET = "max-set"


class Mutability(StrEnum):
    """Who may do what with a value."""

    READ_ONLY = "read-only"
    WRITE_ONLY = "write-only"
    """It is never told, nor shown: a secret."""
    READ_WRITE = "read-write"


class Attribute(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One value of a variable."""

    kind: AttributeKind = AttributeKind.ACTUAL
    value: str | None = None
    """As the station writes it; None: it told none, or must not."""
    mutability: Mutability = Mutability.READ_WRITE
    persistent: bool = False
    """It outlives a reboot."""
    constant: bool = False


class Characteristics(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What values of a variable can be."""

    data_type: str = ""
    """string, decimal, integer, dateTime, boolean, OptionList, SequenceList, MemberList; empty: nobody said."""
    unit: str = ""
    min_limit: float | None = None
    max_limit: float | None = None
    """Of numbers the highest; of texts the greatest length."""
    values: tuple[str, ...] = ()
    """Of lists: what may be on them."""
    monitored: bool = False
    """Monitors can be set on it (8.3.5)."""


class DeviceVariable(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A variable as its station reports it."""

    address: VariableAddress
    attributes: tuple[Attribute, ...] = ()
    characteristics: Characteristics | None = None
    """None: the station did not say."""

    def attribute(self, kind: AttributeKind = AttributeKind.ACTUAL) -> Attribute | None:
        """Return one of its values, None if the station reported none of that kind."""
        return next((one for one in self.attributes if one.kind is kind), None)

    @property
    def value(self) -> str | None:
        """The actual value, None if it is not known."""
        found = self.attribute()
        return None if found is None else found.value


class InventoryScope(StrEnum):
    """How much of a station an inventory tells."""

    FULL = "full"
    CONFIGURATION = "configuration"
    """What can be set."""
    SUMMARY = "summary"
    """What is not as it should be."""
    FILTERED = "filtered"


class Inventory(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station consists of and how it is set, as it said last; one row of each station."""

    station: StationId
    at: datetime
    """When it was complete."""
    version: int = 1
    """Rises by one with each that differs from the one before."""
    firmware: str = ""
    """Of what firmware it is."""
    variables: tuple[DeviceVariable, ...] = ()
    """In the order of their addresses, each once."""

    def find(self, address: VariableAddress) -> DeviceVariable | None:
        """Return a variable, None if the station has none of that address."""
        return next((one for one in self.variables if one.address == address), None)
