# SPDX-License-Identifier: Apache-2.0
"""ChangeAvailability (1.6): the CSMS takes a connector, or the whole station with all of them, out of use or into use again."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.availability import WORD, accepted, refused, scheduled
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.availability import WHOLE, within
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.change_availability import PARTS_FOLLOW, ChangeAvailability

DROPPED = ("connector",)
"""Every connector of 1.6 is an EVSE of its own."""


def from_wire(request: types.ChangeAvailabilityRequest, door: Door) -> tuple[Message, ...]:
    """Read which part; for the whole station, parts with an order of their own follow it."""
    evse, operative = evse_number(request.connector_id), request.type == WORD[True]
    parts = within(door.noun.availability, WHOLE) if door.noun is not None and evse == WHOLE else ()
    follow = (one for one in parts if one.operative is not operative)
    return (
        ChangeAvailability(station=door.station, operative=operative, evse=evse),
        *(
            ChangeAvailability(station=door.station, operative=operative, evse=one.evse, connector=one.connector)
            for one in follow
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> types.ChangeAvailabilityResponse:
    """Say whether it is so now, or once nothing flows."""
    return types.ChangeAvailabilityResponse(status="Scheduled" if scheduled(replies) else "Accepted")


def refuse(_: Trouble, __: Door) -> types.ChangeAvailabilityResponse:
    """Say no; 1.6 has no word for why."""
    return types.ChangeAvailabilityResponse(status="Rejected")


def to_wire(command: ChangeAvailability, _: Door) -> types.ChangeAvailabilityRequest:
    """Order it."""
    return types.ChangeAvailabilityRequest(connector_id=command.evse, type=WORD[command.operative])


def heard(response: types.ChangeAvailabilityResponse, command: ChangeAvailability, door: Door) -> Verdict:
    """Understand whether it is so, will be, or not at all."""
    verdict = verdict_of(response.status, *accepted(response.status, command, door))
    return verdict if verdict.outcome is Outcome.ACCEPTED else refused(verdict, command, door)


CHANGE_AVAILABILITY = Translation(
    action="ChangeAvailability",
    sender=Role.CSMS,
    carries=(ChangeAvailability,),
    lacks=(PARTS_FOLLOW,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
