# SPDX-License-Identifier: Apache-2.0
"""What is known of the time ahead changes what EVs are told, over real sockets: prices, and visits that are over (8.2.3)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.e2e.house import House, house
from tests.e2e.player import playing
from tests.e2e.test_at_energy import confirmed, deck, obeying

from open63110.cli.outlooks import import_
from open63110.model.power import EvsePower, PowerAlarm
from open63110.model.site import SiteId

NAMES = ("CS-1", "CS-2")


def seen(here: House, name: str) -> EvsePower | None:
    """An EVSE as the page of its site shows it."""
    power = here.csms.engine.known.power(SiteId("north"))
    return next((one for one in power.evses if one.station == name), None) if power else None


async def test_evs_with_time_wait_for_cheap_energy_and_charge_at_once_when_prices_are_withdrawn(tmp_path: Path) -> None:
    async with deck(tmp_path, "v21", NAMES, 11_040, import_max=22_000) as (here, players):
        await here.ask("sites/put", {"id": "north", "rules": {"on": 0, "off": 0}})
        now = here.now()
        cheap = now + timedelta(hours=2)
        file = tmp_path / "prices.toml"
        file.write_text(
            f"""
            [[outlooks]]
            site = "north"
            kind = "price"
            currency = "EUR"
            until = {(now + timedelta(hours=12)).isoformat()}
            steps = [{{since = {now.isoformat()}, value = 0.6}}, {{since = {cheap.isoformat()}, value = 0.1}}]
            """
        )
        key = here.admin.headers["Authorization"].removeprefix("Bearer ")
        assert await asyncio.to_thread(import_, file, url=f"http://127.0.0.1:{here.csms.web_port}", key=key) == 0
        assert [one["id"] for one in (await here.ask("outlooks"))["items"]] == ["north:price"]
        for name in NAMES:
            needs = {"evse": 1, "energy": 6_000.0, "departure": (now + timedelta(hours=8)).isoformat()}
            await here.ask(f"stations/{name}/sessions/needs", needs)
            await players[name].begin(1, "ANNA", 0, here.now())
            await players[name].move(1, "Charging", 0, here.now())
        await here.until(lambda: [confirmed(here, one) for one in NAMES] == [0.0, 0.0])
        await here.until(lambda: (one := seen(here, "CS-1")) is not None and one.why == "Planned")
        one = seen(here, "CS-1")
        assert one is not None
        assert one.promise is not None
        assert one.promise.energy >= 5_900.0
        assert one.promise.basis == "stated"
        assert min(step.since for step in one.ahead if step.limit > 0) >= cheap - timedelta(minutes=15)
        await here.ask("outlooks/withdraw", {"site": "north", "kind": "price"})
        await here.until(lambda: all(confirmed(here, one) > 6_000 for one in NAMES))
        assert here.rows(PowerAlarm) == []


async def test_prices_whose_time_is_over_are_left_out_and_the_operator_is_told_until_there_are_others(tmp_path: Path) -> None:
    async with deck(tmp_path, "v201", NAMES, 11_040, import_max=22_000) as (here, _):
        now = here.now()
        said: dict[str, Any] = {"site": "north", "kind": "ghg", "steps": [{"since": now.isoformat(), "value": 300.0}]}
        await here.ask("outlooks/put", said | {"until": (now + timedelta(seconds=20)).isoformat()})
        alarms = here.csms.engine.known.all_alarms
        await here.until(lambda: [(one.kind, one.place) for one in alarms.values()] == [("OutlookStale", "north:ghg")])
        assert here.now() >= now + timedelta(seconds=20)
        await here.ask("outlooks/put", said | {"until": (now + timedelta(hours=20)).isoformat()})
        await here.until(lambda: not alarms)


async def test_after_a_restart_earlier_visits_still_tell_what_an_ev_will_take_of_which_nobody_says_anything(
    tmp_path: Path,
) -> None:
    names = tuple(f"CS-{number}" for number in range(1, 9))
    async with deck(tmp_path, "v201", names, 11_040, import_max=60_000) as (here, players):
        for name in names:
            begun = here.now() - timedelta(hours=2)
            await players[name].begin(1, "ANNA", 0, begun)
            await players[name].end(1, 7_000, begun + timedelta(hours=2))
        await here.ask("zones/put", {"site": "north", "id": "deck", "import_max": 20_000})
    async with house(tmp_path, factor=10.0, admin="again") as here, playing(here.port, "CS-1", "v201") as player:
        await here.on_board(obeying(player))
        await player.begin(1, "ANNA", 0, here.now())
        await player.move(1, "Charging", 0, here.now())
        await here.until(lambda: (one := seen(here, "CS-1")) is not None and one.promise is not None)
        one = seen(here, "CS-1")
        assert one is not None
        assert one.promise is not None
        assert (one.promise.basis, one.promise.wanted, one.promise.expected) == ("estimated", 7_000.0, 7_000.0)
        assert one.promise.departure is not None
        assert timedelta(hours=1.9) < one.promise.departure - here.now() < timedelta(hours=2)
