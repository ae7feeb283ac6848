# SPDX-License-Identifier: Apache-2.0
"""UnlockConnector (1.6): let go of a cable."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import ConnectorNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_externally import UnlockConnector

DROPPED = ("connector",)
"""Every connector of 1.6 is an EVSE of its own."""


def from_wire(request: types.UnlockConnectorRequest, door: Door) -> tuple[Message, ...]:
    """Read which one."""
    evse = evse_number(request.connector_id)
    return (UnlockConnector(station=door.station, evse=evse, connector=ConnectorNumber(1)),)


def answer(_: Sequence[Reply], __: Door) -> types.UnlockConnectorResponse:
    """Say that it is open."""
    return types.UnlockConnectorResponse(status="Unlocked")


def refuse(trouble: Trouble, _: Door) -> types.UnlockConnectorResponse:
    """Say that it is not; 1.6 calls an unknown connector not supported."""
    unable = isinstance(trouble, NotSupported) or trouble.code == "UnknownConnector"
    return types.UnlockConnectorResponse(status="NotSupported" if unable else "UnlockFailed")


def to_wire(command: UnlockConnector, _: Door) -> types.UnlockConnectorRequest:
    """Order it."""
    return types.UnlockConnectorRequest(connector_id=command.evse)


def heard(response: types.UnlockConnectorResponse, _: UnlockConnector, __: Door) -> Verdict:
    """Understand whether it is open."""
    return Verdict(outcome=Outcome.ACCEPTED) if response.status == "Unlocked" else verdict_of(response.status)


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
