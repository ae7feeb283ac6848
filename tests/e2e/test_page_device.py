# SPDX-License-Identifier: Apache-2.0
"""The device model of a station on the operator page, in real Chromium: shown as a tree, set, kept, rolled out (8.3.3, 8.3.4)."""

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect
from tests.e2e.house import ADMIN
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.roles import Role
from open63110.model.device import Inventory
from open63110.model.own_device import HEARTBEAT, PATIENCE, PLUG_TIMEOUT
from open63110.model.settings import Rollout, SettingState, StationSettings
from open63110.runtime.principals import NewPrincipal

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "correct horse battery staple"


async def shot(page: Page, name: str) -> None:
    """Keep a picture, for whoever wants to look."""
    folder = os.environ.get("OPEN63110_SHOTS")
    if folder:
        await asyncio.to_thread(Path(folder).mkdir, parents=True, exist_ok=True)
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def states(at: Standing) -> dict[str, SettingState]:
    """How far settings have come."""
    known = at.here.csms.store.get(StationSettings, "CS-1")
    return {one.variable: one.state for one in known.settings} if known else {}


async def test_the_device_of_a_station_is_shown_set_and_kept(tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at, async_playwright() as playwright:
        here, complaints = at.here, list[str]()
        await here.until(lambda: here.csms.store.get(Inventory, "CS-1"))
        new = NewPrincipal(id="ann", role=Role.OPERATOR, scope=("*",), password=PASSWORD)
        await here._principals.create(ADMIN, new)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.set_default_timeout(15_000)
        base = f"http://127.0.0.1:{here.csms.web_port}"
        await page.goto(f"{base}/login")
        await page.fill("[name=name]", "ann")
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{base}/")

        await page.goto(f"{base}/stations/CS-1")
        await page.get_by_text("All it consists of").click()
        await expect(page.locator("h1")).to_contain_text("CS-1")
        await page.locator("summary", has_text="TxCtrlr").click()
        row = page.locator("tr", has=page.locator(f"code[title='{PLUG_TIMEOUT}']"))
        await expect(row).to_contain_text("120")
        await expect(row).to_contain_text("0…86400 s")
        await row.locator("input[name='settings.0.value']").fill("77")
        await row.get_by_label("keep").check()
        await shot(page, "device")
        await row.get_by_role("button", name="Set").click()
        await expect(page.locator("#told")).to_contain_text("accepted")
        await here.until(lambda: states(at).get(PLUG_TIMEOUT) is SettingState.CONFIRMED)
        await expect(row).to_contain_text("confirmed")

        await page.goto(f"{base}/stations/CS-1/device?q=MessageTimeout")
        row = page.locator("tr", has=page.locator(f"code[title='{PATIENCE}']"))
        await row.locator("input[name='settings.0.value']").fill("44")
        await row.get_by_role("button", name="Set").click()
        await expect(row).to_contain_text("after-reboot")
        await shot(page, "device-after-reboot")

        await page.goto(f"{base}/settings")
        form = page.locator("form[action='/do/templates/put']")
        await form.locator("[name=id]").fill("calm")
        await form.locator("[name=settings]").fill(f"{HEARTBEAT} = 45\n")
        await form.get_by_role("button").click()
        await expect(page.locator("#template-calm")).to_contain_text(f"{HEARTBEAT} = 45")
        await here.until(lambda: states(at).get(HEARTBEAT) is SettingState.CONFIRMED)
        form = page.locator("form[action='/do/rollouts/apply']")
        await form.locator("[name=stations]").fill("CS-1")
        await form.locator("[name=settings]").fill("TxCtrlr/NoSuchThing = 1")
        await form.get_by_role("button").click()
        await here.until(lambda: here.rows(Rollout))
        await page.goto(f"{base}/settings")
        await shot(page, "settings")
        (rollout,) = here.rows(Rollout)
        await page.goto(f"{base}/settings/rollouts/{rollout.id}")
        await expect(page.locator("main")).to_contain_text("1 refused")
        await shot(page, "rollout")
        await page.set_viewport_size({"width": 390, "height": 800})
        await page.goto(f"{base}/stations/CS-1/device?q=TxCtrlr")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await shot(page, "device-phone")
        assert wide <= 390
        await browser.close()
        assert complaints == []
