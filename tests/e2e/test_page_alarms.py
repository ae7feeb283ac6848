# SPDX-License-Identifier: Apache-2.0
"""The alarms of stations and about power in real Chromium: at any width what can be done about them stands in view (8.3.5)."""

import pytest
from playwright.async_api import expect
from tests.e2e import test_page
from tests.e2e.test_page import Site

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.model.site import SiteId
from open63110.runtime.alarms import Alarms
from open63110.usecases.stations.monitor_station import StationEventReported

ground, site = test_page.ground, test_page.site

LONG = "GroundFaultOnPhaseTwoOfOutputOneAfterTheSelfTestThatFollowsEachRestartOfThePowerModuleBehindTheSecondContactor"


async def raised(ground: Ground) -> None:
    """Let something be wrong with a station, in one long word, and with the power of a site."""
    await ground.station()
    at = ground.clock.now()
    ground.hear(StationEventReported(station=CS, at=at, component="EVSE", evse=1, code=LONG, severity=1))
    Alarms(ground.engine).raised(SiteId("north"), "Excess", "feeder-2", "81 kW where 60 kW may flow", at)
    await ground.settle()


@pytest.mark.parametrize("width", [1280, 375])
async def test_who_knows_of_an_alarm_says_so_with_a_button_in_view(site: Site, ground: Ground, width: int) -> None:
    await raised(ground)
    page = await site.page(width)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.goto(f"{site.base}/alarms")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for button in await page.locator("#list button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    await page.locator("#power-alarms button", has_text="Acknowledge").click()
    await expect(page.locator("#power-alarms")).to_contain_text("ann knows")
    await page.locator(f"#list tr:has-text('{LONG}') button", has_text="Acknowledge").click()
    await expect(page.locator("#list tr").last).to_contain_text("acknowledged")
