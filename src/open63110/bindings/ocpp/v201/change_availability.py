# SPDX-License-Identifier: Apache-2.0
"""ChangeAvailability (2.0.1): the CSMS takes a station, an EVSE or a connector out of use, or into use again."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.availability import WORD, accepted, refused, scheduled
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import connector_of, evse_number
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.availability import WHOLE
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.change_availability import ChangeAvailability


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which part."""
    evse = WHOLE if request.evse is UNSET else evse_number(request.evse.id)
    operative = request.operational_status == WORD[True]
    return (ChangeAvailability(station=door.station, operative=operative, evse=evse, connector=connector_of(request.evse)),)


def answer(replies: Sequence[Reply], _: Door) -> types.ChangeAvailabilityResponse:
    """Say whether it is so now, or once nothing flows."""
    return types.ChangeAvailabilityResponse(status="Scheduled" if scheduled(replies) else "Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ChangeAvailabilityResponse:
    """Say why not."""
    return types.ChangeAvailabilityResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: ChangeAvailability, _: Door) -> types.ChangeAvailabilityRequest:
    """Order it."""
    part = types.EVSEType(id=command.evse, connector_id=command.connector or UNSET) if command.evse else UNSET
    return types.ChangeAvailabilityRequest(operational_status=WORD[command.operative], evse=part)


def heard(response: Any, command: ChangeAvailability, door: Door) -> Verdict:
    """Understand whether it is so, will be, or not at all."""
    verdict = judged(response, *accepted(response.status, command, door))
    return verdict if verdict.outcome is Outcome.ACCEPTED else refused(verdict, command, door)


CHANGE_AVAILABILITY = Translation(
    action="ChangeAvailability",
    sender=Role.CSMS,
    carries=(ChangeAvailability,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
