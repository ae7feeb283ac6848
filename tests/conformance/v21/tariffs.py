# SPDX-License-Identifier: Apache-2.0
"""Any order about the tariffs of a station, for properties."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st
from tests.conformance.v201.display_messages import content
from tests.conformance.v201.golden import CS
from tests.conformance.v201.messages import words

from open63110.model.charging_tariff import (
    ChargingTariff,
    ConditionalPrice,
    CostBound,
    PriceCondition,
    PriceList,
    TaxRate,
    Weekday,
)
from open63110.model.display import MessageFormat
from open63110.usecases.services.tariff_at_station import AskStationTariffs, ClearStationTariffs, SetDefaultTariff
from open63110.usecases.services.tariff_of_transfer import ChangeTransferTariff

AMOUNTS = st.integers(-(10**6), 10**9).map(lambda parts: Decimal(parts).scaleb(-6))
MOMENTS = st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
TAXES = st.lists(st.builds(TaxRate, type=words(20, 1), percent=AMOUNTS, stack=st.integers(0, 5)), max_size=5).map(tuple)
OCCASIONS: dict[str, st.SearchStrategy[Any]] = {
    "from_time": st.sampled_from(("", "08:00")),
    "to_time": st.sampled_from(("", "18:30")),
    "weekdays": st.lists(st.sampled_from(get_args(Weekday)), max_size=7, unique=True).map(tuple),
    "from_date": st.sampled_from(("", "2026-03-01")),
    "to_date": st.sampled_from(("", "2026-04-01")),
    "current": st.sampled_from(("", "ac", "dc")),
}
LIMITS = {
    f"{end}_{of}": st.none() | st.integers(0, 10**6).map(float)
    for of in ("energy", "current", "power", "time", "charging_time", "idle_time")
    for end in ("min", "max")
}
PAID = {"payment_brand": words(20), "payment_recognition": words(20)}


def prices(when: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[PriceList | None]:
    """Prices under such conditions."""
    one = st.builds(ConditionalPrice, price=AMOUNTS, when=st.builds(PriceCondition, **when))
    return st.none() | st.builds(PriceList, prices=st.lists(one, min_size=1, max_size=3).map(tuple), taxes=TAXES)


BOUNDS = st.none() | st.builds(CostBound, net=st.none() | AMOUNTS, gross=st.none() | AMOUNTS, taxes=TAXES)
TARIFFS = st.builds(
    ChargingTariff,
    id=words(60, 1),
    currency=st.sampled_from(("EUR", "CHF")),
    valid_from=MOMENTS,
    texts=st.lists(content(tuple(MessageFormat), 512), max_size=3).map(tuple),
    **{name: prices(OCCASIONS | LIMITS) for name in ("energy", "charging_time", "idle_time", "reservation_time")},
    **{name: prices(OCCASIONS | PAID) for name in ("fixed_fee", "reservation_fixed")},
    min_cost=BOUNDS,
    max_cost=BOUNDS,
)
PRICED: dict[Any, st.SearchStrategy[Any]] = {
    SetDefaultTariff: st.builds(SetDefaultTariff, station=st.just(CS), evse=st.integers(0, 999), tariff=TARIFFS),
    ChangeTransferTariff: st.builds(ChangeTransferTariff, station=st.just(CS), reference=words(36, 1), tariff=TARIFFS),
    AskStationTariffs: st.builds(AskStationTariffs, station=st.just(CS), evse=st.integers(0, 999)),
    ClearStationTariffs: st.builds(
        ClearStationTariffs,
        station=st.just(CS),
        ids=st.lists(words(60, 1), max_size=3).map(tuple),
        evse=st.none() | st.integers(0, 999),
    ),
}
