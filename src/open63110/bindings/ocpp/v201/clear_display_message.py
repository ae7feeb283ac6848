# SPDX-License-Identifier: Apache-2.0
"""ClearDisplayMessage (2.0.1): the CSMS has a text shown no more."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.display import wire_number
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.set_displayed_information import ClearMessage, MessageCleared

GONE: Final = "Unknown"
"""The station has no such text: what was wanted is so."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (ClearMessage(station=door.station, number=request.id),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that it is gone."""
    return types.ClearDisplayMessageResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say that there is none, whatever the reason: there is no other word for no."""
    return types.ClearDisplayMessageResponse(status=GONE, status_info=because(trouble.code))


def to_wire(command: ClearMessage, _: Door) -> Any:
    """Order it."""
    return types.ClearDisplayMessageRequest(id=wire_number(command.number, command.part))


def heard(response: Any, command: ClearMessage, door: Door) -> Verdict:
    """Understand whether it is gone."""
    verdict = judged(response)
    no = verdict.outcome is not Outcome.ACCEPTED and response.status != GONE
    said = MessageCleared(
        station=command.station,
        at=door.now,
        number=command.number,
        part=command.part,
        reason=verdict.reason if no else "",
    )
    outcome = Outcome.REJECTED if no else Outcome.ACCEPTED
    return Verdict(outcome=outcome, reason=response.status if response.status == GONE else verdict.reason, messages=(said,))


CLEAR_DISPLAY_MESSAGE = Translation(
    action="ClearDisplayMessage",
    sender=Role.CSMS,
    carries=(ClearMessage,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
