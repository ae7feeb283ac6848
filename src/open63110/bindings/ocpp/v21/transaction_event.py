# SPDX-License-Identifier: Apache-2.0
"""TransactionEvent (2.1): as in 2.0.1, with more reasons, measurands and credentials, and with what the station says it costs."""

from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import transaction_event
from open63110.bindings.ocpp.v201.fields import reference
from open63110.kernel.messages import Message
from open63110.model.quarantine import MessageKept

DROPPED = (*transaction_event.DROPPED, "preconditioningStatus", "evseSleep", "operationMode", "tariffId", "transactionLimit")
"""No use case has them yet. That energy flows out of an EV shows in the readings: chargingState is Charging both ways."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read one event; costs the station calculated are kept beside it, as they may have been shown to the driver."""
    messages = transaction_event.from_wire(request, door)
    return messages if request.cost_details is UNSET else (*messages, _costs(request, door))


def _costs(request: Any, door: Door) -> MessageKept:
    return MessageKept(
        station=door.station,
        at=utc(request.timestamp),
        wire=door.version.value,
        action="TransactionEvent",
        payload=msgspec.json.encode({"costDetails": request.cost_details}).decode(),
        reference=reference(request.transaction_info.transaction_id),
    )


TRANSACTION_EVENT = replace(
    transaction_event.TRANSACTION_EVENT,
    from_wire=from_wire,
    answer=partial(transaction_event.answer, words=WORDS),
    to_wire=partial(transaction_event.to_wire, words=WORDS),
)
