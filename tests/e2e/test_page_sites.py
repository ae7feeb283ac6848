# SPDX-License-Identifier: Apache-2.0
"""Sites on the operator page, in real Chromium: power over time and against limits, and the tree that is edited (4.3, 8.2.3)."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from tests.e2e.power_scene import SITE, Scene
from tests.e2e.test_page import CHROMIUM, FLAGS, Settings, Site

from open63110.bindings.web.serve import serving
from open63110.bindings.web.tests.ground import PASSWORD, Ground
from open63110.runtime.principals import durable

SHOTS = os.environ.get("OPEN63110_SHOTS", "")
"""Where to leave pictures of the page, for people; empty: nowhere."""


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    one = Ground(tmp_path, balanced=False)
    async with one.running():
        await one.principals.first_admin("ann", PASSWORD)
        yield one


@pytest.fixture
async def site(ground: Ground) -> AsyncIterator[Site]:
    async with serving(ground.node, Settings()) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        one = Site(ground, browser, f"http://127.0.0.1:{port}")
        yield one
        await browser.close()
    assert one.complaints == []


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def refused(site: Site) -> None:
    """Let the browser have complained of nothing but one refusal, which is what its user was told as well."""
    (complaint,) = site.complaints
    assert "400" in complaint or "409" in complaint
    site.complaints.clear()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (375, False), (360, True)])
async def test_the_pages_of_sites_fit_every_width_in_both_themes(ground: Ground, site: Site, width: int, dark: bool) -> None:
    await Scene(ground).play()
    page = await site.page(width, dark=dark)
    paths = ("/sites", f"/sites/{SITE}", f"/sites/{SITE}/edit", f"/sites/{SITE}/edit?thing=feeder:cars")
    for place, path in enumerate(paths):
        answer = await page.goto(f"{site.base}{path}")
        assert answer is not None
        assert answer.status == 200, path
        if place == 1:
            await expect(page.locator(".power-chart canvas").first).to_be_visible()
            await expect(page.locator(".power-chart canvas")).to_have_count(4)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        await shot(page, f"sites-{place}-{width}-{'dark' if dark else 'light'}")


async def test_the_tree_is_edited_where_it_is_drawn_and_a_field_that_is_wrong_is_shown(ground: Ground, site: Site) -> None:
    await Scene(ground, hours=0.1).play()
    page = await site.page()
    await page.goto(f"{site.base}/sites")
    await page.click(f"text={SITE}")
    await page.click("text=Edit")
    await page.click(".tree-name:text-is('cars')")
    await page.fill("#save [name=amperes]", "63 63 many")
    await page.click("#save button[type=submit]")
    await expect(page.locator("#told")).to_contain_text("is no number")
    await expect(page.locator("#save [name=amperes]")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#save [name=amperes]")).to_be_focused()
    refused(site)
    await page.fill("#save [name=amperes]", "60 60 60")
    await page.click("#save button[type=submit]")
    await expect(page.locator(".tree-row.chosen")).to_contain_text("cars")
    await expect(page.locator("#save [name=amperes]")).to_have_value("60 60 60")

    await page.click("#add-zone summary")
    await page.fill("#add-zone [name=id]", "loading")
    await page.fill("#add-zone [name=import_max]", "22")
    await page.click("#add-zone button[type=submit]")
    await expect(page.locator(".tree-row.chosen")).to_contain_text("loading")
    await page.click("#add-station summary")
    await page.fill("#add-station [name=id]", "L-1")
    await page.click("#add-station button[type=submit]")
    await expect(page.locator(".tree-row.chosen")).to_contain_text("L-1")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.click("text=Take it out")
    await expect(page.locator(".tree-row.chosen")).to_contain_text(SITE)
    await expect(page.locator("#tree")).not_to_contain_text("L-1")
    await page.click(".tree-name:text-is('grid')")
    await page.click("#panel button:text-is('Remove')")
    await expect(page.locator("#told")).to_contain_text("grid still feeds")
    refused(site)
    assert ground.engine.known.sites[SITE].feeders[0].amperes == (60.0, 60.0, 60.0)


async def test_a_site_comes_from_a_file(ground: Ground, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "south.toml"
    file.write_text('id = "south"\nconnections = [{id = "grid", import_max = 10_000}]\n', encoding="utf-8")
    page = await site.page()
    await page.goto(f"{site.base}/sites")
    await page.set_input_files("input[type=file]", file)
    await expect(page.locator("#text")).to_have_value(file.read_text(encoding="utf-8"))
    await page.click("text=Take over")
    await page.wait_for_url(f"{site.base}/sites/south")
    await expect(page.locator("h1")).to_contain_text("south")
    assert [one.id for one in ground.engine.known.sites["south"].connections] == ["grid"]  # type: ignore[index]  # an id by value


async def test_power_against_limits_is_seen_as_it_changes_without_loading_the_page_again(ground: Ground, site: Site) -> None:
    scene = Scene(ground, hours=0.2)
    await scene.play()
    page = await site.page()
    await page.goto(f"{site.base}/sites/{SITE}")
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    await expect(page.locator(".power-chart canvas")).to_have_count(4)
    await page.evaluate("window.stayed = true")
    before = int(await page.locator(".power-chart").first.get_attribute("data-points") or "0")
    figure = page.locator(".figure b").first
    shown = await figure.text_content() or ""
    await expect(page.locator(".figure").first).to_contain_text("of 60.0 kW, limited by the DSO (nordnetz)")
    ground.later(minutes=2)
    for minutes in (-1, 0):
        scene.sampled(ground.clock.now() + timedelta(minutes=minutes))
    await durable(ground.engine)
    scene.present(ground.clock.now())
    await expect(figure).not_to_have_text(shown)
    await expect(page.locator(".power-chart").first).not_to_have_attribute("data-points", str(before))
    await page.click("text=zone deck")
    await expect(page.locator(".power-chart .u-legend").first).to_contain_text("D-1")
    assert await page.evaluate("window.stayed === undefined")


async def test_what_is_seen_can_be_taken_along(ground: Ground, site: Site, tmp_path: Path) -> None:
    await Scene(ground, hours=1.0).play()
    page = await site.page()
    await page.goto(f"{site.base}/sites/{SITE}?hours=1")
    for place, words in ((0, "dso,nordnetz,nordnetz/evening"), (2, "takes turns with others")):
        async with page.expect_download() as saving:
            await page.locator("a[download]").nth(place).click()
        saved = tmp_path / (await saving.value).suggested_filename
        await (await saving.value).save_as(saved)
        assert words in saved.read_text(encoding="utf-8")
