# SPDX-License-Identifier: Apache-2.0
"""What decisions about deletions may know of credentials and stations."""

from collections.abc import Sequence
from typing import Protocol

from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.station import Station
from open63110.model.token import Credential, Token
from open63110.ports import Sites, Tokens


class NamedTokens(Tokens, Protocol):
    """Credentials, also by their values, without making anybody known by asking."""

    def find(self, credential: Credential) -> SubjectRef | None:
        """Return the reference of a credential, None if it was never seen."""

    def of_contract(self, contract: str) -> Sequence[Token]:
        """Return the tokens of a contract, written in whatever case."""

    def erased(self, ref: SubjectRef) -> bool:
        """Tell whether a reference stands for a credential that was deleted."""


class EveryStation(Sites, Protocol):
    """Sites, and all stations."""

    def station(self, key: StationId) -> Station | None:
        """Return a station, None if there is none."""

    def every_station(self) -> Sequence[Station]:
        """Return all of them, as they are now."""
