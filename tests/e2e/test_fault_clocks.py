# SPDX-License-Identifier: Apache-2.0
"""Stations whose clocks are wrong (8.2.3, B.13, I15): what they are told does no harm, and the operator hears of it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house, slack

from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.skewed_clock import SkewedClock
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.token import Credential
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation
from open63110.usecases.stations.monitor_station import StationClockDoubted, StationClockTrusted

pytestmark = pytest.mark.usefixtures("first_served")

FACTOR = 10.0
WIRES = {"CS-16": Version.V16, "CS-201": Version.V201, "CS-21": Version.V21}
DRAWN = 7_000.0
"""What an EV takes where nothing limits it [W]."""
REACTION = timedelta(seconds=60)
"""By when at the latest what is demanded is kept to; a clock that does harm is off by an hour."""


class Lot:
    """Three stations, one of each version of OCPP, at each of which an EV charges."""

    def __init__(self, here: House, site: Site, hardware: dict[str, SimulatedStation]) -> None:
        self.here, self.site, self.hardware = here, site, hardware
        self.seen: list[tuple[datetime, float]] = []

    @property
    def power(self) -> float:
        """What flows in all by the simulator's own meters [W]."""
        return sum(one.evses[1].power for one in self.hardware.values())

    def clock(self, name: str) -> SkewedClock:
        """The clock of a station."""
        return self.site.clocks[StationId(name)]

    def off(self, name: str) -> float:
        """By how much it is wrong [s]."""
        return (self.clock(name).now() - self.here.now()).total_seconds()

    def present(self, name: str) -> None:
        """Hold a card to the reader."""
        self.hardware[name].present(1, Credential(kind="ISO14443", value=name))

    def charge(self, name: str) -> None:
        """Plug an EV in, and show its card."""
        self.hardware[name].arrive(1, Ev(Make("steady", WattHours(500_000.0), Watts(DRAWN), 1), 0.1))
        self.present(name)

    def doubted(self) -> set[str]:
        """Of which stations the operator is told that their clocks are wrong."""
        return {one.place for one in self.here.csms.engine.known.all_alarms.values() if one.kind == "ClockDoubted"}

    async def demand(self, watts: float, *later: tuple[float, float]) -> None:
        """Let the operator allow so much, and something else so many seconds later."""
        now = self.here.now()
        steps = [{"since": (now + timedelta(seconds=after)).isoformat(), "import_max": power} for after, power in later]
        said: dict[str, Any] = {"id": "c", "scope": {"site": "lot"}, "limit": watts, "failsafe": 4_500.0, "failsafe_after": 120.0}
        if later:
            said = said | {"limit": None, "profile": [{"since": now.isoformat(), "import_max": watts}, *steps]}
        await self.here.ask("constraints/put", said)

    async def watch(self, until: datetime) -> None:
        """Note what flows until a moment."""

        def over() -> bool:
            now = self.here.now()
            self.seen.append((now, self.power))
            return now >= until

        await self.here.until(over, within=120.0)

    def most(self, begin: datetime, end: datetime) -> float:
        """The highest sum of any sample between two moments [W]."""
        return max(power for when, power in self.seen if begin <= when <= end)


@contextlib.asynccontextmanager
async def lot(folder: Path, *, off: float = 0.0) -> AsyncIterator[Lot]:
    """By so much clocks are off that nobody can set [s]; 0: they have the right time from their CSMS when the EVs begin."""
    async with house(folder, factor=FACTOR) as here:
        stations = [{"id": one, "evses": [{"number": 1, "import_max": DRAWN, "wiring": "L1"}]} for one in WIRES]
        zone = {"id": "deck", "import_max": 1e6, "stations": stations}
        plan = {"id": "lot", "connections": [{"id": "g1", "import_max": 1e6}], "zones": [zone]}
        for one in WIRES:
            await here.register(one)
            await here.token(one, local=True)
        assert (await here.admin.put("sites/lot", json=plan)).status_code == 200
        failure: Exception | None = None
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(answer_within=Seconds(slack(FACTOR))), seed=1)
            way = Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(FACTOR), longest_pause=30.0)
            hardware = {
                one: site.build(
                    StationPlan(id=one, version=version, evses=1, limit=DRAWN, interval=5.0, boot=1.0, skew=off or 600.0), way
                )
                for one, version in WIRES.items()
            }
            for station in hardware.values():
                station.world = here.csms.clock
                if off:  # it believes another source of time more, which is wrong
                    station._set_clock = station._slew_clock = None
            async with site.running():
                made = Lot(here, site, hardware)
                try:
                    await _charging(made, off)
                    yield made
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


