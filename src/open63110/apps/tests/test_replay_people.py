# SPDX-License-Identifier: Apache-2.0
"""What drivers and a DSO tell a CSMS while a site is replayed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from open63110.apps.replay import Replay
from open63110.apps.replay_people import BY, TOO_MUCH, Needs, People
from open63110.apps.simulate_site import SiteSimulation, played, seconds, steps, troubles, way
from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.units import Seconds, WattHours
from open63110.simulator.garage import garage
from open63110.simulator.premises import Premises
from open63110.simulator.stay import KINDS
from open63110.simulator.visits import Visit

HOUR = 3_600.0


def replay(speed: float = 3_600.0) -> Replay:
    """A garage at a CSMS that is not there."""
    settings = SiteSimulation(csms="ws://127.0.0.1:1/ocpp", speed=speed, span="3h")
    return Replay(Premises(garage(4)), [], played(settings), way(settings))


async def heard(needs: Needs, visits: list[Visit]) -> tuple[list[tuple[str, Any]], datetime]:
    """What is told of some visits, and when they came."""
    said: list[tuple[str, Any]] = []
    site = replay()
    people = People(site, lambda path, body: said.append((path, body)), needs)
    now = site.clock.now()
    for one in visits:
        site.on_arrival(one, site.premises.outfits[one.place])
    talk = asyncio.create_task(people.run())
    async with asyncio.timeout(5):
        while len(said) < len(visits) and needs != "none":  # noqa: ASYNC110 - threads say it
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    talk.cancel()
    return said, now


VISIT = Visit(1, Seconds(0.0), Seconds(4 * HOUR), WattHours(10_000.0))


async def test_apps_tell_the_truth_or_nothing_as_is_wished() -> None:
    ((path, body),), now = await heard("true", [VISIT])
    assert path == "stations/GARAGE-002/sessions/needs"
    assert (body["evse"], body["energy"]) == (1, 10_000.0)
    assert abs(datetime.fromisoformat(body["departure"]) - now - timedelta(hours=4)) < timedelta(minutes=30)
    assert (await heard("none", [VISIT]))[0] == []


async def test_what_people_really_tell_is_too_much_and_some_leave_sooner() -> None:
    said, now = await heard("wrong", [VISIT] * 100)
    assert {body["energy"] for _, body in said} == {round(10_000.0 * TOO_MUCH, 1)}
    stays = [(datetime.fromisoformat(body["departure"]) - now).total_seconds() for _, body in said]
    sooner = [one for one in stays if one > 4 * HOUR + BY[0] - 60]
    assert 10 <= len(sooner) <= 32


async def test_a_dso_lowers_and_releases_the_site_and_the_judge_knows() -> None:
    said: list[tuple[str, Any]] = []

    def post(path: str, body: Any) -> None:
        said.append((path, body))
        raise Refused("not here", code="NotHere")

    site = replay()
    people = People(site, post, "none", steps("600=60,1200=off"))
    talk = asyncio.create_task(people.run())
    async with asyncio.timeout(5):
        while len(people.refused) < 2:  # noqa: ASYNC110 - threads say it
            await asyncio.sleep(0.01)
    talk.cancel()
    assert [path for path, _ in said] == ["constraints/put", "constraints/withdraw"]
    assert said[0][1]["limit"] == 60_000.0
    assert said[0][1]["scope"] == {"site": "garage"}
    (order,) = site.witness.orders
    assert order.until is not None
    assert order.limit == 60_000.0
    assert people.refused[0] == "constraints/put: not here"


def test_spans_and_steps_are_read_as_people_write_them() -> None:
    assert [seconds(one, "for") for one in ("90", "90s", "15m", "1.5h", "7d")] == [90.0, 90.0, 900.0, 5_400.0, 604_800.0]
    assert steps("4h=off, 2h=60.5") == [(2 * HOUR, 60_500.0), (4 * HOUR, None)]
    assert steps("") == []
    for wrong in ("2h", "2h=low", "soon=60"):
        with pytest.raises(Malformed):
            steps(wrong)
    with pytest.raises(Malformed, match="no span"):
        seconds("a while", "for")


def test_troubles_are_all_some_or_none() -> None:
    assert (troubles("random"), troubles("none"), troubles("cut,reboot")) == (KINDS, (), ("cut", "reboot"))
    with pytest.raises(Malformed, match="no trouble 'flood'"):
        troubles("flood")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"versions": "1.5"}, "no version '1.5'"),
        ({"versions": ""}, "where the CSMS is"),
        ({"csms": ""}, "where the CSMS is"),
        ({"versions": "link"}, "need --link"),
    ],
)
def test_what_is_missing_is_said(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Malformed, match=words):
        way(SiteSimulation(**{"csms": "ws://127.0.0.1:1/ocpp"} | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0.0},
        {"speed": float("nan")},
        {"interval": 0.0},
        {"within": -1.0},
        {"within": float("inf")},
        {"span": "0h"},
        {"cut_every": "0"},
    ],
)
def test_what_no_clock_can_do_is_refused_with_its_place(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as refused:
        played(SiteSimulation(**wrong))
    assert refused.value.where == {"span": "for"}.get(*wrong, *wrong)
