# SPDX-License-Identifier: Apache-2.0
"""A site while its DSO reduces it, on the operator page: real sockets, real Chromium, and nothing made up but cars (8.2.7)."""

import asyncio
import contextlib
import itertools
import os
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Page, async_playwright, expect
from tests.e2e.house import ADMIN, House, house
from tests.e2e.test_page import CHROMIUM, FLAGS
from tests.e2e.test_replay import CARD, SPEED, replayed

from open63110.bindings.web.shapes import Seer, show
from open63110.bindings.web.tests.ground import PASSWORD
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.simulator.garage import garage
from open63110.simulator.premises import Outfit
from open63110.simulator.visits import Visit

SHOTS = os.environ.get("OPEN63110_SHOTS", "")
"""Where to leave pictures of the page: those in docs/images are made so. Empty: nowhere."""

EVSES = 24
LIMIT = 18_000.0
WHILE = 1_200.0 if SHOTS else 120.0
"""For how long the garage is watched before and after [s of its clock]."""


ZONES = {"deck": 60_000.0, "yard": 30_000.0, "visitors": 20_000.0}
"""Parts of the garage, with what their cables carry [W]."""


def described(here: House) -> dict[str, Any]:
    """Describe the garage, its stations in three zones."""
    site: dict[str, Any] = show(garage(EVSES), Seer(here.csms.engine.known, personal=True))
    stations = [one for zone in site["zones"] for one in zone["stations"]]
    ends = (0, len(stations) // 2, len(stations) * 5 // 6, len(stations))
    parts = zip(ZONES.items(), itertools.pairwise(ends), strict=True)
    zones = [
        {**site["zones"][0], "id": name, "import_max": power, "stations": stations[begin:end]}
        for (name, power), (begin, end) in parts
    ]
    return {**site, "address": "Am Hafen 4, Kiel", "zones": zones}


async def ready(here: House) -> httpx2.AsyncClient:
    """Let the CSMS know the garage, the drivers' card, who looks, and the DSO; return what the DSO asks with."""
    await here.ask("sites/import", {"sites": [described(here)]})
    await here.token(CARD, concurrent=0)
    principals = Principals(here.csms.engine, here.csms.keys, here.csms.ids)
    try:
        await principals.create(ADMIN, NewPrincipal(id="ann", role=Role.ADMIN, scope=("*",), password=PASSWORD))
    finally:
        principals.close()
    dso = await here.client("nordnetz", Role.DSO, "/garage")
    await here.ask("dso-groups/put", {"id": "harbour", "dso": "nordnetz", "places": [{"site": "garage"}]})
    return dso


@contextlib.asynccontextmanager
async def looking(here: House) -> AsyncIterator[Page]:
    """Open the page of the garage."""
    base = f"http://127.0.0.1:{here.csms.web_port}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.set_default_timeout(30_000)
        await page.goto(f"{base}/login")
        await page.fill("[name=name]", "ann")
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{base}/")
        await page.goto(f"{base}/sites/garage?hours=1")
        yield page
        await browser.close()


def spoken(here: House) -> Callable[[Visit, Outfit], None]:
    """Let each driver's app say, as he comes, when he leaves and what he needs: so the garage has a plan."""
    said: set[asyncio.Task[Any]] = set()

    def came(visit: Visit, fit: Outfit) -> None:
        leaves = here.now() + timedelta(seconds=visit.departure - visit.arrival)
        needs = {"evse": fit.number, "departure": leaves.isoformat(), "energy": visit.need}
        task = asyncio.get_running_loop().create_task(here.ask(f"stations/{fit.station}/sessions/needs", needs))
        said.add(task)
        task.add_done_callback(said.discard)

    return came


async def planned(here: House) -> list[float]:
    """What the curve of the garage shows as planned, from now on [W]."""
    curve = await here.ask("sites/garage/curve", hours=1)
    ahead = [place for place, at in enumerate(curve["at"]) if at > curve["now"]]
    return [sum(line["values"][place] or 0.0 for line in curve["planned"]) for place in ahead] if curve["planned"] else []


async def flows(page: Page) -> float:
    """Read what flows off the page [W]."""
    return 1_000.0 * float((await page.locator(".figure b").first.text_content() or "0").split()[0])


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        clip = {"x": 0, "y": 0, "width": 1280, "height": 1000}
        await page.screenshot(path=f"{SHOTS}/{name}.png", clip=clip, full_page=True)  # type: ignore[arg-type]  # whole numbers


async def test_the_page_shows_a_reduction_as_it_happens_who_ordered_it_and_why_cars_wait(tmp_path: Path) -> None:
    stays = [Seconds(5_400.0 + 450.0 * (place * 7 % EVSES)) for place in range(EVSES)]
    needs = [WattHours(6_000.0 + 500.0 * (place * 5 % EVSES)) for place in range(EVSES)]
    visits = [Visit(place, Seconds(20.0 * place), stays[place], needs[place]) for place in range(EVSES)]
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        replay = replayed(here, EVSES, visits, span=Seconds(7_000.0), interval=Seconds(60.0))
        replay.on_arrival = spoken(here)
        async with await ready(here) as dso, looking(here) as page:
            running = asyncio.create_task(replay.run())
            # by the plan few charge at once, each as fast as it can: what matters is that more flows than the DSO will let
            await here.until(lambda: sum(one.power for one in replay.outlets) > LIMIT, within=60.0)
            await expect(page.locator("#evs")).to_contain_text("charging")
            await here.pass_by(WHILE)
            async with asyncio.timeout(30.0):
                while await flows(page) <= LIMIT:  # noqa: ASYNC110 - a page tells nobody
                    await asyncio.sleep(0.1)
            order = {"order_id": "evening", "group": "harbour", "p_max_import": LIMIT, "duration": 5_400, "emergency": True}
            answer = await dso.post("dso-orders/put", json=order)
            assert answer.status_code == 200, answer.text
            await expect(page.locator(".figure").first).to_contain_text("of 18.0 kW, limited by the DSO (nordnetz)")
            async with asyncio.timeout(30.0):
                while await flows(page) > LIMIT:  # noqa: ASYNC110 - a page tells nobody
                    await asyncio.sleep(0.1)
            await expect(page.locator("#demands")).to_contain_text("nordnetz")
            await expect(page.locator("#demands")).to_contain_text("counts")
            await expect(page.locator("#evs")).to_contain_text("limited by the DSO (nordnetz)", timeout=30_000)
            await here.pass_by(WHILE)
            await expect(page.locator(".u-legend").first).to_contain_text("≤ the DSO (nordnetz)")
            assert await flows(page) <= LIMIT
            await expect(page.locator(".figure").nth(3)).to_contain_text("on plan")
            async with asyncio.timeout(30.0):
                while not (ahead := await planned(here)):  # noqa: ASYNC110 - a curve tells nobody
                    await asyncio.sleep(0.1)
            assert max(ahead[:2]) <= LIMIT * 1.001
            await expect(page.locator(".power-chart").first).to_have_attribute(
                "data-planned", re.compile("[1-9]"), timeout=30_000
            )
            await shot(page, "site-during-reduction")
            await page.click("[data-theme-toggle]")
            await here.pass_by(WHILE / 10)
            await shot(page, "site-during-reduction-dark")
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
