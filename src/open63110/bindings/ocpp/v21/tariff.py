# SPDX-License-Identifier: Apache-2.0
"""Tariff of OCPP 2.1: prices with conditions and taxes. Numbers on the wire mean the shortest decimal ones they stand for."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import given, text
from open63110.bindings.ocpp.v21.display_message import content
from open63110.bindings.ocpp.v201.display_message import read_content
from open63110.model.charging_tariff import (
    ChargingTariff,
    ConditionalPrice,
    CostBound,
    PriceCondition,
    PriceList,
    TariffKind,
    TaxRate,
)

KINDS: dict[TariffKind, Any] = {TariffKind.DEFAULT: "DefaultTariff", TariffKind.DRIVER: "DriverTariff"}
OF_KIND = {wire: ours for ours, wire in KINDS.items()}

_LIMITS = tuple(
    f"{end}_{of}" for of in ("energy", "current", "power", "time", "charging_time", "idle_time") for end in ("min", "max")
)
"""Fields that are called the same at both ends."""


def read(said: Any) -> ChargingTariff:
    """Read a tariff."""
    begin = given(said.valid_from)
    return ChargingTariff(
        id=said.tariff_id,
        currency=said.currency,
        valid_from=None if begin is None else utc(begin),
        texts=tuple(map(read_content, given(said.description) or ())),
        energy=_read_list(said.energy, "price_kwh"),
        charging_time=_read_list(said.charging_time, "price_minute"),
        idle_time=_read_list(said.idle_time, "price_minute"),
        fixed_fee=_read_list(said.fixed_fee, "price_fixed"),
        reservation_time=_read_list(said.reservation_time, "price_minute"),
        reservation_fixed=_read_list(said.reservation_fixed, "price_fixed"),
        min_cost=_read_bound(said.min_cost),
        max_cost=_read_bound(said.max_cost),
    )


def _read_list(said: Any, field: str) -> PriceList | None:
    if said is UNSET:
        return None
    prices = tuple(
        ConditionalPrice(price=_exact(getattr(one, field)), when=_read_condition(one.conditions)) for one in said.prices
    )
    return PriceList(prices=prices, taxes=_read_taxes(said.tax_rates))


def _exact(number: float) -> Decimal:
    return Decimal(repr(float(number)))


def _read_taxes(said: Any) -> tuple[TaxRate, ...]:
    return tuple(TaxRate(type=one.type, percent=_exact(one.tax), stack=given(one.stack) or 0) for one in given(said) or ())


def _read_condition(said: Any) -> PriceCondition:
    if said is UNSET:
        return PriceCondition()
    fixed = isinstance(said, types.TariffConditionsFixedType)
    limits: dict[str, Any] = {} if fixed else {name: given(getattr(said, name)) for name in _LIMITS}
    paid: dict[str, Any] = (
        {"payment_brand": text(said.payment_brand), "payment_recognition": text(said.payment_recognition)} if fixed else {}
    )
    days: Any = tuple(day.lower() for day in given(said.day_of_week) or ())
    kind: Any = text(said.evse_kind).lower()
    return PriceCondition(
        from_time=text(said.start_time_of_day),
        to_time=text(said.end_time_of_day),
        weekdays=days,
        from_date=text(said.valid_from_date),
        to_date=text(said.valid_to_date),
        current=kind,
        **limits,
        **paid,
    )


def _read_bound(said: Any) -> CostBound | None:
    if said is UNSET:
        return None
    net, gross = given(said.excl_tax), given(said.incl_tax)
    return CostBound(
        net=None if net is None else _exact(net),
        gross=None if gross is None else _exact(gross),
        taxes=_read_taxes(said.tax_rates),
    )


def tariff_type(tariff: ChargingTariff) -> types.TariffType:
    """Write a tariff."""
    return types.TariffType(
        tariff_id=tariff.id,
        description=tuple(map(content, tariff.texts)) or UNSET,
        currency=tariff.currency,
        valid_from=UNSET if tariff.valid_from is None else tariff.valid_from,
        energy=UNSET if tariff.energy is None else _energy(tariff.energy),
        charging_time=_time(tariff.charging_time),
        idle_time=_time(tariff.idle_time),
        fixed_fee=_fixed(tariff.fixed_fee),
        reservation_time=_time(tariff.reservation_time),
        reservation_fixed=_fixed(tariff.reservation_fixed),
        min_cost=_bound(tariff.min_cost),
        max_cost=_bound(tariff.max_cost),
    )


def _energy(prices: PriceList) -> types.TariffEnergyType:
    found = (types.TariffEnergyPriceType(price_kwh=float(one.price), conditions=_condition(one.when)) for one in prices.prices)
    return types.TariffEnergyType(prices=tuple(found), tax_rates=_taxes(prices.taxes))


def _time(prices: PriceList | None) -> Any:
    if prices is None:
        return UNSET
    found = (types.TariffTimePriceType(price_minute=float(one.price), conditions=_condition(one.when)) for one in prices.prices)
    return types.TariffTimeType(prices=tuple(found), tax_rates=_taxes(prices.taxes))


def _fixed(prices: PriceList | None) -> Any:
    if prices is None:
        return UNSET
    found = (
        types.TariffFixedPriceType(price_fixed=float(one.price), conditions=_fee_condition(one.when)) for one in prices.prices
    )
    return types.TariffFixedType(prices=tuple(found), tax_rates=_taxes(prices.taxes))


def _taxes(taxes: Iterable[TaxRate]) -> Any:
    return tuple(types.TaxRateType(type=one.type, tax=float(one.percent), stack=one.stack or UNSET) for one in taxes) or UNSET


def _condition(when: PriceCondition) -> Any:
    if when == PriceCondition():
        return UNSET
    limits = {name: _limit(name, getattr(when, name)) for name in _LIMITS}
    return types.TariffConditionsType(**_occasion(when), **limits)


def _limit(name: str, value: float | None) -> Any:
    """Write a bound; of times, whole seconds."""
    if value is None:
        return UNSET
    return int(value) if name.endswith("_time") else value


def _fee_condition(when: PriceCondition) -> Any:
    if when == PriceCondition():
        return UNSET
    paid: dict[str, Any] = {
        "payment_brand": when.payment_brand or UNSET,
        "payment_recognition": when.payment_recognition or UNSET,
    }
    return types.TariffConditionsFixedType(**_occasion(when), **paid)


def _occasion(when: PriceCondition) -> dict[str, Any]:
    return {
        "start_time_of_day": when.from_time or UNSET,
        "end_time_of_day": when.to_time or UNSET,
        "day_of_week": tuple(day.capitalize() for day in when.weekdays) or UNSET,
        "valid_from_date": when.from_date or UNSET,
        "valid_to_date": when.to_date or UNSET,
        "evse_kind": when.current.upper() or UNSET,
    }


def _bound(bound: CostBound | None) -> Any:
    if bound is None:
        return UNSET
    return types.PriceType(
        excl_tax=UNSET if bound.net is None else float(bound.net),
        incl_tax=UNSET if bound.gross is None else float(bound.gross),
        tax_rates=_taxes(bound.taxes),
    )
