# SPDX-License-Identifier: Apache-2.0
"""The page of the tariffs of a station (8.4.6, 8.4.7): what it holds, and forms that go to it."""

from decimal import Decimal

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.charging_tariff import ChargingTariff, ConditionalPrice, PriceList, TaxRate
from open63110.usecases.services.tariff_at_station import DefaultTariffSet, SetDefaultTariff

OTHER = StationId("CS-2")
AT = f"/do/stations/{CS}/station-tariffs"


async def test_a_tariff_is_set_from_the_page_and_shown_once_the_station_has_taken_it(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    said = {
        "tariff.id": "T-1",
        "tariff.currency": "EUR",
        "tariff.energy.prices.0.price": "0.45",
        "tariff.idle_time.prices.0.price": "",
        "tariff.texts.0.text": "0.45 a kWh",
        "tariff.valid_from": "2099-12-31T18:00",
    }
    form = {name.replace(".", "__"): value for name, value in said.items()}
    await send(client, f"{AT}/set", evse="0", **form)
    (sent,) = [one for one in ground.link.got if isinstance(one, SetDefaultTariff)]
    price = ConditionalPrice(price=Decimal("0.45"))
    assert (sent.tariff.energy, sent.tariff.idle_time) == (PriceList(prices=(price,)), None)
    assert [one.text for one in sent.tariff.texts] == ["0.45 a kWh"]

    page = (await client.get(f"/stations/{CS}/tariffs")).text
    check(page)
    assert "No tariff is known" in page
    ground.hear(DefaultTariffSet(station=CS, at=ground.clock.now(), tariff=sent.tariff))
    await ground.settle()
    page = (await client.get(f"/stations/{CS}/tariffs")).text
    check(page)
    for words in ("T-1", "every EVSE", "0.45 per kWh", "0.45 a kWh"):
        assert words in page
    told = await send(client, f"{AT}/clear", ids__0="T-1", evse="0")
    assert "Clear" in told.text
    assert [type(one).__name__ for one in ground.link.got][-1] == "ClearStationTariffs"


async def test_what_a_tariff_says_is_shown_as_it_is_and_harms_nobody(ground: Ground) -> None:
    await ground.station()
    vat = TaxRate(type="vat", percent=Decimal("19.0"))
    fee = PriceList(prices=(ConditionalPrice(price=Decimal("1.50")),), taxes=(vat,))
    tariff = ChargingTariff(id=NASTY[:60], currency="EUR", fixed_fee=fee)
    ground.hear(DefaultTariffSet(station=CS, at=ground.clock.now(), tariff=tariff))
    await ground.settle()
    client = await logged_in(ground, Role.VIEWER)
    page = (await client.get(f"/stations/{CS}/tariffs")).text
    check(page)
    assert "1.5 fixed fee + 19 % vat" in page
    assert "station-tariffs" not in page, "who only looks is offered nothing"


async def test_what_is_no_price_is_said_where_it_was_typed(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    told = await send(client, f"{AT}/set", tariff__id="T", tariff__currency="EUR", tariff__energy__prices__0__price="much")
    assert "tariff.energy.prices" in told.text
    assert ground.link.got == []


async def test_what_counted_can_be_asked_by_who_may_read_and_a_moment_that_is_none_is_named(ground: Ground) -> None:
    await ground.station()
    ground.hear(DefaultTariffSet(station=CS, at=ground.clock.now(), tariff=ChargingTariff(id="T", currency="EUR")))
    await ground.settle()
    async with ground.client(await ground.admit(Role.VIEWER, name="vera")) as client:
        said = (await client.get(f"/api/v1/stations/{CS}/tariffs")).json()
        assert [one["tariff"]["id"] for one in said["items"]] == ["T"] * len(ground.engine.stations[CS].evses)
        assert said["items"]
        wrong = await client.get(f"/api/v1/stations/{CS}/tariffs", params={"at": "yesterday"})
        assert (wrong.status_code, wrong.json()["where"]) == (400, "at")
        assert (await client.get("/api/v1/stations/CS-9/tariffs")).status_code == 404


async def test_many_stations_are_set_a_tariff_and_let_it_go_each_by_itself(ground: Ground) -> None:
    for one in (CS, OTHER):
        await ground.station(one)
    which, day = {"stations": ["CS-*"]}, {"id": "day", "currency": "EUR"}
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann", scope=("CS-2",))) as client:
        said = await client.post("/api/v1/station-tariffs/set", json={"which": which, "tariff": day})
        assert (said.status_code, [one["station"] for one in said.json()["orders"]]) == (202, [OTHER])
        said = await client.post("/api/v1/station-tariffs/clear", json={"which": which, "ids": ["day"]})
        assert [one["kind"] for one in said.json()["orders"]] == ["ClearStationTariffs"]
        wrong = await client.post("/api/v1/station-tariffs/set", json={"which": which, "tariff": day | {"price": "1"}})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "UnknownField")
        nobody = await client.post("/api/v1/station-tariffs/clear", json={"which": {}})
        assert (nobody.status_code, nobody.json()["code"]) == (400, "NoStations")
    assert [(type(one).__name__, one.station) for one in ground.link.got] == [
        ("SetDefaultTariff", OTHER),
        ("ClearStationTariffs", OTHER),
    ]
