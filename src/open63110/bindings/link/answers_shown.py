# SPDX-License-Identifier: Apache-2.0
"""What answers mean to a CSMS: about displays (8.3.8), and about fault codes (8.3.11)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from open63110.kernel.messages import Command, Message, Reply
from open63110.model.display import MessagesReported
from open63110.usecases.stations.provision_fault_codes import (
    AskFaultCatalogue,
    FaultCatalogueAnswer,
    FaultCatalogueTold,
    FaultMapAnswered,
    MapFaultCodes,
)
from open63110.usecases.stations.set_displayed_information import (
    AskMessages,
    ClearMessage,
    MessageAnswered,
    MessageCleared,
    MessagesAnswer,
    SetMessage,
)

R = TypeVar("R", bound=Reply)


def find(answers: Sequence[Any], kind: type[R]) -> R | None:
    """Return the answer of a kind, None if there is none."""
    return next((one for one in answers if isinstance(one, kind)), None)


def _message_set(order: Any, yes: bool, reason: str, _: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001
    why = "" if yes else reason or "Refused"
    yield MessageAnswered(station=order.station, at=now, number=order.number, revision=order.revision, reason=why)


def _message_cleared(order: Any, yes: bool, reason: str, _: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001
    yield MessageCleared(station=order.station, at=now, number=order.number, reason="" if yes else reason or "Refused")


def _messages(order: Any, yes: bool, _: str, answers: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001
    said = find(answers, MessagesAnswer)
    if yes and said is not None and not said.count:
        yield MessagesReported(station=order.station, at=now, request=order.request)


def _catalogue(order: Any, yes: bool, reason: str, answers: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001
    said = find(answers, FaultCatalogueAnswer) if yes else None
    yield FaultCatalogueTold(
        station=order.station,
        at=now,
        key=order.key,
        digest=order.digest,
        content=said.content if said is not None else "",
        signature=said.signature if said is not None else "",
        reason="" if said is not None else reason or "NoAnswer",
    )


def _names(order: Any, yes: bool, reason: str, _: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001
    why = "" if yes else reason or "Refused"
    yield FaultMapAnswered(station=order.station, at=now, revision=order.revision, reason=why)


SHOWN: Final[dict[type[Command], Callable[[Any, bool, str, Sequence[Any], datetime], Iterator[Message]]]] = {
    SetMessage: _message_set,
    ClearMessage: _message_cleared,
    AskMessages: _messages,
    AskFaultCatalogue: _catalogue,
    MapFaultCodes: _names,
}
"""By order what use cases hear of its answer."""
