# SPDX-License-Identifier: Apache-2.0
"""ClearTariffs (2.1): a station lets tariffs go, and says of each what became of it."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given, text
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import LONGEST
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.tariff_at_station import ClearStationTariffs, StationTariffsCleared, TariffsClearedAnswer

NONE: Final = "NoTariff"
"""The station has no such tariff: what was wanted is so."""

REFUSED: Final = "Rejected"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    evse = given(request.evse_id)
    return (
        ClearStationTariffs(
            station=door.station,
            ids=given(request.tariff_ids) or (),
            evse=None if evse is None else evse_number(evse),
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say which are gone, and which were never there; of none at all, that there was none."""
    reply = find(replies, TariffsClearedAnswer) or TariffsClearedAnswer()
    results = (
        *(types.ClearTariffsResultType(tariff_id=one, status="Accepted") for one in reply.gone),
        *(types.ClearTariffsResultType(tariff_id=one, status=NONE) for one in reply.unknown),
    )
    return types.ClearTariffsResponse(clear_tariffs_result=results or (types.ClearTariffsResultType(status=NONE),))


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    info = types.StatusInfoType(reason_code=trouble.code[:LONGEST])
    return types.ClearTariffsResponse(clear_tariffs_result=(types.ClearTariffsResultType(status=REFUSED, status_info=info),))


def to_wire(command: ClearStationTariffs, _: Door) -> types.ClearTariffsRequest:
    """Order it."""
    return types.ClearTariffsRequest(tariff_ids=command.ids or UNSET, evse_id=UNSET if command.evse is None else command.evse)


def heard(response: Any, command: ClearStationTariffs, door: Door) -> Verdict:
    """Understand which are gone; that one was never there is as good."""
    results = response.clear_tariffs_result
    refused = next((one for one in results if one.status == REFUSED), None)
    if refused is None:
        reason = NONE if all(one.status == NONE for one in results) else ""
        return Verdict(outcome=Outcome.ACCEPTED, reason=reason, messages=(_gone(command, door, command.ids),))
    info = given(refused.status_info)
    gone = tuple(text(one.tariff_id) for one in results if one.status != REFUSED and one.tariff_id is not UNSET)
    messages = (_gone(command, door, gone),) if gone else ()
    return Verdict(outcome=Outcome.REJECTED, reason=REFUSED if info is None else info.reason_code, messages=messages)


def _gone(command: ClearStationTariffs, door: Door, ids: tuple[str, ...]) -> StationTariffsCleared:
    return StationTariffsCleared(station=command.station, at=door.now, ids=ids, evse=command.evse)


CLEAR_TARIFFS = Translation(
    action="ClearTariffs",
    sender=Role.CSMS,
    carries=(ClearStationTariffs,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
