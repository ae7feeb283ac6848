# SPDX-License-Identifier: Apache-2.0
"""Service sessions and transactions (6.2): one EV with a pause, and two EVs while the link is cut."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.e2e.house import House
from tests.e2e.link_player import EVERY, NEWER, AnyPlayer, home, played, player

from open63110.kernel.messages import Event
from open63110.kernel.units import WattHours
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession, SessionState
from open63110.model.transfer import EnergyTransfer, TransferFact


@pytest.mark.at("AT-6.2-1", *EVERY)
@pytest.mark.parametrize("wire", [*EVERY, pytest.param(NEWER, marks=pytest.mark.at("AT-B.15-1", "link"))])
async def test_one_service_with_a_pause_is_one_session_one_transfer_and_one_record(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=300.0, connection_timeout=3600.0) as here:
        await here.register("CS-1")
        await here.token("ANNA")
        async with played(here, "CS-1", wire) as cs:
            await here.on_board(cs)
            plugged = here.now()
            await cs.status(1, "Occupied", plugged)
            assert await cs.authorize("ANNA") == "Accepted"
            assert await cs.begin(1, "ANNA", 120_000, here.now()) == "Accepted"
            await cs.move(1, "Charging", 120_000, here.now())
            await here.pass_by(60)
            await cs.sample(1, 122_345, here.now())
            await here.pass_by(60)
            paused = here.now()
            await cs.move(1, "SuspendedEV", 125_000, paused)
            await here.pass_by(600)
            await cs.move(1, "Charging", 125_000, here.now())
            await here.pass_by(60)
            await cs.end(1, 128_000, here.now(), tag="ANNA")
            await here.pass_by(20)
            unplugged = here.now()
            await cs.status(1, "Available", unplugged)
            await here.until(lambda: here.rows(Sdr))

        (session,), (transfer,), (sdr,) = here.rows(ServiceSession), here.rows(EnergyTransfer), here.rows(Sdr)
        states = [state.value for state, _ in session.path]
        assert states == [
            *("occupied", "authorized", "ets-pending", "ets-charging", "ets-paused"),
            *("ets-charging", "ets-ended", "closing", "closed"),
        ]
        moments = [at for _, at in session.path]
        assert moments == sorted(moments)
        assert moments[0] == plugged
        pause = moments[5] - moments[4]
        assert moments[4] == paused
        assert 600 <= pause.total_seconds() < 1200
        assert session.transfers == (transfer.reference,)
        assert transfer.imported is not None
        assert transfer.imported.last - transfer.imported.first == WattHours(8_000)
        assert len(transfer.parts) >= 1
        assert sum(part.imported for part in transfer.parts) == WattHours(8_000)
        assert sdr.energy == WattHours(8_000)
        assert (sdr.meter.start, sdr.meter.stop) == (WattHours(120_000), WattHours(128_000))
        energy = [service.quantity for service in sdr.services if service.kind == "energy_import"]
        assert sum(energy) == WattHours(8_000)
        assert sdr.flags == ()
        assert session.records == (sdr.id,)


@pytest.mark.at("AT-6.2-2", "v201", "v21", "link")
@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_a_cut_link_changes_no_session_and_what_happened_meanwhile_is_told_in_order(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=300.0, connection_timeout=3600.0) as here:
        cs, said = await two_evs_and_a_cut_link(here, wire)
        await cs.cut()

        for reference in {one.reference for one in said}:
            mine = [one for one in said if one.reference == reference]
            heard = [one for one in await here.facts(Event, "CS-1") if getattr(one, "reference", "") == reference]
            facts = [one for one in heard if isinstance(one, TransferFact)]
            assert [one.seq for one in facts] == list(range(len(mine)))
            assert [one.at for one in facts] == [one.at for one in mine]
            assert [one.offline for one in facts] == [one.offline for one in mine]
            assert sum(one.offline for one in facts) >= 2


@pytest.mark.parametrize("wire", ["v16"])
async def test_on_16_too_what_happened_while_the_link_was_cut_keeps_its_moments(wire: str, tmp_path: Path) -> None:
    """1.6 has no sequence numbers, so order and moments are all there is to see; that it was offline follows from them."""
    async with home(tmp_path, wire, factor=300.0, connection_timeout=3600.0) as here:
        cs, said = await two_evs_and_a_cut_link(here, wire)
        await cs.cut()

        facts = [one for one in await here.facts(Event, "CS-1") if isinstance(one, TransferFact)]
        assert {one.at for one in said} <= {one.at for one in facts}
        for reference in {one.reference for one in facts}:
            moments = [one.at for one in facts if one.reference == reference]
            assert moments == sorted(moments)
        assert {one.at for one in facts if one.offline} == {one.at for one in said if one.offline}


class Said(NamedTuple):
    """What the station said of a transfer."""

    reference: str
    at: datetime
    offline: bool


async def two_evs_and_a_cut_link(here: House, wire: str) -> tuple[AnyPlayer, list[Said]]:
    """Fig. 9: two EVs on two EVSEs, overlapping, the link away for 5 minutes in the middle."""
    await here.register("CS-1")
    await here.token("ANNA")
    await here.token("BERT")
    cs = await player(here, "CS-1", wire).connect()
    await here.on_board(cs, evses=2)
    said: list[Said] = []

    def note(evse: int) -> datetime:
        at = here.now()
        said.append(Said(cs.transactions.get(evse, ""), at, cs.away))
        return at

    async def begins(evse: int, tag: str, wh: float) -> None:
        await cs.status(evse, "Occupied", here.now())
        assert await cs.authorize(tag) == "Accepted"
        at = here.now()
        assert await cs.begin(evse, tag, wh, at) == "Accepted"
        said.append(Said(cs.transactions[evse], at, offline=False))
        await cs.move(evse, "Charging", wh, note(evse))

    await begins(1, "ANNA", 10_000)
    await here.pass_by(120)
    await begins(2, "BERT", 50_000)
    await here.pass_by(60)
    before = {one.number: one for one in here.station("CS-1").sessions.values()}
    assert {one.state for one in before.values()} == {SessionState.CHARGING}

    await cs.cut()
    await here.until(lambda: here.station("CS-1").connected is None)
    left = here.now()
    for minute in range(1, 5):
        await here.pass_by(60)
        for evse, start in ((1, 10_000), (2, 50_000)):
            await cs.sample(evse, start + 200 * minute, note(evse))
    await here.pass_by(60)
    assert (here.now() - left).total_seconds() >= 300
    assert {one.number: one for one in here.station("CS-1").sessions.values()} == before  # the outage changed nothing

    await cs.come_back()
    assert {one.number: one for one in here.station("CS-1").sessions.values()} == before
    for evse, stop, tag in ((1, 12_000, "ANNA"), (2, 53_000, "BERT")):
        at = note(evse)
        await cs.end(evse, stop, at, tag=tag)
        await cs.status(evse, "Available", here.now())
        await here.pass_by(30)
    await here.until(lambda: len(here.rows(Sdr)) == 2)

    sessions = here.rows(ServiceSession)
    assert [one.state for one in sessions] == [SessionState.CLOSED] * 2
    assert {one.evse for one in sessions} == {1, 2}
    assert len({one.subject for one in sessions}) == 2
    assert all("ets-paused" not in [state.value for state, _ in one.path] for one in sessions)
    records = {one.evse: one for one in here.rows(Sdr)}
    assert {evse: one.energy for evse, one in records.items()} == {1: WattHours(2_000), 2: WattHours(3_000)}
    return cs, said
