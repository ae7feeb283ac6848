# SPDX-License-Identifier: Apache-2.0
"""Alarms about the power of sites leave as those of stations do: raised once, over once, and only to whom they concern."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from open63110.apps.notify_config import Notify, channels_of
from open63110.apps.notifying import post, subject, text
from open63110.apps.tests.test_notifying import HOOK, Hook, House, hook, house
from open63110.kernel.ids import StationId
from open63110.model.site import SiteId
from open63110.runtime.alarms import Alarms
from open63110.usecases.energy.acknowledge_power_alarm import AcknowledgePowerAlarms

__all__ = ["hook"]

NORTH = SiteId("north")
KEY = "north/Excess/g1"


async def excess(at: House, kind: str = "Excess", site: SiteId = NORTH) -> None:
    Alarms(at.engine).raised(site, kind, "g1", "80 kW where 60 kW may flow", at.clock.at)
    await at.engine.commit.drain()


async def over(at: House) -> None:
    Alarms(at.engine).settle(NORTH, (), at.clock.at)
    await at.engine.commit.drain()


def told(at: House) -> list[tuple[str, str]]:
    return [(one.alarm.id, one.change) for some in at.told for one in some]


async def test_an_alarm_about_power_is_told_when_it_is_raised_and_when_it_is_over(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
        await excess(at)
        assert await at.look(60.0) == 1
        await over(at)
        assert await at.look(60.0) == 1
        assert told(at) == [(KEY, "raised"), (KEY, "cleared")]


async def test_one_that_comes_and_goes_within_moments_is_told_once(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
        await at.look(60.0)
        for _ in range(3):
            await over(at)
            await at.look(2.0)
            await excess(at)
            await at.look(2.0)
        await at.look(60.0)
        assert told(at) == [(KEY, "raised")]


async def test_what_somebody_knows_already_is_told_when_it_is_over_and_not_in_between(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
        await at.look(60.0)
        asked = AcknowledgePowerAlarms(station=StationId(""), ids=(KEY,), by="ann")
        at.engine.hear((asked,), now=at.clock.at)
        await at.engine.commit.drain()
        assert await at.look(60.0) == 0
        await over(at)
        await at.look(60.0)
        assert told(at) == [(KEY, "raised"), (KEY, "cleared")]


@pytest.mark.parametrize(
    ("channel", "kind", "site", "wanted"),
    [
        ({}, "Excess", NORTH, True),
        ({}, "Unreachable", NORTH, False),
        ({"severity": 4}, "Unreachable", NORTH, True),
        ({"stations": ("CS-*",)}, "Excess", NORTH, False),
        ({"stations": ("CS-*",), "sites": ("no*",)}, "Excess", NORTH, True),
        ({"sites": ("no*",)}, "Excess", SiteId("south"), False),
        ({"sites": ()}, "Excess", NORTH, False),
    ],
)
async def test_each_is_told_of_the_sites_that_are_his(
    channel: dict[str, Any], kind: str, site: SiteId, wanted: bool, tmp_path: Path
) -> None:
    async with house(tmp_path, **channel) as at:
        await excess(at, kind, site)
        assert len(at.notices()) == wanted


async def test_a_post_says_which_site_and_how_grave(hook: str, tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
        (one,) = at.notices()
    Hook.status, Hook.got = 204, []
    await asyncio.to_thread(post, msgspec.structs.replace(HOOK, url=hook), [one], "7-1")
    ((_, body),) = Hook.got
    (said,) = msgspec.json.decode(body)["notices"]
    shown = {name: said["alarm"][name] for name in ("id", "kind", "code", "component", "severity", "state")}
    assert said["site"] == "north"
    assert shown == {"id": KEY, "kind": "power", "code": "Excess", "component": "g1", "severity": 2, "state": "active"}


async def test_an_e_mail_says_which_site_in_words(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
        await at.alarm()
        power, station = sorted(at.notices(), key=lambda one: one.station)
    assert subject([power]) == "site north: Excess raised"
    assert text([power]).endswith("  site north  severity 2  raised: g1 Excess 80 kW where 60 kW may flow\n")
    assert subject([power, station]) == "2 alarms of 1 station and 1 site"
    assert subject([power, power]) == "2 alarms of 1 site"


async def test_notices_outlive_a_restart(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await excess(at)
    async with house(tmp_path) as again:
        assert again.notices()[0].site == "north"
        again.clock.at += timedelta(seconds=60)
        assert await again.look() == 1
        assert told(again) == [(KEY, "raised")]


def test_without_a_word_of_sites_who_is_told_of_some_stations_is_told_of_none() -> None:
    some = {name: Notify(kind="webhook", stations=(name,)) for name in ("*", "CS-*")}
    assert {one.name: one.sites for one in channels_of(some)} == {"*": ("*",), "CS-*": ()}
