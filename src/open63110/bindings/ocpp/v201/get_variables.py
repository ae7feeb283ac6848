# SPDX-License-Identifier: Apache-2.0
"""GetVariables (2.0.1): values of variables (8.3.3), among them those that say in which form a station takes limits (8.2.3)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.profiles import counted
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v201.status_info import because
from open63110.bindings.ocpp.v201.variables import filled, kind_of, kind_type, named, place_of
from open63110.bindings.ocpp.variables import judged
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
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

CONTROLLER: Final = "SmartChargingCtrlr"
PERIODS: Final = "PeriodsPerSchedule"
LEVELS: Final = "ProfileStackLevel"
UNITS: Final = "RateUnit"
PHASES: Final = "ACPhaseSwitchingSupported"

ASKED: Final = (PERIODS, LEVELS, UNITS, PHASES)

_STATUS: Final[dict[ReadStatus, Any]] = {
    ReadStatus.ACCEPTED: "Accepted",
    ReadStatus.REJECTED: "Rejected",
    ReadStatus.UNKNOWN_COMPONENT: "UnknownComponent",
    ReadStatus.UNKNOWN_VARIABLE: "UnknownVariable",
    ReadStatus.UNSUPPORTED_KIND: "NotSupportedAttributeType",
    ReadStatus.UNANSWERED: "Rejected",
}
_OURS: Final = {
    "Accepted": ReadStatus.ACCEPTED,
    "Rejected": ReadStatus.REJECTED,
    "UnknownComponent": ReadStatus.UNKNOWN_COMPONENT,
    "UnknownVariable": ReadStatus.UNKNOWN_VARIABLE,
    "NotSupportedAttributeType": ReadStatus.UNSUPPORTED_KIND,
}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is asked for."""
    return understood(request, door, ASKED)


def understood(request: Any, door: Door, asked: tuple[str, ...]) -> tuple[Message, ...]:
    """Read what is asked for; just what tells of limits is a question about them.

    Args:
        request: of any version.
        door: of the connection.
        asked: of what a CSMS asks together that wants to know in which form limits are taken.
    """
    data = request.get_variable_data
    if tuple(one.variable.name for one in data) == asked and all(_bare(one) for one in data):
        door.names["variables"] = data
        return (AskAbilities(station=door.station),)
    wishes = tuple(VariableWish(variable=named(one.component, one.variable), kind=kind_of(one.attribute_type)) for one in data)
    return (ReadVariables(station=door.station, variables=wishes),)


def _bare(one: Any) -> bool:
    plain = one.component.evse is UNSET and one.component.instance is UNSET and one.variable.instance is UNSET
    return bool(plain and one.component.name == CONTROLLER and kind_of(one.attribute_type) == "actual")


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is."""
    return answered(replies, door, {})


def answered(replies: Sequence[Reply], door: Door, more: dict[str, str]) -> Any:
    """Say of each what it is, with what a version knows of limits beside the rest."""
    values = find(replies, ValuesAnswer)
    if values is not None:
        return types.GetVariablesResponse(get_variable_result=tuple(map(_value, values.values)))
    reply, asked = find(replies, AbilitiesAnswer), door.names.pop("variables", ())
    known = {} if reply is None else {PERIODS: str(reply.periods), LEVELS: str(reply.levels), UNITS: "A,W"} | more
    return types.GetVariablesResponse(get_variable_result=tuple(_result(one, known) for one in asked))


def _value(one: VariableValue) -> types.GetVariableResultType:
    component, variable = place_of(one.variable)
    return types.GetVariableResultType(
        attribute_type=kind_type(one.kind),
        attribute_status=_STATUS[one.status],
        attribute_value=UNSET if one.value is None else one.value,
        component=component,
        variable=variable,
        attribute_status_info=because(one.reason) if one.reason else UNSET,
    )


def _result(asked: Any, known: dict[str, str]) -> types.GetVariableResultType:
    value = known.get(asked.variable.name)
    if value is not None:
        return types.GetVariableResultType(
            attribute_status="Accepted", attribute_value=value, component=asked.component, variable=asked.variable
        )
    return types.GetVariableResultType(attribute_status="UnknownVariable", component=asked.component, variable=asked.variable)


def parts(command: AskAbilities | ReadVariables, _: Door) -> Sequence[AskAbilities | ReadVariables]:
    """Part what is read as the station takes it."""
    if isinstance(command, AskAbilities):
        return (command,)
    filling = filled(command.variables, command.per_message, command.per_bytes, _wish)
    return [replace(command, variables=part) for part in filling]


def to_wire(command: AskAbilities | ReadVariables, _: Door) -> Any:
    """Ask."""
    return asking(command, ASKED)


def asking(command: AskAbilities | ReadVariables, asked: tuple[str, ...]) -> Any:
    """Ask for values, or for what tells of limits."""
    if isinstance(command, ReadVariables):
        return types.GetVariablesRequest(get_variable_data=tuple(map(_wish, command.variables)))
    component = types.ComponentType(name=CONTROLLER)
    return types.GetVariablesRequest(
        get_variable_data=tuple(
            types.GetVariableDataType(component=component, variable=types.VariableType(name=name)) for name in asked
        )
    )


def _wish(one: VariableWish) -> types.GetVariableDataType:
    component, variable = place_of(one.variable)
    return types.GetVariableDataType(attribute_type=kind_type(one.kind), component=component, variable=variable)


def heard(response: Any, command: AskAbilities | ReadVariables, door: Door) -> Verdict:
    """Understand what was told."""
    if isinstance(command, ReadVariables):
        return judged(told_of(command, [_understood(one) for one in response.get_variable_result], door.now))
    said = told(response)
    learned = AbilitiesLearned(
        station=command.station,
        at=door.now,
        periods=counted(said.get(PERIODS)) or 0,
        levels=counted(said.get(LEVELS)),
        unit=unit(said.get(UNITS) or ""),
        switches=yes(said.get(PHASES)),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(learned,))


def _understood(one: Any) -> VariableValue:
    info = given(one.attribute_status_info)
    return VariableValue(
        variable=named(one.component, one.variable),
        status=_OURS[one.attribute_status],
        value=given(one.attribute_value),
        kind=kind_of(one.attribute_type),
        reason="" if info is None else info.reason_code,
    )


def told(response: Any) -> dict[str, str]:
    """Return what a station says of its controller of limits, by variable."""
    return {
        one.variable.name: given(one.attribute_value) or ""
        for one in response.get_variable_result
        if one.component.name == CONTROLLER and one.attribute_status == "Accepted"
    }


def yes(words: str | None) -> bool | None:
    """Return a truth that a station says of itself; None: it says none."""
    return {"true": True, "false": False}.get((words or "").strip().lower())


def unit(words: str) -> str:
    """Return the unit of a list that has one only, empty where both will do."""
    named_units = {word.strip() for word in words.split(",")} & {"A", "W"}
    return named_units.pop() if len(named_units) == 1 else ""


GET_VARIABLES = Translation(
    action="GetVariables",
    sender=Role.CSMS,
    carries=(AskAbilities, ReadVariables),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    parts=parts,
    heard=heard,
)
