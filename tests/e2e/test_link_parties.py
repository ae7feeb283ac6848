# SPDX-License-Identifier: Apache-2.0
"""Systems that are no stations on links of their own: they read, and limit zones, as far as they may (B.22, B.27)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import LinkStation, audited, linked
from tests.e2e.local_house import mall, until
from tests.e2e.parties import NORTH, Reader, admit, change, party, wish, zoned

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.party import Party
from open63110.bindings.link.patterns.own_messages import Published, read_publication
from open63110.bindings.link.patterns.topics import Topic
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE
from open63110.model.order import Order
from open63110.model.site import SiteId, Zone, ZoneId
from open63110.model.station import ConnectorReported, ConnectorState
from open63110.usecases.energy.smart_charging import LimitZone, ZoneLimitAnswer
from open63110.usecases.stations.monitor_station import StationEventReported


@pytest.mark.at("AT-B.27-1", "link")
async def test_a_flexibility_operator_is_told_the_power_of_a_zone_from_meters_until_its_lease_is_over(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, at.pki, "flex", Role.FO) as flex:
            power = Reader(flex, wish(Topic.POWER, interval=1.0, lease=4.0))
            await until(lambda: power.newest("/mall/north"))
            first = power.values[0]
            assert (first.snapshot, power.newest("/mall/north")) == (True, {"import_w": 0.0, "export_w": 0.0})
            await at.charge(1, "ANNA")
            await until(lambda: power.newest("/mall/north").get("import_w", 0.0) > 10_000.0)
            flows = power.newest("/mall/north")["import_w"]
            assert power.newest("/mall/north/CS-1")["import_w"] == pytest.approx(flows, rel=0.05)
            await until(lambda: power.newest("/mall/north/CS-1/1").get("energy_import_wh"))
            assert not power.newest("/mall/north/CS-1/1").keys() & {"subject", "reference"}
            await until(lambda: power.ends)
            assert power.refused == ErrorCode.EXPIRED
            told = len(power.values)
            await asyncio.sleep(1.5)
            assert len(power.values) == told


@pytest.mark.at("AT-B.27-1", "link")
async def test_sessions_and_faults_are_told_without_what_a_role_may_not_see(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "grid", Role.DSO, "/mall/north")
        await admit(at.here, "roam", Role.CSP, "/mall/*")
        await at.charge(1, "ANNA")
        async with party(at.here, at.pki, "grid", Role.DSO) as grid, party(at.here, at.pki, "roam", Role.CSP) as roam:
            seen, own = Reader(grid, wish(Topic.SESSION)), Reader(roam, wish(Topic.SESSION))
            await until(lambda: seen.newest("/mall/north/CS-1/1").get("energy_wh", 0.0) > 0.0)
            await until(lambda: own.newest("/mall/north/CS-1/1").get("energy_wh", 0.0) > 0.0)
            assert not seen.newest("/mall/north/CS-1/1").keys() & {"subject", "reference"}
            assert own.newest("/mall/north/CS-1/1")["subject"] == "ANNA"
            denied = Reader(roam, wish(Topic.POWER))
            await until(lambda: denied.ends)
            assert denied.refused == ErrorCode.NOT_AUTHORIZED
            states = Reader(grid, wish(Topic.STATE))
            await until(lambda: states.newest("/mall/north/CS-1"))
            assert "faults" not in states.newest("/mall/north/CS-1")


async def test_a_fault_is_told_until_it_is_over(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        at.controller.fault(1, "GroundFailure")
        await at.here.until(lambda: [one for one in at.here.station("CS-1").evses.values() if one.number == 1])
        async with asyncio.timeout(10.0):
            while not await at.here.facts(StationEventReported, "CS-1"):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.02)
        await admit_lower(at)
        async with party(at.here, at.pki, "site-rm", Role.RM) as rm:
            hidden = Reader(rm, wish(Topic.STATE))
            await until(lambda: hidden.newest("/mall/north/CS-1/1"))
            assert "faults" not in hidden.newest("/mall/north/CS-1/1")
        mine = at.line.subscriber
        values: list[Published] = []
        mine.subscribe(wish(Topic.STATE, "/mall/north/CS-1"), lambda body: values.append(read_publication(body)), _ignore)
        await until(lambda: any(one.fields.get("faults") == "GroundFailure" for one in values))
        at.controller.fault(1, "")
        await until(lambda: values[-1].fields.get("faults") == "" and str(values[-1].address).endswith(("/1", "CS-1")))


async def admit_lower(at: LinkStation) -> None:
    await admit(at.here, "site-rm", Role.RM, "/mall")


def _ignore(_: Ending) -> None:
    """Nobody asks how it ended."""


async def test_a_station_is_told_of_itself_and_its_zone_and_of_no_neighbour(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        values: list[Published] = []
        ends: list[Ending] = []
        mine = at.line.subscriber
        mine.subscribe(wish(Topic.LIMIT), lambda body: values.append(read_publication(body)), ends.append)
        await until(lambda: any(str(one.address) == "/mall/north" for one in values))
        await at.here.ask("zones/limit", {"site": "mall", "zone": "north", "limit": 9000.0})
        await until(lambda: any(one.fields.get("limit_w") == 9000.0 for one in values if str(one.address) == "/mall/north"))
        await until(lambda: any(str(one.address) == "/mall/north/CS-1" for one in values))
        for place, topic in (
            ("/mall/south", Topic.LIMIT),
            ("/mall/north/CS-2", Topic.LIMIT),
            ("/mall/north/CS-1", Topic.SESSION),
        ):
            known = len(ends)
            mine.subscribe(wish(topic, place), values.append, ends.append)  # type: ignore[arg-type] # nothing is to come
            await until(lambda known=known: len(ends) > known)  # type: ignore[misc] # a lambda's defaults
            assert ends[-1].status == ErrorCode.NOT_AUTHORIZED, place
        assert {str(one.address) for one in values} <= {
            "/mall/north",
            "/mall/north/CS-1",
            "/mall/north/CS-1/1",
            "/mall/north/CS-1/2",
        }


@pytest.mark.at("AT-B.22-2", "link")
async def test_a_grid_operator_limits_its_own_group_and_no_other_and_reads_no_credential(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        south = NORTH | {"id": "south"}
        await at.here.ask("zones/put", south)
        await admit(at.here, "grid", Role.DSO, "/mall/north")
        await at.charge(1, "ANNA")
        async with party(at.here, at.pki, "grid", Role.DSO) as grid:
            done = await asked(grid, limit("north", 4_500.0), to="/mall/north", priority=Priority.EMERGENCY)
            assert done.status == 0
            number, body = done.replies[-1]
            assert isinstance(CODEC.decode(number, body), ZoneLimitAnswer)
            await at.here.until(lambda: at.here.station("CS-1").limits.in_force[WHOLE].limit <= 4_500.0)
            (order,) = [one for one in at.here.rows(Order) if one.kind == "LimitZone"]
            assert (order.by, zone(at.here, "north").limit.asked.source) == ("grid", "dso")  # type: ignore[union-attr] # it is limited
            for to in ("", "/mall/south", "/mall"):
                refused = await asked(grid, limit("south", 1.0), to=to)
                assert refused.status == ErrorCode.NOT_AUTHORIZED, to
            assert zone(at.here, "south").limit is None
            everything = Reader(grid, wish(Topic.SESSION, "/mall"))
            await until(lambda: everything.newest("/mall/north/CS-1/1"))
            assert b"ANNA" not in repr(everything.values).encode()


def limit(zone: str, power: float) -> LimitZone:
    return LimitZone(station="", site=SiteId("mall"), zone=ZoneId(zone), limit=Watts(power))  # type: ignore[arg-type] # a literal


def zone(here: House, name: str) -> Zone:
    return here.csms.engine.known.all_zones[f"mall:{name}"]  # type: ignore[index] # a literal


async def asked(at: Party, command: LimitZone, **how: Any) -> Ending:
    ends: list[Ending] = []
    at.ask(command, ends.append, **how)
    await until(lambda: ends, 20.0)
    return ends[0]


@pytest.mark.at("AT-B.22-3", "link")
async def test_after_a_right_is_taken_back_nothing_more_is_told_and_the_reader_hears_why(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, at.pki, "flex", Role.FO) as flex:
            power = Reader(flex, wish(Topic.POWER), lasting=True)
            await at.charge(1, "ANNA")
            await until(lambda: power.newest("/mall/north").get("import_w", 0.0) > 0.0)
            await change(at.here, "flex", scope=("/town",))
            await until(lambda: power.ends, 10.0)
            told = len(power.values)
            assert power.refused == ErrorCode.NOT_AUTHORIZED
            assert flex.open
            await asyncio.sleep(1.0)
            assert len(power.values) == told


@pytest.mark.at("AT-B.22-3", "link")
async def test_who_is_shut_out_hears_why_and_then_its_link_ends(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, at.pki, "flex", Role.FO) as flex:
            power = Reader(flex, wish(Topic.POWER), lasting=True)
            await until(lambda: power.values)
            await change(at.here, "flex", disabled=True)
            await until(lambda: power.ends, 10.0)
            assert power.refused == ErrorCode.NOT_AUTHORIZED
            await until(lambda: not flex.open, 5.0)


@pytest.mark.parametrize(
    ("as_role", "admitted"), [(Role.FO, None), (Role.FO, Role.DSO), (Role.EV, Role.EV), (Role.OEM, Role.OEM)]
)
async def test_without_a_principal_of_its_role_nobody_has_a_link(tmp_path: Path, as_role: Role, admitted: Role | None) -> None:
    async with linked(tmp_path) as at:
        if admitted is not None:
            await admit(at.here, "somebody", admitted, "/mall")
        async with party(at.here, at.pki, "somebody", as_role, until_open=False) as other:
            assert not other.open
            await until(lambda: audited(at.here, "UnknownParty") or audited(at.here, "RoleNotAdmitted"))


@pytest.mark.at("AT-B.27-3", "link")
async def test_a_reader_behind_a_slow_way_is_told_the_newest_and_costs_the_publisher_no_more(tmp_path: Path) -> None:
    async with linked(tmp_path, tapped=True) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, at.pki, "flex", Role.FO, port=at.tap.port) as flex:
            states = Reader(flex, wish(Topic.STATE), lasting=True)
            await until(lambda: states.newest("/mall/north/CS-1/1"))
            publisher = at.here.csms.level.publishing.publisher
            before = publisher.held
            at.tap.hold()
            for step in range(400):
                report(at, "available" if step % 2 else "occupied")
                await asyncio.sleep(0.005)
            report(at, "unavailable")
            await asyncio.sleep(0.1)
            assert publisher.held <= before + 2
            at.tap.release()
            await until(lambda: states.newest("/mall/north/CS-1/1")["state"] == "unavailable")
            assert max(one.skipped for one in states.values) > 50
            assert len(states.values) < 60


def report(at: LinkStation, state: ConnectorState) -> None:
    """Have the journal of the CSMS say how an EVSE is."""
    one, now = EvseNumber(1), at.here.now()
    fact = ConnectorReported(station=StationId("CS-1"), at=now, evse=one, connector=ConnectorNumber(1), state=state)
    at.here.csms.engine.hear((fact,))


async def test_a_subscription_outlives_a_cut_and_lasts_beyond_its_lease(tmp_path: Path) -> None:
    async with linked(tmp_path, tapped=True) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, at.pki, "flex", Role.FO, port=at.tap.port) as flex:
            power = Reader(flex, wish(Topic.POWER, lease=1.0), lasting=True)
            await until(lambda: power.values)
            at.tap.cut()
            await until(lambda: not flex.open)
            await until(lambda: flex.open, 30.0)
            await asyncio.sleep(1.5)
            assert power.ends == []
            await at.charge(1, "ANNA")
            await until(lambda: power.newest("/mall/north").get("import_w", 0.0) > 0.0)


async def test_a_site_manager_limits_a_zone_through_the_local_csms_and_through_the_one_above(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, pki):
        for at in (here, local):
            await admit(at, "mall-rm", Role.RM, "/mall/north")  # type: ignore[arg-type] # it has a CSMS too
        async with party(here, pki, "mall-rm", Role.RM, port=local.port) as below:
            done = await asked(below, limit("north", 8_000.0), to="/mall/north")
            assert done.status == 0
            await admit(local, "mall-grid", Role.DSO, "/mall")  # type: ignore[arg-type] # it has a CSMS too
            async with party(here, pki, "mall-grid", Role.DSO, port=local.port) as grid:
                assert (await asked(grid, limit("north", 1.0), to="/mall/north")).status == ErrorCode.NOT_AUTHORIZED
        async with party(here, pki, "mall-rm", Role.RM, to="again") as above:
            done = await asked(above, limit("north", 7_000.0), to="/mall/north")
            assert (done.status, done.code) == (ErrorCode.NOT_AUTHORIZED, "LeaseHeld")
