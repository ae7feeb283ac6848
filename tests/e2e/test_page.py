# SPDX-License-Identifier: Apache-2.0
"""The operator page in real Chromium: looks right at every width and in both themes, lives by itself, does what it is told."""

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, async_playwright, expect

from open63110.bindings.web.serve import serving
from open63110.bindings.web.tests.ground import CS, PASSWORD, Ground
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.reading import Reading
from open63110.model.station import ConnectorReported, Identity, StationBooted, StationConnected
from open63110.model.transfer import EnergyTransferUpdated
from open63110.runtime.orders import Verdict

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NEW = StationId("NEW-1")
ASTRAY = """() => innerWidth > 640 ? [] : [...document.querySelectorAll("td[data-label]")].filter(
  cell => [...cell.childNodes].some(part => {
    const range = document.createRange(); range.selectNode(part); const box = range.getBoundingClientRect();
    return box.width && box.left < cell.getBoundingClientRect().left + 90;
  })).map(cell => cell.outerHTML)"""
"""Cells on a phone that say something elsewhere than beside their label."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Loopback, any port."""

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    certificate: str = ""
    key: str = ""


class Site:
    """A CSMS with its page open in a browser."""

    def __init__(self, ground: Ground, browser: Browser, base: str) -> None:
        self.ground, self.browser, self.base = ground, browser, base
        self.complaints: list[str] = []

    async def page(self, width: int = 1280, *, dark: bool = False) -> Page:
        """Open the page and log in."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", timezone_id="Europe/Berlin"
        )
        page = await context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(15_000)
        await page.goto(f"{self.base}/login")
        await page.fill("[name=name]", "ann")
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{self.base}/")
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


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


def fault(ground: Ground, station: str, error: str) -> None:
    """Let the first connector of a station report a fault, now."""
    ground.hear(
        ConnectorReported(
            station=StationId(station),
            at=ground.clock.now(),
            evse=EvseNumber(1),
            connector=ConnectorNumber(1),
            state="faulted",
            error=error,
        )
    )


async def story(ground: Ground) -> None:
    """Put something on every page."""
    for number in range(1, 9):
        await ground.station(StationId(f"CS-{number}"))
    await ground.token(name="Ann", concurrent=0)
    await ground.charge("tx-1", minutes=5)
    ground.later(minutes=10)
    await ground.charge("tx-2", minutes=10, end=False)
    at = ground.clock.now()
    fault(ground, "CS-7", "GroundFailure")
    ground.hear(StationConnected(station=NEW, at=at, wire="ocpp2.1"))
    ground.hear(StationBooted(station=NEW, at=at, identity=Identity(vendor="V", model="M"), reason="PowerUp"))
    await ground.quarantine()
    await (await ground.as_(Role.OPERATOR)).post(f"/api/v1/stations/{CS}/reboot", json={})


def sample(ground: Ground, seq: int, power: float) -> None:
    """Let the running transfer report."""
    at = ground.later(minutes=1)
    readings = (Reading(at=at, measurand="power.import", value=power),)
    reference = TransferReference("tx-2")
    ground.hear(
        EnergyTransferUpdated(
            station=CS, at=at, reference=reference, seq=seq, evse=EvseNumber(1), state="charging", readings=readings
        )
    )


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (375, True), (360, False)])
async def test_every_page_fits_and_complains_of_nothing(ground: Ground, site: Site, width: int, dark: bool) -> None:
    await story(ground)
    page = await site.page(width, dark=dark)
    number = max(ground.engine.stations[CS].sessions)
    paths = (
        "/",
        "/levels",
        "/sites",
        "/stations",
        f"/stations/{CS}",
        f"/stations/{NEW}",
        "/sessions",
        f"/sessions/{number}",
        "/records",
        "/tokens",
        "/orders",
        "/firmware",
        "/alarms",
        f"/stations/{CS}/monitors",
        "/displays",
        "/fault-codes",
        "/fault-codes?code=CX004",
        "/settings",
        "/deletions",
        "/quarantine",
        "/audit",
        "/principals",
        "/account",
        "/api/docs",
    )
    for path in paths:
        answer = await page.goto(f"{site.base}{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert await page.evaluate(ASTRAY) == [], path
        background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (background == "rgb(15, 21, 27)") == dark, path


@pytest.mark.parametrize("width", [1920, 1280, 900])
async def test_every_page_of_the_bar_at_the_top_can_be_seen_there(ground: Ground, site: Site, width: int) -> None:
    page = await site.page(width)
    names = await page.locator("#nav a").all()
    assert len(names) == 18
    for one in names:
        box = await one.bounding_box()
        assert box is not None
        there = await page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.textContent", [box["x"] + box["width"] - 4, box["y"] + 4]
        )
        assert there == await one.text_content()


async def test_power_shows_as_it_is_measured_without_loading_the_page_again(ground: Ground, site: Site) -> None:
    await story(ground)
    page = await site.page()
    await page.goto(f"{site.base}/stations/{CS}")
    await page.evaluate("window.stayed = true")
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    curve = page.locator(".curve canvas")
    await expect(curve).to_be_visible()
    before = int(await page.locator(".curve").get_attribute("data-points") or "0")
    await page.locator("select[name=mode]").select_option("immediate")
    sample(ground, 11, 11_000.0)
    await expect(page.locator(".big b")).to_have_text("11.0 kW")
    sample(ground, 12, 3_700.0)
    await expect(page.locator(".big b")).to_have_text("3.7 kW")
    await page.wait_for_timeout(2100)
    sample(ground, 13, 3_600.0)
    await expect(page.locator(".curve")).not_to_have_attribute("data-points", str(before))
    await expect(curve).to_be_visible()
    assert await page.evaluate("window.stayed") is True
    assert await page.locator("select[name=mode]").input_value() == "immediate"


async def test_the_overview_and_the_list_follow_a_station_that_goes_away(ground: Ground, site: Site) -> None:
    await story(ground)
    overview, stations = await site.page(), await site.page(375)
    await stations.goto(f"{site.base}/stations")
    for page in (overview, stations):
        await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    fault(ground, "CS-3", "HighTemperature")
    await expect(overview.locator("#alarms")).to_contain_text("HighTemperature")
    await expect(overview.locator(".tile", has_text="CS-3")).to_contain_text("faulted")
    await expect(stations.locator("#station-CS-3")).to_contain_text("faulted")


async def test_a_first_station_appears_by_itself(ground: Ground, site: Site) -> None:
    page = await site.page()
    await expect(page.locator("main")).to_contain_text("No station yet")
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    await ground.station()
    await expect(page.locator(".tile")).to_contain_text(CS)


async def test_a_session_that_begins_while_one_watches_brings_its_curve(ground: Ground, site: Site) -> None:
    await ground.station()
    await ground.token()
    page = await site.page()
    await page.goto(f"{site.base}/stations/{CS}")
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    await ground.charge("tx-9", minutes=3, end=False)
    await expect(page.locator(".curve canvas")).to_be_visible()
    await expect(page.locator("#sessions tbody tr")).to_have_count(1)


async def test_a_command_is_asked_for_confirmed_and_its_outcome_told(ground: Ground, site: Site) -> None:
    await ground.station()
    page = await site.page()
    await page.goto(f"{site.base}/stations/{CS}")
    asked: list[str] = []

    async def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", accept)
    await page.get_by_role("button", name="Reboot").click()
    await expect(page.locator("#told")).to_contain_text("Reboot station: accepted.")
    await expect(page.locator("#orders")).to_contain_text("Reboot station")
    assert asked == [f"Reboot {CS}?"]
    ground.link.says = Verdict(outcome=Outcome.REJECTED, reason="Busy")
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.locator("#told")).to_contain_text("rejected. Busy")
    await expect(page.locator("#orders .chip.bad")).to_be_visible()


async def test_a_refused_confirmation_asks_nothing_of_the_station(ground: Ground, site: Site) -> None:
    await ground.station()
    page = await site.page()
    await page.goto(f"{site.base}/stations/{CS}")
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    await page.get_by_role("button", name="Reboot").click()
    await page.get_by_role("button", name="Clear cache").click()
    await expect(page.locator("#told")).to_contain_text("Clear authorization cache")
    assert [type(one).__name__ for one in ground.link.got] == ["ClearAuthorizationCache"]


async def test_an_operator_starts_with_nothing_and_ends_with_a_session(ground: Ground, site: Site) -> None:
    page = await site.page(375)
    await page.goto(f"{site.base}/stations")
    await page.locator("[data-id]").fill(CS)
    await page.locator("#register [name=note]").fill("at the gate")
    await page.get_by_role("button", name="Register").click()
    await expect(page.locator("#told")).to_contain_text("Register station: accepted.")
    await ground.station()
    await page.goto(f"{site.base}/tokens")
    await page.locator("[name='token.value']").fill("04A2B3C4D5")
    await page.locator("[name='token.name']").fill("Ann")
    await page.get_by_role("button", name="Add").click()
    await expect(page.locator("#list")).to_contain_text("04A2B3C4D5")
    await expect(page.get_by_role("textbox", name="Value")).to_have_value("")
    await page.goto(f"{site.base}/stations/{CS}")
    await page.get_by_role("button", name="Start charging").click()
    await expect(page.locator("#told")).to_contain_text("Start remotely: accepted.")
    await ground.charge("tx-1", minutes=2)
    await page.goto(f"{site.base}/records")
    await expect(page.locator("#list tbody tr")).to_have_count(1)


async def test_a_stranger_is_admitted_and_quarantined_input_replayed(ground: Ground, site: Site) -> None:
    await story(ground)
    page = await site.page()
    await page.goto(f"{site.base}/stations/{NEW}")
    await page.get_by_role("button", name="Admit").click()
    await expect(page.locator("#told")).to_contain_text("Admit station: accepted.")
    await page.goto(f"{site.base}/quarantine")
    await page.locator("#list tbody a").first.click()
    await page.get_by_role("button", name="Replay").click()
    await expect(page.locator("#told")).to_contain_text("was understood now")


async def test_a_key_is_shown_once_to_the_administrator(ground: Ground, site: Site) -> None:
    page = await site.page()
    await page.goto(f"{site.base}/principals")
    await page.locator("[name=id]").fill("app")
    await page.locator("[name=role]").select_option("csp")
    await page.get_by_role("button", name="Admit").click()
    key = await page.locator(".secret").inner_text()
    assert key.startswith("app.")
    await expect(page.locator("#list")).to_contain_text("app")
    await page.reload()
    assert key not in await page.content()
    assert (await ground.client(key).get("/api/v1/orders/none")).status_code == 404


async def test_any_call_can_be_sent_and_what_is_no_json_is_told(ground: Ground, site: Site) -> None:
    await ground.station()
    page = await site.page()
    await page.goto(f"{site.base}/stations/{CS}")
    await page.get_by_text("Any OCPP call").click()
    await page.locator("[name=action]").fill("GetVariables")
    await page.locator("[name=payload]").fill("{")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#told")).to_contain_text("the payload is no JSON")
    await page.locator("[name=payload]").fill('{"broken": "\\ud800"}')
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#told")).to_contain_text("the payload is no JSON")
    await page.locator("[name=payload]").fill('{"getVariableData": []}')
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#told")).to_contain_text("ocpp:GetVariables: accepted.")
    site.complaints = [one for one in site.complaints if "400" not in one]  # the browser notes the refused form, as it should


async def test_records_are_downloaded(ground: Ground, site: Site, tmp_path: Path) -> None:
    await story(ground)
    page = await site.page()
    await page.goto(f"{site.base}/records")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    file = tmp_path / "records.csv"
    await (await download.value).save_as(file)
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["station"] for row in rows] == [CS]


async def test_light_or_dark_is_the_readers_choice_and_stays(ground: Ground, site: Site) -> None:
    page = await site.page(dark=True)
    colour: Callable[[], Awaitable[str]] = lambda: page.evaluate("getComputedStyle(document.body).color")  # noqa: E731 - a look
    dark = await colour()
    await page.locator("[data-theme-toggle]").click()
    light = await colour()
    assert light != dark
    await page.goto(f"{site.base}/sessions")
    assert await colour() == light


async def test_a_lost_connection_is_shown_and_comes_back_with_what_was_missed(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    async with ground.running(), async_playwright() as playwright:
        await ground.principals.first_admin("ann", PASSWORD)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        async with serving(ground.node, Settings()) as port:
            page = await Site(ground, browser, f"http://127.0.0.1:{port}").page()
            await expect(page.locator("#live")).to_have_attribute("data-state", "on")
        await expect(page.locator("#live")).to_have_attribute("data-state", "off")
        await ground.station()
        async with serving(ground.node, Settings(port=port)):
            await expect(page.locator("#live")).to_have_attribute("data-state", "on")
            await expect(page.locator(".tile")).to_contain_text(CS)
        await browser.close()


async def test_the_menu_opens_on_a_phone(ground: Ground, site: Site) -> None:
    page = await site.page(360)
    link = page.locator("#nav").get_by_role("link", name="Tokens")
    await expect(link).to_be_hidden()
    await page.get_by_role("button", name="Menu").click()
    await link.click()
    await page.wait_for_url(f"{site.base}/tokens")
