# SPDX-License-Identifier: Apache-2.0
"""DataTransfer (2.0.1): words of a vendor, from either end."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from open63110.bindings.ocpp import vendors
from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.usecases.stations.exchange_vendor_messages import (
    UNKNOWN_MESSAGE,
    UNKNOWN_VENDOR,
    SendVendorMessage,
    VendorMessageReceived,
)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it, with its data as JSON."""
    data = "" if request.data is UNSET else msgspec.json.encode(request.data).decode()
    return vendors.understood(request, data, door)


def answer(replies: Sequence[Reply], _: Door) -> types.DataTransferResponse:
    """Say whether it is known."""
    return types.DataTransferResponse(status=vendors.status(replies))


def refuse(trouble: Trouble, _: Door) -> types.DataTransferResponse:
    """Say why not."""
    status: Any = trouble.code if trouble.code in {UNKNOWN_VENDOR, UNKNOWN_MESSAGE} else "Rejected"
    return types.DataTransferResponse(status=status, status_info=because(trouble.code))


def to_wire(said: SendVendorMessage | VendorMessageReceived, _: Door) -> types.DataTransferRequest:
    """Say it.

    Raises:
        Malformed: its data is nested too deep for OCPP libraries.
    """
    data: Any = msgspec.json.decode(said.data) if said.data else UNSET
    try:
        return types.DataTransferRequest(vendor_id=said.vendor, message_id=said.message or UNSET, data=data)
    except ValueError as fault:
        raise Malformed(str(fault), code="TooDeep", where="data") from fault


DATA_TRANSFER = Translation(
    action="DataTransfer",
    sender=None,
    carries=(SendVendorMessage, VendorMessageReceived),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=vendors.heard,
)
