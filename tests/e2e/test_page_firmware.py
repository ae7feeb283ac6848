# SPDX-License-Identifier: Apache-2.0
"""Firmware on the operator page, in real Chromium: an image is brought, campaigns are looked at, at every width and theme."""

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect
from tests.e2e.firmware_house import Manufacturer
from tests.e2e.test_page import ASTRAY, CHROMIUM, FLAGS, Settings, Site

from open63110.bindings.web.serve import serving
from open63110.bindings.web.tests.ground import PASSWORD, Ground
from open63110.kernel.ids import StationId
from open63110.model.firmware import (
    Campaign,
    CampaignMember,
    CampaignState,
    FirmwareImage,
    FirmwareState,
    FirmwareUpdate,
    MemberState,
    Window,
    stepped,
    update_key,
)
from open63110.model.station import Identity, StationBooted
from open63110.pki.firmware_signature import sign
from open63110.runtime.principals import durable

SHOTS = os.environ.get("OPEN63110_SHOTS", "")
"""Where to leave pictures of the page, for people; empty: nowhere."""

S, M = FirmwareState, MemberState
LONG = "InstallVerificationFailed: the self test of the contactors took longer than the 30 s that it may take, 2.0.3 runs again"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    one = Ground(tmp_path)
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


async def scene(ground: Ground) -> None:
    """Have images, a campaign in its second wave and one that is over, and orders of each kind."""
    now = ground.clock.now()
    states = [M.DONE, M.DONE, M.FAILED, M.DONE, M.ORDERED, M.ORDERED, M.WAITING, M.WAITING, M.SKIPPED]
    members = []
    for number, state in enumerate(states, 1):
        name = StationId(f"CS-BERLIN-{number:02}")
        await ground.station(name)
        ground.hear(StationBooted(station=name, at=now, identity=Identity(vendor="Maker", model="Duo 2x22", firmware="2.0.3")))
        over = now if state in {M.DONE, M.FAILED} else None
        why = {M.FAILED: LONG, M.WAITING: "somebody charges there", M.SKIPPED: "it runs that version"}.get(state, "")
        members.append(CampaignMember(station=name, wave=number // 4, image="duo-2.1", state=state, reason=why, ended=over))
    facts: dict[str, Any] = {"vendor": "Maker", "models": ("Duo 2x22", "Duo 2x11"), "sha256": "ab" * 32, "size": 18_400_000}
    images = [
        FirmwareImage(
            id="duo-2.1",
            version="2.1.0",
            signature="x",
            certificate="x",
            uploaded=now,
            trusted=True,
            notes="Relay test.",
            **facts,
        ),
        FirmwareImage(id="duo-2.2-rc1", version="2.2.0-rc1", **facts),
    ]
    for image in images:
        ground.engine.known.keep("firmware_image", image.id, image)
    spring = Campaign(
        id="spring",
        images=("duo-2.1",),
        members=tuple(members),
        began=now,
        by="ann",
        windows=(Window(begins=60, ends=300),),
        stop_rate=0.25,
    )
    ended: dict[str, Any] = {"state": CampaignState.STOPPED, "reason": "3 of 4 stations of wave 1 failed", "ended": now}
    for one in (
        spring,
        Campaign(id="winter-2025", images=("duo-2.0",), members=tuple(members[:4]), began=now, by="ann", **ended),
    ):
        ground.engine.known.keep("campaign", one.id, one)
    for number, ends in enumerate((S.INSTALLED, S.INSTALL_VERIFICATION_FAILED, S.DOWNLOADING), 1):
        name = StationId(f"CS-BERLIN-{number:02}")
        update = FirmwareUpdate(
            key=update_key(name, number),
            station=name,
            request=number,
            asked=now,
            until=now + timedelta(7),
            retrieve_at=now,
            image="duo-2.1",
            version="2.1.0",
            campaign="spring",
            by="ann",
        )
        for step in (S.ORDERED, S.ACCEPTED, ends):
            update = stepped(update, step, now, LONG if step is S.INSTALL_VERIFICATION_FAILED else "")
        ground.engine.known.keep("firmware_update", update.key, update)
    ground.engine.commit.after(lambda _: None)
    await durable(ground.engine)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (375, False), (360, True)])
async def test_the_pages_of_firmware_fit_every_width_in_both_themes(ground: Ground, site: Site, width: int, dark: bool) -> None:
    await scene(ground)
    page = await site.page(width, dark=dark)
    for path, words in (("/firmware", "content is awaited"), ("/campaigns/spring", "told between 01:00 and 05:00 UTC")):
        await page.goto(f"{site.base}{path}")
        await expect(page.locator("main")).to_contain_text(words)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert await page.evaluate(ASTRAY) == []
        for closed in await page.locator("main > details").all():
            await closed.locator("summary").click()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        await shot(page, f"firmware{path.replace('/', '-')}-{width}-{'dark' if dark else 'light'}")


async def test_an_image_is_brought_on_the_page_and_what_is_wrong_is_shown_where_it_is(
    ground: Ground, site: Site, tmp_path: Path
) -> None:
    maker, file, large = Manufacturer(tmp_path / "maker"), tmp_path / "duo.bin", tmp_path / "large.bin"
    file.write_bytes(bytes(range(256)) * 4_000)
    large.write_bytes(bytes(2_000_001))
    page = await site.page()
    await page.goto(f"{site.base}/firmware")
    form = page.locator("form[action='/do/firmware-images/upload']")
    said = {"id": "duo-2.1", "vendor": "Maker", "models": "Duo 2x22, Duo 2x11", "version": "2.1.0"}
    said |= {"certificate": maker.pem, "signature": "bm90IGl0"}
    for name, value in said.items():
        await form.locator(f"[name={name}]").fill(value)
    await form.locator("[name=file]").set_input_files(large)
    assert await form.evaluate("form => form.checkValidity()") is False
    await form.locator("[name=file]").set_input_files(file)
    await form.get_by_role("button", name="Bring it").click()
    await expect(page.locator("#told")).to_contain_text("that is no signature of it")
    await expect(form.locator("[name=signature]")).to_have_attribute("aria-invalid", "true")
    assert await form.locator("[name=vendor]").input_value() == "Maker"  # nothing has to be typed again
    await shot(page, "firmware-refused")
    (complaint,) = site.complaints
    assert "409" in complaint
    site.complaints.clear()

    await page.route("**/do/firmware-images/upload", lambda route: route.abort())
    await form.get_by_role("button", name="Bring it").click()
    await expect(page.locator("#told")).to_contain_text("No answer came")
    await page.unroute("**/do/firmware-images/upload")
    site.complaints.clear()

    await form.locator("[name=signature]").fill(sign(hashlib.sha256(file.read_bytes()).digest(), maker.signer))
    await form.get_by_role("button", name="Bring it").click()
    await expect(page.locator("#told")).to_contain_text("duo-2.1 is here: 1,024,000 bytes, signed.")
    await expect(page.locator("#image-duo-2\\.1")).to_contain_text("Duo 2x22, Duo 2x11")
    await expect(form.locator("[name=id]")).to_have_value("")
    await shot(page, "firmware-brought")
