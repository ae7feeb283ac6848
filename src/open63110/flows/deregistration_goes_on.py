# SPDX-License-Identifier: Apache-2.0
"""From the end of an order, or what a station says of its messages, to the next step on its way out (8.3.13)."""

from collections.abc import Iterator
from typing import Final

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.deregistration import LEAVING, Step
from open63110.model.order import OPEN, OrderChanged, Outcome
from open63110.model.station import Station
from open63110.usecases.sessions.energy_transfer import TransferStatusReported
from open63110.usecases.stations.deregister_station import DeregistrationStepEnded

STEPS: Final[dict[str, Step]] = {
    "ChangeAvailability": "inoperative",
    "AskTransferStatus": "queue",
    "ClearAuthorizationCache": "cache",
    "SendLocalList": "list",
    "WithdrawLimit": "profiles",
    "ClearProfile": "profiles",
    "WipeStation": "wipe",
}


def then(event: OrderChanged | TransferStatusReported, station: Station | None) -> Iterator[Message]:
    """Say how a step ended, while its station is leaving."""
    if station is None or LEAVING not in station.flags:
        return
    if isinstance(event, TransferStatusReported):
        if not event.reference:
            word = "waiting" if event.waiting else "done"
            yield DeregistrationStepEnded(station=station.id, step="queue", word=word)
        return
    order = event.orders
    step = STEPS.get(order.kind)
    if step is None or order.outcome in OPEN or (step == "queue" and order.outcome is Outcome.ACCEPTED):
        return
    yield DeregistrationStepEnded(station=station.id, step=step, word=_word(order.outcome, order.reason))


def _word(outcome: Outcome, reason: str) -> str:
    if outcome is Outcome.ACCEPTED:
        return "done"
    return "absent" if outcome is Outcome.NOT_SUPPORTED else reason or outcome


FLOW = Flow(role=Role.CSMS, on=(OrderChanged, TransferStatusReported), then=then)
