# SPDX-License-Identifier: Apache-2.0
"""RequestStopTransaction (2.0.1): the CSMS ends an energy transfer."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import reference
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.authorization import StopRemotely
from open63110.runtime.orders import Verdict


def from_wire(request: types.RequestStopTransactionRequest, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (StopRemotely(station=door.station, reference=reference(request.transaction_id)),)


def answer(_: Sequence[Reply], __: Door) -> types.RequestStopTransactionResponse:
    """Take it."""
    return types.RequestStopTransactionResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.RequestStopTransactionResponse:
    """Say why not."""
    return types.RequestStopTransactionResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: StopRemotely, _: Door) -> types.RequestStopTransactionRequest:
    """Order it."""
    return types.RequestStopTransactionRequest(transaction_id=command.reference)


def heard(response: Any, _: StopRemotely, __: Door) -> Verdict:
    """Understand whether the station will; that it has is told by the end of the transfer."""
    return judged(response)


REQUEST_STOP_TRANSACTION = Translation(
    action="RequestStopTransaction",
    sender=Role.CSMS,
    carries=(StopRemotely,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
