# SPDX-License-Identifier: Apache-2.0
"""A station and its messages, decided without an engine: facts change rows, wakeups and orders are remembered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Command, Effect, Event, Reply, Wake
from open63110.model.display import MessageContent, MessageFormat, StationMessage
from open63110.model.station import Connector, Evse, LocalAuthorization, Registration, Station
from open63110.model.transfer import EnergyTransfer, TransferState

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS = StationId("CS-1")
E1, E2 = EvseNumber(1), EvseNumber(2)
ANNA, BERT = SubjectRef("anna"), SubjectRef("bert")
REF = TransferReference("t1")
PLUG = {1: Connector(state="available", at=NOON)}
LOCAL = LocalAuthorization(languages={ANNA: "de", BERT: "fr-CH"})
STATION = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    wire="ocpp2.1",
    connected=NOON,
    evses={number: Evse(number=number, connectors=PLUG) for number in (E1, E2)},  # type: ignore[arg-type] # literals
    local=LOCAL,
)
AWAY = replace(STATION, connected=None)
OLDER = replace(STATION, wire="ocpp2.0.1", lacks=("long-texts", "more-states", "qr-codes", "several-contents"))
CLASSIC = replace(STATION, wire="ocpp1.6")


def text(words: str = "Hello", language: str = "", format: MessageFormat = MessageFormat.UTF8) -> MessageContent:  # noqa: A002 - its name
    return MessageContent(format=format, language=language, text=words)


def charging(station: Station, evse: EvseNumber = E1, who: SubjectRef = ANNA, state: TransferState = "charging") -> Station:
    """The station with a transfer of somebody at an EVSE."""
    running = EnergyTransfer(
        station=CS,
        number=TransferNumber(evse),
        reference=TransferReference(f"t{evse}"),
        evse=evse,
        began=NOON,
        subject=who,
        state=state,
    )
    return replace(station, transfers={**station.transfers, running.reference: running})


class Table:
    """Rows of one station, and what was said about them."""

    def __init__(self) -> None:
        self.rows = KeptRows()
        self.facts: list[Event] = []
        self.orders: list[Command] = []
        self.replies: list[Reply] = []
        self.wakes: dict[str, Wake] = {}

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        """Take what a decision yields, all at once as a turn does; return it."""
        taken = self.rows.take(list(effects))
        for one in taken:
            match one:
                case Event():
                    self.facts.append(one)
                case Command():
                    self.orders.append(one)
                case Reply():
                    self.replies.append(one)
                case Wake():
                    self.wakes[one.name] = one
        return taken

    def messages(self) -> list[StationMessage]:
        """What there is, by number."""
        return sorted(self.rows.load(StationMessage), key=lambda one: one.number)

    def standings(self) -> list[tuple[int, str, str]]:
        """Number, standing and reason of each."""
        return [(one.number, one.standing.value, one.reason) for one in self.messages()]

    def told(self) -> list[Command]:
        """What the station was told since the last look."""
        orders, self.orders = self.orders, []
        return orders
