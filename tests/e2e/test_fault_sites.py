# SPDX-License-Identifier: Apache-2.0
"""What goes wrong at a site, over real sockets: no fuse blows, and the operator is told (energy.md 8, I15)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.e2e.fault_site import METER, Played, crowd, everybody, judged, played, site, wired

from open63110.apps.replay_report import words
from open63110.kernel.units import Seconds, Watts
from open63110.model.site import Asset, SiteId

HOUSE = Asset(id="house", kind="load", assumed=(Watts(30_000.0),))
"""What really is there beside the stations; at night it draws 18 kW of that."""
UNKNOWN = replace(METER, assumed=(Watts(20_000.0),))
"""What the CSMS knows of it: a meter at the connection, and what to reckon with where it is not believed."""


@contextlib.asynccontextmanager
async def meanwhile(what: Awaitable[None]) -> AsyncIterator[None]:
    """Have something go on during a block."""
    task = asyncio.ensure_future(what)
    try:
        yield
        assert not task.done(), task.exception()
    finally:
        task.cancel()


def held(made: Played) -> None:
    """No sample of any feeder and phase was above its limit."""
    found = judged(made)
    assert found.held, "\n".join(words(found))
    assert found.samples > 50


async def test_a_meter_that_always_shows_the_same_gives_nobody_more(tmp_path: Path) -> None:
    async with (
        played(tmp_path, site(14, HOUSE), everybody(14), told=site(14, UNKNOWN)) as made,
        meanwhile(made.meter(lambda _: (200.0, 200.0, 200.0))),
    ):
        await made.here.until(lambda: made.charging() >= 2, within=60.0)
        await made.here.until(lambda: "MeterDoubted" in made.lasting, within=60.0)
        await made.passes(120)
    held(made)


async def test_a_meter_that_stops_where_little_flowed_gives_nobody_more(tmp_path: Path) -> None:
    async with played(tmp_path, site(14, HOUSE), everybody(14, first=120.0), told=site(14, UNKNOWN)) as made:
        stuck: list[tuple[float, ...]] = []

        def shown(flows: tuple[float, ...]) -> tuple[float, ...]:
            if made.charging() and not stuck:
                stuck.append(flows)
            return stuck[0] if stuck else flows

        async with meanwhile(made.meter(shown, every=3.0)):
            await made.here.until(lambda: stuck, within=60.0)
            await made.here.until(lambda: "MeterDoubted" in made.lasting, within=60.0)
            await made.passes(120)
    held(made)


@pytest.mark.parametrize("beside", ["a house", "a house and a roof"])
async def test_a_meter_with_a_wrong_sign_gives_nobody_more(beside: str, tmp_path: Path) -> None:
    roof = (Asset(id="roof", kind="pv", export_max=Watts(40_000.0)),) if beside == "a house and a roof" else ()
    truth, told = site(14, HOUSE, *roof), site(14, UNKNOWN, *roof)
    comes = everybody(5, every=100.0) + everybody(14, first=500.0, every=1.0)[5:]
    async with (
        played(tmp_path, truth, comes, told=told) as made,
        meanwhile(made.meter(lambda flows: tuple(-one for one in flows))),
    ):
        await made.here.until(lambda: "MeterDoubted" in made.kinds, within=60.0)
        await made.here.until(lambda: sum(one.plugged for one in made.replay.outlets) == 14, within=60.0)
        await made.passes(120)
        doubts = [one.detail for one in made.raised if one.kind == "MeterDoubted"]
        assert "its sign may be wrong" in doubts[0]
    held(made)


async def test_evses_on_another_phase_than_is_described_are_taken_back_by_what_the_meter_shows(tmp_path: Path) -> None:
    """Nobody can know it before a meter shows it: then the limit is kept, and the operator is told where to look."""
    told, truth = wired(9, "L1", "L2", "L3"), wired(9, "L2", "L2", "L3")
    async with played(tmp_path, truth, everybody(9), told=told) as made, meanwhile(made.meter()):
        await made.here.until(lambda: made.replay.witness.breaches, within=60.0)
        await made.here.until(lambda: "WiringDoubted" in made.lasting, within=60.0)
        told_of = made.detail("WiringDoubted")
        assert "on L1 that it does not show" in told_of
        assert "more on L2" in told_of
        before = {one.row.name: one.above for one in made.replay.witness.breaches}
        await made.passes(300)
        assert "OverUse" in made.kinds
    worst = judged(made).metered[0]
    assert (worst.place, {one.row.name: one.above for one in made.replay.witness.breaches}) == ("grid main L2", before)
    assert worst.above <= 60.0, "two readings, and what EVs and a busy machine take"


async def test_a_station_that_is_dark_for_an_hour_counts_with_what_it_confirmed_and_then_with_its_fail_safe_value(
    tmp_path: Path,
) -> None:
    zone = {"failsafe": Watts(9_000.0), "failsafe_after": Seconds(900.0)}
    async with played(tmp_path, site(9), everybody(9, need=90_000.0), zone=zone, speed=240.0) as made:
        await made.here.until(lambda: made.charging() >= 3, within=60.0)
        await made.passes(300)
        dark = [
            one.station for one, outlet in zip(made.replay.premises.outfits, made.replay.outlets, strict=True) if outlet.amperes
        ]
        for one in dark[:2]:
            made.replay.site.stations[one].lose_link(3_600.0)
        await made.here.until(lambda: "Unreachable" in made.lasting, within=30.0)
        await made.passes(3_600)
        await made.here.until(lambda: "Unreachable" not in made.lasting, within=60.0)
        assert {one.place for one in made.raised if one.kind == "Unreachable"} == set(dark[:2])
        await made.passes(300)
    held(made)


async def test_a_limit_of_zero_stops_everybody_and_who_set_it_is_told_as_the_reason(tmp_path: Path) -> None:
    async with played(tmp_path, site(6), everybody(6)) as made:
        await made.here.until(lambda: made.charging() >= 3, within=60.0)
        stop = {"id": "stop", "scope": {"site": "garage", "zone": "row-1"}, "source": "operator", "limit": 0}
        order = made.replay.witness.order("zone row-1", Watts(0.0), made.here.now(), within=made.replay.play.within)
        await made.here.ask("constraints/put", stop)
        await made.here.until(lambda: made.charging() == 0, within=60.0)
        await made.passes(60)
        power = made.here.csms.engine.known.power(SiteId("garage"))
        assert power is not None
        assert {(one.state, one.winner.constraint) for one in power.evses} == {("waiting", "stop")}
        assert all(one.why in {"NodeFull", "Rotates"} for one in power.evses)
        assert made.kinds == set()
        site_stop = stop | {"id": "site", "scope": {"site": "garage"}}
        await made.here.ask("constraints/put", site_stop)
        await made.here.until(lambda: "Excess" in made.lasting, within=30.0)
    assert not order.late
    held(made)


async def test_of_demands_that_contradict_each_other_the_lowest_is_kept_and_the_operator_is_told(tmp_path: Path) -> None:
    async with played(tmp_path, site(6), everybody(6)) as made:
        await made.here.until(lambda: made.charging() >= 3, within=60.0)
        low = {"id": "low", "scope": {"site": "garage", "zone": "row-1"}, "source": "operator", "limit": 12_000}
        await made.here.ask("constraints/put", low)
        await made.here.ask("constraints/put", low | {"id": "high", "source": "contract", "limit": 60_000})
        made.replay.witness.order("zone row-1", Watts(12_000.0), made.here.now(), within=made.replay.play.within)
        odd = low | {"id": "odd", "limit": 10_000, "failsafe": 20_000, "failsafe_after": 60}
        await made.here.ask("constraints/put", odd)
        await made.here.until(lambda: "Contradiction" in made.lasting, within=30.0)
        detail = made.detail("Contradiction")
        assert ("20000" in detail, "10000" in detail) == (True, True)
        await made.passes(200)
        await made.here.ask("constraints/withdraw", {"id": "odd"})
        await made.here.until(lambda: "Contradiction" not in made.lasting, within=30.0)
    held(made)


async def test_five_hundred_evs_that_are_plugged_in_in_one_second_share_what_there_is(tmp_path: Path) -> None:
    async with played(tmp_path, crowd(50, 10), everybody(500, every=0.002), speed=30.0) as made:
        await made.here.until(lambda: sum(one.plugged for one in made.replay.outlets) == 500, within=120.0)
        await made.here.until(lambda: made.charging() >= 20, within=60.0)
        await made.passes(60)
        assert "CheckFailed" not in made.kinds
    held(made)
