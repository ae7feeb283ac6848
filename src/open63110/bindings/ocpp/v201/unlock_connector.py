# SPDX-License-Identifier: Apache-2.0
"""UnlockConnector (2.0.1): the CSMS lets go of a cable."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import connector_number, evse_number
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_externally import UnlockConnector

_STATUS: dict[str, Any] = {"UnknownConnector": "UnknownConnector", "OngoingTransaction": "OngoingAuthorizedTransaction"}
"""What a refusal of ours is called; any other is a failure."""


def from_wire(request: types.UnlockConnectorRequest, door: Door) -> tuple[Message, ...]:
    """Read which."""
    evse, connector = evse_number(request.evse_id), connector_number(request.connector_id)
    return (UnlockConnector(station=door.station, evse=evse, connector=connector),)


def answer(_: Sequence[Reply], __: Door) -> types.UnlockConnectorResponse:
    """Say that it is open."""
    return types.UnlockConnectorResponse(status="Unlocked")


def refuse(trouble: Trouble, _: Door) -> types.UnlockConnectorResponse:
    """Say why not."""
    return types.UnlockConnectorResponse(status=_STATUS.get(trouble.code, "UnlockFailed"), status_info=because(trouble.code))


def to_wire(command: UnlockConnector, _: Door) -> types.UnlockConnectorRequest:
    """Order it."""
    return types.UnlockConnectorRequest(evse_id=command.evse, connector_id=command.connector)


def heard(response: Any, _: UnlockConnector, __: Door) -> Verdict:
    """Understand whether it is open."""
    verdict = judged(response)
    return verdict if response.status != "Unlocked" else Verdict(outcome=verdict.outcome)


UNLOCK_CONNECTOR = Translation(
    action="UnlockConnector",
    sender=Role.CSMS,
    carries=(UnlockConnector,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
