# SPDX-License-Identifier: Apache-2.0
"""Tariffs of stations (8.4.6, 8.4.7): a real CSMS, and simulated stations with a display that hold, show and tell them."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house, slack
from tests.e2e.test_at_displays import seen
from tests.e2e.test_at_simulated import Standing, standing

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Seconds
from open63110.model.charging_tariff import StationTariff
from open63110.model.policy import StationPolicy
from open63110.station.panel import shows

IN_A, IN_B = 20, 2
"""Stations in two zones."""
OTHERS = ("v16", "v201", "link")
"""Wires with no words for the tariffs of stations."""


def tariff(id: str, price: str, **more: Any) -> dict[str, Any]:
    """A price by kWh, with the text that drivers read."""
    return {
        "id": id,
        "currency": "EUR",
        "energy": {"prices": [{"price": price}]},
        "texts": [{"language": "en", "text": f"{price} EUR per kWh"}],
        **more,
    }


async def order(at: Standing, verb: str, status: int = 200, **said: Any) -> Any:
    """Have the station do something about its tariffs."""
    answer = await at.here.ask(f"stations/CS-1/station-tariffs/{verb}", said, status=status)
    return answer if status == 200 else answer["order"]


def known(at: Standing) -> list[tuple[int, str]]:
    """What the CSMS knows that the station has."""
    return [(one.evse, one.id) for one in at.here.rows(StationTariff) if one.ended is None]


async def test_a_tariff_that_is_set_for_later_is_seen_from_its_moment_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 10.0)
    async with standing(tmp_path, "v21") as at:
        here = at.here
        assert (await order(at, "set", tariff=tariff("old", "0.39")))["outcome"] == "accepted"
        assert seen(at, 1) == seen(at, 2) == ["0.39 EUR per kWh"]
        moment = here.now() + timedelta(seconds=60)
        await order(at, "set", tariff=tariff("new", "0.45", valid_from=moment.isoformat()))
        await here.until(lambda: known(at) == [(0, "new"), (0, "old")])
        while here.now() < moment + timedelta(seconds=10):
            before, words, after = here.now(), seen(at, 1), here.now()
            if (moment <= before) == (moment <= after):
                assert words == ["0.45 EUR per kWh" if moment <= before else "0.39 EUR per kWh"]
            await asyncio.sleep(0.05)


async def test_a_transfer_goes_on_by_another_tariff_and_what_a_station_has_can_be_asked_and_cleared(tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at:
        here = at.here
        await here.token("ANNA")
        await order(at, "set", evse=1, tariff=tariff("mine", "0.39"))
        await order(at, "set", evse=2, tariff=tariff("mine", "0.39"))
        await at.charge(1, "ANNA")
        (reference,) = here.station("CS-1").transfers
        assert seen(at, 1) == [], "the default tariff is for who comes"
        assert seen(at, 2) == ["0.39 EUR per kWh"]
        francs = await order(at, "change", status=409, reference=reference, tariff=tariff("x", "0.30", currency="CHF"))
        assert (francs["outcome"], francs["reason"]) == ("rejected", "NoCurrencyChange")
        assert (await order(at, "change", reference=reference, tariff=tariff("happy", "0.30")))["outcome"] == "accepted"
        assert seen(at, 1) == ["0.30 EUR per kWh"]
        await here.until(lambda: sorted(known(at)) == [(0, "happy"), (1, "mine"), (2, "mine")])

        twin = await order(at, "set", status=409, tariff=tariff("mine", "0.41"))
        assert (twin["outcome"], twin["reason"]) == ("rejected", "DuplicateTariffId")
        assert (await order(at, "ask"))["outcome"] == "accepted"
        assert sorted(known(at)) == [(0, "happy"), (1, "mine"), (2, "mine")]
        assert (await order(at, "clear", ids=["mine"]))["outcome"] == "accepted"
        await here.until(lambda: known(at) == [(0, "happy")])
        assert (await order(at, "clear"))["reason"] == "NoTariff"
        assert (await order(at, "ask"))["reason"] == "NoTariff"
        assert seen(at, 2) == []


@pytest.mark.parametrize("wire", OTHERS)
async def test_where_a_wire_has_no_words_for_tariffs_that_is_said(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        for verb, said in (("set", {"tariff": tariff("T", "0.39")}), ("ask", {}), ("clear", {})):
            refused = await order(at, verb, status=501, **said)
            assert refused["outcome"] == "not-supported", (verb, refused)
        assert known(at) == []


@pytest.mark.at("AT-8.4.7-3", "v21")
async def test_what_counted_at_a_station_half_a_minute_before_a_change_is_the_old_tariff(tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at:
        here = at.here
        await order(at, "set", tariff=tariff("old", "0.39"))
        moment = here.now() + timedelta(minutes=10)
        await order(at, "set", tariff=tariff("new", "0.45", valid_from=moment.isoformat()))
        await here.until(lambda: here.now() > moment + timedelta(minutes=1))
        assert seen(at, 1) == ["0.45 EUR per kWh"]
        await order(at, "set", evse=2, tariff=tariff("newest", "0.50"))
        await here.until(lambda: sorted(known(at)) == [(0, "new"), (2, "newest")])

        async def counted(when: datetime) -> list[tuple[int, str]]:
            said = await here.ask("stations/CS-1/tariffs", at=when.isoformat())
            return [(one["evse"], one["tariff"]["id"]) for one in said["items"]]

        assert await counted(moment - timedelta(seconds=30)) == [(1, "old"), (2, "old")]
        assert await counted(moment) == [(1, "new"), (2, "new")]
        assert await counted(here.now()) == [(1, "new"), (2, "newest")]
        assert await counted(moment - timedelta(days=1)) == []


@pytest.mark.at("AT-8.4.7-1", "v21")
async def test_a_tariff_set_for_a_zone_is_seen_there_from_its_moment_on_and_nowhere_else(tmp_path: Path) -> None:
    """Twenty stations of zone A show it from its moment on; that a CSP is told of it before is for the clauses of partners."""
    factor, zones = 60.0, {f"CS-{number}": "a" if number < IN_A else "b" for number in range(IN_A + IN_B)}
    async with house(tmp_path, factor=factor) as here:
        await here.ask("sites/put", {"id": "north"})
        for zone in ("a", "b"):
            await here.ask("zones/put", {"site": "north", "id": zone, "import_max": 500_000})
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(answer_within=Seconds(slack(factor))), seed=1)
            for name, zone in zones.items():
                await here.register(name)
                await here.ask(f"stations/{name}/place", {"site": "north", "zone": zone})
                plan = StationPlan(id=name, version=Version.V21, evses=1)
                site.build(plan, Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(factor))).switch_on()
            async with site.running():
                await here.until(lambda: all(len(here.station(name).evses) == 1 for name in zones))
                lines = {name: site.client.lines[StationId(name)] for name in zones}

                def words(name: str) -> list[str]:
                    return [one.text for one in shows(lines[name].engine, StationId(name))[EvseNumber(1)]]

                old = await spread(here, {"site": "north"}, tariff("old", "0.39"))
                assert (old["stations"], old["refused"]) == (IN_A + IN_B, {})
                await here.until(lambda: len(here.rows(StationTariff)) == IN_A + IN_B)
                moment = here.now() + timedelta(minutes=10)
                new = await spread(here, {"site": "north", "zone": "a"}, tariff("new", "0.45", valid_from=moment.isoformat()))
                assert (new["stations"], new["refused"]) == (IN_A, {})
                await here.until(lambda: len(here.rows(StationTariff)) == IN_A + IN_B + IN_A)
                assert here.now() < moment
                changed: set[str] = set()
                while here.now() < moment + timedelta(minutes=1) or len(changed) < IN_A:
                    for name, zone in zones.items():
                        before, said, after = here.now(), words(name), here.now()
                        if (moment <= before) == (moment <= after):
                            late = zone == "a" and moment <= before
                            assert said == ["0.45 EUR per kWh" if late else "0.39 EUR per kWh"], (name, before, moment)
                            changed |= {name} if late else set()
                    await asyncio.sleep(0.05)


async def spread(here: House, which: dict[str, str], wanted: dict[str, Any]) -> Any:
    """Have a tariff count at many stations."""
    return await here.ask("station-tariffs/set", {"which": which, "tariff": wanted}, status=202)
