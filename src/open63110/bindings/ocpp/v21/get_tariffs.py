# SPDX-License-Identifier: Apache-2.0
"""GetTariffs (2.1): which tariffs a station has, and for which EVSEs. Whose a driver's tariff is is not kept."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v21.tariff import KINDS, OF_KIND
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import LONGEST, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.charging_tariff import TariffAssigned
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.tariff_at_station import AskStationTariffs, StationTariffsAnswer, StationTariffsReported

NONE: Final = "NoTariff"
"""The station has none: that is an answer."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read of which EVSE."""
    return (AskStationTariffs(station=door.station, evse=evse_number(request.evse_id)),)


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say which there are."""
    reply = find(replies, StationTariffsAnswer)
    if reply is None or not reply.tariffs:
        return types.GetTariffsResponse(status=NONE)
    return types.GetTariffsResponse(status="Accepted", tariff_assignments=tuple(map(_assignment, reply.tariffs)))


def _assignment(one: TariffAssigned) -> types.TariffAssignmentType:
    return types.TariffAssignmentType(
        tariff_id=one.id,
        tariff_kind=KINDS[one.kind],
        valid_from=UNSET if one.valid_from is None else one.valid_from,
        evse_ids=one.evses or UNSET,
    )


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    return types.GetTariffsResponse(status="Rejected", status_info=types.StatusInfoType(reason_code=trouble.code[:LONGEST]))


def to_wire(command: AskStationTariffs, _: Door) -> types.GetTariffsRequest:
    """Ask."""
    return types.GetTariffsRequest(evse_id=command.evse)


def heard(response: Any, command: AskStationTariffs, door: Door) -> Verdict:
    """Know which there are; that there are none is known by a word of its own."""
    tariffs = tuple(map(_read, given(response.tariff_assignments) or ()))
    said = StationTariffsReported(station=command.station, at=door.now, evse=command.evse, tariffs=tariffs)
    if response.status == NONE:
        return Verdict(outcome=Outcome.ACCEPTED, reason=NONE, messages=(said,))
    return judged(response, said)


def _read(said: Any) -> TariffAssigned:
    begin = given(said.valid_from)
    return TariffAssigned(
        id=said.tariff_id,
        kind=OF_KIND[said.tariff_kind],
        valid_from=None if begin is None else utc(begin),
        evses=tuple(map(evse_number, given(said.evse_ids) or ())),
    )


GET_TARIFFS = Translation(
    action="GetTariffs",
    sender=Role.CSMS,
    carries=(AskStationTariffs,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
