# SPDX-License-Identifier: Apache-2.0
"""The tariff of a zone comes to the stations in it over links, changes and all, also through a local CSMS (8.4.7, B.27)."""

import contextlib
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Pki, Tap, link_house
from tests.e2e.local_house import until
from tests.e2e.protected_house import station_config, three_levels

from open63110.apps.station import Station
from open63110.bindings.link.patterns.tariffs import keep_tariff
from open63110.kernel.ids import StationId
from open63110.model.station import Registration
from open63110.model.tariff import Tariff, TariffElement, TariffId, TariffKey

NORTH = {"site": "mall", "id": "north", "import_max": 44_000.0}
SOUTH = {"site": "mall", "id": "south", "import_max": 44_000.0}
KEY = TariffKey("mall:north")


def tariff(price: str, **more: Any) -> dict[str, Any]:
    return {
        "site": "mall",
        "zone": "north",
        "id": f"T-{price}",
        "currency": "EUR",
        "elements": [{"dimension": "energy", "price": price}, {"dimension": "time", "price": "0.02"}],
        "texts": {"de": f"{price} € je kWh", "en": f"{price} € per kWh: fine"},
    } | more


def told(station: Station, key: TariffKey = KEY) -> Tariff | None:
    """What a station has been told that counts."""
    return station.engine.known.tariff(key)


def price(station: Station, key: TariffKey = KEY) -> str:
    """What a kWh costs there; empty: nobody has said."""
    found = told(station, key)
    return str(found.elements[0].price) if found is not None else ""


async def laid_out(here: House) -> None:
    """Have a site with two zones, and CS1 in the first."""
    await here.ask("sites/put", {"id": "mall"})
    await here.ask("zones/put", NORTH)
    await here.ask("zones/put", SOUTH)


@contextlib.asynccontextmanager
async def direct(folder: Path) -> AsyncIterator[tuple[House, Station, Tap, Callable[[], Any]]]:
    """The station program with a link to a CSMS, through a tap, in the zone north; and how it is started once more."""
    pki = Pki(folder / "pki")
    given = pki.give("CS1", to="station")
    async with link_house(folder, pki=pki, unknown_stations="accept") as (here, _), Tap(here.port).running() as tap:
        await laid_out(here)
        await here.register("CS1")
        await here.ask("stations/CS1/place", {"site": "mall", "zone": "north"})
        config = station_config(folder, pki, tap.port, given)
        async with Station(config).running() as station:
            await until(lambda: here.station("CS1").registration is Registration.ACCEPTED, 30.0)
            yield here, station, tap, lambda: Station(config)


@pytest.mark.at("AT-B.27-2", "link")
async def test_a_station_is_told_the_tariff_of_its_zone_each_change_and_that_it_is_withdrawn(tmp_path: Path) -> None:
    async with direct(tmp_path) as (here, station, tap, _):
        await here.ask("tariffs/set", tariff("0.39"))
        await here.ask("tariffs/set", tariff("0.20", zone="south"))
        await until(lambda: price(station) == "0.39", 20.0)
        kept = here.csms.engine.known.tariff(KEY)
        assert told(station) == kept
        await here.ask("tariffs/set", tariff("0.45"))
        await until(lambda: price(station) == "0.45")
        tap.open = False
        tap.cut()
        await until(lambda: here.station("CS1").connected is None)
        for newer in ("0.50", "0.55"):
            await here.ask("tariffs/set", tariff(newer))
        tap.open = True
        await until(lambda: price(station) == "0.55", 20.0)
        await here.ask("stations/CS1/place", {"site": "mall", "zone": "south"})
        await until(lambda: price(station, TariffKey("mall:south")) == "0.20")
        assert set(station.engine.known.tariffs) == {"mall:south"}
        await here.ask("stations/CS1/place", {"site": "mall", "zone": "north"})
        await until(lambda: price(station) == "0.55")
        await here.ask("tariffs/clear", {"site": "mall", "zone": "north"})
        await until(lambda: not station.engine.known.tariffs)
        await here.ask("tariffs/set", tariff("0.30", zone=None))
        await until(lambda: price(station) == "0.30")


@pytest.mark.at("AT-B.27-2", "link")
async def test_a_local_csms_hears_the_tariff_of_its_zone_and_tells_its_stations(tmp_path: Path) -> None:
    async with three_levels(tmp_path, known=(False, False, False)) as there:
        here, local, station = there.here, there.local, there.station
        await laid_out(here)
        await here.ask("tariffs/set", tariff("0.39"))
        await until(lambda: price(station) == "0.39", 20.0)
        await local.cut()
        for newer in ("0.50", "0.55"):
            await here.ask("tariffs/set", tariff(newer))
        assert price(station) == "0.39"
        await local.mend()
        await until(lambda: price(station) == "0.55", 20.0)
        assert local.csms.engine.known.tariff(KEY) is not None
        await here.ask("tariffs/clear", {"site": "mall", "zone": "north"})
        await until(lambda: not station.engine.known.tariffs)
        assert local.csms.engine.known.tariff(KEY) is None


async def test_what_was_set_at_a_site_itself_counts_until_the_level_above_says_otherwise(tmp_path: Path) -> None:
    async with three_levels(tmp_path, known=(False, False, False)) as there:
        own = Tariff(
            key=KEY,
            id=TariffId("own"),
            currency="CHF",
            valid_from=there.here.now(),
            elements=(TariffElement(dimension="flat", price=Decimal(2)),),
        )
        keep_tariff(there.local.csms.engine, StationId(""), KEY, own)
        await until(lambda: told(there.station), 20.0)
        await laid_out(there.here)
        await there.here.ask("tariffs/set", tariff("0.20", zone="south"))
        await until(lambda: there.local.csms.engine.known.tariff(TariffKey("mall:south")))
        assert price(there.station) == "2"
        await there.here.ask("tariffs/set", tariff("0.39"))
        await until(lambda: price(there.station) == "0.39")


async def test_a_station_that_starts_without_a_link_knows_what_counted_last(tmp_path: Path) -> None:
    async with direct(tmp_path) as (here, station, tap, again):
        await here.ask("tariffs/set", tariff("0.39"))
        await until(lambda: price(station) == "0.39", 20.0)
        tap.open = False
        tap.cut()
    async with again().running() as anew:
        assert price(anew) == "0.39"


async def test_a_tariff_that_cannot_be_is_refused_in_words_over_rest(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, _):
        await laid_out(here)
        for how, words in (
            ({"zone": "moon"}, "there is no zone moon at site mall"),
            ({"currency": "EURO"}, "'EURO' is no currency of ISO 4217"),
            ({"elements": [{"dimension": "time", "price": "-1"}]}, "a price for time is not negative"),
            ({"elements": [{"dimension": "energy", "price": "0.1234567"}]}, "a price has at most 12 digits"),
            ({"texts": {"en": "x" * 513}}, "the text in en has 1 to 512"),
        ):
            said = await here.admin.post("tariffs/set", json=tariff("0.39", **how))
            assert said.status_code in {404, 409, 422, 400}, said.text
            assert words in said.text
        assert not here.csms.engine.known.tariffs
        await here.ask("tariffs/set", tariff("0.39"))
        await here.ask("zones/remove", {"site": "mall", "id": "north"})
        assert not here.csms.engine.known.tariffs
