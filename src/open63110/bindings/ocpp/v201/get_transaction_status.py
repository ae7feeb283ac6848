# SPDX-License-Identifier: Apache-2.0
"""GetTransactionStatus (2.0.1): does a transfer go on, and does the station still hold messages of it?"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given, text
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.sessions.energy_transfer import AskTransferStatus, TransferStatusAnswer, TransferStatusReported

WAITING: Final = "waiting"
"""Entry of Door.names at the station: the references of which messages wait in the outbox."""

DROPPED = ("asked",)
"""How often it was asked before is the asker's matter."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read of which transfer; an empty reference asks of all."""
    return (AskTransferStatus(station=door.station, reference=TransferReference(text(request.transaction_id))),)


def answer(replies: Sequence[Reply], door: Door) -> types.GetTransactionStatusResponse:
    """Tell what is known; of all transfers together, only whether messages wait."""
    waiting = door.names.get(WAITING, ())
    reply = find(replies, TransferStatusAnswer)
    if reply is None or not reply.reference:
        return types.GetTransactionStatusResponse(messages_in_queue=bool(waiting))
    ongoing = UNSET if reply.ongoing is None else reply.ongoing
    return types.GetTransactionStatusResponse(ongoing_indicator=ongoing, messages_in_queue=reply.reference in waiting)


def to_wire(command: AskTransferStatus, _: Door) -> types.GetTransactionStatusRequest:
    """Ask."""
    return types.GetTransactionStatusRequest(transaction_id=command.reference or UNSET)


def heard(response: Any, command: AskTransferStatus, door: Door) -> Verdict:
    """Hear it; firmware that leaves out whether the transfer goes on is understood as not knowing."""
    said = TransferStatusReported(
        station=command.station,
        at=door.now,
        reference=command.reference,
        ongoing=given(response.ongoing_indicator),
        waiting=response.messages_in_queue,
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


GET_TRANSACTION_STATUS = Translation(
    action="GetTransactionStatus",
    sender=Role.CSMS,
    carries=(AskTransferStatus,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
