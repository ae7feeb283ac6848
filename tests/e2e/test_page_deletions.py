# SPDX-License-Identifier: Apache-2.0
"""Deletions on the operator page, in real Chromium: from the form to the report; and a station that leaves (8.3.12, 8.3.13)."""

from pathlib import Path

from playwright.async_api import Page, async_playwright, expect
from tests.e2e.house import ADMIN
from tests.e2e.test_at_deletion import CARD, state, used
from tests.e2e.test_at_deregistration import obeys
from tests.e2e.test_page_device import CHROMIUM, PASSWORD, shot

from open63110.kernel.roles import Role
from open63110.runtime.principals import NewPrincipal


async def shots(page: Page, name: str) -> None:
    """Keep pictures in light, in dark, and as a phone has it; nothing is wider than that."""
    await shot(page, f"{name}-light")
    await page.emulate_media(color_scheme="dark")
    await shot(page, f"{name}-dark")
    await page.emulate_media(color_scheme="light")
    usual = page.viewport_size
    await page.set_viewport_size({"width": 390, "height": 844})
    await shot(page, f"{name}-phone")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert usual is not None
    await page.set_viewport_size(usual)


async def test_a_deletion_is_ordered_and_followed_and_a_station_is_seen_to_leave(tmp_path: Path) -> None:
    async with used(tmp_path, "v201") as (here, one, two), async_playwright() as playwright:
        await two.cut()
        await here.until(lambda: here.station("CS2").connected is None)
        new = NewPrincipal(id="ann", role=Role.OPERATOR, scope=("*",), password=PASSWORD)
        await here._principals.create(ADMIN, new)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await (await browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")).new_page()
        complaints = list[str]()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.set_default_timeout(15_000)
        base = f"http://127.0.0.1:{here.csms.web_port}"
        await page.goto(f"{base}/login")
        await page.fill("[name=name]", "ann")
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{base}/")

        await page.goto(f"{base}/deletions")
        await expect(page.locator("#list")).to_contain_text("Nobody asked for a deletion yet")
        await shots(page, "deletions-none")
        form = page.locator("form[action='/do/deletions/order']")
        await form.locator("[name=value]").fill(CARD)
        await form.locator("[name=request_id]").fill("letter-17")
        await form.locator("[name=legal_basis]").fill(f"letter of {CARD}")
        await form.get_by_role("button", name="Delete").click()
        await expect(page.locator("#told")).to_contain_text("legal_basis names the person")
        await form.locator("[name=value]").fill(CARD)
        await form.locator("[name=request_id]").fill("letter-17")
        await form.locator("[name=legal_basis]").fill("GDPR Art. 17, letter of 4 March")
        await form.locator("[name=due]").fill(f"{here.now().year}-12-31")
        await form.get_by_role("button", name="Delete").click()
        await expect(page.locator("#told")).to_contain_text("accepted")
        await expect(page.locator("#list")).to_contain_text("waiting for stations")
        listed, card = await page.locator("#list").bounding_box(), await page.locator("#list + .card").bounding_box()
        assert listed is not None
        assert card is not None
        assert card["y"] - listed["y"] - listed["height"] >= 10  # they are two things
        await shots(page, "deletions")
        await page.get_by_role("link", name="letter-17").click()
        await expect(page.locator("tr", has_text="CS1")).to_contain_text("deleted")
        await expect(page.locator("tr", has_text="CS2")).to_contain_text("pending")
        await shots(page, "deletion-open")
        await two.connect()
        await here.until(lambda: state(here, "letter-17") == "closed")
        await expect(page.locator("#deletion h1")).to_contain_text("letter-17")
        await expect(page.locator("#deletion .title")).to_contain_text("closed")
        await expect(page.locator("#deletion")).to_contain_text("kept for billing, without a name")
        await shots(page, "deletion-closed")

        obeys(one, [False])
        await page.goto(f"{base}/stations/CS1")
        form = page.locator("form[action='/do/stations/CS1/deregister']")
        await form.locator("[name=reason]").select_option("sold")
        await form.get_by_role("button", name="Deregister").click()
        await expect(page.locator("#leaving")).to_contain_text("for good")
        await expect(page.locator("#leaving h2")).to_contain_text("It has left", timeout=30_000)
        await expect(page.locator("#leaving")).to_contain_text("cannot be told so on its wire")
        await shots(page, "station-left")
        assert complaints == []
        await browser.close()
