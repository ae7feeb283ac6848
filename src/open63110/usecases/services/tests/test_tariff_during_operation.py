# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.7, inform EVU about tariff during operation: what an operator may have count where, and what is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.site import Site, SiteId, Zone, ZoneId, ZoneKey, zone_key
from open63110.model.station import Station
from open63110.model.tariff import Tariff, TariffChanged, TariffElement, TariffId, TariffKey
from open63110.usecases.services.tariff_during_operation import ClearTariff, SetTariff, clear, put

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)
NOBODY, MALL, NORTH = StationId(""), SiteId("mall"), ZoneId("north")
ENERGY = TariffElement(dimension="energy", price=Decimal("0.39"))


class Mall:
    """A site with one zone."""

    def __init__(self, *kept: Tariff) -> None:
        self.kept = {one.key: one for one in kept}

    def site(self, key: SiteId) -> Site | None:
        return Site(id=MALL) if key == MALL else None

    def zone(self, key: ZoneKey) -> Zone | None:
        return Zone(id=NORTH, site=MALL, import_max=Watts(1.0)) if key == zone_key(MALL, NORTH) else None

    def zones(self, site: SiteId) -> Sequence[Zone]:
        return ()

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        return ()

    def tariff(self, key: TariffKey) -> Tariff | None:
        return self.kept.get(key)


def asked(**how: Any) -> SetTariff:
    said: dict[str, Any] = {"site": MALL, "zone": NORTH, "id": TariffId("T-1"), "currency": "EUR", "elements": (ENERGY,)}
    return SetTariff(station=NOBODY, **(said | how))


def said(command: SetTariff, at: Mall | None = None) -> list[Any]:
    return list(put(command, at or Mall(), NOW))


def test_a_tariff_counts_from_now_on_unless_it_says_from_when() -> None:
    (fact,) = said(asked(texts={"de-CH": "39 Rappen"}))
    assert isinstance(fact, TariffChanged)
    assert fact.tariff is not None
    assert (fact.key, fact.tariff.valid_from, fact.tariff.texts) == ("mall:north", NOW, {"de-CH": "39 Rappen"})
    (later,) = said(asked(valid_from=LATER))
    assert later.tariff.valid_from == LATER


def test_a_site_as_a_whole_has_one_too() -> None:
    (fact,) = said(asked(zone=None))
    assert fact.key == "mall"


def test_one_that_counts_already_is_no_news() -> None:
    (fact,) = said(asked(valid_from=LATER))
    assert said(asked(valid_from=LATER), Mall(fact.tariff)) == []


@pytest.mark.parametrize("zone", [NORTH, None])
def test_one_that_is_withdrawn_is_gone(zone: ZoneId | None) -> None:
    (fact,) = said(asked(zone=zone))
    (gone,) = clear(ClearTariff(station=NOBODY, site=MALL, zone=zone), Mall(fact.tariff), NOW)
    assert isinstance(gone, TariffChanged)
    assert (gone.key, gone.tariff) == (fact.key, None)


@pytest.mark.parametrize(
    ("site", "zone", "code", "words"),
    [
        ("moon", None, "UnknownSite", "there is no site moon"),
        ("mall", "south", "UnknownZone", "there is no zone south at site mall"),
        ("mall", "north", "UnknownTariff", "mall:north has no tariff of its own"),
        ("mall", None, "UnknownTariff", "mall has no tariff of its own"),
    ],
)
def test_where_there_is_none_none_is_withdrawn(site: str, zone: str | None, code: str, words: str) -> None:
    command = ClearTariff(station=NOBODY, site=SiteId(site), zone=ZoneId(zone) if zone else None)
    with pytest.raises(Trouble, match=words) as refused:
        list(clear(command, Mall(), NOW))
    assert refused.value.code == code


def priced(price: str, dimension: Any = "energy", direction: Any = "import") -> dict[str, Any]:
    return {"elements": (TariffElement(dimension=dimension, direction=direction, price=Decimal(price)),)}


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ({"site": "moon"}, "UnknownSite", "no site moon"),
        ({"zone": "south"}, "UnknownZone", "no zone south"),
        ({"currency": "EURO"}, "UnknownCurrency", "'EURO' is no currency of ISO 4217"),
        ({"id": ""}, "BadId", "1 to 60"),
        ({"id": "x" * 61}, "BadId", "1 to 60"),
        ({"id": "a\nb"}, "BadId", "printable"),
        ({"elements": ()}, "BadElements", "one price or more"),
        ({"elements": (ENERGY, ENERGY)}, "BadElements", "one for each dimension"),
        (priced("NaN"), "BadPrice", "is a number"),
        (priced("Infinity"), "BadPrice", "is a number"),
        (priced("0.1234567"), "PriceTooLong", "6 of them behind the point"),
        (priced("1234567.123456"), "PriceTooLong", "12 digits"),
        (priced("1E+12"), "PriceTooLong", "12 digits"),
        (priced("-0.01", "time"), "NegativePrice", "for time is not negative"),
        (priced("-1", "flat", "export"), "NegativePrice", "for flat is not negative"),
        ({"texts": {f"l{chr(97 + n)}": "x" for n in range(17)}}, "TooManyTexts", "16 languages"),
        ({"texts": {"English": "x"}}, "BadLanguage", "'English' is no language"),
        ({"texts": {"en": "x" * 513}}, "BadText", "in en has 1 to 512"),
        ({"texts": {"en": ""}}, "BadText", "in en has 1 to 512"),
        ({"texts": {"en": "a\nb"}}, "BadText", "printable"),
    ],
)
def test_what_no_tariff_can_say_is_refused_in_words(how: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Trouble, match=words) as refused:
        said(asked(**how))
    assert refused.value.code == code


@pytest.mark.parametrize("price", ["-0.05", "0", "999999.999999", "1E+3"])
def test_energy_may_cost_nothing_and_less(price: str) -> None:
    assert said(asked(**priced(price, "energy", "export")))
