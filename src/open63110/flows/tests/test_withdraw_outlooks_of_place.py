# SPDX-License-Identifier: Apache-2.0
"""A site or an asset that is removed takes what was expected of it along (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.flows.withdraw_outlooks_of_place import FLOW, then
from open63110.kernel.ids import StationId
from open63110.model.outlook import Outlook, OutlookKind, outlook_id
from open63110.model.site import Asset, Site, SiteChanged, SiteId
from open63110.usecases.energy.smart_charging.outlook import WithdrawOutlook

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NORTH, SOUTH = SiteId("north"), SiteId("south")
HOUSE, ROOF = Asset(id="house", kind="load"), Asset(id="roof", kind="pv")


def expected(kind: OutlookKind, asset: str = "", site: SiteId = NORTH) -> Outlook:
    return Outlook(id=outlook_id(site, kind, asset), site=site, kind=kind, asset=asset, until=NOON + timedelta(hours=1))


class World:
    """Two sites, and what is expected there."""

    known = (expected("price"), expected("load", "house"), expected("pv", "roof"), expected("price", site=SOUTH))

    def outlooks(self, site: SiteId) -> tuple[Outlook, ...]:
        return tuple(one for one in self.known if one.site == site)


def withdrawn(site: Site | None) -> list[Any]:
    """What is expected no more once a site is this one; None: removed."""
    sites: Any = World()
    found: list[Any] = list(then(SiteChanged(station=StationId(""), at=NOON, id=NORTH, site=site), sites))
    assert all(type(one) is WithdrawOutlook and one.site == NORTH for one in found)
    return [(one.kind, one.asset) for one in found]


def test_what_is_removed_takes_along_what_was_expected_of_it() -> None:
    assert SiteChanged in FLOW.on
    assert withdrawn(None) == [("price", ""), ("load", "house"), ("pv", "roof")]
    assert withdrawn(Site(id=NORTH, assets=(HOUSE,))) == [("pv", "roof")]
    assert withdrawn(Site(id=NORTH)) == [("load", "house"), ("pv", "roof")]


@pytest.mark.parametrize("assets", [(HOUSE, ROOF), (HOUSE, ROOF, Asset(id="tank", kind="battery"))])
def test_what_stays_keeps_it(assets: tuple[Asset, ...]) -> None:
    assert withdrawn(Site(id=NORTH, assets=assets)) == []


def test_an_asset_that_becomes_another_thing_under_its_name_has_none() -> None:
    assert withdrawn(Site(id=NORTH, assets=(HOUSE, Asset(id="roof", kind="load")))) == [("pv", "roof")]
