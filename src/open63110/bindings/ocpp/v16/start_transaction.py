# SPDX-License-Identifier: Apache-2.0
"""StartTransaction (1.6): energy may flow; the CSMS names the transfer."""

from collections.abc import Sequence

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v16.authorize import answered
from open63110.bindings.ocpp.v16.fields import connector_number, evse_number, id_tag_if_any, id_tag_info, natural, presented
from open63110.bindings.ocpp.v16.readings import register
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.reading import Reading
from open63110.model.transfer import EnergyTransferStarted
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential
from open63110.usecases.sessions.energy_transfer import TransferAnswer

DROPPED = ("state", "trigger", "offline", "remote_start", "connector", "readings beside meterStart", "reference", "seq")
"""1.6 has no words for them; the CSMS names the transfer, and its number orders nothing."""

UNNAMED = 0
"""Transaction id of the acknowledgement of a start that could not be understood."""


def from_wire(request: types.StartTransactionRequest, door: Door) -> tuple[Message, ...]:
    """Read the start; its idTag is judged first, in the same turn. Equal content is the same start (I8).

    A start for nobody is invalid, but it happened (I10).
    """
    at, who = utc(request.timestamp), presented(request.id_tag, door)
    evse = evse_number(request.connector_id)
    started = EnergyTransferStarted(
        station=door.station,
        at=at,
        reference=TransferReference(""),
        seq=natural("start", request.connector_id, who or "", at.isoformat(), request.meter_start),
        evse=evse,
        connector=connector_number(request.connector_id),
        subject=who,
        trigger="Authorized",
        reservation=given(request.reservation_id),
        readings=(register(request.meter_start, at, "begin"),),
    )
    if who is None:
        return (started,)
    return (AuthorizeCredential(station=door.station, subject=who, evse=evse, presented=at), started)


def answer(replies: Sequence[Reply], door: Door) -> types.StartTransactionResponse:
    """Name the transfer, and say what the idTag is good for."""
    told = find(replies, TransferAnswer)
    info = id_tag_info(find(replies, AuthorizationAnswer), door)
    return types.StartTransactionResponse(id_tag_info=info, transaction_id=told.number if told else UNNAMED)


def blank(_: Door) -> types.StartTransactionResponse:
    """Acknowledge one that lies in quarantine: no number, no right to charge."""
    return types.StartTransactionResponse(id_tag_info=types.IdTagInfo(status="Invalid"), transaction_id=UNNAMED)


def to_wire(event: EnergyTransferStarted, door: Door) -> types.StartTransactionRequest:
    """Tell about a start."""
    return types.StartTransactionRequest(
        connector_id=event.evse,
        id_tag=id_tag_if_any(event.subject, door),
        meter_start=whole(event.readings),
        timestamp=event.at,
        reservation_id=UNSET if event.reservation is None else event.reservation,
    )


def whole(readings: Sequence[Reading]) -> int:
    """Return the last import register among readings, in whole Wh as 1.6 wants it; 0 if there is none."""
    found = [one.value for one in readings if is_total(one)]
    return round(found[-1]) if found else 0


def is_total(reading: Reading) -> bool:
    """Tell whether a reading is what meterStart and meterStop stand for: the import register of all phases at the outlet."""
    return reading.measurand == "energy.import.register" and not reading.phase and not reading.location


def heard(response: types.StartTransactionResponse, event: EnergyTransferStarted, door: Door) -> Verdict:
    """Remember what the CSMS calls the transfer, and tell the station what became of the idTag."""
    door.names[event.reference] = response.transaction_id
    if event.subject is None:
        return Verdict(outcome=Outcome.ACCEPTED)
    said = answered(response.id_tag_info, event.subject, event.evse, event.reference, door)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


START_TRANSACTION = Translation(
    action="StartTransaction",
    sender=Role.STATION,
    carries=(EnergyTransferStarted,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=heard,
)
