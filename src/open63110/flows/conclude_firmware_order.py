# SPDX-License-Identifier: Apache-2.0
"""The end of an order of firmware is kept with the update or publication it was about (7.1 → 8.3.6)."""

from collections.abc import Iterator
from typing import Any

import msgspec

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.order import OPEN, Order, OrderChanged, Outcome
from open63110.usecases.stations.update_firmware import (
    FirmwareOrderEnded,
    PublicationOrderEnded,
    PublishFirmware,
    UnpublishFirmware,
    UpdateFirmware,
)

_KINDS: dict[str, type[Any]] = {one.__name__: one for one in (UpdateFirmware, PublishFirmware, UnpublishFirmware)}

_PLAIN = frozenset({"NoError", "Accepted"})


def then(event: OrderChanged) -> Iterator[Message]:
    """Tell how it ended."""
    order = event.orders
    kind = _KINDS.get(order.kind)
    if kind is None or order.outcome in OPEN or not order.body or not order.station:
        return
    said = msgspec.convert(msgspec.json.decode(order.body, type=tuple[str, dict[str, Any]])[1], kind)
    accepted = order.outcome is Outcome.ACCEPTED
    if kind is UpdateFirmware and said.request:
        yield FirmwareOrderEnded(
            station=order.station, at=event.at, request=said.request, accepted=accepted, reason=_reason(order)
        )
    elif kind is not UpdateFirmware:
        yield PublicationOrderEnded(
            station=order.station,
            at=event.at,
            md5=said.md5,
            accepted=accepted,
            reason=order.reason if accepted else _reason(order),
            withdrawn=kind is UnpublishFirmware,
        )


def _reason(order: Order) -> str:
    said = "" if order.reason in _PLAIN else order.reason
    if order.outcome is Outcome.ACCEPTED:
        return said
    return f"{order.outcome}: {said or order.detail}".rstrip(": ")


FLOW = Flow(role=Role.CSMS, on=(OrderChanged,), then=then)
