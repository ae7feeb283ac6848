# SPDX-License-Identifier: Apache-2.0
"""Tariffs as a station works out costs by them, with conditions and taxes; and which ones a station has (8.4.6, 8.4.7)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.display import MessageContent

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class PriceCondition(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """When a price counts; what is None, or empty, is no condition. A least value counts, a most value does not any more."""

    from_time: str = ""
    """Of the day where the station is, as 08:00."""
    to_time: str = ""
    """Before from_time: on the next day."""
    weekdays: tuple[Weekday, ...] = ()
    from_date: str = ""
    """As 2026-03-01."""
    to_date: str = ""
    """The first day on which it counts no more."""
    current: Literal["", "ac", "dc"] = ""
    """At which kind of EVSE."""
    min_energy: WattHours | None = None
    """Of a session so far [Wh]."""
    max_energy: WattHours | None = None
    min_current: Amperes | None = None
    """Of all phases together, now [A]."""
    max_current: Amperes | None = None
    min_power: Watts | None = None
    """Now [W]."""
    max_power: Watts | None = None
    min_time: Seconds | None = None
    """Of the session so far [s]."""
    max_time: Seconds | None = None
    min_charging_time: Seconds | None = None
    """Of which energy has flowed [s]."""
    max_charging_time: Seconds | None = None
    min_idle_time: Seconds | None = None
    """Of which none has [s]."""
    max_idle_time: Seconds | None = None
    payment_brand: str = ""
    """By which card is paid; of fees alone."""
    payment_recognition: str = ""
    """Of loyalty programmes; of fees alone."""


ALWAYS = PriceCondition()


class TaxRate(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A tax on a price."""

    type: str
    """As vat."""
    percent: Decimal
    stack: int = 0
    """Taxes of a level are reckoned from the price and the taxes of the levels below."""


class ConditionalPrice(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A price without taxes, in the currency of its tariff."""

    price: Decimal
    """For one kWh, one minute, or once."""
    when: PriceCondition = ALWAYS


class PriceList(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What one kind of service costs: the first price counts whose condition holds."""

    prices: tuple[ConditionalPrice, ...]
    taxes: tuple[TaxRate, ...] = ()


class CostBound(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A least or most sum, in the currency of its tariff."""

    net: Decimal | None = None
    gross: Decimal | None = None
    taxes: tuple[TaxRate, ...] = ()


class ChargingTariff(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What charging costs; what has no prices costs nothing."""

    id: str
    """What the operator calls it, 1 to 60 characters."""
    currency: str
    """ISO 4217, as EUR."""
    valid_from: datetime | None = None
    """None: as soon as it is there."""
    texts: tuple[MessageContent, ...] = ()
    """What drivers are shown of it, at most 10, each in a language."""
    energy: PriceList | None = None
    """By kWh."""
    charging_time: PriceList | None = None
    """By minute in which energy flows."""
    idle_time: PriceList | None = None
    """By minute in which none does."""
    fixed_fee: PriceList | None = None
    """Once for each session."""
    reservation_time: PriceList | None = None
    """By minute."""
    reservation_fixed: PriceList | None = None
    """Once for each reservation."""
    min_cost: CostBound | None = None
    """The least that a session costs."""
    max_cost: CostBound | None = None
    """The most that it costs."""


class TariffKind(StrEnum):
    """Of whom a station takes what a tariff says."""

    DEFAULT = "default"
    """Of everybody who has none of his own."""
    DRIVER = "driver"
    """Of one driver, who came with it."""
    TRANSFER = "transfer"
    """Of one energy transfer, from when it was told on."""


class TariffAssigned(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A tariff that a station says it has."""

    id: str
    kind: TariffKind = TariffKind.DEFAULT
    valid_from: datetime | None = None
    evses: tuple[EvseNumber, ...] = ()
    """Where it counts; none, or 0: at all of them."""


class StationTariff(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A tariff of one station: a row at both ends."""

    key: str
    """As tariff_row or transfer_row has it."""
    station: StationId
    id: str
    at: datetime
    """When it was set, or found."""
    kind: TariffKind = TariffKind.DEFAULT
    evse: EvseNumber = EvseNumber(0)
    """0: at all of them."""
    transfer: TransferReference = TransferReference("")
    """Of a tariff for one energy transfer: which."""
    valid_from: datetime | None = None
    """None: since it was set."""
    tariff: ChargingTariff | None = None
    """None: the station had it of somebody else."""
    ended: datetime | None = None
    """At the CSMS, of one that has counted: when the station had it no more; None: it has it."""

    @property
    def since(self) -> datetime:
        """From when on it counts; one that was valid before it was there counts from when it was."""
        return max(self.at, self.valid_from or self.at)


class StationTariffChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station has a tariff, or no more."""

    about: ClassVar[str] = "station_tariff"
    key: str
    station_tariff: StationTariff | None
    """None: it is gone."""


def tariff_row(station: StationId, evse: EvseNumber, id: str) -> str:
    """Return the key of a tariff at an EVSE; no station has a colon in its name."""
    return f"{station}:{evse}:{id}"


def past_row(row: StationTariff) -> str:
    """Return the key of what has counted, and counts no more."""
    return f"{row.key}:{row.since:%Y-%m-%dT%H:%M:%S.%fZ}"


def transfer_row(station: StationId, reference: TransferReference) -> str:
    """Return the key of the tariff of an energy transfer."""
    return f"{station}:transfer:{reference}"


def in_force(rows: Iterable[StationTariff], evse: EvseNumber, now: datetime) -> StationTariff | None:
    """Return the default tariff that counts at an EVSE: what was set last of those that counted last."""
    there = [one for one in rows if one.kind is TariffKind.DEFAULT and one.evse in {0, evse} and _has(one, now)]
    return max(there, key=lambda one: (one.since, one.at, one.evse), default=None)


def _has(one: StationTariff, now: datetime) -> bool:
    return one.since <= now and (one.ended is None or now < one.ended)


def superseded(rows: Iterable[StationTariff], now: datetime) -> list[StationTariff]:
    """Return the default tariffs that will never count again: others have taken their place."""
    there = [one for one in rows if one.kind is TariffKind.DEFAULT]
    counts = [one for one in there if one.since <= now]
    return [one for one in there if any(_replaces(other, one) for other in counts)]


def _replaces(other: StationTariff, one: StationTariff) -> bool:
    where = other.evse in {0, one.evse}
    return where and other.key != one.key and (other.since, other.at, other.evse) > (one.since, one.at, one.evse)
