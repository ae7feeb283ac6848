# SPDX-License-Identifier: Apache-2.0
"""GetVariables (2.0.1): in which form a station takes limits (8.2.3). Everything else it has waits for 8.3.3."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.profiles import counted
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AbilitiesAnswer, AbilitiesLearned, AskAbilities

CONTROLLER: Final = "SmartChargingCtrlr"
PERIODS: Final = "PeriodsPerSchedule"
LEVELS: Final = "ProfileStackLevel"
UNITS: Final = "RateUnit"
PHASES: Final = "ACPhaseSwitchingSupported"

ASKED: Final = (PERIODS, LEVELS, UNITS, PHASES)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is asked for."""
    door.names["variables"] = request.get_variable_data
    return (AskAbilities(station=door.station),)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is; what is not about limits is unknown here."""
    return answered(replies, door, {})


def answered(replies: Sequence[Reply], door: Door, more: dict[str, str]) -> Any:
    """Say of each what it is, with what a version knows beside the rest."""
    reply, asked = find(replies, AbilitiesAnswer), door.names.pop("variables", ())
    known = {} if reply is None else {PERIODS: str(reply.periods), LEVELS: str(reply.levels), UNITS: "A,W"} | more
    return types.GetVariablesResponse(get_variable_result=tuple(_result(one, known) for one in asked))


def _result(asked: Any, known: dict[str, str]) -> types.GetVariableResultType:
    own = asked.component.name == CONTROLLER
    value = known.get(asked.variable.name) if own else None
    if value is not None:
        return types.GetVariableResultType(
            attribute_status="Accepted", attribute_value=value, component=asked.component, variable=asked.variable
        )
    status: Any = "UnknownVariable" if own else "UnknownComponent"
    return types.GetVariableResultType(attribute_status=status, component=asked.component, variable=asked.variable)


def to_wire(_: AskAbilities, __: Door) -> Any:
    """Ask."""
    component = types.ComponentType(name=CONTROLLER)
    return types.GetVariablesRequest(
        get_variable_data=tuple(
            types.GetVariableDataType(component=component, variable=types.VariableType(name=name)) for name in ASKED
        )
    )


def heard(response: Any, command: AskAbilities, door: Door) -> Verdict:
    """Understand what it takes; what it does not say is not asked for again."""
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
    named = {word.strip() for word in words.split(",")} & {"A", "W"}
    return named.pop() if len(named) == 1 else ""


GET_VARIABLES = Translation(
    action="GetVariables",
    sender=Role.CSMS,
    carries=(AskAbilities,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
