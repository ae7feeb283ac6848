# SPDX-License-Identifier: Apache-2.0
"""Coordinated time over real links: what a station knows of its CSMS's clock, and what it makes of it (B.13)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import Pki, Tap, link_house
from tests.e2e.local_house import until

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.units import WattHours, Watts
from open63110.model.limit import WHOLE
from open63110.model.policy import StationPolicy
from open63110.model.sdr import Sdr
from open63110.model.station import Registration
from open63110.model.token import Credential
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation
from open63110.station.controller import Controller
from open63110.usecases.energy.smart_charging import LimitPower


class LongWay(Tap):
    """A relay that takes its time, each way by itself [s]."""

    def __init__(self, port: int, there: float, back: float) -> None:
        super().__init__(port)
        self._to_port, self._delays = port, (there, back)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers |= {writer, back}
        try:
            late = self._late(reader, back, self._delays[0]), self._late(there, writer, self._delays[1])
            await asyncio.gather(*late, return_exceptions=True)
        finally:
            for one in (writer, back):
                one.transport.abort()

    async def _late(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        loop = asyncio.get_running_loop()
        while data := await reader.read(65_536):
            loop.call_later(delay, writer.write, data)
        loop.call_later(delay, writer.transport.abort)


class Stations:
    """Simulated stations of one process, each with a clock of its own."""

    def __init__(self, site: Site, hardware: dict[str, SimulatedStation]) -> None:
        self.site, self.hardware = site, hardware

    def controller(self, name: str) -> Controller:
        """One of them."""
        return self.site.controllers[StationId(name)]

    def clock(self, name: str) -> datetime:
        """What its clock shows."""
        return self.site.link.lines[StationId(name)].engine.clock.now()


@contextlib.asynccontextmanager
async def stations(here: House, pki: Pki, skews: dict[str, float], port: int = 0) -> AsyncIterator[Stations]:
    """Stations by link whose clocks are off by so many seconds, on board."""
    failure: Exception | None = None
    with Capture(None, here.csms.clock) as capture:
        site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
        hardware = {}
        for name, skew in skews.items():
            to = Dialling(endpoints=(f"wss://localhost:{port or here.port}/link",), tls=pki.tls(name))
            plan = StationPlan(id=name, version=Version.V21, evses=1, skew=skew, interval=1.0)
            hardware[name] = site.build(plan, to)
        async with site.running():
            for one in hardware.values():
                one.switch_on()
            for name in skews:
                await until(lambda name=name: accepted(here, name), 60.0)  # type: ignore[misc] # a lambda's defaults
            try:
                yield Stations(site, hardware)
            except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                failure = fault
    if failure is not None:
        raise failure


def accepted(here: House, name: str) -> bool:
    noun = here.csms.engine.stations.get(StationId(name))
    return noun is not None and noun.registration is Registration.ACCEPTED and bool(noun.evses)


def off(here: House, there: Stations, name: str) -> float:
    """By how much a station's clock is ahead [s]."""
    return (there.clock(name) - here.now()).total_seconds()


@pytest.mark.at("AT-B.13-1", "link")
@pytest.mark.parametrize(("out", "back", "error"), [(0.3, 0.1, 0.15), (0.1, 0.1, 0.05)])
async def test_a_station_behind_a_long_way_knows_the_time_as_well_as_it_says(
    tmp_path: Path, out: float, back: float, error: float
) -> None:
    async with (
        link_house(tmp_path, unknown_stations="accept") as (here, pki),
        LongWay(here.port, out, back).running() as way,
        stations(here, pki, {"CS-1": 25.0}, way.port) as there,
    ):
        lines = there.site.link.lines[StationId("CS-1")].lines
        await asyncio.sleep(3.0)
        known = lines.session.peer_utc(lines.time())
        assert known is not None
        wrong = abs((known[0] - here.now()).total_seconds())
        assert known[1] >= (out + back) / 4
        assert wrong <= min(known[1], error)
        assert abs(off(here, there, "CS-1")) <= known[1] + error


@pytest.mark.at("AT-B.13-2", "link")
async def test_twenty_stations_whose_clocks_differ_change_over_within_a_second(tmp_path: Path) -> None:
    skews = {f"CS-{number}": (number - 10.5) * (0.7 if number % 2 else 40.0) for number in range(1, 21)}
    async with (
        link_house(tmp_path, unknown_stations="accept", order_deadline=60.0) as (here, pki),
        stations(here, pki, skews) as there,
    ):
        change = here.now() + timedelta(seconds=8)
        for name in skews:
            limit = LimitPower(station=StationId(name), limit=Watts(4_140.0), until=change)
            await here.csms.orders.ask(limit, ADMIN)
        await until(lambda: all(limited(there, name) for name in skews), 6.0)
        assert here.now() < change - timedelta(seconds=1)
        changed: dict[str, datetime] = {}
        while len(changed) < len(skews) and here.now() < change + timedelta(seconds=5):
            changed |= {name: here.now() for name in skews if name not in changed and not limited(there, name)}
            await asyncio.sleep(0.02)
        late = {name: (at - change).total_seconds() for name, at in changed.items()}
        assert len(late) == len(skews)
        assert all(abs(one) <= 1.0 for one in late.values()), late


def limited(there: Stations, name: str) -> bool:
    noun = there.controller(name).noun
    return noun is not None and WHOLE in noun.limits.in_force


async def test_a_clock_that_goes_wrong_while_metering_is_slewed_and_the_record_says_so(tmp_path: Path) -> None:
    async with link_house(tmp_path, unknown_stations="accept", heartbeat=1.0) as (here, pki):
        await here.token("ANNA")
        async with stations(here, pki, {"CS-1": 25.0}) as there:
            assert abs(off(here, there, "CS-1")) < 0.5
            one = there.hardware["CS-1"]
            one.arrive(1, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))
            one.present(1, Credential(kind="ISO14443", value="ANNA"))
            await here.until(lambda: one.charging(1))
            before = there.clock("CS-1")
            there.site.link.lines[StationId("CS-1")].engine.clock.set(5.0)  # type: ignore[attr-defined] # it is wrong by itself
            await here.until(lambda: "clock-uncertain" in here.station("CS-1").flags)
            assert 4.0 < off(here, there, "CS-1") < 5.5
            assert there.clock("CS-1") > before
            one.leave(1)
            await here.until(lambda: abs(off(here, there, "CS-1")) < 0.5)
            await here.until(lambda: "clock-uncertain" not in here.station("CS-1").flags)
            await here.until(lambda: here.rows(Sdr))
            (record,) = here.rows(Sdr)
            assert "clock-uncertain" in record.flags
