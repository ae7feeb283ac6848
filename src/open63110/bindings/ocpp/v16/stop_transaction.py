# SPDX-License-Identifier: Apache-2.0
"""StopTransaction (1.6): no more energy flows under this number."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.bindings.ocpp.v16 import readings
from open63110.bindings.ocpp.v16.authorize import answered
from open63110.bindings.ocpp.v16.fields import id_tag_if_any, id_tag_info, natural, presented
from open63110.bindings.ocpp.v16.start_transaction import is_total, whole
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.transfer import EnergyTransferEnded
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential

_REASON: dict[str, str] = {"HardReset": "ImmediateReset", "SoftReset": "ImmediateReset", "UnlockCommand": "Other"}
"""1.6 words that 2.x spells otherwise; the others are the same in both."""

_WIRE_REASON: dict[str, Any] = {
    "ImmediateReset": "SoftReset",
    "DeAuthorized": "DeAuthorized",
    "EmergencyStop": "EmergencyStop",
    "EVDisconnected": "EVDisconnected",
    "Local": "Local",
    "PowerLoss": "PowerLoss",
    "Reboot": "Reboot",
    "Remote": "Remote",
}

DROPPED = ("trigger", "offline", "evse", "seq", "stop reasons that 1.6 has no word for")
"""They become Other; a transaction id says where."""


def from_wire(request: types.StopTransactionRequest, door: Door) -> tuple[Message, ...]:
    """Read the end. A number we never gave is kept under it all the same: energy is never lost (I10)."""
    at = utc(request.timestamp)
    reference = TransferReference(str(request.transaction_id))
    who = presented(request.id_tag, door)
    reason = "Local" if request.reason is UNSET else _REASON.get(request.reason, request.reason)
    data = () if request.transaction_data is UNSET else request.transaction_data
    ended = EnergyTransferEnded(
        station=door.station,
        at=at,
        reference=reference,
        seq=natural("stop", request.transaction_id, at.isoformat(), request.meter_stop),
        subject=who,
        reason=reason,
        trigger="StopAuthorized",
        readings=(*readings.from_wire(data), readings.register(request.meter_stop, at, "end")),
    )
    if who is None:
        return (ended,)
    return (AuthorizeCredential(station=door.station, subject=who, reference=reference, presented=at), ended)


def answer(replies: Sequence[Reply], door: Door) -> types.StopTransactionResponse:
    """Acknowledge; an idTag that was given is answered."""
    judged = find(replies, AuthorizationAnswer)
    return types.StopTransactionResponse(id_tag_info=id_tag_info(judged, door) if judged else UNSET)


def blank(_: Door) -> Any:
    """Acknowledge one that lies in quarantine."""
    return EMPTY


def to_wire(event: EnergyTransferEnded, door: Door) -> types.StopTransactionRequest:
    """Tell about an end.

    Raises:
        Unavailable: the CSMS has not named the transfer yet; its start goes first.
    """
    number = door.names.get(event.reference)
    if number is None:
        raise Unavailable("the start of this transfer was not answered yet", code="NotNamedYet", where="reference")
    return types.StopTransactionRequest(
        transaction_id=number,
        timestamp=event.at,
        meter_stop=whole(event.readings),
        id_tag=id_tag_if_any(event.subject, door) or UNSET,
        reason=_WIRE_REASON.get(event.reason, "Other") if event.reason else UNSET,
        transaction_data=_data(event) or UNSET,
    )


def _data(event: EnergyTransferEnded) -> tuple[types.TransactionData, ...]:
    """What meterStop cannot hold travels as transaction data: signed readings (I14), energy that flowed back, the rest."""
    values = readings.to_wire(one for one in event.readings if one.signed or not is_total(one))
    return tuple(types.TransactionData(timestamp=one.timestamp, sampled_value=one.sampled_value) for one in values)


def heard(response: types.StopTransactionResponse, event: EnergyTransferEnded, door: Door) -> Verdict:
    """Tell the station what became of the idTag, if it gave one."""
    door.names.pop(event.reference, None)
    if response.id_tag_info is UNSET or event.subject is None:
        return Verdict(outcome=Outcome.ACCEPTED)
    said = answered(response.id_tag_info, event.subject, event.evse, event.reference, door)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


STOP_TRANSACTION = Translation(
    action="StopTransaction",
    sender=Role.STATION,
    carries=(EnergyTransferEnded,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=heard,
)
