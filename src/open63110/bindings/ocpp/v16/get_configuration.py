# SPDX-License-Identifier: Apache-2.0
"""GetConfiguration (1.6): in which form a station takes limits (8.2.3). Everything else it has waits for 8.3.3."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.profiles import counted
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import AbilitiesAnswer, AbilitiesLearned, AskAbilities

PERIODS: Final = "ChargingScheduleMaxPeriods"
LEVELS: Final = "ChargeProfileMaxStackLevel"
UNITS: Final = "ChargingScheduleAllowedChargingRateUnit"
UNIT_OF: Final = {"Current": "A", "Power": "W"}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is asked for; nothing named is everything there is."""
    door.names["configuration"] = given(request.key) or (PERIODS, LEVELS, UNITS)
    return (AskAbilities(station=door.station),)


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Say of each what it is; what is not about limits is unknown here."""
    reply, asked = find(replies, AbilitiesAnswer), door.names.pop("configuration", ())
    known = {} if reply is None else {PERIODS: str(reply.periods), LEVELS: str(reply.levels), UNITS: "Current,Power"}
    found = tuple(types.KeyValue(key=one, readonly=True, value=known[one]) for one in asked if one in known)
    unknown = tuple(one for one in asked if one not in known)
    return types.GetConfigurationResponse(configuration_key=found or UNSET, unknown_key=unknown or UNSET)


def to_wire(_: AskAbilities, __: Door) -> Any:
    """Ask."""
    return types.GetConfigurationRequest(key=(PERIODS, LEVELS, UNITS))


def heard(response: Any, command: AskAbilities, door: Door) -> Verdict:
    """Understand what it takes; what it does not say is not asked for again."""
    said = {one.key: given(one.value) or "" for one in given(response.configuration_key) or ()}
    learned = AbilitiesLearned(
        station=command.station,
        at=door.now,
        periods=counted(said.get(PERIODS)) or 0,
        levels=counted(said.get(LEVELS)),
        unit=unit(said.get(UNITS) or ""),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(learned,))


def unit(words: str) -> str:
    """Return the unit of a list that has one only, empty where both will do."""
    named = {UNIT_OF[word.strip()] for word in words.split(",") if word.strip() in UNIT_OF}
    return named.pop() if len(named) == 1 else ""


GET_CONFIGURATION = Translation(
    action="GetConfiguration",
    sender=Role.CSMS,
    carries=(AskAbilities,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
