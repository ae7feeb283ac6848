# SPDX-License-Identifier: Apache-2.0
"""What a tariff with conditions and taxes may say, whoever it is for and wherever it comes from (8.4.6, 8.4.7)."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from open63110.kernel.errors import Malformed, NotSupported, Refused
from open63110.model.charging_tariff import ChargingTariff, CostBound, PriceCondition, PriceList, TaxRate
from open63110.model.language import is_language
from open63110.model.policy import StationPolicy
from open63110.model.tariff import CURRENCIES, LONGEST_ID, LONGEST_TEXT, check_amount

MOST_TEXTS: Final = 10
MOST_TAXES: Final = 5
LONGEST_TAX: Final = 20
"""Characters of the name of a tax, and of what is paid with."""

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_RANGES: Final = ("energy", "current", "power", "time", "charging_time", "idle_time")


def price_lists(tariff: ChargingTariff) -> Iterator[tuple[str, PriceList]]:
    """Yield each of its price lists with the name of what it is for."""
    for name in ("energy", "charging_time", "idle_time", "fixed_fee", "reservation_time", "reservation_fixed"):
        found: PriceList | None = getattr(tariff, name)
        if found is not None:
            yield name, found


def check_charging_tariff(tariff: ChargingTariff) -> None:
    """Look at what a tariff says.

    Raises:
        Malformed: its id, a text or a condition will not do.
        Refused: an unknown currency, or a price or tax that cannot be.
    """
    if not 0 < len(tariff.id) <= LONGEST_ID or not tariff.id.isprintable():
        raise Malformed(f"the id of a tariff has 1 to {LONGEST_ID} printable characters", code="BadId", where="id")
    if tariff.currency not in CURRENCIES:
        words = f"{tariff.currency[:20]!r} is no currency of ISO 4217"
        raise Refused(words, code="UnknownCurrency", where="currency", remedy="as EUR or CHF")
    for name, found in price_lists(tariff):
        _check_list(found, name)
    _check_bounds(tariff)
    _check_texts(tariff)


def _check_list(found: PriceList, where: str) -> None:
    if not found.prices:
        raise Malformed("a price list has one price or more", code="NoPrice", where=where)
    fee = where in {"fixed_fee", "reservation_fixed"}
    for one in found.prices:
        check_amount(one.price, where)
        if one.price < 0 and where != "energy":
            raise Refused("only a price for energy may be negative", code="NegativePrice", where=where)
        _check_condition(one.when, where)
        if fee and any(getattr(one.when, f"{end}_{name}") is not None for end in ("min", "max") for name in _RANGES):
            raise Malformed("a fee knows nothing of energy and time", code="BadCondition", where=where)
        if not fee and (one.when.payment_brand or one.when.payment_recognition):
            raise Malformed("only fees know by what is paid", code="BadCondition", where=where)
    _check_taxes(found.taxes, where)


def _check_taxes(taxes: tuple[TaxRate, ...], where: str) -> None:
    if len(taxes) > MOST_TAXES:
        raise Malformed(f"there are at most {MOST_TAXES} taxes on a price", code="TooManyTaxes", where=where)
    for one in taxes:
        _check_word(one.type, where)
        check_amount(one.percent, where)
        if one.percent < 0 or one.stack < 0:
            raise Refused("a tax is not negative", code="NegativeTax", where=where)


def _check_word(word: str, where: str) -> None:
    if not 0 < len(word) <= LONGEST_TAX or not word.isprintable():
        raise Malformed(f"{word[:20]!r} is no word of at most {LONGEST_TAX} characters", code="BadWord", where=where)


def _check_condition(when: PriceCondition, where: str) -> None:
    _check_occasion(when, where)
    for name in _RANGES:
        least, most = getattr(when, f"min_{name}"), getattr(when, f"max_{name}")
        called = name.replace("_", " ")
        if least is not None and most is not None and least >= most:
            raise Malformed(f"no {called} lies between {least:g} and {most:g}", code="BadCondition", where=where)
        if name.endswith("time") and any(one is not None and one % 1 for one in (least, most)):
            raise Malformed(f"a {called} has whole seconds", code="BadCondition", where=where)
    for word in (when.payment_brand, when.payment_recognition):
        if word:
            _check_word(word, where)


def _check_occasion(when: PriceCondition, where: str) -> None:
    for said in (when.from_time, when.to_time):
        if said and _TIME.fullmatch(said) is None:
            raise Malformed(f"{said[:20]!r} is no time as 08:00", code="BadCondition", where=where)
    for said in (when.from_date, when.to_date):
        if said and not _is_day(said):
            raise Malformed(f"{said[:20]!r} is no day as 2026-03-01", code="BadCondition", where=where)
    if when.from_date and when.to_date and when.from_date >= when.to_date:
        raise Malformed("it would end before it begins", code="BadCondition", where=where)


def _is_day(said: str) -> bool:
    try:
        return _DAY.fullmatch(said) is not None and bool(date.fromisoformat(said))
    except ValueError:
        return False


def _check_bounds(tariff: ChargingTariff) -> None:
    for name, bound in (("min_cost", tariff.min_cost), ("max_cost", tariff.max_cost)):
        if bound is not None:
            _check_bound(bound, name)
    least, most = tariff.min_cost or CostBound(), tariff.max_cost or CostBound()
    for low, high in ((least.net, most.net), (least.gross, most.gross)):
        if low is not None and high is not None and low > high:
            raise Refused("the least sum is more than the most", code="BadBounds", where="min_cost")


def _check_bound(bound: CostBound, where: str) -> None:
    sums: list[Decimal] = [one for one in (bound.net, bound.gross) if one is not None]
    if not sums:
        raise Malformed("a least or most sum is net, gross or both", code="NoSum", where=where)
    for one in sums:
        check_amount(one, where)
    _check_taxes(bound.taxes, where)


def _check_texts(tariff: ChargingTariff) -> None:
    if len(tariff.texts) > MOST_TEXTS:
        raise Malformed(f"a tariff has at most {MOST_TEXTS} texts", code="TooManyTexts", where="texts")
    for one in tariff.texts:
        if one.language and not is_language(one.language):
            raise Malformed(f"{one.language[:20]!r} is no language as en or de-CH", code="BadLanguage", where="texts")
        if not 0 < len(one.text) <= LONGEST_TEXT or not one.text.isprintable():
            raise Malformed(f"a text has 1 to {LONGEST_TEXT} printable characters", code="BadText", where="texts")


def demand_reckoning(tariff: ChargingTariff, policy: StationPolicy) -> None:
    """At a station: see to it that it can keep to a tariff.

    Raises:
        Refused: it has more prices than the station takes.
        NotSupported: a price depends on how is paid, which no station of ours knows.
    """
    found = [price for _, one in price_lists(tariff) for price in one.prices]
    if len(found) > policy.tariff_prices:
        words = f"{len(found)} prices are more than the {policy.tariff_prices} that are taken here"
        raise Refused(words, code="TooManyElements", where="tariff")
    if any(one.when.payment_brand or one.when.payment_recognition for one in found):
        raise NotSupported("it does not know by what is paid", code="ConditionNotSupported", where="tariff")
