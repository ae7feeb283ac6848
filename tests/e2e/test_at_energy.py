# SPDX-License-Identifier: Apache-2.0
"""Power shared among stations over real sockets: nobody's fuse, whoever is away, and everybody's needs (7.5, 8.2.3)."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import WIRES, House, house
from tests.e2e.player import Player, playing

from open63110.kernel.ids import EvseNumber
from open63110.model.exposure import most
from open63110.model.limit import WHOLE
from open63110.model.power import PowerAlarm

ONE = EvseNumber(1)


def obeying(cs: Player) -> Player:
    """Let a station take every limit."""
    cs.obey("SetChargingProfile", "ClearChargingProfile")
    return cs


@contextlib.asynccontextmanager
async def deck(
    folder: Path, wire: str, names: tuple[str, ...], rated: float, **zone: Any
) -> AsyncIterator[tuple[House, dict[str, Player]]]:
    """A zone with stations of one EVSE each, on board and obeying."""
    async with house(folder, factor=10.0) as here, contextlib.AsyncExitStack() as links:
        await here.ask("sites/put", {"id": "north"})
        await here.ask("zones/put", {"site": "north", "id": "deck"} | zone)
        await here.token("ANNA")
        players: dict[str, Player] = {}
        for name in names:
            await here.register(name)
            place = {"site": "north", "zone": "deck", "evses": [{"number": 1, "import_max": rated}]}
            await here.ask(f"stations/{name}/place", place)
            players[name] = obeying(await links.enter_async_context(playing(here.port, name, wire)))
            await here.on_board(players[name])
        yield here, players


def confirmed(here: House, name: str) -> float:
    """What a station confirmed that it keeps to; without a limit all that it can draw [W]."""
    known = here.station(name).limits.in_force.get(WHOLE)
    return float(known.asked.limit) if known else float("inf")


def feared(here: House, names: tuple[str, ...]) -> float:
    """What all may draw together [W]."""
    return sum(float(most(here.station(one), here.now())) for one in names)


@pytest.mark.at("AT-7.5-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_who_is_away_counts_with_what_it_confirmed_and_then_with_its_fail_safe_value(wire: str, tmp_path: Path) -> None:
    names = ("CS-1", "CS-2", "CS-3")
    zone = {"import_max": 33_000, "failsafe": 6_000, "failsafe_after": 60}
    async with deck(tmp_path, wire, names, 11_000, **zone) as (here, players):
        await here.ask("zones/limit", {"site": "north", "zone": "deck", "limit": 33_000}, wait=20)
        await here.until(lambda: [confirmed(here, one) for one in names] == [11_000.0] * 3)
        await players["CS-3"].cut()
        await here.until(lambda: here.station("CS-3").connected is None)
        cut = here.now()
        await here.ask("zones/limit", {"site": "north", "zone": "deck", "limit": 22_000}, wait=0)
        await here.until(lambda: confirmed(here, "CS-1") + confirmed(here, "CS-2") <= 11_000)
        while here.now() < cut + timedelta(seconds=35):
            await here.pass_by(1)
            assert feared(here, names) <= 22_000
            assert confirmed(here, "CS-1") + confirmed(here, "CS-2") <= 11_000
        await here.until(lambda: confirmed(here, "CS-1") + confirmed(here, "CS-2") == 20_000)
        assert here.now() >= cut + timedelta(seconds=39)  # a lease may have begun 20 s before
        assert feared(here, names) <= 22_000
        await players["CS-3"].come_back()
        await here.on_board(players["CS-3"])
        for _ in range(20):
            await here.pass_by(1)
            assert feared(here, names) <= 22_000
        await here.until(lambda: sum(confirmed(here, one) for one in names) == 21_999)
        assert feared(here, names) <= 22_000


@pytest.mark.at("AT-8.2.3-1", *WIRES)
@pytest.mark.at("AT-8.2.3-2", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_each_gets_a_schedule_by_its_needs_and_another_when_somebody_comes(wire: str, tmp_path: Path) -> None:
    names = ("CS-1", "CS-2", "CS-3")
    async with deck(tmp_path, wire, names, 22_000, import_max=22_000) as (here, players):
        begun = here.now()
        for name, energy, hours in (("CS-1", 20_000.0, 2), ("CS-2", 40_000.0, 8)):
            needs = {"evse": 1, "energy": energy, "departure": (begun + timedelta(hours=hours)).isoformat()}
            await here.ask(f"stations/{name}/sessions/needs", needs)
            await players[name].begin(1, "ANNA", 0, here.now())
            await players[name].move(1, "Charging", 0, here.now())
        two = names[:2]
        await here.until(lambda: 0 < sum(confirmed(here, one) for one in two) <= 22_000)
        await here.until(lambda: here.csms.planning.plans > 0)
        assert here.now() <= begun + timedelta(seconds=300)
        await here.pass_by(5)
        await here.until(lambda: promise(here, "CS-1") >= 20_000.0)
        assert confirmed(here, "CS-1") >= 10_000.0
        came = here.now()
        await players["CS-3"].begin(1, "ANNA", 0, here.now())
        await players["CS-3"].move(1, "Charging", 0, here.now())
        worst = 0.0

        def all_told() -> bool:
            nonlocal worst
            worst = max(worst, feared(here, names))
            return confirmed(here, "CS-3") >= 4_000.0 and sum(confirmed(here, one) for one in names) <= 22_000

        await here.until(all_told)
        assert here.now() <= came + timedelta(seconds=60)
        assert worst <= 22_000
        assert here.rows(PowerAlarm) == []


def promise(here: House, name: str) -> float:
    """What an EV will have when it leaves [Wh]."""
    power = here.csms.engine.known.power("north")  # type: ignore[arg-type] # a literal
    found = [one.promise for one in power.evses if one.station == name] if power else []
    return float(found[0].energy) if found and found[0] else 0.0


async def test_when_the_planner_dies_the_safety_loop_goes_on_and_the_operator_is_told_until_it_is_back(tmp_path: Path) -> None:
    names = ("CS-1", "CS-2")
    async with deck(tmp_path, "v21", names, 22_000, import_max=22_000) as (here, players):
        planning = here.csms.planning
        working, planning.words = planning.words, (sys.executable, "-c", "pass")
        for name in names:
            needs = {"evse": 1, "energy": 20_000.0, "departure": (here.now() + timedelta(hours=2)).isoformat()}
            await here.ask(f"stations/{name}/sessions/needs", needs)
            await players[name].begin(1, "ANNA", 0, here.now())
            await players[name].move(1, "Charging", 0, here.now())
        alarms = here.csms.engine.known.all_alarms
        await here.until(lambda: [one.kind for one in alarms.values()] == ["PlannerAway"])
        await here.until(lambda: [confirmed(here, one) for one in names] == [11_000.0] * 2)
        assert planning.plans == 0
        planning.words = working
        await here.until(lambda: planning.plans > 0)
        await here.until(lambda: not alarms)
        assert planning.process is not None
        planning.process.kill()
        before = planning.plans
        await players["CS-1"].end(1, 5_000, here.now())
        await here.until(lambda: confirmed(here, "CS-2") > 11_000 or planning.plans > before)
        assert feared(here, names) <= 22_000