async def _charging(made: Lot, off: float) -> None:
    for hardware in made.hardware.values():
        hardware.switch_on()
    stations = made.here.csms.engine.stations
    await made.here.until(lambda: all(one.connected and one.evses[1].connectors for one in stations.values()))  # type: ignore[index] # a literal
    await made.here.until(lambda: all(abs(made.off(one) - off) < 5.0 for one in WIRES))
    for one in WIRES:
        made.charge(one)
    await made.here.until(lambda: made.power > 0.99 * len(WIRES) * DRAWN)
    await made.here.until(lambda: all(any(it.power for it in one.transfers.values()) for one in stations.values()))


@pytest.mark.parametrize("off", [-3_600.0, 3_600.0], ids=["an hour slow", "an hour ahead"])
async def test_with_clocks_that_are_wrong_the_sum_stays_within_the_limit_and_the_operator_is_told(
    off: float, tmp_path: Path
) -> None:
    async with lot(tmp_path, off=off) as at:
        here = at.here
        # before anybody can be sure of it, a limit counts at once whatever a clock shows
        begun = here.now()
        await at.demand(9_000.0)
        await at.watch(begun + REACTION + timedelta(seconds=30))
        assert at.most(begun + REACTION, here.now()) <= 9_000.0
        await here.until(lambda: at.doubted() == set(WIRES))
        found = [one for one in await here.facts(StationClockDoubted) if abs(one.ahead - off) < 30.0]
        assert {one.station for one in found} == set(WIRES)
        alarms = await here.ask("alarms")
        said = [one["detail"] for one in alarms["items"] if one["kind"] == "ClockDoubted"]
        assert len(said) == len(WIRES)
        assert all(("ahead" if off > 0 else "slow") in one for one in said)

        # what a limit becomes later is told when it is so far, by the clock that is right
        begun = here.now()
        await at.demand(9_000.0, (100.0, 6_000.0), (250.0, 9_000.0))
        await at.watch(begun + timedelta(seconds=220))
        assert at.most(begun, here.now()) <= 9_000.0
        assert at.most(begun + timedelta(seconds=100) + REACTION, here.now()) <= 6_000.0
        await here.until(lambda: at.power > 6_000.0, within=60.0)
        assert here.now() >= begun + timedelta(seconds=250)

        # a cut: what they keep to without a link is never more, and nobody reckons with less
        cut = here.now()
        for one in at.hardware.values():
            one.lose_link(400.0)
        await at.watch(cut + timedelta(seconds=300))
        assert at.most(cut, here.now()) <= 9_000.0
        await here.until(lambda: all(one.connected for one in here.csms.engine.stations.values()), within=120.0)
        await here.until(lambda: at.power > 6_000.0, within=60.0)


async def test_a_clock_that_goes_wrong_while_energy_flows_is_told_of_until_it_is_right_again(tmp_path: Path) -> None:
    async with lot(tmp_path) as at:
        here = at.here
        await at.demand(12_000.0)
        at.clock("CS-201").set(3_600.0)
        await here.until(lambda: at.doubted() == {"CS-201"})
        at.present("CS-201")  # ends it: while energy flows no clock is set
        await here.until(lambda: not at.hardware["CS-201"].charging(1))
        await here.until(lambda: abs(at.off("CS-201")) < 5.0, within=120.0)
        at.hardware["CS-201"].leave(1)
        at.charge("CS-201")
        await here.until(lambda: here.station("CS-201").flags == (), within=60.0)
        await here.until(lambda: not at.doubted())
        assert [one.station for one in await here.facts(StationClockTrusted)] == ["CS-201"]
        await here.until(lambda: 11_000.0 < at.power <= 12_000.0)
