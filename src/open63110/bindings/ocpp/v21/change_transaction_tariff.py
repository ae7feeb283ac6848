# SPDX-License-Identifier: Apache-2.0
"""ChangeTransactionTariff (2.1): an energy transfer goes on by another tariff."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.tariff import read, tariff_type
from open63110.bindings.ocpp.v201.fields import reference
from open63110.bindings.ocpp.v201.status_info import LONGEST, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.tariff_of_transfer import ChangeTransferTariff, TransferTariffTaken

OWN_WORDS: Final = frozenset({"TooManyElements", "ConditionNotSupported", "TxNotFound", "NoCurrencyChange"})
"""Reasons for which the response has a status of its own."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    named = reference(request.transaction_id)
    return (ChangeTransferTariff(station=door.station, reference=named, tariff=read(request.tariff)),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that it counts."""
    return types.ChangeTransactionTariffResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    status: Any = trouble.code if trouble.code in OWN_WORDS else "Rejected"
    info = types.StatusInfoType(reason_code=trouble.code[:LONGEST])
    return types.ChangeTransactionTariffResponse(status=status, status_info=info)


def to_wire(command: ChangeTransferTariff, _: Door) -> types.ChangeTransactionTariffRequest:
    """Order it."""
    return types.ChangeTransactionTariffRequest(tariff=tariff_type(command.tariff), transaction_id=command.reference)


def heard(response: Any, command: ChangeTransferTariff, door: Door) -> Verdict:
    """Understand whether it counts."""
    said = TransferTariffTaken(station=command.station, at=door.now, reference=command.reference, tariff=command.tariff)
    return judged(response, said)


CHANGE_TRANSACTION_TARIFF = Translation(
    action="ChangeTransactionTariff",
    sender=Role.CSMS,
    carries=(ChangeTransferTariff,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
