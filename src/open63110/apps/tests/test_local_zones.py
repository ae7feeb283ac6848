# SPDX-License-Identifier: Apache-2.0
"""Zones of a local CSMS are as its settings have them, whenever those change; what else was said of a station stays."""

from pathlib import Path

from open63110.apps.config import Web
from open63110.apps.local_config import LocalConfig, ZonePlan
from open63110.apps.local_csms import LocalCsms
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.site import EvsePlan, SiteId, StationPlaced, zone_key

CS, ONE, TWO = StationId("CS1"), EvseNumber(1), EvseNumber(2)
NORTH = zone_key(SiteId("mall"), "north")


def config(folder: Path, evses: int = 1, evse_max: float = 0.0) -> LocalConfig:
    zone = ZonePlan(import_max=44_000.0, stations=(CS,), evses=evses, evse_max=evse_max)
    return LocalConfig(site="mall", data=str(folder), web=Web(port=0), zones={"north": zone})


async def rated(folder: Path, evses: int = 1, evse_max: float = 0.0) -> list[tuple[EvseNumber, Watts | None, str]]:
    """Run it once with such a zone; return what is known of the EVSEs of its station."""
    async with LocalCsms(config(folder, evses, evse_max)).running() as csms:
        known = csms.engine.stations[CS]
        assert known.zone == NORTH
        return [(one.number, one.import_max, one.wiring) for one in known.evses.values()]


async def test_what_evses_can_draw_counts_at_a_station_that_stood_there_before_it_was_said(tmp_path: Path) -> None:
    assert await rated(tmp_path) == []
    assert await rated(tmp_path, evses=2, evse_max=22_000.0) == [(ONE, 22_000.0, ""), (TWO, 22_000.0, "")]
    assert await rated(tmp_path, evses=2, evse_max=11_000.0) == [(ONE, 11_000.0, ""), (TWO, 11_000.0, "")]
    assert await rated(tmp_path) == [(ONE, 11_000.0, ""), (TWO, 11_000.0, "")]


async def test_what_the_operator_said_of_its_wiring_and_its_feeder_stays(tmp_path: Path) -> None:
    evses = (EvsePlan(number=ONE, import_max=Watts(7_000.0), wiring="L2L3L1"), EvsePlan(number=TWO, wiring="L2"))
    async with LocalCsms(config(tmp_path)).running() as csms:
        # as if it had been described by REST
        placed = StationPlaced(station=CS, at=csms.clock.now(), zone=NORTH, evses=evses, feeder="row")
        csms._note(placed)
    assert await rated(tmp_path, evse_max=22_000.0) == [(ONE, 22_000.0, "L2L3L1"), (TWO, None, "L2")]
    async with LocalCsms(config(tmp_path, evse_max=22_000.0)).running() as csms:
        facts = await csms.store.facts(station=CS)
        assert csms.engine.stations[CS].feeder == "row"
        assert [type(one.event) for one in facts].count(StationPlaced) == 3, "nothing is said anew that is so"
