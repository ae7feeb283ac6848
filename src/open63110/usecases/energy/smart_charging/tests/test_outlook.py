# SPDX-License-Identifier: Apache-2.0
"""What is expected at a site is taken whole, or refused with a word about what is wrong (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.outlook import Outlook, OutlookChanged, OutlookStep, stale
from open63110.model.site import Asset, Site, SiteId
from open63110.usecases.energy.smart_charging import USE_CASE, outlook
from open63110.usecases.energy.smart_charging.outlook import PutOutlook, WithdrawOutlook

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORTH = SiteId("north")
STEPS = (OutlookStep(since=NOW, value=0.3), OutlookStep(since=NOW + HOUR, value=-0.05))


class World:
    """One site with a house and a roof, and what is expected there."""

    def __init__(self) -> None:
        self.known: dict[str, Outlook] = {}

    def site(self, key: SiteId) -> Site | None:
        assets = (Asset(id="house", kind="load"), Asset(id="roof", kind="pv"))
        return Site(id=NORTH, assets=assets) if key == NORTH else None

    def outlooks(self, site: SiteId) -> tuple[Outlook, ...]:
        return tuple(one for one in self.known.values() if one.site == site)

    def put(self, **more: Any) -> OutlookChanged:
        fields: dict[str, Any] = {"site": NORTH, "kind": "price", "steps": STEPS, "until": NOW + 24 * HOUR, "currency": "EUR"}
        command: Any = PutOutlook(station=StationId(""), **(fields | more)).asked_by("ann", "operator")
        world: Any = self
        (fact,) = outlook.put(command, world, NOW)
        assert isinstance(fact, OutlookChanged)
        assert fact.outlook is not None
        self.known[fact.id] = fact.outlook
        return fact

    def withdraw(self, kind: Any) -> OutlookChanged:
        world: Any = self
        (fact,) = outlook.withdraw(WithdrawOutlook(station=StationId(""), site=NORTH, kind=kind), world, NOW)
        assert isinstance(fact, OutlookChanged)
        return fact


@pytest.fixture
def world() -> World:
    return World()


def test_prices_are_kept_by_site_and_kind_with_whose_word_they_are(world: World) -> None:
    fact = world.put()
    assert fact.outlook is not None
    assert (fact.id, fact.by, fact.outlook.set_at) == ("north:price", "ann", NOW)
    assert fact.outlook.steps == STEPS
    assert world.put(kind="pv", asset="roof", currency="", steps=STEPS[:1]).id == "north:pv:roof"


def test_energy_managers_and_flexibility_operators_may_say_it_as_well() -> None:
    (door,) = [one for one in USE_CASE.doors if one.command is PutOutlook]
    assert door.roles == {Role.OPERATOR, Role.CEM, Role.RM, Role.FO}


def test_what_is_withdrawn_is_gone_and_what_never_was_cannot_be(world: World) -> None:
    world.put()
    assert world.withdraw("price").outlook is None
    with pytest.raises(Unknown) as fault:
        world.withdraw("ghg")
    assert fault.value.code == "UnknownOutlook"


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"site": SiteId("south")}, "UnknownSite", "site"),
        ({"kind": "load", "asset": "roof", "currency": ""}, "UnknownAsset", "asset"),
        ({"kind": "pv", "currency": ""}, "UnknownAsset", "asset"),
        ({"asset": "house"}, "InvalidValue", "asset"),
        ({"steps": ()}, "InvalidValue", "steps"),
        ({"steps": STEPS[::-1]}, "InvalidValue", "steps[1].since"),
        ({"until": NOW + HOUR}, "InvalidValue", "until"),
        ({"steps": (OutlookStep(since=NOW - 2 * HOUR, value=1.0),), "until": NOW}, "InvalidValue", "until"),
        ({"until": NOW + 9_999 * HOUR}, "InvalidValue", "until"),
        ({"steps": (OutlookStep(since=NOW, value=float("nan")),)}, "InvalidValue", "steps[0].value"),
        ({"kind": "ghg", "currency": ""}, "InvalidValue", "steps[1].value"),
        ({"currency": "EURO"}, "InvalidValue", "currency"),
        ({"kind": "ghg", "steps": STEPS[:1]}, "InvalidValue", "currency"),
        ({"reached": Watts(1.0)}, "InvalidValue", "reached"),
        ({"kind": "demand-charge", "steps": STEPS[:1], "reached": Watts(-1.0)}, "InvalidValue", "reached"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(world: World, more: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises((Malformed, Unknown)) as fault:
        world.put(**more)
    assert (fault.value.code, fault.value.where) == (code, where)


def test_all_prices_of_a_site_are_in_one_currency(world: World) -> None:
    world.put()
    world.put(currency="SEK")
    with pytest.raises(Refused) as fault:
        world.put(kind="export-price", currency="EUR")
    assert fault.value.code == "OtherCurrency"


def test_a_series_whose_time_is_over_is_stale_until_it_is_renewed(world: World) -> None:
    world.put()
    assert stale(world.known.values(), NOW + 23 * HOUR) == ()
    assert [one.id for one in stale(world.known.values(), NOW + 24 * HOUR)] == ["north:price"]
