# SPDX-License-Identifier: Apache-2.0
"""A zone or site that is removed takes its tariff with it (4.3, 8.4.7)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from open63110.flows.withdraw_tariff_of_place import then
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.site import Site, SiteChanged, SiteId, Zone, ZoneChanged, ZoneId, zone_key
from open63110.model.tariff import Tariff, TariffElement, TariffId, TariffKey
from open63110.usecases.services.tariff_during_operation import ClearTariff
from open63110.usecases.services.tests.test_tariff_during_operation import Mall

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NOBODY, MALL, NORTH = StationId(""), SiteId("mall"), ZoneId("north")
KEY = zone_key(MALL, NORTH)


def kept(key: str) -> Mall:
    price = TariffElement(dimension="flat", price=Decimal(1))
    return Mall(Tariff(key=TariffKey(key), id=TariffId("T"), currency="EUR", valid_from=NOON, elements=(price,)))


ZONE = Zone(id=NORTH, site=MALL, import_max=Watts(1.0))
ZONE_GONE = ZoneChanged(station=NOBODY, at=NOON, key=KEY, zone=None)
SITE_GONE = SiteChanged(station=NOBODY, at=NOON, id=MALL, site=None)


@pytest.mark.parametrize(
    ("fact", "key", "zone"),
    [(ZONE_GONE, "mall:north", NORTH), (SITE_GONE, "mall", None)],
)
def test_what_goes_takes_its_tariff_with_it(fact: SiteChanged | ZoneChanged, key: str, zone: ZoneId | None) -> None:
    assert list(then(fact, kept(key))) == [ClearTariff(station=NOBODY, site=MALL, zone=zone)]


def test_what_stays_keeps_it_and_what_has_none_loses_none() -> None:
    assert list(then(ZONE_GONE, kept("mall"))) == []
    assert list(then(ZoneChanged(station=NOBODY, at=NOON, key=KEY, zone=ZONE), kept("mall:north"))) == []
    assert list(then(SiteChanged(station=NOBODY, at=NOON, id=MALL, site=Site(id=MALL)), kept("mall"))) == []
