# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about the tariffs of stations: it checks them, passes them on, and knows which ones a station has taken."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.charging_tariff import (
    StationTariff,
    StationTariffChanged,
    TariffAssigned,
    TariffKind,
    past_row,
    superseded,
    tariff_row,
)
from open63110.model.station import Station
from open63110.model.tariff_rules import check_charging_tariff
from open63110.ports import Rows, Where
from open63110.usecases.services.tariff_at_station.messages import (
    AskStationTariffs,
    ClearStationTariffs,
    DefaultTariffSet,
    SetDefaultTariff,
    StationTariffsCleared,
    StationTariffsReported,
)

PAST: Final = 200
"""How many tariffs of a station that count no more are remembered."""


def ask(command: SetDefaultTariff, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed, Refused: no station could keep to it.
        Unknown: there is no such EVSE.
        Unavailable: the station is not there.
    """
    check_charging_tariff(command.tariff)
    _demand_place(command.evse, station)
    _demand_station(station)
    yield command


def look(command: AskStationTariffs, station: Station) -> Iterator[Effect]:
    """Pass the question on.

    Raises:
        Unknown: there is no such EVSE.
        Unavailable: the station is not there.
    """
    _demand_place(command.evse, station)
    _demand_station(station)
    yield command


def clear(command: ClearStationTariffs, station: Station) -> Iterator[Effect]:
    """Pass the wish on: the station may have what nobody here knows of.

    Raises:
        Malformed: an id is none, or stands there twice.
        Unknown: there is no such EVSE.
        Unavailable: the station is not there.
    """
    if not all(command.ids) or len(set(command.ids)) < len(command.ids):
        raise Malformed("each id stands there once, and none is empty", code="BadId", where="ids")
    _demand_place(command.evse or EvseNumber(0), station)
    _demand_station(station)
    yield command


def _demand_place(evse: EvseNumber, station: Station) -> None:
    if evse and evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {evse}", code="UnknownEvse", where="evse")


def _demand_station(station: Station) -> None:
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")


def hear_set(event: DefaultTariffSet, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Know that it counts there, and that others do no more."""
    key = tariff_row(station.id, event.evse, event.tariff.id)
    row = StationTariff(
        key=key,
        station=station.id,
        id=event.tariff.id,
        at=now,
        evse=event.evse,
        valid_from=event.tariff.valid_from,
        tariff=event.tariff,
    )
    held = _held(station, rows)
    before = next((one for one in held if one.key == key), None)
    if before is not None and before.since <= now:
        yield _past(before, now)
    yield _changed(row, now)
    others = [one for one in held if one.key != key]
    for one in superseded([*others, row], now):
        yield from _gone(one, now)
    yield from _forgotten(station, now, rows)


def hear_report(event: StationTariffsReported, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Believe the station: what it does not name it does not have. What a tariff says is known of those that were set here."""
    held = [one for one in _held(station, rows) if one.kind is not TariffKind.TRANSFER]
    known = {one.key: one for one in held}
    contents = {one.id: one.tariff for one in held if one.tariff is not None}
    said = {row.key: row for one in event.tariffs for row in _rows(one, station, now) if not _known_for_all(row, event, known)}
    for key, row in sorted(said.items()):
        was = known.get(key)
        if was is None or (was.kind, was.valid_from) != (row.kind, row.valid_from):
            yield _changed(replace(row, at=was.at if was else now, tariff=contents.get(row.id)), now)
    for key, was in known.items():
        if key not in said and event.evse in {0, was.evse}:
            yield from _gone(was, now)


def _known_for_all(row: StationTariff, event: StationTariffsReported, known: dict[str, StationTariff]) -> bool:
    """Tell whether an answer about one EVSE names what was set for all of them."""
    return event.evse != 0 and tariff_row(row.station, EvseNumber(0), row.id) in known


def _rows(one: TariffAssigned, station: Station, now: datetime) -> Iterator[StationTariff]:
    for evse in one.evses or (EvseNumber(0),):
        key = tariff_row(station.id, evse, one.id)
        yield StationTariff(key=key, station=station.id, id=one.id, at=now, kind=one.kind, evse=evse, valid_from=one.valid_from)


def hear_cleared(event: StationTariffsCleared, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Know that they are gone."""
    for one in _held(station, rows):
        if (not event.ids or one.id in event.ids) and event.evse in {None, one.evse} and one.kind is not TariffKind.TRANSFER:
            yield from _gone(one, now)


def _held(station: Station, rows: Rows) -> list[StationTariff]:
    return rows.load(StationTariff, Where("station", "=", station.id), Where("ended", "null"))


def _changed(row: StationTariff, now: datetime) -> StationTariffChanged:
    return StationTariffChanged(station=row.station, at=now, key=row.key, station_tariff=row)


def _gone(row: StationTariff, now: datetime) -> Iterator[StationTariffChanged]:
    """Have it no more; that it has counted can be asked later."""
    yield StationTariffChanged(station=row.station, at=now, key=row.key, station_tariff=None)
    if row.kind is TariffKind.DEFAULT and row.since <= now:
        yield _past(row, now)


def _past(row: StationTariff, now: datetime) -> StationTariffChanged:
    return _changed(replace(row, key=past_row(row), ended=now), now)


def _forgotten(station: Station, now: datetime, rows: Rows) -> Iterator[StationTariffChanged]:
    """Let the oldest go of those that count no more."""
    past = rows.load(StationTariff, Where("station", "=", station.id), Where("ended", "not null"))
    for one in sorted(past, key=lambda row: row.since)[: max(0, len(past) - PAST)]:
        yield StationTariffChanged(station=station.id, at=now, key=one.key, station_tariff=None)
