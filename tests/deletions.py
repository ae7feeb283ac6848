# SPDX-License-Identifier: Apache-2.0
"""Credentials, stations and rows as literals, for tests of deletions (8.3.12)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.wallet import Wallet

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Effect
from open63110.model.deletion import (
    DeletionItem,
    DeletionRequest,
)
from open63110.model.policy import Policy
from open63110.model.station import LocalAuthorization, Registration, Station
from open63110.model.token import Credential, Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Where, searchable
from open63110.runtime.rows import holds

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CS, NOBODY = StationId("CS1"), StationId("")
S1, S2 = SubjectRef("s1"), SubjectRef("s2")
POLICY = Policy()
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, local=LocalAuthorization(version=3, digest=7))


class Register(Wallet):
    """Credentials by value, too."""

    def __init__(
        self, *tokens: Token, values: dict[Credential, SubjectRef] | None = None, stones: Sequence[SubjectRef] = ()
    ) -> None:
        super().__init__(*tokens)
        self.values, self.stones = values or {}, stones

    def find(self, credential: Credential) -> SubjectRef | None:
        return self.values.get(credential)

    def of_contract(self, contract: str) -> list[Token]:
        return [one for one in self.tokens.values() if one.contract == contract]

    def erased(self, ref: SubjectRef) -> bool:
        return ref in self.stones


class Sites:
    """Stations as literals."""

    def __init__(self, *stations: Station) -> None:
        self.stations = {one.id: one for one in stations}

    def station(self, key: StationId) -> Station | None:
        return self.stations.get(key)

    def every_station(self) -> Sequence[Station]:
        return tuple(self.stations.values())

    def site(self, _: Any) -> None:
        return None

    zone = site

    def zones(self, _: Any) -> Sequence[Any]:
        return ()

    members = zones


class Held:
    """Rows as literals, which facts change."""

    def __init__(self, *nouns: Any) -> None:
        self.nouns: dict[tuple[type[Any], Any], Any] = {}
        for one in nouns:
            self.put(one)

    def put(self, noun: Any) -> None:
        self.nouns[type(noun), getattr(noun, searchable(type(noun)).key)] = noun

    def get(self, noun: type[Any], key: Any) -> Any:
        return self.nouns.get((noun, key))

    def load(self, noun: type[Any], *where: Where) -> list[Any]:
        found = [one for (kind, _), one in self.nouns.items() if kind is noun]
        return [one for one in found if all(holds(part, one) for part in where)]

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        """Take what is said of rows; return everything that is said."""
        said = list(effects)
        for one in said:
            for name in ("deletion", "deletion_item", "customer_report"):
                noun = getattr(one, name, None)
                if noun is not None:
                    self.put(noun)
        return said


def request(**more: Any) -> DeletionRequest:
    """A request as a CSP made it."""
    usual: dict[str, Any] = {"id": "d", "by": "csp", "type": "token", "subjects": (S1,), "asked": NOW, "deadline": NOW + DAY}
    return DeletionRequest(**(usual | {"number": 40} | more))


def item(**more: Any) -> DeletionItem:
    """What a station holds."""
    usual: dict[str, Any] = {"request": "d", "holder": CS, "data": "personal-data", "result": "pending", "at": NOW}
    found = usual | more
    return DeletionItem(id=f"{found['request']}/{found['holder']}/{found['data']}", **found)


def transfer(subject: SubjectRef = S1, *, ended: bool = False) -> EnergyTransfer:
    """One of a person."""
    return EnergyTransfer(
        station=CS,
        number=TransferNumber(1),
        reference=TransferReference("r"),
        evse=EvseNumber(1),
        subject=subject,
        began=NOW,
        ended=NOW if ended else None,
    )
