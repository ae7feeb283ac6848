# SPDX-License-Identifier: Apache-2.0
"""Tariffs of stations (8.4.6, 8.4.7): a real CSMS, and simulated stations with a display that hold, show and tell them."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_at_displays import seen
from tests.e2e.test_at_simulated import Standing, standing

from open63110.model.charging_tariff import StationTariff

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
