# SPDX-License-Identifier: Apache-2.0
"""Tell a driver at the station what his charging costs so far. That the CSMS works it out by itself is to come.

Clause:     8.4.6
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that shows the cost of an energy transfer
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Command, Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered
from open63110.model.station import Station

MOST = Decimal(10) ** 12
"""No transfer costs so much."""


class TellCost(Command, frozen=True, kw_only=True, gc=False):
    """Show what an energy transfer costs so far."""

    reference: TransferReference
    total: Decimal
    """In the currency of the station, taxes included."""


class CostTold(Event, frozen=True, kw_only=True, gc=False):
    """A station shows what an energy transfer costs so far."""

    reference: TransferReference
    total: Decimal


def ask(command: TellCost, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed: it is no amount.
        Unknown: there is no such energy transfer.
        Unavailable: the station is not there.
    """
    if not command.total.is_finite() or not 0 <= command.total < MOST:
        raise Malformed("that is no amount", code="OutOfRange", where="total")
    if command.reference not in station.transfers:
        raise Unknown("there is no such energy transfer", code="UnknownTransaction", where="reference")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def hear(event: CostTold) -> Iterator[Effect]:
    """Keep that it is shown."""
    yield event


def obey(command: TellCost, station: Station, now: datetime) -> Iterator[Effect]:
    """At the station: show it.

    Raises:
        Refused: no such transfer goes on.
    """
    transfer = station.transfers.get(command.reference)
    if transfer is None or transfer.ended is not None:
        raise Refused("no such energy transfer goes on", code="TxNotFound", where="reference")
    yield CostTold(station=station.id, at=now, reference=command.reference, total=command.total)


USE_CASE = UseCase(
    clause="8.4.6",
    title="Inform EVU about tariff during charging session: cost so far",
    decide={(Role.CSMS, TellCost): ask, (Role.CSMS, CostTold): hear, (Role.STATION, TellCost): obey},
    doors=(Door(command=TellCost, noun="station", verb="tell-cost", roles=frozenset({Role.OPERATOR})),),
)
