# SPDX-License-Identifier: Apache-2.0
"""Annex A.4: a parking lot with a local CSMS, two zones, 20 AC and 2 DC stations; limits hold while the upper link is cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.e2e.house import ADMIN, House, slack
from tests.e2e.link_house import Pki, context, link_house
from tests.e2e.local_house import Local, admit_level, ended, local_csms, until

from open63110.apps.local_config import ZonePlan as LocalZone
from open63110.apps.replay import Play, Replay
from open63110.apps.replay_report import report, words
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.order import Outcome
from open63110.model.site import EvsePlan, GridConnection, SiteId, ZoneId
from open63110.model.station import Registration
from open63110.simulator.premises import Premises
from open63110.simulator.visits import Visit
from open63110.usecases.energy.describe_site import ImportSites, SitePlan, StationPlan, ZonePlan
from open63110.usecases.energy.smart_charging import LimitZone

FACTOR = 150.0
HOUR = 3_600.0
AC = [f"AC-{number:02d}" for number in range(1, 21)]
DC = ["DC-1", "DC-2"]
LIMITS = {"ac": 115_000.0, "dc": 160_000.0}
"""Set by the level above before its link is cut [W]."""
LOWER = {"ac": 95_000.0, "dc": 110_000.0}
"""Set at the site while it is [W]."""
SITE = 250_000.0
"""Less than both zones together [W]."""
CARD = "04A4"
VERSIONS = (Version.V16, Version.V201, Version.V21)


def lot() -> SitePlan:
    """Every third AC station stands turned."""
    turned = ("L1L2L3", "L2L3L1", "L3L1L2")
    ac = tuple(_station(name, 22_080.0, turned[place % 3]) for place, name in enumerate(AC))
    dc = tuple(_station(name, 150_000.0, "L1L2L3") for name in DC)
    return SitePlan(
        id=SiteId("mall"),
        connections=(GridConnection(id="main", import_max=Watts(SITE), amperes=(Amperes(370.0),) * 3),),
        zones=(
            ZonePlan(id=ZoneId("ac"), import_max=Watts(LIMITS["ac"]), stations=ac),
            ZonePlan(id=ZoneId("dc"), import_max=Watts(LIMITS["dc"]), stations=dc),
        ),
    )


def _station(name: str, most: float, wiring: str) -> StationPlan:
    return StationPlan(id=StationId(name), evses=(EvsePlan(number=EvseNumber(1), import_max=Watts(most), wiring=wiring),))


def visits() -> list[Visit]:
    """22 EVs that come within five minutes and want all they can get to the end."""
    ac = [Visit(n, Seconds(10.0 * n), Seconds(3 * HOUR), WattHours(90_000.0), Watts(22_080.0)) for n in range(20)]
    return ac + [Visit(n, Seconds(5.0 * n), Seconds(3 * HOUR), WattHours(400_000.0), Watts(150_000.0)) for n in (20, 21)]


def stations(local: Local, pki: Pki) -> Replay:
    """The lot, with stations by OCPP of every version and by link."""
    plain = f"ws://127.0.0.1:{local.csms.listeners['ocpp'].port}/ocpp"

    def way(name: StationId, place: int) -> tuple[Version, Dialling | LinkDialling]:
        if place % 4 == 3 or name == DC[0]:
            tls = context(pki.give(name))
            return Version.V21, LinkDialling(endpoints=(f"wss://localhost:{local.port}/link",), tls=tls, longest_pause=60.0)
        return VERSIONS[place % 4 % 3], Dialling(url=plain, longest_pause=60.0, patience=slack(FACTOR))

    play = Play(span=Seconds(9 * HOUR), speed=FACTOR, cards=(CARD,), within=Seconds(10.0 + FACTOR), interval=Seconds(300.0))
    return Replay(Premises(lot()), [], play, way, local.csms.clock)


@contextlib.asynccontextmanager
async def parking(folder: Path) -> AsyncIterator[tuple[House, Local, Replay]]:
    """Both levels and the lot, which does not run yet."""
    zones = {
        "ac": LocalZone(import_max=LIMITS["ac"], stations=tuple(AC)),
        "dc": LocalZone(import_max=LIMITS["dc"], stations=tuple(DC)),
    }
    async with link_house(folder, factor=FACTOR) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        await here.token(CARD, concurrent=0)
        async with local_csms(folder, pki, here.port, zones=zones, factor=FACTOR) as local:
            await until(lambda: local.open)
            await local.csms.orders.ask(ImportSites(station=StationId(""), sites=(lot(),)), ADMIN)
            yield here, local, stations(local, pki)


async def limit(at: House | Local, replay: Replay, limits: dict[str, float]) -> None:
    """Set the limits of the zones at a level, and have the judge count them from now on."""
    for zone, power in limits.items():
        replay.witness.order(f"zone {zone}", Watts(power), replay.clock.now(), within=replay.play.within)
        wish = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId(zone), limit=Watts(power))
        order = await ended(at.csms, await at.csms.orders.ask(wish, ADMIN))
        assert order.outcome is Outcome.ACCEPTED, order


def charging(replay: Replay) -> int:
    """How many EVs take energy now."""
    return sum(one.amperes > 0 for one in replay.outlets)


def drawn(replay: Replay, node: str) -> float:
    """What flows there now [W]."""
    return replay.witness.last[replay.premises.network.row(node)]


@pytest.mark.at("AT-A.4", "link", "v16", "v201", "v21")
@pytest.mark.timeout(240)
async def test_limits_of_site_and_zones_hold_with_22_sessions_and_an_hour_without_the_upper_link(tmp_path: Path) -> None:
    stop = asyncio.Event()
    async with parking(tmp_path) as (here, local, replay):
        running = asyncio.create_task(replay.run(stop))
        await until(lambda: on_board(here), 60.0)
        await limit(here, replay, LIMITS)
        replay.come(visits())
        await until(lambda: charging(replay) == 22, 30.0)
        await here.pass_by(5 * 60.0)

        await local.cut()
        await here.pass_by(10 * 60.0)
        assert charging(replay) == 22, "nothing of the site needs the level above"
        await limit(local, replay, LOWER)
        await here.pass_by(50 * 60.0)
        assert all(drawn(replay, f"zone {zone}") <= power for zone, power in LOWER.items())
        assert charging(replay) == 22

        await local.mend()
        await until(lambda: local.told, 30.0)
        replay.witness.release("zone ac", replay.clock.now())
        replay.witness.release("zone dc", replay.clock.now())
        await limit(here, replay, LIMITS)
        await until(lambda: drawn(replay, "zone dc") > LOWER["dc"], 30.0)
        await here.pass_by(10 * 60.0)
        stop.set()
        await running
    found = report(replay)
    assert found.held, "\n".join(words(found))
    assert {one.place for one in found.metered} >= {"grid main", "grid main L1", "zone ac", "zone dc"}
    assert all(one.seconds is not None for one in found.orders)
    assert min(one.car.taken for one in replay.outlets if one.car) > 4_000.0, "everybody got energy all the time"


def on_board(here: House) -> bool:
    """The level above has heard of every station."""
    known = here.csms.engine.stations
    return all((one := known.get(StationId(name))) and one.registration is Registration.ACCEPTED for name in (*AC, *DC))
