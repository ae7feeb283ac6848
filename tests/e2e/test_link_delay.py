# SPDX-License-Identifier: Apache-2.0
"""Round trips of ten seconds, and half an hour without a link: everything is told, once, and billed right (B.16)."""

import asyncio
import random
from pathlib import Path

import pytest
from tests.e2e.link_house import LinkStation, Tap, linked

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import WattHours
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession, SessionState
from open63110.model.station import StationBooted, StationConnected
from open63110.model.transfer import EnergyTransfer, TransferFact
from open63110.usecases.stations.monitor_station import StationEventReported

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

FACTOR = 20.0
"""Seconds of the clock in one of this machine's, where a round trip takes ten of them."""
CS1 = StationId("CS-1")
LEAST, MOST = 2.5, 7.5
"""One way [s of the clock]: ten seconds there and back, five more or less."""


class SlowTap(Tap):
    """A tap that is a long way: whatever goes in comes out seconds later, each piece after the one before it."""

    pace = FACTOR

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chance, under_way = random.Random(16), asyncio.Queue[tuple[float, bytes]]()
        loop = asyncio.get_running_loop()

        async def come_out() -> None:
            while True:
                due, data = await under_way.get()
                await asyncio.sleep(due - loop.time())
                if not data:
                    writer.transport.abort()
                    return
                writer.write(data)
                await writer.drain()

        arriving, data = asyncio.create_task(come_out()), b"some"
        try:
            while data:
                data = await reader.read(65_536)
                under_way.put_nowait((loop.time() + chance.uniform(LEAST, MOST) / self.pace, data))
            await arriving
        finally:
            arriving.cancel()


async def told_once(at: LinkStation) -> None:
    """See that no fact of a transfer is there twice, none is missing, and the record is what the meter shows."""
    facts = [one for one in await at.here.facts(Event, "CS-1") if isinstance(one, TransferFact)]
    for reference in {one.reference for one in facts}:
        assert [one.seq for one in facts if one.reference == reference] == list(
            range(sum(one.reference == reference for one in facts))
        )
    records = at.here.rows(Sdr)
    assert sum(one.energy for one in records) == pytest.approx(at.site.energy_shown(), abs=0.001)
    assert all(one.corrects == "" for one in records)
    assert len(at.here.rows(EnergyTransfer)) == len(records)
    assert [one.gaps for one in at.here.rows(EnergyTransfer)] == [()] * len(records)


def tell(at: LinkStation, code: str) -> None:
    """Let the station report an event."""
    fact = StationEventReported(station=CS1, at=at.here.now(), component="Lock", severity=3, code=code)
    at.controller.fact(fact)


@pytest.mark.at("AT-B.16-1", "link")
@pytest.mark.parametrize("factor", [FACTOR, pytest.param(1.0, id="real", marks=[pytest.mark.soak, pytest.mark.timeout(1_800)])])
async def test_over_round_trips_of_ten_seconds_a_session_is_billed_right_and_a_hundred_messages_take_no_minute(
    tmp_path: Path, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.link_house.Tap", SlowTap)
    monkeypatch.setattr(SlowTap, "pace", factor)
    patience = 400.0 / factor
    async with linked(tmp_path, factor=factor, tapped=True, kept=True, patience=patience) as at:
        at.arrive(1)
        at.present(1, "ANNA")
        await at.here.until(lambda: at.session(1) is SessionState.CHARGING, patience)
        await at.here.pass_by(120)
        at.hardware.leave(1)
        await at.here.until(lambda: at.here.rows(Sdr), patience)
        await at.here.until(lambda: at.told, patience)
        await told_once(at)
        (session,) = at.here.rows(ServiceSession)
        assert session.state is SessionState.CLOSED
        (sdr,) = at.here.rows(Sdr)
        assert sdr.energy > WattHours(100)
        assert len(await at.here.facts(StationBooted, "CS-1")) == 1

        at.hardware.lose_link(30)
        await at.here.until(lambda: at.here.station("CS-1").connected is None, patience)
        for number in range(100):
            tell(at, str(number))
        await at.here.until(lambda: at.here.station("CS-1").connected is not None, patience)
        await at.here.until(lambda: at.told, patience)
        done = at.here.now()
        hello = (await at.here.facts(StationConnected, "CS-1"))[-1]
        assert (done - hello.at).total_seconds() <= 60.0
        assert [one.code for one in await at.here.facts(StationEventReported, "CS-1")] == [str(one) for one in range(100)]


@pytest.mark.at("AT-B.16-2", "link")
async def test_what_was_charged_during_half_an_hour_without_a_link_is_billed_afterwards(tmp_path: Path) -> None:
    """One transfer goes on all the time, one ends in it, and one begins and ends in it."""
    async with linked(tmp_path, factor=240.0, evses=3, kept=True) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await at.charge(2, "BERT")
        await here.pass_by(120)
        await at.link_is_back()
        await at.lose_link(1_800)
        away = here.now()
        at.hardware.leave(2)
        await here.pass_by(300)
        at.arrive(3)
        at.present(3, "BERT")
        await here.until(lambda: at.hardware.charging(3))
        await here.pass_by(600)
        at.hardware.leave(3)
        assert here.rows(Sdr) == []
        await here.until(lambda: here.station("CS-1").connected is not None)
        assert (here.now() - away).total_seconds() >= 1_800
        await at.link_is_back()
        assert at.session(1) is SessionState.CHARGING
        at.hardware.leave(1)
        await here.until(lambda: len(here.rows(Sdr)) == 3)
        await here.until(lambda: at.told)

        await told_once(at)
        offline = {one.evse: "offline" in one.flags for one in here.rows(Sdr)}
        assert offline[3]  # type: ignore[index] # a literal
        assert all(one.energy > WattHours(100) for one in here.rows(Sdr))
        assert {one.state for one in here.rows(ServiceSession)} == {SessionState.CLOSED}
