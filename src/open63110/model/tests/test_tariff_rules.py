# SPDX-License-Identifier: Apache-2.0
"""What a tariff with conditions and taxes may say: each rule once kept, and once broken (8.4.6, 8.4.7)."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Trouble
from open63110.kernel.units import Seconds
from open63110.model.charging_tariff import ChargingTariff, ConditionalPrice, CostBound, PriceCondition, PriceList, TaxRate
from open63110.model.display import MessageContent
from open63110.model.tariff_rules import check_charging_tariff

VAT = TaxRate(type="vat", percent=Decimal(20))


def prices(price: str = "0.45", taxes: tuple[TaxRate, ...] = (VAT,), **when: Any) -> PriceList:
    return PriceList(prices=(ConditionalPrice(price=Decimal(price), when=PriceCondition(**when)),), taxes=taxes)


GOOD = ChargingTariff(
    id="T-1",
    currency="EUR",
    texts=(MessageContent(language="de-CH", text="0,45 EUR je kWh"), MessageContent(text="0.45 EUR/kWh")),
    energy=prices("-0.05", from_time="22:00", to_time="06:00", weekdays=("monday",), min_energy=0.0, max_energy=5_000.0),
    idle_time=prices("0.10", min_idle_time=Seconds(900.0)),
    fixed_fee=prices("0.50", payment_brand="Acme", from_date="2026-03-01", to_date="2026-04-01"),
    min_cost=CostBound(net=Decimal(1)),
    max_cost=CostBound(net=Decimal(50), gross=Decimal(60), taxes=(VAT,)),
)


def test_a_tariff_with_all_of_it_may_be() -> None:
    check_charging_tariff(GOOD)
    check_charging_tariff(ChargingTariff(id="free", currency="EUR"))


@pytest.mark.parametrize(
    ("change", "kind", "code", "where"),
    [
        ({"id": ""}, Malformed, "BadId", "id"),
        ({"id": "x" * 61}, Malformed, "BadId", "id"),
        ({"currency": "XYZ"}, Refused, "UnknownCurrency", "currency"),
        ({"energy": PriceList(prices=())}, Malformed, "NoPrice", "energy"),
        ({"energy": prices("NaN")}, Refused, "BadPrice", "energy"),
        ({"energy": prices("0.1234567")}, Refused, "PriceTooLong", "energy"),
        ({"charging_time": prices("-0.1")}, Refused, "NegativePrice", "charging_time"),
        ({"energy": prices(taxes=(VAT,) * 6)}, Malformed, "TooManyTaxes", "energy"),
        ({"energy": prices(taxes=(replace(VAT, type=""),))}, Malformed, "BadWord", "energy"),
        ({"energy": prices(taxes=(replace(VAT, percent=Decimal(-1)),))}, Refused, "NegativeTax", "energy"),
        ({"energy": prices(from_time="24:00")}, Malformed, "BadCondition", "energy"),
        ({"energy": prices(from_date="2026-02-30")}, Malformed, "BadCondition", "energy"),
        ({"energy": prices(from_date="2026-03-01", to_date="2026-03-01")}, Malformed, "BadCondition", "energy"),
        ({"energy": prices(min_power=5.0, max_power=5.0)}, Malformed, "BadCondition", "energy"),
        ({"idle_time": prices(min_idle_time=0.5)}, Malformed, "BadCondition", "idle_time"),
        ({"fixed_fee": prices(min_energy=5.0)}, Malformed, "BadCondition", "fixed_fee"),
        ({"energy": prices(payment_brand="Acme")}, Malformed, "BadCondition", "energy"),
        ({"fixed_fee": prices(payment_brand="x" * 21)}, Malformed, "BadWord", "fixed_fee"),
        ({"min_cost": CostBound()}, Malformed, "NoSum", "min_cost"),
        ({"min_cost": CostBound(net=Decimal(51))}, Refused, "BadBounds", "min_cost"),
        ({"texts": GOOD.texts * 6}, Malformed, "TooManyTexts", "texts"),
        ({"texts": (MessageContent(language="?", text="x"),)}, Malformed, "BadLanguage", "texts"),
        ({"texts": (MessageContent(text=""),)}, Malformed, "BadText", "texts"),
    ],
)
def test_what_no_station_could_keep_to_is_refused(change: dict[str, Any], kind: type[Trouble], code: str, where: str) -> None:
    with pytest.raises(kind) as refused:
        check_charging_tariff(replace(GOOD, **change))
    assert (refused.value.code, refused.value.where) == (code, where)
