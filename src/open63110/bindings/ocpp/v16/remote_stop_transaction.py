# SPDX-License-Identifier: Apache-2.0
"""RemoteStopTransaction (1.6): the CSMS ends an energy transfer."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.kernel.errors import Trouble, Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.authorization import StopRemotely
from open63110.runtime.orders import Verdict

UNHEARD = "unknown-"
"""Before the number of a transfer whose start was never heard; the station knows it by that number all the same."""


def from_wire(request: types.RemoteStopTransactionRequest, door: Door) -> tuple[Message, ...]:
    """Read which transfer is meant: at the station it goes by another name than the CSMS's number."""
    named = (ours for ours, number in door.names.items() if number == request.transaction_id)
    reference = next(named, str(request.transaction_id))
    return (StopRemotely(station=door.station, reference=TransferReference(reference)),)


def answer(_: Sequence[Reply], __: Door) -> types.RemoteStopTransactionResponse:
    """Say yes."""
    return types.RemoteStopTransactionResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> types.RemoteStopTransactionResponse:
    """Say no; 1.6 has no word for why."""
    return types.RemoteStopTransactionResponse(status="Rejected")


def to_wire(command: StopRemotely, _: Door) -> types.RemoteStopTransactionRequest:
    """Order an end.

    Raises:
        Unknown: the transfer has no number in 1.6 (its start was never heard).
    """
    number = command.reference.removeprefix(UNHEARD)
    if not (number.isascii() and number.isdecimal()):
        raise Unknown("OCPP 1.6 knows transfers by number only", code="NoNumber", where="reference")
    return types.RemoteStopTransactionRequest(transaction_id=int(number))


def heard(response: types.RemoteStopTransactionResponse, _: StopRemotely, __: Door) -> Verdict:
    """Understand yes or no."""
    return verdict_of(response.status)


REMOTE_STOP_TRANSACTION = Translation(
    action="RemoteStopTransaction",
    sender=Role.CSMS,
    carries=(StopRemotely,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
