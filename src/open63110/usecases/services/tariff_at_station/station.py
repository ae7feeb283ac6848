# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about its tariffs: it keeps them over every restart, each from its time on (8.4.7)."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.messages import Effect
from open63110.model.charging_tariff import (
    StationTariff,
    StationTariffChanged,
    TariffAssigned,
    TariffKind,
    superseded,
    tariff_row,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.tariff_rules import check_charging_tariff, demand_reckoning
from open63110.ports import Rows, Where
from open63110.usecases.services.tariff_at_station.messages import (
    AskStationTariffs,
    ClearStationTariffs,
    SetDefaultTariff,
    StationTariffsAnswer,
    TariffsClearedAnswer,
)


def obey(command: SetDefaultTariff, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """Keep it, and let go what will never count again.

    Raises:
        Malformed, Refused: it cannot be, is known by this id with other words, or there are too many.
        NotSupported: a price depends on what the station does not know.
        Unknown: there is no such EVSE.
    """
    tariff = command.tariff
    check_charging_tariff(tariff)
    demand_reckoning(tariff, policy)
    if command.evse and command.evse not in station.evses:
        raise Unknown(f"there is no EVSE {command.evse}", code="UnknownEvse", where="evse")
    held = _held(station, rows)
    if any(one.id == tariff.id and one.tariff != tariff for one in held):
        words = f"{tariff.id} says something else here"
        raise Refused(words, code="DuplicateTariffId", where="tariff", remedy="clear it first, or give this one an id of its own")
    key = tariff_row(station.id, command.evse, tariff.id)
    row = StationTariff(
        key=key, station=station.id, id=tariff.id, at=now, evse=command.evse, valid_from=tariff.valid_from, tariff=tariff
    )
    there = [*(one for one in held if one.key != key), row]
    over = superseded(there, now)
    if len(there) - len(over) > policy.tariffs:
        words = f"{policy.tariffs} tariffs are all it can hold"
        raise Refused(words, code="TooManyTariffs", where="tariff", remedy="clear one of them first")
    yield _changed(row, now)
    for one in over:
        yield _gone(one, now)


def tell(command: AskStationTariffs, station: Station, rows: Rows) -> Iterator[Effect]:
    """Say which there are.

    Raises:
        Unknown: there is no such EVSE.
    """
    if command.evse and command.evse not in station.evses:
        raise Unknown(f"there is no EVSE {command.evse}", code="UnknownEvse", where="evse")
    found: dict[str, TariffAssigned] = {}
    for one in _held(station, rows):
        if command.evse in {0, one.evse} or one.evse == 0:
            before = found.get(one.id) or TariffAssigned(id=one.id, kind=one.kind, valid_from=one.valid_from)
            found[one.id] = replace(before, evses=(*before.evses, one.evse))
    yield StationTariffsAnswer(tariffs=tuple(found.values()))


def clear(command: ClearStationTariffs, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Let them go; an energy transfer that goes by one keeps what it was told of."""
    held = [one for one in _held(station, rows) if command.evse in {None, one.evse}]
    going = [one for one in held if not command.ids or one.id in command.ids]
    for one in going:
        yield _gone(one, now)
    gone = dict.fromkeys(one.id for one in going)
    yield TariffsClearedAnswer(gone=tuple(gone), unknown=tuple(one for one in command.ids if one not in gone))


def _held(station: Station, rows: Rows) -> list[StationTariff]:
    found = rows.load(StationTariff, Where("station", "=", station.id))
    return [one for one in found if one.kind is not TariffKind.TRANSFER]


def _changed(row: StationTariff, now: datetime) -> StationTariffChanged:
    return StationTariffChanged(station=row.station, at=now, key=row.key, station_tariff=row)


def _gone(row: StationTariff, now: datetime) -> StationTariffChanged:
    return StationTariffChanged(station=row.station, at=now, key=row.key, station_tariff=None)
