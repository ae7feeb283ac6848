# SPDX-License-Identifier: Apache-2.0
"""Links cut at each hop in turn: what is known goes on working, limits hold, and all is told afterwards (7.3, B.25)."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import Tap, link_house
from tests.e2e.local_house import Local, Stations, admit_level, ended, local_csms, stations, until

from open63110.apps.csms import Csms
from open63110.apps.local_config import ZonePlan
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.order import Outcome
from open63110.model.site import SiteId, Zone, ZoneId, zone_key
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.energy.smart_charging import LimitZone

NAMES = ["CS1", "CS2", "CS3"]
LIMIT = 15_000.0
"""Of the zone [W]: two EVs alone would take 22 kW."""
TRANSFER = EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded


class Chain:
    """CSMS, region, site and stations; every link goes through a tap."""

    def __init__(self, here: House, region: Local, site: Local, there: Stations, tap: Tap) -> None:
        self.here, self.region, self.site, self.there, self.tap = here, region, site, there, tap

    async def cut(self, hop: str) -> None:
        """Lose one hop."""
        if hop == "station":
            self.tap.open = False
            self.tap.cut()
            await until(lambda: all(self.site.station(name).connected is None for name in NAMES))
        else:
            await (self.region if hop == "upper" else self.site).cut()
        await until(lambda: all(self.here.station(name).connected is None for name in NAMES))

    async def mend(self, hop: str) -> None:
        """Have it back."""
        if hop == "station":
            self.tap.open = True
        else:
            await (self.region if hop == "upper" else self.site).mend()
        await until(lambda: all(self.here.station(name).connected is not None for name in NAMES), 60.0)

    def power(self) -> float:
        """What all stations draw together, by their meters [W]."""
        return sum(
            reading.value
            for hardware in self.there.hardware.values()
            for reading in hardware.readings(1)
            if reading.measurand == "power.import" and not reading.phase
        )

    async def starts_within(self, name: str, seconds: float) -> None:
        """Plug an EV in, show a card, and see energy flow in time on the station's own clock, which is the real one here."""
        began = time.monotonic()
        self.there.charge(name, "ANNA")
        await until(lambda: self.there.charging(name), seconds)
        assert time.monotonic() - began <= seconds


@contextlib.asynccontextmanager
async def chain(folder: Path) -> AsyncIterator[Chain]:
    """All of it at the pace of the real clock, with a limit of the zone in force and one EV that charges."""
    async with link_house(folder, factor=1.0) as (here, pki):
        await here.token("ANNA", concurrent=0)
        await admit_level(here, "region-lc", "/*")
        async with local_csms(folder, pki, here.port, identity="region-lc", site="*", factor=1.0) as region:
            await until(lambda: region.open)
            await admit_level(region, "mall-lc", "/mall")
            zones = {"north": ZonePlan(import_max=44_000.0, stations=tuple(NAMES), evse_max=22_000.0)}
            async with local_csms(folder, pki, region.port, zones=zones, factor=1.0) as site, Tap(site.port).running() as tap:
                await until(lambda: site.open)
                async with stations(site, pki, NAMES, factor=1.0, through=tap.port) as there:
                    await until(lambda: all(here.csms.orders.link.connected(StationId(name)) for name in NAMES), 30.0)
                    await until(lambda: all(here.station(name).evses for name in NAMES), 30.0)
                    made = Chain(here, region, site, there, tap)
                    await ready(made)
                    yield made


async def ready(made: Chain) -> None:
    """Limit the zone, let the first EV charge, and see that stations have the card."""
    await until(lambda: all(made.there.noun(name).local.version > 0 for name in NAMES), 60.0)
    zone = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(LIMIT))
    order = await ended(made.here.csms, await made.here.csms.orders.ask(zone, ADMIN))
    assert (order.outcome, order.reason) == (Outcome.ACCEPTED, "NoError"), order
    await made.starts_within("CS1", 3.0)
    await until(lambda: made.here.station("CS1").transfers)


async def history(csms: Csms, name: str) -> list[TRANSFER]:
    """What a level has of the transfers of a station, in the order of their numbers."""
    found = await csms.store.facts(station=StationId(name), limit=100_000)
    return sorted((one.event for one in found if isinstance(one.event, TRANSFER)), key=lambda one: (one.reference, one.seq))


async def over(csms: Csms, name: str) -> None:
    """Wait until a level has heard of the end of a station's transfer."""
    async with asyncio.timeout(60.0):
        while not any(isinstance(one, EnergyTransferEnded) for one in await history(csms, name)):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.1)


@pytest.mark.at("AT-7.3-1", "link")
@pytest.mark.at("AT-B.25-2", "link")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("hop", ["upper", "lower", "station"])
async def test_at_whichever_hop_it_is_cut_a_site_goes_on_within_its_limit_and_all_is_told_without_a_gap(
    tmp_path: Path, hop: str
) -> None:
    async with chain(tmp_path) as made:
        here, site, there = made.here, made.site, made.there
        await made.cut(hop)
        away = here.now()
        await made.starts_within("CS2", 3.0)
        zone = site.csms.store.get(Zone, zone_key("mall", "north"))
        assert zone is not None
        assert zone.limit is not None
        assert zone.limit.asked.limit == LIMIT
        for _ in range(20):
            assert 0.0 < made.power() <= LIMIT * 1.001
            await asyncio.sleep(0.1)
        there.hardware["CS2"].leave(1)
        await until(lambda: not there.charging("CS2"))
        if hop != "station":
            await over((made.region if hop == "upper" else site).csms, "CS2")
        back = here.now()
        await made.mend(hop)
        there.hardware["CS1"].leave(1)
        for name in ("CS1", "CS2"):
            await over(here.csms, name)
        for name in ("CS1", "CS2"):
            told, kept = await history(here.csms, name), await history(site.csms, name)
            numbers = [one.seq for one in told]
            assert numbers == list(range(len(numbers))), (name, numbers)
            assert (isinstance(told[0], EnergyTransferStarted), isinstance(told[-1], EnergyTransferEnded)) == (True, True)
            assert Counter((type(one), one.seq, one.at) for one in told) == Counter((type(one), one.seq, one.at) for one in kept)
            meanwhile = [one for one in told if away < one.at < back]
            assert len(meanwhile) >= (2 if name == "CS2" else 0)
            assert all(one.offline for one in meanwhile)
