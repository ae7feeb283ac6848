# SPDX-License-Identifier: Apache-2.0
"""Two masters of one site (I19), who judges a credential, and what befalls levels: loops, restarts, revocation, death."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import Pki, Tap, context, link_house
from tests.e2e.local_house import Local, Stations, admit_level, ended, facts, local_csms, mall, only, stations, until
from tests.e2e.local_process import LocalProcess
from tests.e2e.test_link_extensions import Ear

from open63110.apps.local_config import ZonePlan
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.framing.header import Asker, Header, Kind, Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import ConnectorNumber, EvseNumber, PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry
from open63110.model.site import SiteId, ZoneId
from open63110.model.station import Registration
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.runtime.orders import OURSELVES
from open63110.runtime.principals import PrincipalChange, Principals
from open63110.usecases.energy.smart_charging import FailSafeEntered, FailSafeLeft, LimitPower, LimitZone
from open63110.usecases.services.authorize_externally import UnlockConnector
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

CS1 = StationId("CS1")
LIMIT, SAFE = Watts(9_000.0), Watts(4_200.0)
ATTACHED_WITHIN = 30.0
"""After the death of a local CSMS [s]."""


def circles(at: Local) -> list[AuditEntry]:
    """Security events that tell of messages that run in circles."""
    return [one for one in at.csms.store.load(AuditEntry) if one.action == "LinkLoopDetected"]


def limit(watts: float) -> LimitPower:
    """A limit of the station's only EVSE."""
    return LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(watts))


@pytest.mark.at("AT-B.18-3", "link")
async def test_of_two_csmss_that_claim_authority_the_one_with_the_lease_is_obeyed(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"], lease=100.0) as (here, local, there, _):
        nowhere = LimitPower(station=CS1, evse=EvseNumber(9), limit=Watts(2000.0))
        refused = await ended(here.csms, await here.csms.orders.ask(nowhere, ADMIN))
        assert refused.outcome not in {Outcome.ACCEPTED, Outcome.NOT_AUTHORIZED}
        await local.csms.orders.ask(limit(9000.0), ADMIN)
        await until(lambda: any(one.limit == 9000.0 for one in there.noun("CS1").limits.desired.values()))
        asked = await here.csms.orders.ask(limit(3000.0), ADMIN)
        order = await ended(here.csms, asked)
        assert (order.outcome, order.reason) == (Outcome.NOT_AUTHORIZED, "LeaseHeld")
        assert all(one.limit == 9000.0 for one in there.noun("CS1").limits.desired.values())
        await here.pass_by(101.0)
        await here.csms.orders.ask(limit(3000.0), ADMIN)
        await until(lambda: any(one.limit == 3000.0 for one in there.noun("CS1").limits.desired.values()))
        late = await local.csms.orders.ask(limit(9000.0), ADMIN)
        assert (late.order.outcome, late.order.reason) == (Outcome.NOT_AUTHORIZED, "LeaseHeld")


async def test_stations_hear_under_whose_authority_a_limit_was_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, there, _):
        ear = Ear(local, monkeypatch)
        await local.csms.orders.ask(limit(9000.0), ADMIN)
        await until(lambda: any(one.limit == 9000.0 for one in there.noun("CS1").limits.desired.values()))
        local.csms.masters.power.release("mall-lc", local.csms.clock.now())
        zone = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(5000.0))
        order = await ended(here.csms, await here.csms.orders.ask(zone, ADMIN))
        assert order.outcome is Outcome.ACCEPTED
        await until(lambda: len([one for one in ear.limits if one.lease is not None]) > 1)
        leases = [one.lease for one in ear.limits if one.lease is not None]
        assert [(one.holder, one.epoch) for one in leases] == [("mall-lc", 1), ("above", 2)]


