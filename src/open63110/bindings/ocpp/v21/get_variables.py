# SPDX-License-Identifier: Apache-2.0
"""GetVariables (2.1): as in 2.0.1, and whether a station takes dynamic charging profiles (K28)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import get_variables as before
from open63110.kernel.messages import Reply
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AbilitiesLearned, AskAbilities

DYNAMIC: Final = "SupportsDynamicProfiles"


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is; our stations take dynamic profiles."""
    return before.answered(replies, door, {DYNAMIC: "true"})


def to_wire(_: AskAbilities, __: Door) -> Any:
    """Ask."""
    component = types.ComponentType(name=before.CONTROLLER)
    return types.GetVariablesRequest(
        get_variable_data=tuple(
            types.GetVariableDataType(component=component, variable=types.VariableType(name=name))
            for name in (*before.ASKED, DYNAMIC)
        )
    )


def heard(response: Any, command: AskAbilities, door: Door) -> Verdict:
    """Understand what it takes."""
    verdict = before.heard(response, command, door)
    dynamic = before.yes(before.told(response).get(DYNAMIC))
    learned = tuple(replace(one, dynamic=dynamic) for one in verdict.messages if isinstance(one, AbilitiesLearned))
    return replace(verdict, messages=learned)


GET_VARIABLES = replace(before.GET_VARIABLES, answer=answer, to_wire=to_wire, heard=heard)
