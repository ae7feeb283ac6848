# SPDX-License-Identifier: Apache-2.0
"""A DSO with a link of its own orders, publishes and is told what it can by REST, and of its own groups alone (8.2.7, 7.8)."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.grid_house import DRAWN, Park, park
from tests.e2e.house import OPEN
from tests.e2e.link_house import CSMS_PARTY, Pki, audited, listener
from tests.e2e.local_house import until
from tests.e2e.parties import admit, party

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.party import Party
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import ForecastBlock
from open63110.model.order import Order
from open63110.model.principal import AuditEntry
from open63110.model.site import SiteId
from open63110.usecases.energy.dso_power_variation import (
    AskDsoCompliance,
    CancelDsoOrder,
    KeepDsoLink,
    PutDsoForecast,
    PutDsoOrder,
)

ORDER = Watts(100_000.0)
NOBODY = StationId("")


@contextlib.asynccontextmanager
async def grid_by_link(folder: Path, count: int, **policy: Any) -> AsyncIterator[tuple[Park, Party, Pki]]:
    """A park whose DSO has a link; it has no other."""
    pki = Pki(folder / "pki")
    own = pki.give(CSMS_PARTY, Role.CSMS, serves=True)
    async with park(folder, count, listeners={**OPEN, "links": listener(pki, own)}, **policy) as at:
        port = at.here.csms.listeners["links"].port
        async with party(at.here, pki, "grid", Role.DSO, port=port) as grid:
            yield at, grid, pki


async def told(at: Party, command: Command, *, priority: Priority | None = None) -> tuple[Ending, Any]:
    """Ask something; return how it ended, and what is answered."""
    ends: list[Ending] = []
    at.ask(command, ends.append, priority=priority)
    await until(lambda: ends, 20.0)
    replies = [CODEC.decode(number, body) for number, body in ends[0].replies if body]
    return ends[0], replies[-1] if ends[0].status == 0 and replies else None


def order(order_id: str = "now", **said: Any) -> PutDsoOrder:
    return PutDsoOrder(**{"station": NOBODY, "order_id": order_id, "group": "feeder-12", "p_max_import": ORDER, **said})


@pytest.mark.at("AT-8.2.7-1", "link")
@pytest.mark.at("AT-7.8-1", "link")
async def test_fifty_stations_are_within_an_order_by_link_in_ten_seconds_and_it_is_told_of_each(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 50) as (at, grid, _):
        begun = time.monotonic()
        done, answer = await told(grid, order(emergency=True, duration=Seconds(600.0)), priority=Priority.EMERGENCY)
        assert done.status == 0
        assert time.monotonic() - begun <= 2.0
        assert (answer.state, answer.reachable, answer.stations, answer.missing) == ("active", ORDER, 50, 0)
        await at.here.until(lambda: at.power <= ORDER, within=begun + 10.0 - time.monotonic())
        kept = [one for name in at.here.csms.engine.stations.values() for one in name.limits.in_force.values()]
        assert all(one.asked.emergency and one.asked.actor == "grid" for one in kept)
        known = at.here.csms.engine.known
        await at.here.until(lambda: (kept := known.compliance("now")) is not None and kept.p_after is not None, within=20.0)

        done, report = await told(grid, AskDsoCompliance(station=NOBODY, order_id="now"))
        assert done.status == 0
        assert (report.status, len(report.stations), report.p_max_import) == ("compliant", 50, ORDER)
        assert all(one.t_effect is not None and not one.missing for one in report.stations)
        assert report.p_before == pytest.approx(50 * DRAWN, rel=0.02)
        assert report.p_after <= ORDER
        by_rest = (await at.grid.get("dso-orders/now/compliance")).json()
        assert [one.station for one in report.stations] == [one["station"] for one in by_rest["stations"]]
        assert all(one.station.startswith("cs-") for one in report.stations)
        (entry,) = [one for one in at.here.rows(AuditEntry) if one.action == "PutDsoOrder"]
        assert (entry.by, entry.role, entry.outcome) == ("grid", "dso", "accepted")


@pytest.mark.at("AT-8.2.7-2", "link")
@pytest.mark.at("AT-8.2.7-4", "link")
async def test_what_cannot_be_reached_is_said_and_released_stations_rise_again(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 6, grid_restore=6.0) as (at, grid, _):
        at.hardware[0].lose_link(600.0)
        stations = at.here.csms.engine.stations
        await at.here.until(lambda: sum(one.connected is None for one in stations.values()) == 1)
        _, answer = await told(grid, order(p_max_import=Watts(5_000.0)))
        assert (answer.missing, answer.compliance) == (1, "non-compliant")
        assert answer.reachable == pytest.approx(DRAWN, rel=0.05)
        await at.here.until(lambda: sum(at.powers[1:]) == 0.0, within=10.0)
        _, report = await told(grid, AskDsoCompliance(station=NOBODY, order_id="now"))
        assert sum(one.missing for one in report.stations) == 1

        done, _ = await told(grid, CancelDsoOrder(station=NOBODY, order_id="now"))
        assert done.status == 0
        await at.here.until(lambda: sum(at.powers[1:]) > 0.99 * DRAWN * 5, within=60.0)


@pytest.mark.at("AT-8.2.7-3", "link")
async def test_an_order_or_a_report_of_what_is_not_its_own_is_refused_with_a_security_event(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 2) as (at, grid, pki):
        await told(grid, order())
        await at.here.until(lambda: at.power <= ORDER)
        await admit(at.here, "other", Role.DSO, "/mall")
        port = at.here.csms.listeners["links"].port
        elsewhere = ConstraintScope(site=SiteId("mall"))
        wrong: tuple[Command, ...] = (
            order("mine"),
            order("mine", group="", scope=elsewhere),
            order("now", group="", scope=elsewhere),
            AskDsoCompliance(station=NOBODY, order_id="now"),
            AskDsoCompliance(station=NOBODY, order_id="no such"),
        )
        async with party(at.here, pki, "other", Role.DSO, port=port) as other:
            for command in wrong:
                done, _ = await told(other, command)
                assert done.status == ErrorCode.NOT_AUTHORIZED, command
            await at.here.until(lambda: audited(at.here, "LinkNotAuthorized"))
            done, _ = await told(other, CancelDsoOrder(station=NOBODY, order_id="now"))
            assert done.code == "UnknownOrder"
            _, heard = await told(other, KeepDsoLink(station=NOBODY))
            assert heard.groups == ()
        assert [one.order_id for one in at.here.csms.engine.known.dso_orders()] == ["now"]
        refused = [one.outcome for one in at.here.rows(Order) if one.by == "other" and one.kind == "PutDsoOrder"]
        assert refused == ["not-authorized"] * 3


async def test_what_makes_no_sense_is_refused_with_its_reason_and_nobody_else_orders_as_a_dso(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 2) as (at, grid, pki):
        for said in ({"p_max_import": None}, {"p_max_import": Watts(-1.0)}, {"delta": 5.0}, {"group": ""}):
            done, _ = await told(grid, order("odd", **said))
            assert done.status not in {0, ErrorCode.NOT_AUTHORIZED}, said
        await admit(at.here, "flex", Role.FO, "/mall")
        async with party(at.here, pki, "flex", Role.FO, port=at.here.csms.listeners["links"].port) as flex:
            done, _ = await told(flex, order("theirs"))
            assert done.status == ErrorCode.NOT_AUTHORIZED
        assert at.here.csms.engine.known.dso_orders() == ()


@pytest.mark.at("AT-7.8-2", "link")
async def test_once_the_link_of_the_dso_is_silent_the_site_keeps_to_the_fallback_and_an_alarm_is_raised(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 6) as (at, grid, _):
        begin, end = datetime.fromisoformat("2000-01-01T00:00:00Z"), datetime.fromisoformat("2099-01-01T00:00:00Z")
        blocks = (
            ForecastBlock(type="CONSUMPTION", start=begin, end=end, capacity=Watts(30_000.0)),
            ForecastBlock(type="FALLBACK_CONSUMPTION", start=begin, end=end, capacity=Watts(12_000.0)),
        )
        _, heard = await told(grid, KeepDsoLink(station=NOBODY, offline_after=Seconds(8.0)))
        assert heard.groups == ("feeder-12",)
        done, _ = await told(grid, PutDsoForecast(station=NOBODY, group="feeder-12", blocks=blocks))
        assert done.status == 0
        await at.here.until(lambda: at.power <= 30_000, within=5.0)
        assert at.power > 12_000
        await at.here.until(lambda: at.power <= 12_000, within=20.0)
        await asyncio.sleep(1.5)
        alarms = await at.here.ask("alarms")
        assert [one["place"] for one in alarms["items"] if one["kind"] == "ActorSilent" and one["cleared"] is None] == [
            "dso/forecast/feeder-12/mall"
        ]
        await told(grid, KeepDsoLink(station=NOBODY, offline_after=Seconds(600.0)))
        await at.here.until(lambda: 12_000 < at.power <= 30_000, within=10.0)


async def test_a_time_beyond_the_calendar_is_refused_and_the_link_goes_on(tmp_path: Path) -> None:
    async with grid_by_link(tmp_path, 2) as (at, grid, _):
        for said in (order("odd", duration=Seconds(1e15)), KeepDsoLink(station=NOBODY, offline_after=Seconds(1e15))):
            done, _ = await told(grid, said)
            assert (done.code, done.words) == ("InvalidValue", "a time in it is beyond the calendar")
        done, _ = await told(grid, order())
        assert done.status == 0
        endless = {"id": "x", "scope": {"site": "mall"}, "limit": 5_000.0, "silence": 1e15}
        refused = (await at.here.admin.post("constraints/put", json=endless)).json()
        assert (refused["code"], refused["remedy"]) == ("InvalidValue", "give a shorter one")


async def test_an_order_of_a_dso_whose_link_breaks_then_counts_once_and_is_answered_alike_when_it_is_said_again(
    tmp_path: Path,
) -> None:
    async with grid_by_link(tmp_path, 2) as (at, grid, _):
        known = at.here.csms.engine.known
        grid.ask(order(), lambda _: None)
        await until(known.dso_orders)
        assert grid.lines.socket is not None
        grid.lines.socket.abort()
        (kept,) = known.dso_orders()
        await until(lambda: not grid.open)
        await until(lambda: grid.open)
        done, answer = await told(grid, order())
        assert (done.status, answer.order_id, answer.state) == (0, "now", "active")
        (still,) = known.dso_orders()
        assert (still.accepted, still.start, still.changed) == (kept.accepted, kept.start, kept.changed)
