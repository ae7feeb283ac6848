# SPDX-License-Identifier: Apache-2.0
"""A whole site replayed over real sockets, and judged by the simulator's own meters (`open63110 simulate site`)."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house
from tests.process import CsmsProcess

from open63110.apps.replay import Play, Replay
from open63110.apps.replay_report import report, words
from open63110.apps.simulate_site import SiteSimulation, way
from open63110.apps.site_plan import plain, write_plan
from open63110.bindings.web.shapes import Seer, show
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Volts, WattHours, Watts
from open63110.model.site import EvsePlan, Feeder, GridConnection, SiteId, ZoneId
from open63110.simulator.garage import garage
from open63110.simulator.premises import Premises
from open63110.simulator.visits import Visit
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan

CARD = "04A1B2C3D4E5F6"
SPEED = 60.0
HALF_AN_HOUR = Seconds(1_800.0)


def everybody(evses: int, stay: float = HALF_AN_HOUR, need: float = 3_000.0) -> list[Visit]:
    """At each EVSE an EV that comes within the first minute."""
    return [Visit(place, Seconds(5.0 * place), Seconds(5.0 * place + stay), WattHours(need)) for place in range(evses)]


def replayed(here: House, evses: int, visits: list[Visit], *, versions: str = "1.6,2.0.1,2.1", **play: Any) -> Replay:
    """A made-up garage whose stations come to a CSMS."""
    settings = SiteSimulation(csms=f"ws://127.0.0.1:{here.port}/ocpp", versions=versions, speed=SPEED)
    plain = Play(span=HALF_AN_HOUR, speed=SPEED, within=Seconds(10.0 + SPEED), interval=Seconds(300.0))
    told = Play(**{name: getattr(plain, name) for name in plain.__struct_fields__} | play)
    return Replay(Premises(garage(evses)), visits, told, way(settings), here.csms.clock)


async def told_of_the_site(here: House, evses: int) -> None:
    """Let the CSMS know the garage, and the card."""
    site = show(garage(evses), Seer(here.csms.engine.known, personal=True))
    await here.ask("sites/import", {"sites": [site]})
    await here.token(CARD, concurrent=0)


async def test_if_nobody_limits_them_the_judge_sees_what_blows(tmp_path: Path) -> None:
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        await here.token(CARD, concurrent=0)
        replay = replayed(here, 12, everybody(12), span=Seconds(420.0))
        said: list[str] = []
        await replay.run(tell=said.append, pause=2.0)
    found = report(replay)
    assert not found.held
    worst = found.metered[0]
    assert worst.place.startswith("grid main")
    assert worst.ratio > 1.2
    assert worst.above > 200.0
    assert "BREACHED" in list(words(found))[-1]
    assert any("charging" in line and "ABOVE" in line for line in said)


async def test_a_zone_that_is_limited_is_held_in_every_sample_and_the_time_it_took_is_told(tmp_path: Path) -> None:
    """Eight stations of three versions share 72 kW, and then 48."""
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        await told_of_the_site(here, 8)
        await here.ask("zones/limit", {"site": "garage", "zone": "row-1", "limit": 72_000.0})
        long_enough = Seconds(1_500.0)  # for all to have left, on a busy machine too
        replay = replayed(here, 8, everybody(8, stay=900.0), span=long_enough)
        running = asyncio.create_task(replay.run())
        await here.until(lambda: sum(one.amperes > 0 for one in replay.outlets) == 8)
        replay.witness.order("zone row-1", Watts(72_000.0), here.now(), within=0.0)
        order = replay.witness.order("zone row-1", Watts(48_000.0), here.now(), within=replay.play.within)
        await here.ask("zones/limit", {"site": "garage", "zone": "row-1", "limit": 48_000.0})
        await running
    found = report(replay)
    (zone,) = [one for one in found.metered if one.place == "zone row-1"]
    assert (zone.samples, order.late) == (0, False)
    assert order.seconds is not None
    assert zone.most <= 72_000.0
    assert found.service.visits == 8
    assert found.service.delivered > 8 * 500.0
    assert found.service.nothing == 0
    assert found.waiting == 0


def caltech(evses: int) -> SitePlan:
    """A garage as that of Caltech: EVSEs between two phases of 208 V, below a transformer that is too small."""
    pairs, ladder = ("L1-L2", "L2-L3", "L3-L1"), tuple(map(Amperes, (8.0, 16.0, 24.0, 32.0)))
    stations = tuple(
        StationPlan(
            id=StationId(f"CA-{n:02d}"),
            evses=(
                EvsePlan(
                    number=EvseNumber(1),
                    import_max=Watts(6_651.0),
                    wiring=pairs[n % 3],
                    pilots=ladder if n % 2 else (),
                ),
            ),
        )
        for n in range(evses)
    )
    return SitePlan(
        id=SiteId("caltech"),
        connections=(GridConnection(id="main", import_max=Watts(30_000.0), volts=Volts(277.0)),),
        feeders=(Feeder(id="t", amperes=(Amperes(36.0),) * 3, volts=Volts(120.0), winding="delta-wye"),),
        zones=(ZonePlan(id=ZoneId("all"), import_max=Watts(200_000.0), stations=stations, feeder="t"),),
    )


async def test_a_garage_of_208_volts_below_a_transformer_is_held_too(tmp_path: Path) -> None:
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        await here.ask("sites/import", {"sites": [plain(caltech(12))]})
        await here.token(CARD, concurrent=0)
        settings = SiteSimulation(csms=f"ws://127.0.0.1:{here.port}/ocpp", speed=SPEED)
        play = Play(span=Seconds(700.0), speed=SPEED, interval=Seconds(300.0))
        visits = [one._replace(most=Watts(6_651.0)) for one in everybody(12)]
        replay = Replay(Premises(caltech(12)), visits, play, way(settings), here.csms.clock)
        await replay.run()
    found = report(replay)
    assert found.held, "\n".join(words(found))
    assert found.metered[0].ratio > 0.7, "and what there is is used"


async def test_a_real_program_replays_a_site_from_its_file_and_says_how_it_went(tmp_path: Path) -> None:
    sessions, site = tmp_path / "some.csv", tmp_path / "site.toml"
    rows = "".join(f"{n},CA-{n},100,102,0.5,6.6\n" for n in range(3))
    sessions.write_text("session_id,station_id,arrival_slot,departure_slot,energy_kwh,max_power_kw\n" + rows)
    write_plan(garage(4), site)
    csms = CsmsProcess(tmp_path, clock_factor=SPEED).init().start()
    try:
        program = [sys.executable, "-m", "open63110"]
        token = {"token": {"kind": "ISO14443", "value": CARD, "concurrent": 0}}
        assert csms.rest("POST", "/api/v1/tokens/put", token)[0] == 200
        play = [
            "--site",
            str(site),
            "--sessions",
            str(sessions),
            "--speed",
            str(SPEED),
            "--from",
            "500m",
            "--for",
            "12m",
            "--json",
        ]
        command = [*program, "simulate", "site", "--csms", csms.url("")[:-1], *play]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=100)
    finally:
        csms.stop()
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert (found["held"], found["service"]["visits"], found["service"]["nothing"]) == (True, 3, 0)
    assert found["service"]["needed"] == pytest.approx(1_500.0)
    assert found["service"]["energy"] > 0.9, "one of them rests for half an hour, which is not held against anybody"


async def test_a_replay_that_no_station_could_join_says_so_and_has_not_gone_well() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        to = f"ws://127.0.0.1:{nobody.getsockname()[1]}/ocpp"
        how = ["--csms", to, "--evses", "2", "--speed", "600", "--for", "5m"]
        command = [sys.executable, "-m", "open63110", "simulate", "site", *how]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=100)
    assert done.returncode == 1
    assert "NOTHING SEEN: the CSMS has accepted none of 2 stations" in done.stdout.decode()


def fast(said: Watts | None) -> SitePlan:
    """Two stations of 150 kW where 160 kW are, as somebody describes them."""
    evses = (EvsePlan(number=EvseNumber(1), import_max=said),)
    stations = tuple(StationPlan(id=StationId(f"DC-{n}"), evses=evses) for n in range(2))
    zone = ZonePlan(id=ZoneId("all"), import_max=Watts(160_000.0), stations=stations)
    return SitePlan(id=SiteId("motorway"), zones=(zone,))


async def test_stations_of_which_nobody_said_what_they_can_are_held_too(tmp_path: Path) -> None:
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        await here.ask("sites/import", {"sites": [plain(fast(None))]})
        await here.token(CARD, concurrent=0)
        settings = SiteSimulation(csms=f"ws://127.0.0.1:{here.port}/ocpp", speed=SPEED)
        play = Play(span=Seconds(500.0), speed=SPEED, interval=Seconds(300.0))
        visits = [one._replace(most=Watts(150_000.0)) for one in everybody(2, need=50_000.0)]
        replay = Replay(Premises(fast(Watts(150_000.0))), visits, play, way(settings), here.csms.clock)
        await replay.run()
    found = report(replay)
    assert found.held, "\n".join(words(found))
    assert found.metered[0].ratio > 0.7, "and what there is is used"
