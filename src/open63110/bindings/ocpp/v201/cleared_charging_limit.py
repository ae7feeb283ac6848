# SPDX-License-Identifier: Apache-2.0
"""ClearedChargingLimit (2.0.1): what somebody else limited is free of it again (8.2.7)."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.notify_charging_limit import SOURCES, WORDS, answer, blank
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.external import ExternalLimitCleared


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read where, and whose it was."""
    evse = EvseNumber(0) if request.evse_id is UNSET else evse_number(request.evse_id)
    source = SOURCES.get(request.charging_limit_source, "other")
    return (ExternalLimitCleared(station=door.station, at=door.now, evse=evse, source=source),)


def to_wire(event: ExternalLimitCleared, _: Door) -> Any:
    """Tell it."""
    return types.ClearedChargingLimitRequest(charging_limit_source=WORDS[event.source], evse_id=event.evse)


CLEARED_CHARGING_LIMIT = Translation(
    action="ClearedChargingLimit",
    sender=Role.STATION,
    carries=(ExternalLimitCleared,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
