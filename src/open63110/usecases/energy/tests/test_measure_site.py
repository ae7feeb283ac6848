# SPDX-License-Identifier: Apache-2.0
"""What meters of a site show is kept until something newer is said (7.6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.power import AssetMeasured, AssetReading
from open63110.model.site import Asset, GridConnection, Site, SiteId
from open63110.usecases.energy.measure_site import ReportSitePower, report

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH = SiteId("north")
SITE = Site(id=NORTH, connections=(GridConnection(id="g", import_max=Watts(9_000.0)),), assets=(Asset(id="m", kind="meter"),))


class Place:
    """A site with a meter."""

    def __init__(self) -> None:
        self.last: AssetReading | None = None

    def site(self, key: SiteId) -> Site | None:
        return SITE if key == NORTH else None

    def meter(self, site: SiteId, asset: str) -> AssetReading | None:
        del site, asset
        return self.last

    def say(self, **more: Any) -> AssetReading | None:
        fields: dict[str, Any] = {"station": StationId(""), "site": NORTH, "asset": "m"} | more
        command = ReportSitePower(**fields).asked_by("meter-1", Role.METER)
        place: Any = self
        for fact in report(command, place, NOW):
            assert isinstance(fact, AssetMeasured)
            self.last = fact.meter
        return self.last


def test_a_reading_is_kept_with_who_said_it() -> None:
    reading = Place().say(power=(1.0, 2.0, -3.0))
    assert reading is not None
    assert (reading.id, reading.power, reading.by, reading.at) == ("north:m", (1.0, 2.0, -3.0), "meter-1", NOW)


def test_currents_count_at_the_voltage_of_the_site() -> None:
    reading = Place().say(amperes=(1.0, 2.0, 0.0))
    assert reading is not None
    assert reading.power == (230.0, 460.0, 0.0)


def test_an_older_reading_changes_nothing_and_none_is_of_the_future() -> None:
    place = Place()
    place.say(power=(1.0,), measured=NOW + timedelta(days=1))
    assert place.last is not None
    assert place.last.at == NOW
    place.say(power=(2.0,), measured=NOW - timedelta(seconds=1))
    assert place.last.power == (1.0,)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [({"asset": "x"}, Unknown), ({"site": SiteId("x")}, Unknown), ({}, Malformed), ({"power": (float("nan"),)}, Malformed)],
)
def test_impossible_readings_are_refused(wrong: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        Place().say(**wrong)
