# SPDX-License-Identifier: Apache-2.0
"""NotifyAllowedEnergyTransfer (2.1): the CSMS says in which ways energy may go during a transfer."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.set_der_control import info
from open63110.bindings.ocpp.v201.fields import reference
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.v2g import EnergyMode
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.v2g_session import AllowTransfer, TransferAllowanceAnswered


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    modes = tuple(EnergyMode(one) for one in request.allowed_energy_transfer)
    return (AllowTransfer(station=door.station, reference=reference(request.transaction_id), modes=modes),)


def answer(_: Sequence[Reply], __: Door) -> types.NotifyAllowedEnergyTransferResponse:
    """Say that it is kept to."""
    return types.NotifyAllowedEnergyTransferResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.NotifyAllowedEnergyTransferResponse:
    """Say why not."""
    return types.NotifyAllowedEnergyTransferResponse(status="Rejected", status_info=info(trouble))


def to_wire(command: AllowTransfer, _: Door) -> types.NotifyAllowedEnergyTransferRequest:
    """Say it."""
    modes: Any = tuple(one.value for one in command.modes)
    return types.NotifyAllowedEnergyTransferRequest(transaction_id=command.reference, allowed_energy_transfer=modes)


def heard(response: Any, command: AllowTransfer, door: Door) -> Verdict:
    """Understand whether the station keeps to it."""
    verdict = judged(response)
    reason = "" if verdict.outcome is Outcome.ACCEPTED else verdict.reason
    said = TransferAllowanceAnswered(
        station=command.station, at=door.now, reference=command.reference, revision=command.revision, reason=reason
    )
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, messages=(said,))


NOTIFY_ALLOWED_ENERGY_TRANSFER = Translation(
    action="NotifyAllowedEnergyTransfer",
    sender=Role.CSMS,
    carries=(AllowTransfer,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