@pytest.mark.at("AT-B.22-1", "link")
async def test_who_asked_above_is_judged_and_written_down_below_in_his_own_role(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        level = here.csms.level.relay.name
        async with await here.client("anna", Role.OPERATOR) as anna:
            said = await anna.post("stations/CS1/limit", json={"evse": 1, "limit": 7000.0})
            assert said.json()["outcome"] == "accepted", said.text
        done = [one for one in local.csms.store.load(AuditEntry) if one.action == "LimitPower"]
        assert [(one.by, one.role, one.outcome) for one in done] == [(f"anna@{level}", "operator", "accepted")]
        viewer = msgspec.structs.replace(ADMIN, id=PrincipalId("vera"), role=Role.VIEWER)
        for by, outcome in ((viewer, Outcome.NOT_AUTHORIZED), (OURSELVES, Outcome.ACCEPTED)):
            branch = here.csms.level.branches.branch("mall-lc")
            assert branch is not None
            header = Header(
                src="/",
                dst="/mall/north/CS1",
                type=CODEC.number(limit(6000.0)),
                kind=Kind.REQUEST,
                priority=Priority.CONTROL,
                deadline=here.now() + timedelta(seconds=120),
                path=(level,),
                by=Asker(by.id, by.role, level),
            )
            said_back: list[Ending] = []
            body = CODEC.encode(limit(6000.0), station=CS1)
            branch.lines.send(header, body, durable=False, over=said_back.append, patience=120.0)
            await until(lambda said_back=said_back: said_back, 30.0)  # type: ignore[misc] # a lambda's defaults
            last = [one for one in local.csms.store.load(AuditEntry) if one.action == "LimitPower"][-1]
            assert (last.by, last.role, last.outcome) == (f"{by.id}@{level}", by.role, outcome)


async def test_an_action_of_the_upper_level_is_the_sites_own_only_while_that_is_away(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"], say={"RebootStation": "upper", "UnlockConnector": "local"}) as (here, local, _, __):
        reboot = RebootStation(station=CS1, mode=RebootMode.IMMEDIATE)
        refused = await local.csms.orders.ask(reboot, ADMIN)
        assert (refused.order.outcome, refused.order.reason) == (Outcome.NOT_AUTHORIZED, "OtherAuthority")
        unlock = UnlockConnector(station=CS1, evse=EvseNumber(1), connector=ConnectorNumber(1))
        order = await ended(here.csms, await here.csms.orders.ask(unlock, ADMIN))
        assert (order.outcome, order.reason) == (Outcome.NOT_AUTHORIZED, "OtherAuthority")
        await local.cut()
        done = await local.csms.orders.ask(reboot, ADMIN)
        assert (await ended(local.csms, done)).outcome is Outcome.ACCEPTED


async def test_the_upper_level_judges_its_own_credentials_while_it_hears(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1", "CS2"], tags=()) as (here, local, there, _):
        await here.token("ANNA", local=False)
        there.charge("CS1", "NOBODY")
        there.charge("CS2", "ANNA")
        await until(lambda: there.charging("CS2"))
        assert not there.charging("CS1")
        assert [one.contract for one in local.csms.engine.known.tokens.values()] == ["learned"]
        await until(lambda: here.station("CS2").sessions)


@pytest.mark.at("AT-B.25-3", "link")
async def test_levels_in_a_circle_are_found_out_and_nothing_storms(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    async with (
        local_csms(tmp_path, pki, 1, identity="a-lc") as one,
        local_csms(tmp_path, pki, one.port, identity="b-lc") as other,
    ):
        await admit_level(one, "b-lc", "/mall")
        await admit_level(other, "a-lc", "/mall")
        one.tap.lead_to(other.port)
        await until(lambda: one.open and other.open, 30.0)
        async with stations(one, pki, ["CS1", "CS2"]):
            await until(lambda: len(other.csms.engine.stations) == 2)
            await until(lambda: circles(one))
            await until(lambda: one.said > 0 and other.said > 0)
            before = one.said + other.said
            await asyncio.sleep(1.0)
            assert one.said + other.said <= before + 10
            assert len(circles(one)) == 1
            assert one.station("CS1").via == ()
            assert other.station("CS1").via == ("a-lc",)


@pytest.mark.at("AT-B.25-2", "link")
async def test_what_happened_while_a_level_was_down_is_told_when_it_is_back(tmp_path: Path) -> None:
    async with link_house(tmp_path, factor=20.0) as (here, pki):
        await here.token("ANNA")
        await admit_level(here, "mall-lc", "/mall")
        zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
        async with local_csms(tmp_path, pki, here.port, zones=zones) as local:
            await until(lambda: local.open)
            async with stations(local, pki, ["CS1"]) as there:
                await until(lambda: local.knows("CS1"), 30.0)
                await local.cut()
                there.charge("CS1", "ANNA")
                await until(lambda: there.charging("CS1"))
                await until(lambda: local.station("CS1").transfers)
        assert not await facts(here.csms, EnergyTransferStarted, "CS1")
        async with local_csms(tmp_path, pki, here.port, zones=zones) as local:
            await until(lambda: local.open)
            await until(lambda: local.told or here.station("CS1").transfers)
            await until(lambda: "CS1" in here.csms.engine.stations and here.station("CS1").transfers)
            began = await only(here.csms, EnergyTransferStarted, "CS1")
            assert began.offline


@contextlib.asynccontextmanager
async def station(here: House, pki: Pki, ports: tuple[int, ...]) -> AsyncIterator[Stations]:
    """A station that has several CSMSs in its list, the one wanted most first."""
    with Capture(None, here.csms.clock) as capture:
        site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
        there = Stations(site)
        ways = tuple(f"wss://localhost:{port}/link" for port in ports)
        dialling = Dialling(endpoints=ways, tls=context(pki.give("CS1")), first_pause=0.5, longest_pause=5.0, return_after=2.0)
        plan = StationPlan(id="CS1", version=Version.V21, evses=1, boot=0.0, interval=1.0)
        there.hardware["CS1"] = site.build(plan, dialling)
        async with site.running():
            there.hardware["CS1"].switch_on()
            await until(lambda: there.accepted("CS1"), 30.0)
            yield there


def attached(here: House, *via: str) -> bool:
    """The upper level hears the station, by that way, and it is on board."""
    noun = here.csms.engine.stations.get(CS1)
    on_board = noun is not None and noun.connected is not None and noun.registration is Registration.ACCEPTED
    return on_board and noun is not None and noun.via == via and bool(noun.evses)


def told(there: Stations) -> list[Any]:
    """Note what the station says of its fail-safe, and return the growing list."""
    found: list[Any] = []
    engine = there.site.link.lines[CS1].engine
    safe = FailSafeEntered | FailSafeLeft
    engine.commit.on_durable.append(lambda entries: found.extend(one.event for one in entries if isinstance(one.event, safe)))
    return found


@pytest.mark.at("AT-B.18-2", "link")
async def test_stations_whose_local_csms_died_come_to_the_upper_one_within_half_a_minute(tmp_path: Path) -> None:
    async with link_house(tmp_path, factor=1.0) as (here, pki), Tap(here.port).running() as way:
        await here.token("ANNA")
        await admit_level(here, "mall-lc", "/mall")
        zones = {"north": {"import_max": 44_000.0, "stations": ["CS1"]}}
        local = LocalProcess(tmp_path / "mall", pki, here.port, zones=zones)
        with local, contextlib.ExitStack() as again:
            async with station(here, pki, (local.port, way.port)) as there:
                await until(lambda: attached(here, "mall-lc"), 30.0)
                there.charge("CS1", "ANNA")
                await until(lambda: here.station("CS1").transfers)
                await until(lambda: there.charging("CS1"))
                order = LimitPower(station=CS1, evse=EvseNumber(1), limit=LIMIT, failsafe=SAFE, failsafe_after=Seconds(2.0))
                await here.csms.orders.ask(order, ADMIN)
                await until(lambda: offered(there) == pytest.approx(LIMIT))

                safe = told(there)
                way.open = False
                began = time.monotonic()
                local.kill()
                await until(lambda: [type(one) for one in safe] == [FailSafeEntered], ATTACHED_WITHIN)
                assert offered(there) <= SAFE
                assert there.charging("CS1")
                way.open = True
                await until(lambda: attached(here), ATTACHED_WITHIN)
                assert time.monotonic() - began <= ATTACHED_WITHIN
                await until(lambda: [type(one) for one in safe] == [FailSafeEntered, FailSafeLeft])
                await until(lambda: offered(there) == pytest.approx(LIMIT))

                again.enter_context(local)  # it is started again, and its stations go home
                await until(lambda: attached(here, "mall-lc"), 60.0)
                assert len(safe) == 2
                there.hardware["CS1"].leave(1)
                await until(lambda: all(one.ended for one in here.station("CS1").transfers.values()), 30.0)
                await asyncio.sleep(0.5)
                assert len(await facts(here.csms, EnergyTransferStarted, "CS1")) == 1
                assert len(await facts(here.csms, EnergyTransferEnded, "CS1")) == 1


def offered(there: Stations) -> float:
    """What the station offers at its EVSE [W]."""
    return float(there.site.controllers[CS1].offer(EvseNumber(1)))


@pytest.mark.at("AT-B.10-4", "link")
async def test_the_link_of_a_level_whose_certificate_is_taken_back_is_closed_within_five_seconds(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"], factor=1.0) as (here, local, _, pki):
        (serial,) = [one.serial for one in pki.folder.issued() if one.identity == "mall-lc"]
        began = time.monotonic()
        pki.folder.revoke(serial, "key-compromise", here.now())
        await until(lambda: not local.open, 10.0)
        assert time.monotonic() - began <= 5.0
        await until(lambda: here.station("CS1").connected is None, 10.0)


@pytest.mark.at("AT-B.22-3", "link")
async def test_a_level_that_is_shut_out_is_gone_at_once(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        principals = Principals(here.csms.engine, here.csms.keys, here.csms.ids)
        try:
            await principals.change(ADMIN, PrincipalId("mall-lc"), PrincipalChange(disabled=True))
        finally:
            principals.close()
        await until(lambda: not local.open, 10.0)
        await until(lambda: here.station("CS1").connected is None, 10.0)
