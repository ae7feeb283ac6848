# SPDX-License-Identifier: Apache-2.0
"""Invented identities and used ones: a flood of names is bounded, a clone that never boots is seen (8.3.15, I1, I6)."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from tests.process import CsmsProcess, event, peer
from websockets.exceptions import ConnectionClosed, InvalidStatus

from open63110.bindings.ocpp.contest import RETURNS
from open63110.model.principal import AuditEntry
from open63110.model.station import Registration, Station
from open63110.usecases.stations.onboard_station import LinkContested

PLACES = 5


def audited(csms: CsmsProcess, action: str) -> list[AuditEntry]:
    return [one for one in csms.rows(AuditEntry) if one.action == action]


async def knocks(csms: CsmsProcess, station: str) -> int:
    """Connect as a stranger and go again; return the status."""
    try:
        async with peer(csms, station, boot=False):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def test_invented_identities_leave_a_bounded_trace_and_keep_nobody_out_who_is_registered(tmp_path: Path) -> None:
    """Without: places in quarantine, counted at the gate, and refusals in nobody's name."""
    policy = {"unknown_stations": "quarantine", "most_quarantined": PLACES, "local_lists": False}
    with CsmsProcess(tmp_path, policy=policy).init() as csms:
        assert [await knocks(csms, f"X{n}") for n in range(3 * PLACES)] == [101] * PLACES + [503] * (2 * PLACES)
        assert await knocks(csms, "X0") == 101
        status, _ = await asyncio.to_thread(csms.rest, "POST", "/api/v1/stations/CS-1/register", {})
        assert status == 200
        async with peer(csms, "CS-1") as station:
            assert "currentTime" in await station.call("Heartbeat", {})
        assert sum(one.registration is Registration.QUARANTINED for one in csms.rows(Station)) == PLACES
        (entry,) = audited(csms, "TooManyStrangers")
        assert (entry.target, entry.outcome) == ("csms", "not-authorized")
        csms.stop()
        with csms.start():
            assert await knocks(csms, "another") == 503, "who waited before the restart still takes up room"


async def test_a_clone_that_never_boots_marks_the_station_and_nobody_is_refused(tmp_path: Path) -> None:
    """Without: taking note of whose place a newer link takes."""
    with CsmsProcess(tmp_path, policy={"local_lists": False}) as csms:
        async with contextlib.AsyncExitStack() as links:
            await links.enter_async_context(peer(csms, "CS-1", local_addr=("127.0.0.1", 0)))
            for n in range(1, RETURNS + 2):
                assert (csms.rows(Station)[0].flags, audited(csms, "IdentityContested")) == ((), [])
                address = ("127.0.0.2" if n % 2 else "127.0.0.1", 0)
                newest = await links.enter_async_context(peer(csms, "CS-1", boot=False, local_addr=address))
                said = event("Started" if n == 1 else "Updated", "tx", n - 1, f"2026-01-01T10:{n:02}:00Z", 10.0 * n)
                await newest.call("TransactionEvent", said)
            (station,) = csms.rows(Station)
            assert station.flags == ("clone",)
            assert station.registration is Registration.ACCEPTED
            (entry,) = audited(csms, "IdentityContested")
            assert (entry.target, entry.detail) == ("CS-1", "links from 127.0.0.1 and 127.0.0.2 push each other out")
            assert sum(isinstance(one, LinkContested) for one in csms.journal("CS-1")) == 1


async def test_a_station_that_loses_its_network_again_and_again_is_no_clone(tmp_path: Path) -> None:
    """Shows that the test before tells two devices from one."""
    with CsmsProcess(tmp_path, policy={"local_lists": False}) as csms:
        async with contextlib.AsyncExitStack() as links:
            older = await links.enter_async_context(peer(csms, "CS-1"))
            for _ in range(2 * RETURNS):
                newer = await links.enter_async_context(peer(csms, "CS-1", boot=False))
                assert "currentTime" in await newer.call("Heartbeat", {})
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(older.socket.recv(), 2.0)
                older = newer
            assert csms.rows(Station)[0].flags == ()
            assert audited(csms, "IdentityContested") == []
