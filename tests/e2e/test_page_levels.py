# SPDX-License-Identifier: Apache-2.0
"""The levels of a site on the operator page, in real Chromium, before a local CSMS and the one above it (7.3, B.25)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from tests.e2e.house import ADMIN, House
from tests.e2e.local_house import Local, Stations, mall, until
from tests.e2e.parties import admit, party
from tests.e2e.test_page import CHROMIUM, FLAGS, Settings

from open63110.apps.csms import Csms
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.web.serve import serving
from open63110.bindings.web.tests.ground import PASSWORD
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.usecases.energy.smart_charging import LimitZone

SHOTS = os.environ.get("OPEN63110_SHOTS", "")
"""Where to leave pictures of the page, for people; empty: nowhere."""


class Views:
    """Two pages in a browser: of the CSMS and of the local CSMS of its site."""

    def __init__(self, browser: Browser, upper: int, lower: int) -> None:
        self._browser, self.upper, self.lower = browser, f"http://127.0.0.1:{upper}", f"http://127.0.0.1:{lower}"
        self.complaints: list[str] = []

    async def page(self, base: str, width: int = 1280, *, dark: bool = False, who: str = "ann") -> Page:
        """Open the levels of one of them."""
        scheme = "dark" if dark else "light"
        context = await self._browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type] # one of two
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.set_default_timeout(15_000)
        await page.goto(f"{base}/login")
        await page.fill("[name=name]", who)
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{base}/")
        await page.goto(f"{base}/levels")
        await expect(page.locator("#live")).to_have_attribute("data-state", "on")
        return page


async def let_in(csms: Csms, name: str = "ann", *scope: str) -> None:
    """Admit somebody who looks."""
    principals = Principals(csms.engine, csms.keys, csms.ids)
    try:
        new = NewPrincipal(id=name, role=Role.ADMIN if not scope else Role.VIEWER, scope=scope or ("*",), password=PASSWORD)
        await principals.create(ADMIN, new)
    finally:
        principals.close()


@contextlib.asynccontextmanager
async def seen(folder: Path) -> AsyncIterator[tuple[House, Local, Stations, Views]]:
    """The site of annex A.4 with stations by link and by OCPP, and its pages."""
    async with mall(folder, ["CS1", "CS2"], ocpp={"CS2": Version.V201}) as (here, local, there, pki):
        await let_in(here.csms)
        await let_in(local.csms)
        await admit(here, "grid", Role.DSO, "/mall/north")
        async with serving(local.csms.node(), Settings()) as lower, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            views = Views(browser, here.csms.web_port, lower)
            async with party(here, pki, "grid", Role.DSO):
                yield here, local, there, views
            await browser.close()
    assert views.complaints == []


def limit(power: float) -> LimitZone:
    return LimitZone(station="", site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(power))  # type: ignore[arg-type] # a literal


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def test_the_page_shows_the_levels_and_follows_their_links_by_itself(tmp_path: Path) -> None:
    async with seen(tmp_path) as (here, local, there, views):
        upper, lower = await views.page(views.upper), await views.page(views.lower)
        for page in (upper, lower):
            await page.evaluate("window.stayed = true")
        below = upper.locator("#level-mall-lc")
        await expect(below).to_contain_text("/mall/north")
        await expect(below.locator(".tile", has_text="CS1")).to_contain_text("link")
        await expect(below.locator(".tile", has_text="CS2")).to_contain_text("OCPP 2.0.1")
        await expect(upper.locator(".way-line")).to_contain_text("link open")
        await expect(upper.locator(".level.here")).to_contain_text("grid")
        await expect(lower.locator("#level-above")).to_contain_text("wss://localhost")
        await expect(lower.locator(".level.here")).to_contain_text("whoever asks first")

        there.charge("CS1", "ANNA")
        await expect(below.locator(".zone-power")).not_to_contain_text("0.0 kW")
        await here.csms.orders.ask(limit(9_000.0), ADMIN)
        await expect(lower.locator(".say").first).to_contain_text("the level above")
        await expect(lower.locator(".say").first).to_contain_text("until")
        await expect(lower.locator(".zone .limit")).to_contain_text("9.0 kW")
        await expect(below.locator(".say")).to_contain_text("open63110, asked by csms")
        await expect(below.locator(".zone-power")).to_contain_text("of 9.0 kW")
        await expect(below.locator(".tile", has_text="CS1")).to_contain_text("≤ 9.0 kW")
        await shot(upper, "upper")
        await shot(lower, "lower")

        await local.csms.orders.ask(limit(8_000.0), ADMIN)
        await local.cut()
        await expect(upper.locator(".way-line")).to_contain_text("no link")
        await expect(lower.locator(".way-line")).to_contain_text("no link")
        await expect(lower.locator("#level-above")).to_contain_text("goes on by itself")
        await expect(lower.locator(".way-line")).to_contain_text("waiting")
        await shot(upper, "upper-cut")
        await shot(lower, "lower-cut")
        await local.mend()
        await expect(upper.locator(".way-line")).to_contain_text("link open")
        await expect(lower.locator(".way-line")).to_contain_text("link open")
        for page in (upper, lower):
            assert await page.evaluate("window.stayed") is True


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (375, False), (360, True)])
async def test_the_levels_fit_every_width_in_both_themes(tmp_path: Path, width: int, dark: bool) -> None:
    async with seen(tmp_path) as (here, _, there, views):
        there.charge("CS1", "ANNA")
        await here.csms.orders.ask(limit(9_000.0), ADMIN)
        await until(lambda: there.charging("CS1"))
        for base, name in ((views.upper, "upper"), (views.lower, "lower")):
            page = await views.page(base, width, dark=dark)
            await expect(page.locator(".tile", has_text="CS1")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
            await shot(page, f"{name}-{width}-{'dark' if dark else 'light'}")


async def test_who_may_see_one_station_sees_no_links_and_no_other_stations(tmp_path: Path) -> None:
    async with seen(tmp_path) as (here, _, __, views):
        await let_in(here.csms, "eve", "CS1")
        page = await views.page(views.upper, who="eve")
        await expect(page.locator(".tile")).to_have_count(1)
        await expect(page.locator("#levels")).not_to_contain_text("grid")
        await expect(page.locator("#levels")).not_to_contain_text("link open")
