# SPDX-License-Identifier: Apache-2.0
"""GetVariables (2.1): as in 2.0.1, and whether a station takes dynamic charging profiles (K28)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import get_variables as before
from open63110.kernel.messages import Message, Reply
from open63110.model.variables import ReadVariables
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AbilitiesLearned, AskAbilities

DYNAMIC: Final = "SupportsDynamicProfiles"

ASKED: Final = (*before.ASKED, DYNAMIC)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is; our stations take dynamic profiles."""
    return before.answered(replies, door, {DYNAMIC: "true"})


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is asked for."""
    return before.understood(request, door, ASKED)


def to_wire(command: AskAbilities | ReadVariables, _: Door) -> Any:
    """Ask."""
    return before.asking(command, ASKED)


def heard(response: Any, command: AskAbilities | ReadVariables, door: Door) -> Verdict:
    """Understand what was told."""
    verdict = before.heard(response, command, door)
    if isinstance(command, ReadVariables):
        return verdict
    dynamic = before.yes(before.told(response).get(DYNAMIC))
    learned = tuple(replace(one, dynamic=dynamic) for one in verdict.messages if isinstance(one, AbilitiesLearned))
    return replace(verdict, messages=learned)


GET_VARIABLES = replace(before.GET_VARIABLES, from_wire=from_wire, answer=answer, to_wire=to_wire, heard=heard)
