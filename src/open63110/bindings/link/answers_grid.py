# SPDX-License-Identifier: Apache-2.0
"""What answers mean to a CSMS: about behaviour towards the grid (8.2.8, 8.2.10), web payments and batteries."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from open63110.bindings.link.answer import Answer, Meaning
from open63110.kernel.messages import Command, Message
from open63110.usecases.energy.frequency_regulation import (
    AskDerControls,
    ClearDerControls,
    DerControlAnswer,
    DerControlAnswered,
    DerControlsAnswer,
    DerControlsCleared,
    DerControlsReported,
    GridSignalTaken,
    SendGridSignal,
    SetDerControl,
)
from open63110.usecases.energy.v2g_session import AllowTransfer, TransferAllowanceAnswered
from open63110.usecases.services.announce_web_payment import AnnounceWebPayment, WebPaymentAwaited
from open63110.usecases.services.swap_batteries import BatterySwapAnswered, RequestBatterySwap


def _control_set(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, answer.find(DerControlAnswer)
    yield DerControlAnswered(
        station=order.station,
        at=answer.now,
        id=order.id,
        revision=order.revision,
        reason=answer.why,
        superseded=said.superseded if said is not None else (),
    )


def _controls_cleared(answer: Answer) -> Iterator[Message]:
    order = answer.order
    which = {"default": order.default, "kind": order.kind, "id": order.id}
    yield DerControlsCleared(station=order.station, at=answer.now, reason=answer.why, **which)


def _controls(answer: Answer) -> Iterator[Message]:
    said = answer.find(DerControlsAnswer)
    if said is not None and not said.count:
        yield DerControlsReported(station=answer.order.station, at=answer.now, request=answer.order.request)


def _signal(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        moment = answer.order.moment or answer.now
        yield GridSignalTaken(station=answer.order.station, at=answer.now, signal=answer.order.signal, moment=moment)


def _allowed(answer: Answer) -> Iterator[Message]:
    order = answer.order
    yield TransferAllowanceAnswered(
        station=order.station, at=answer.now, reference=order.reference, revision=order.revision, reason=answer.why
    )


def _web_payment(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        until = answer.now + timedelta(seconds=answer.order.timeout)
        yield WebPaymentAwaited(station=answer.order.station, at=answer.now, evse=answer.order.evse, until=until)


def _swap(answer: Answer) -> Iterator[Message]:
    order = answer.order
    yield BatterySwapAnswered(station=order.station, at=answer.now, request=order.request, reason=answer.why)


OF_GRID: Final[Mapping[type[Command], Meaning]] = {
    SetDerControl: _control_set,
    ClearDerControls: _controls_cleared,
    AskDerControls: _controls,
    SendGridSignal: _signal,
    AllowTransfer: _allowed,
    AnnounceWebPayment: _web_payment,
    RequestBatterySwap: _swap,
}
"""By order what use cases hear of its answer."""
