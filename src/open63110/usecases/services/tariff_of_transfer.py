# SPDX-License-Identifier: Apache-2.0
"""Have another tariff count for an energy transfer that goes on, from now on.

Clause:     8.4.6
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that goes by the tariff it was told last, in the currency in which the transfer began
"""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Command, Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered
from open63110.model.charging_tariff import (
    ChargingTariff,
    StationTariff,
    StationTariffChanged,
    TariffKind,
    in_force,
    transfer_row,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.tariff_rules import check_charging_tariff, demand_reckoning
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Rows, Where


class ChangeTransferTariff(Command, frozen=True, kw_only=True, gc=False):
    """Have an energy transfer go on by another tariff, in the same currency."""

    reference: TransferReference
    tariff: ChargingTariff


class TransferTariffTaken(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station goes by another tariff in an energy transfer."""

    reference: TransferReference
    tariff: ChargingTariff


def ask(command: ChangeTransferTariff, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed, Refused: no station could keep to it.
        Unknown: there is no such energy transfer.
        Unavailable: the station is not there.
    """
    check_charging_tariff(command.tariff)
    if command.reference not in station.transfers:
        raise Unknown("there is no such energy transfer", code="UnknownTransaction", where="reference")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def hear(event: TransferTariffTaken, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Know what counts; of transfers that are over nothing needs to be known: the journal has it."""
    yield from _kept(station, event.reference, event.tariff, now, rows)


def obey(command: ChangeTransferTariff, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """At the station: go by it from now on.

    Raises:
        Malformed, Refused: it cannot be, is in another currency, or no such transfer goes on.
        NotSupported: a price depends on what the station does not know.
    """
    check_charging_tariff(command.tariff)
    demand_reckoning(command.tariff, policy)
    transfer = station.transfers.get(command.reference)
    if transfer is None or transfer.ended is not None:
        raise Refused("no such energy transfer goes on", code="TxNotFound", where="reference")
    before = _counting(station, transfer, now, rows)
    if before is not None and before.currency != command.tariff.currency:
        raise Refused(f"the transfer goes by {before.currency}", code="NoCurrencyChange", where="tariff")
    yield from _kept(station, command.reference, command.tariff, now, rows)


def _counting(station: Station, transfer: EnergyTransfer, now: datetime, rows: Rows) -> ChargingTariff | None:
    """Return what a transfer goes by, None: nothing that is known."""
    own = rows.get(StationTariff, transfer_row(station.id, transfer.reference))
    began = transfer.began or now
    found = own or in_force(rows.load(StationTariff, Where("station", "=", station.id)), transfer.evse, began)
    return None if found is None else found.tariff


def _kept(
    station: Station, reference: TransferReference, tariff: ChargingTariff, now: datetime, rows: Rows
) -> Iterator[StationTariffChanged]:
    key = transfer_row(station.id, reference)
    row = StationTariff(
        key=key,
        station=station.id,
        id=tariff.id,
        at=now,
        kind=TariffKind.TRANSFER,
        transfer=reference,
        valid_from=tariff.valid_from,
        tariff=tariff,
    )
    yield StationTariffChanged(station=station.id, at=now, key=key, station_tariff=row)
    for one in rows.load(StationTariff, Where("station", "=", station.id), Where("kind", "=", TariffKind.TRANSFER)):
        other = station.transfers.get(one.transfer)
        if one.key != key and (other is None or other.ended is not None):
            yield StationTariffChanged(station=station.id, at=now, key=one.key, station_tariff=None)


USE_CASE = UseCase(
    clause="8.4.6",
    title="Inform EVU about tariff during charging session: another tariff from now on",
    decide={
        (Role.CSMS, ChangeTransferTariff): ask,
        (Role.CSMS, TransferTariffTaken): hear,
        (Role.STATION, ChangeTransferTariff): obey,
    },
    doors=(Door(command=ChangeTransferTariff, noun="station-tariff", verb="change", roles=frozenset({Role.OPERATOR})),),
)
