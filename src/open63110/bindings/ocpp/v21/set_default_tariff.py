# SPDX-License-Identifier: Apache-2.0
"""SetDefaultTariff (2.1): a tariff counts at a station for whoever has none of his own."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.tariff import read, tariff_type
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import LONGEST, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.tariff_at_station import DefaultTariffSet, SetDefaultTariff

OWN_WORDS: Final = frozenset({"TooManyElements", "ConditionNotSupported", "DuplicateTariffId"})
"""Reasons for which the response has a status of its own."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    return (SetDefaultTariff(station=door.station, evse=evse_number(request.evse_id), tariff=read(request.tariff)),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that it is kept."""
    return types.SetDefaultTariffResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    status: Any = trouble.code if trouble.code in OWN_WORDS else "Rejected"
    info = types.StatusInfoType(reason_code=trouble.code[:LONGEST])
    return types.SetDefaultTariffResponse(status=status, status_info=info)


def to_wire(command: SetDefaultTariff, _: Door) -> types.SetDefaultTariffRequest:
    """Order it."""
    return types.SetDefaultTariffRequest(evse_id=command.evse, tariff=tariff_type(command.tariff))


def heard(response: Any, command: SetDefaultTariff, door: Door) -> Verdict:
    """Understand whether it counts there."""
    said = DefaultTariffSet(station=command.station, at=door.now, evse=command.evse, tariff=command.tariff)
    return judged(response, said)


SET_DEFAULT_TARIFF = Translation(
    action="SetDefaultTariff",
    sender=Role.CSMS,
    carries=(SetDefaultTariff,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
