# SPDX-License-Identifier: Apache-2.0
"""What answers mean to a CSMS: about displays (8.3.8), and about fault codes (8.3.11)."""

from collections.abc import Iterator, Mapping
from typing import Final

from open63110.bindings.link.answer import Answer, Meaning
from open63110.kernel.messages import Command, Message
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


def _message_set(answer: Answer) -> Iterator[Message]:
    order = answer.order
    yield MessageAnswered(station=order.station, at=answer.now, number=order.number, revision=order.revision, reason=answer.why)


def _message_cleared(answer: Answer) -> Iterator[Message]:
    yield MessageCleared(station=answer.order.station, at=answer.now, number=answer.order.number, reason=answer.why)


def _messages(answer: Answer) -> Iterator[Message]:
    said = answer.find(MessagesAnswer)
    if said is not None and not said.count:
        yield MessagesReported(station=answer.order.station, at=answer.now, request=answer.order.request)


def _catalogue(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, answer.find(FaultCatalogueAnswer)
    yield FaultCatalogueTold(
        station=order.station,
        at=answer.now,
        key=order.key,
        digest=order.digest,
        content=said.content if said is not None else "",
        signature=said.signature if said is not None else "",
        reason="" if said is not None else answer.reason or "NoAnswer",
    )


def _names(answer: Answer) -> Iterator[Message]:
    yield FaultMapAnswered(station=answer.order.station, at=answer.now, revision=answer.order.revision, reason=answer.why)


SHOWN: Final[Mapping[type[Command], Meaning]] = {
    SetMessage: _message_set,
    ClearMessage: _message_cleared,
    AskMessages: _messages,
    AskFaultCatalogue: _catalogue,
    MapFaultCodes: _names,
}
"""By order what use cases hear of its answer."""
