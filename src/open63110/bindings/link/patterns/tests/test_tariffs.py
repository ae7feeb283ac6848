# SPDX-License-Identifier: Apache-2.0
"""What is published of a tariff, and read from that (8.4.7, B.27)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.patterns.own_messages import Published, read_publication, write_publication
from open63110.bindings.link.patterns.subscriptions import Publication
from open63110.bindings.link.patterns.tariffs import read_tariff, tariff_fields
from open63110.bindings.link.patterns.topics import Topic
from open63110.kernel.address import parse
from open63110.kernel.errors import Trouble
from open63110.model.tariff import CURRENCIES, DIGITS, PLACES, Tariff, TariffElement, TariffId, TariffKey

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WORDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)
PRICES = st.decimals(min_value=0, max_value=10 ** (DIGITS - PLACES) - 1, places=PLACES)
KINDS = st.lists(
    st.tuples(st.sampled_from(["energy", "time", "flat"]), st.sampled_from(["import", "export"])), min_size=1, unique=True
)


def over_the_link(address: str, fields: Any, at: datetime | None = NOON) -> Published:
    one = Publication(("CS1", 1), parse(address), Topic.TARIFF, at, fields, False, 0)
    return read_publication(write_publication(one))


@given(
    st.sampled_from([("/mall", "mall"), ("/mall/north", "mall:north")]),
    WORDS,
    st.sampled_from(sorted(CURRENCIES)),
    KINDS,
    st.data(),
    st.dictionaries(st.sampled_from(["de", "en-GB", "sgs"]), WORDS),
)
def test_a_tariff_is_read_as_it_was_set(
    place: tuple[str, str], name: str, currency: str, kinds: list[tuple[Any, Any]], data: st.DataObject, texts: dict[str, str]
) -> None:
    tariff = Tariff(
        key=TariffKey(place[1]),
        id=TariffId(name),
        currency=currency,
        valid_from=NOON,
        elements=tuple(TariffElement(dimension=one, direction=way, price=data.draw(PRICES)) for one, way in kinds),
        texts=texts,
    )
    assert read_tariff(over_the_link(place[0], tariff_fields(tariff))) == (tariff.key, tariff)


def test_the_price_that_most_ask_for_stands_by_itself() -> None:
    price = TariffElement(dimension="energy", price=Decimal("1E+1"))
    tariff = Tariff(key=TariffKey("mall"), id=TariffId("T"), currency="EUR", valid_from=NOON, elements=(price,))
    assert tariff_fields(tariff)["price"] == "10"


def test_where_nothing_counts_or_nothing_is_any_more_there_is_no_tariff() -> None:
    assert read_tariff(over_the_link("/mall/north", tariff_fields(None))) == ("mall:north", None)
    assert read_tariff(over_the_link("/mall", {}, None)) == ("mall", None)


@pytest.mark.parametrize("place", ["/", "/mall/north/CS1", "/mall/north/CS1/1"])
def test_what_is_neither_a_zone_nor_a_site_has_none(place: str) -> None:
    assert read_tariff(over_the_link(place, {"id": "T"})) is None


GOOD = {"id": "T", "currency": "EUR", "since": 0, "elements": "energy:import:0.39"}


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"currency": None}, "UnknownCurrency"),
        ({"currency": "XXX"}, "UnknownCurrency"),
        ({"since": "noon"}, "BadTariff"),
        ({"since": 10**18}, "BadTariff"),
        ({"elements": None}, "BadTariff"),
        ({"elements": ""}, "BadTariff"),
        ({"elements": "energy:0.39"}, "BadTariff"),
        ({"elements": "water:import:0.39"}, "BadTariff"),
        ({"elements": "energy:sideways:0.39"}, "BadTariff"),
        ({"elements": "energy:import:much"}, "BadTariff"),
        ({"elements": "time:import:-1"}, "NegativePrice"),
        ({"text": "no language at all"}, "BadLanguage"),
    ],
)
def test_what_another_system_says_is_looked_at_like_what_people_say(how: dict[str, Any], code: str) -> None:
    assert read_tariff(over_the_link("/mall", GOOD)) is not None
    with pytest.raises(Trouble) as refused:
        read_tariff(over_the_link("/mall", GOOD | how))
    assert refused.value.code == code
