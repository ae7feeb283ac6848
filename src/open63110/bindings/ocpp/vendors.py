# SPDX-License-Identifier: Apache-2.0
"""DataTransfer, as far as it is the same in every version of OCPP: either end may call it."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp.translation import Door, find, text
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.exchange_vendor_messages import (
    UNKNOWN_VENDOR,
    SendVendorMessage,
    VendorAnswer,
    VendorMessageReceived,
)


def understood(request: Any, data: str, door: Door) -> tuple[Message, ...]:
    """Return what was said: at the station by its CSMS, at the CSMS by a station."""
    vendor, message = request.vendor_id, text(request.message_id)
    if door.end is Role.STATION:
        return (SendVendorMessage(station=door.station, vendor=vendor, message=message, data=data),)
    return (VendorMessageReceived(station=door.station, at=door.now, vendor=vendor, message=message, data=data),)


def status(replies: Sequence[Reply]) -> Any:
    """Return what is answered; where nobody knows anything, that."""
    reply = find(replies, VendorAnswer)
    return UNKNOWN_VENDOR if reply is None else reply.status


def heard(response: Any, _: Any, __: Door) -> Verdict:
    """Understand whether the other end knows such messages."""
    yes = response.status == "Accepted"
    return Verdict(outcome=Outcome.ACCEPTED if yes else Outcome.REJECTED, reason="" if yes else response.status)
