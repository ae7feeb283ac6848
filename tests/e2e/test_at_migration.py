# SPDX-License-Identifier: Apache-2.0
"""A station moves from one of our CSMSs to another, and back where that fails (8.3.14), over real wires."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.e2e.house import House, house, slack
from tests.e2e.link_house import Pki, link_house, url
from tests.e2e.test_at_simulated import FACTOR, VERSIONS, Standing, standing, way

from open63110.apps.config import Listener
from open63110.apps.site import Capture, Site, StationPlan
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.network import MoveState
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry
from open63110.model.station import Registration, StationBooted, StationDisconnected
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted
from open63110.usecases.stations.migrate_station import MoveChanged
from open63110.usecases.stations.monitor_station import StationEventReported

WIRES = ("v201", "v21", "link")
"""OCPP 1.6 has no words for it."""


def papers_of(folder: Path) -> Pki:
    """The authority in a folder, made if there is none."""
    return Pki(folder, make=not folder.exists())


@contextlib.asynccontextmanager
async def csms(folder: Path, wire: str, pki: Path, **more: Any) -> AsyncIterator[House]:
    """A CSMS of its own name; over links, of the authority in a folder."""
    if wire == "link":
        papers = papers_of(pki)
        own = papers.give(f"{folder.name}.example", Role.CSMS, serves=True)
        async with link_house(folder, pki=papers, own=own, factor=FACTOR, connection_timeout=3_600.0, **more) as (here, _):
            yield here
    else:
        async with house(folder, factor=FACTOR, connection_timeout=3_600.0, **more) as here:
            yield here


def address(there: House, wire: str) -> str:
    """Where a station finds a CSMS."""
    return url(there) if wire == "link" else f"ws://127.0.0.1:{there.port}/ocpp"


@contextlib.asynccontextmanager
async def two(folder: Path, wire: str, *, papers: str = "pki", **other: Any) -> AsyncIterator[tuple[Standing, House]]:
    """CSMS A with a station on board, and CSMS B that expects it; ``papers``: where those of B are from, over links."""
    a = csms(folder / "a", wire, folder / "pki")
    b = csms(folder / "b", wire, folder / papers, **other)
    async with a as here, b as there:
        for one in (here, there):
            await one.register("CS-1")
            await one.token("ANNA", local=True)
        rules = StationPolicy(answer_within=Seconds(slack(FACTOR)))
        failure: Exception | None = None
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, rules, seed=1)
            hardware = site.build(StationPlan(id="CS-1", version=VERSIONS[wire]), way(here, wire))
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED)
                await here.until(lambda: len(here.station("CS-1").evses) == 2)
                try:
                    yield Standing(here, site, hardware), there
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


def secured(folder: Path) -> Listener:
    """A listener whose certificate is of an authority that the station does not know."""
    server = trustme.CA().issue_cert("localhost", "127.0.0.1")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(one.bytes() for one in server.cert_chain_pems))
    key.write_bytes(server.private_key_pem.bytes())
    return Listener(host="127.0.0.1", port=0, password=False, certificate=str(chain), key=str(key))


def moved(here: House) -> MoveState | None:
    move = here.station("CS-1").move
    return None if move is None else move.state


@pytest.mark.at("AT-8.3.14-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_goes_over_to_another_csms_once_it_is_idle_and_loses_nothing(wire: str, tmp_path: Path) -> None:
    async with two(tmp_path, wire) as (at, there):
        here = at.here
        await at.charge(1, "ANNA")
        switch = here.now() + timedelta(seconds=300)
        order = {"url": address(there, wire), "switch": switch.isoformat(), "mandate": "B: contract 7"}
        asked = await here.ask("stations/CS-1/migrate", order)
        assert asked["outcome"] == "accepted"
        await here.until(lambda: moved(here) is MoveState.READY)
        await here.pass_by(60)
        assert here.station("CS-1").connected is not None
        at.hardware.leave(1)  # just before its time
        await here.until(lambda: moved(here) is MoveState.LEFT)
        await there.until(lambda: there.station("CS-1").registration is Registration.ACCEPTED)
        await there.until(lambda: there.station("CS-1").connected is not None)

        (end,) = await here.facts(EnergyTransferEnded, "CS-1")
        assert end.reason == "EVDisconnected"
        (left,) = [one for one in await here.facts(MoveChanged, "CS-1") if one.move.state is MoveState.LEFT]
        assert left.move.reason == "migrated"
        assert left.at >= switch
        (drop,) = await here.facts(StationDisconnected, "CS-1")
        assert end.at <= drop.at
        assert await there.facts(EnergyTransferStarted) == []

        await there.until(lambda: len(there.station("CS-1").evses) == 2)
        at.arrive(1)
        at.present(1, "ANNA")
        await there.until(lambda: there.rows(EnergyTransfer))
        (begun,) = await there.facts(EnergyTransferStarted)
        assert begun.evse == 1
        assert len(await here.facts(EnergyTransferStarted, "CS-1")) == 1
        done = await here.ask("stations/CS-1/finish-migration", {})
        assert done["outcome"] == "accepted"
        assert here.station("CS-1").registration is Registration.REJECTED


@pytest.mark.at("AT-8.3.14-2", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_that_does_not_trust_the_other_csms_comes_back_and_the_operator_is_told(
    wire: str, tmp_path: Path
) -> None:
    other: Any = {"papers": "pki-b"} if wire == "link" else {"listeners": {"main": secured(tmp_path)}}
    async with two(tmp_path, wire, **other) as (at, there):
        here = at.here
        place = url(there) if wire == "link" else f"wss://localhost:{there.port}/ocpp"
        order = {"url": place, "attempts": 2, "mandate": "B: contract 7"}
        assert (await here.ask("stations/CS-1/migrate", order))["outcome"] == "accepted"
        await here.until(lambda: moved(here) is MoveState.RETURNED)
        await at.link_is_back()
        boots = await here.facts(StationBooted, "CS-1")
        assert len(boots) == 2
        (alarm,) = [one for one in await here.facts(StationEventReported, "CS-1") if one.code == "MigrationFailed"]
        assert "did not reach" in alarm.text
        assert there.station("CS-1").connected is None
        vain = at.site.link.refusals if wire == "link" else at.site.client.refusals
        assert sum(vain.values()) == (1 if wire == "link" else 2)  # as often as it was told to try; by link once a round
        assert here.station("CS-1").registration is Registration.ACCEPTED


@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_that_the_other_csms_does_not_take_comes_back(wire: str, tmp_path: Path) -> None:
    async with two(tmp_path, wire) as (at, there):
        here = at.here
        await there.ask("stations/CS-1/reject", {"reason": "no contract"})
        order = {"url": address(there, wire), "attempts": 2, "mandate": "B: contract 7"}
        assert (await here.ask("stations/CS-1/migrate", order))["outcome"] == "accepted"
        await here.until(lambda: moved(here) is MoveState.RETURNED)
        await at.link_is_back()
        assert [one.code for one in await here.facts(StationEventReported, "CS-1")] == ["MigrationFailed"]
        assert there.station("CS-1").registration is Registration.REJECTED


@pytest.mark.at("AT-8.3.14-3", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_whoever_is_not_the_operator_cannot_send_a_station_away(wire: str, tmp_path: Path) -> None:
    async with two(tmp_path, wire) as (at, there):
        here = at.here
        order = {"url": address(there, wire), "mandate": "B: contract 7"}
        for role in (Role.CSP, Role.DSO, Role.FO):
            scope = ("*",)
            async with await here.client(f"a-{role}", role, *scope) as other:
                refused = await other.post("stations/CS-1/migrate", json=order)
                assert (refused.status_code, refused.json()["code"]) == (403, "NotAuthorized")
        entries = [one for one in here.rows(AuditEntry) if one.action == "MigrateStation"]
        assert {one.outcome for one in entries} == {"not-authorized"}
        assert moved(here) is None
        assert here.station("CS-1").connected is not None
        without = await here.admin.post("stations/CS-1/migrate", json={"url": order["url"]})
        assert (without.status_code, without.json()["code"]) == (409, "NoMandate")


async def test_on_1_6_there_is_no_message_for_it_and_that_is_said(tmp_path: Path) -> None:
    async with two(tmp_path, "v16") as (at, there):
        order = {"url": f"ws://127.0.0.1:{there.port}/ocpp", "mandate": "B: contract 7"}
        refused = await at.here.admin.post("stations/CS-1/migrate", json=order)
        assert refused.json()["order"]["outcome"] == "not-supported"
        assert moved(at.here) is None


async def test_a_station_on_the_link_that_finds_nobody_at_the_other_end_comes_back(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        order = {"url": "wss://localhost:9/link", "mandate": "B: contract 7", "attempts": 2}
        assert (await here.ask("stations/CS-1/migrate", order))["outcome"] == "accepted"
        await here.until(lambda: moved(here) is MoveState.RETURNED)
        await at.link_is_back()
        assert [one.code for one in await here.facts(StationEventReported, "CS-1")] == ["MigrationFailed"]
        assert len(await here.facts(StationBooted, "CS-1")) == 2


async def test_a_move_is_called_off_until_the_station_leaves(tmp_path: Path) -> None:
    async with two(tmp_path, "v21") as (at, there):
        here = at.here
        later = (here.now() + timedelta(hours=5)).isoformat()
        order = {"url": f"ws://127.0.0.1:{there.port}/ocpp", "mandate": "B: contract 7", "switch": later}
        await here.ask("stations/CS-1/migrate", order)
        await here.until(lambda: moved(here) is MoveState.READY)
        assert (await here.ask("stations/CS-1/cancel-migration", {}))["outcome"] == "accepted"
        booted = here.station("CS-1").booted
        await here.ask("stations/CS-1/reboot", {"mode": "immediate"})
        await here.until(lambda: here.station("CS-1").booted != booted)  # here, and not there
        assert there.station("CS-1").connected is None
