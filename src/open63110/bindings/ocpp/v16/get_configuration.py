# SPDX-License-Identifier: Apache-2.0
"""GetConfiguration (1.6): all keys of a station, or some (8.3.3), among them those that say how it takes limits (8.2.3)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.profiles import counted
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v16 import keys
from open63110.bindings.ocpp.variables import judged
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import (
    Attribute,
    AttributeKind,
    DeviceVariable,
    InventoryScope,
    Mutability,
    variable_address,
)
from open63110.model.inventory import InventoryAnswer, InventoryReported, TakeInventory, ordered
from open63110.model.order import Outcome
from open63110.model.variables import (
    ReadStatus,
    ReadVariables,
    ValuesAnswer,
    VariableValue,
    VariableWish,
    told_of,
)
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AbilitiesAnswer, AbilitiesLearned, AskAbilities

PERIODS: Final = "ChargingScheduleMaxPeriods"
LEVELS: Final = "ChargeProfileMaxStackLevel"
UNITS: Final = "ChargingScheduleAllowedChargingRateUnit"
UNIT_OF: Final = {"Current": "A", "Power": "W"}

LONGEST: Final = 500
"""Characters of a value."""

Asked = AskAbilities | ReadVariables | TakeInventory


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is asked for; nothing named is everything there is, and just what tells of limits is a question about them."""
    named = given(request.key)
    if not named:
        return (TakeInventory(station=door.station),)
    door.names["configuration"] = named
    if named == (PERIODS, LEVELS, UNITS):
        return (AskAbilities(station=door.station),)
    wishes = tuple(VariableWish(variable=str(keys.address_of(one))) for one in named)
    return (ReadVariables(station=door.station, variables=wishes),)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is; what 1.6 has no key for is left out."""
    asked = door.names.pop("configuration", ())
    values, whole = find(replies, ValuesAnswer), find(replies, InventoryAnswer)
    if whole is not None:
        return types.GetConfigurationResponse(configuration_key=tuple(_told(whole.variables)) or UNSET)
    if values is not None:
        return _of_each(asked, values.values)
    reply = find(replies, AbilitiesAnswer)
    known = {} if reply is None else {PERIODS: str(reply.periods), LEVELS: str(reply.levels), UNITS: "Current,Power"}
    found = tuple(types.KeyValue(key=one, readonly=True, value=known[one]) for one in asked if one in known)
    unknown = tuple(one for one in asked if one not in known)
    return types.GetConfigurationResponse(configuration_key=found or UNSET, unknown_key=unknown or UNSET)


def _told(variables: Sequence[DeviceVariable]) -> list[types.KeyValue]:
    found = []
    for one in variables:
        attribute = one.attribute()
        try:
            key = keys.key_of(one.address)
        except NotSupported:
            continue
        if attribute is not None and attribute.mutability is not Mutability.WRITE_ONLY:
            readonly = attribute.mutability is Mutability.READ_ONLY
            found.append(_key_value(key, attribute.value or "", readonly=readonly))
    return found


def _key_value(key: str, value: str, *, readonly: bool) -> types.KeyValue:
    return types.KeyValue(key=key, readonly=readonly, value=keys.written(key, value)[:LONGEST])


def _of_each(asked: Sequence[str], values: Sequence[VariableValue]) -> Any:
    found, unknown = [], []
    for key, one in zip(asked, values, strict=True):
        if one.status in {ReadStatus.UNKNOWN_COMPONENT, ReadStatus.UNKNOWN_VARIABLE, ReadStatus.UNSUPPORTED_KIND}:
            unknown.append(key)
        elif one.value is None:
            found.append(types.KeyValue(key=key, readonly=False))
        else:
            found.append(_key_value(key, one.value, readonly=one.read_only))
    return types.GetConfigurationResponse(configuration_key=tuple(found) or UNSET, unknown_key=tuple(unknown) or UNSET)


def parts(command: Asked, _: Door) -> Sequence[Asked]:
    """Part what is read as the station takes it; what 1.6 has no key for goes along with the first, and is told apart.

    Raises:
        NotSupported: 1.6 has no key for anything of it, or knows only all that can be set.
    """
    if isinstance(command, TakeInventory) and command.scope in {InventoryScope.SUMMARY, InventoryScope.FILTERED}:
        raise NotSupported("OCPP 1.6 tells all keys, or those that are named", code="NoInventory", where="scope")
    if not isinstance(command, ReadVariables):
        return (command,)
    there = [one for one in command.variables if _key(one)]
    if not there:
        keys.key_of(variable_address(command.variables[0].variable))
        raise NotSupported("OCPP 1.6 knows values only, no targets and limits", code="NoAttribute", where="kind")
    most = command.per_message or len(there)
    groups = [tuple(there[begin : begin + most]) for begin in range(0, len(there), most)]
    groups[0] = (*groups[0], *(one for one in command.variables if one not in there))
    return [replace(command, variables=group) for group in groups]


def _key(wish: VariableWish) -> str:
    """Return the key of what is to be read, empty if there is none."""
    try:
        return keys.key_of(variable_address(wish.variable)) if wish.kind is AttributeKind.ACTUAL else ""
    except NotSupported:
        return ""


def to_wire(command: Asked, _: Door) -> Any:
    """Ask."""
    if isinstance(command, TakeInventory):
        return types.GetConfigurationRequest()
    if isinstance(command, ReadVariables):
        return types.GetConfigurationRequest(key=tuple(key for one in command.variables if (key := _key(one))))
    return types.GetConfigurationRequest(key=(PERIODS, LEVELS, UNITS))


def heard(response: Any, command: Asked, door: Door) -> Verdict:
    """Understand what it has; a password that it shows although it must not is kept nowhere."""
    if isinstance(command, AskAbilities):
        return _abilities(response, command, door)
    return _values(response, command, door) if isinstance(command, ReadVariables) else _inventory(response, command, door)


def _abilities(response: Any, command: AskAbilities, door: Door) -> Verdict:
    """Understand in which form it takes limits; what it does not say is not asked for again."""
    said = {one.key: given(one.value) or "" for one in given(response.configuration_key) or ()}
    learned = AbilitiesLearned(
        station=command.station,
        at=door.now,
        periods=counted(said.get(PERIODS)) or 0,
        levels=counted(said.get(LEVELS)),
        unit=unit(said.get(UNITS) or ""),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(learned,))


def _values(response: Any, command: ReadVariables, door: Door) -> Verdict:
    values = [_understood(one) for one in given(response.configuration_key) or ()]
    missing = [str(keys.address_of(one)) for one in given(response.unknown_key) or ()]
    missing += [one.variable for one in command.variables if not _key(one)]
    values += [VariableValue(variable=one, status=ReadStatus.UNKNOWN_VARIABLE) for one in missing]
    return judged(told_of(command, values, door.now))


def _understood(one: types.KeyValue) -> VariableValue:
    value = given(one.value)
    return VariableValue(
        variable=str(keys.address_of(one.key)),
        value=None if value is None else keys.read(one.key, value),
        read_only=one.readonly,
    )


def _inventory(response: Any, command: TakeInventory, door: Door) -> Verdict:
    variables = ordered([_variable(one) for one in given(response.configuration_key) or ()])
    told = InventoryReported(station=command.station, at=door.now, request=command.request, variables=variables)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(told,))


def _variable(one: types.KeyValue) -> DeviceVariable:
    address, value = keys.address_of(one.key), given(one.value)
    secret = address.secret
    mutability = Mutability.WRITE_ONLY if secret else Mutability.READ_ONLY if one.readonly else Mutability.READ_WRITE
    told = None if secret or value is None else keys.read(one.key, value)
    return DeviceVariable(address=address, attributes=(Attribute(value=told, mutability=mutability),))


def unit(words: str) -> str:
    """Return the unit of a list that has one only, empty where both will do."""
    named = {UNIT_OF[word.strip()] for word in words.split(",") if word.strip() in UNIT_OF}
    return named.pop() if len(named) == 1 else ""


GET_CONFIGURATION = Translation(
    action="GetConfiguration",
    sender=Role.CSMS,
    carries=(AskAbilities, ReadVariables, TakeInventory),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    parts=parts,
    heard=heard,
)
