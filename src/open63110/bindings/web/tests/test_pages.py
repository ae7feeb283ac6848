# SPDX-License-Identifier: Apache-2.0
"""The operator page: every page for whom it is, nothing executable in what stations say, forms that tell their outcome."""

import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import httpx2
import pytest

from open63110.bindings.web.render import dump, kw, kwh, pretty, span, tone, when, words
from open63110.bindings.web.tests.ground import CS, PASSWORD, Ground
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.session import SessionState
from open63110.model.station import Identity, Registration, StationBooted, StationConnected
from open63110.runtime.orders import Verdict
from open63110.runtime.principals import NewPrincipal

LISTS = (
    "/",
    "/sites",
    "/stations",
    f"/stations/{CS}",
    "/sessions",
    "/records",
    "/tokens",
    "/orders",
    "/quarantine",
    "/deletions",
    "/alarms",
    "/account",
    "/api/docs",
)
NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


class Strict(HTMLParser):
    """Refuses what a strict policy would, and tags that do not close."""

    VOID = frozenset({"meta", "link", "input", "img", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"style", "iframe", "object"}
        assert tag != "script" or dict(attrs).get("src", "")
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name != "style"
            if name == "id":
                self.ids.append(value or "")
        if tag not in self.VOID:
            if tag in {"form", "div", "section", "ul", "dl", "h2"}:
                assert "p" not in self.open, f"<{tag}> in <p>"
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def check(text: str) -> None:
    """Look at a page as a browser with a strict policy would."""
    parser = Strict()
    parser.feed(text)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))


async def logged_in(ground: Ground, role: Role, **headers: str) -> httpx2.AsyncClient:
    admin = next((one for one in ground.engine.known.principals.values() if one.role is Role.ADMIN and one.password), None)
    if admin is None:
        admin = (await ground.principals.first_admin("root", PASSWORD)).principal
    name = f"p-{role}"
    if name not in ground.engine.known.principals:
        await ground.principals.create(admin, NewPrincipal(id=name, role=role, password=PASSWORD))
    client = ground.client(**headers)
    answer = await client.post("/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return client


async def csrf_of(client: httpx2.AsyncClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await client.get("/account")).text)
    assert found
    return found[1]


async def send(client: httpx2.AsyncClient, path: str, **form: str) -> httpx2.Response:
    csrf = await csrf_of(client)
    fields = {name.replace("__", "."): value for name, value in form.items()}
    return await client.post(path, data={**fields, "csrf": csrf}, headers={"HX-Request": "true"})


@pytest.fixture
async def story(ground: Ground) -> Ground:
    """A CSMS with something on every page."""
    await ground.station()
    await ground.token(name="Ann")
    await ground.charge("tx-1", minutes=3)
    ground.later(minutes=10)
    await ground.charge("tx-2", minutes=2, end=False)
    await ground.quarantine()
    client = await ground.as_(Role.OPERATOR)
    await client.post(f"/api/v1/stations/{CS}/reboot", json={})
    return ground


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
async def test_each_page_shows_itself_to_those_it_is_for(story: Ground, role: Role) -> None:
    client = await logged_in(story, role)
    for path in LISTS:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        check(answer.text)
        assert ("04A2B3C4D5" in answer.text) <= (role is not Role.VIEWER), path
    browser = {"Accept": "text/html"}
    for path, status in (
        ("/audit", 200 if role is not Role.VIEWER else 403),
        ("/principals", 200 if role is Role.ADMIN else 403),
    ):
        answer = await client.get(path, headers=browser)
        assert answer.status_code == status, path
        check(answer.text)


async def test_details_are_a_click_away(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    for path in ("/sessions", "/records", "/orders", "/quarantine"):
        text = (await client.get(path)).text
        links = re.findall(rf'href="({path}/[^"]+)"', text)
        assert links, path
        for link in links[:3]:
            answer = await client.get(html.unescape(link))
            assert answer.status_code == 200
            check(answer.text)


async def test_an_empty_system_says_what_to_do_first(ground: Ground) -> None:
    client = await logged_in(ground, Role.ADMIN)
    for path, word in (
        ("/", "Point a station at"),
        ("/stations", "No station yet"),
        ("/sessions", "No session yet"),
        ("/records", "No record yet"),
        ("/tokens", "No token yet"),
        ("/orders", "No order yet"),
        ("/quarantine", "Nothing in quarantine"),
        ("/alarms", "All is well"),
    ):
        answer = await client.get(path)
        assert word in answer.text, path
        check(answer.text)
    assert "No session matches" in (await client.get("/sessions?station=x")).text


async def test_whoever_is_not_logged_in_is_asked_to_and_led_back(ground: Ground) -> None:
    client = ground.client(Accept="text/html")
    answer = await client.get("/stations")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/stations")
    login = await client.get("/login?next=/stations")
    assert 'value="/stations"' in login.text
    assert "open63110 csms init" in login.text
    check(login.text)
    part = await client.get("/stations?part=live", headers={"HX-Request": "true"})
    assert part.headers["hx-redirect"] == "/login"


async def test_every_answer_forbids_what_the_page_does_not_need(ground: Ground) -> None:
    client = await logged_in(ground, Role.ADMIN)
    for path in ("/", "/login", "/api/v1/stations", "/static/page.css", "/nothing", "/healthz"):
        headers = (await client.get(path)).headers
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert "immutable" in (await client.get("/static/page.css")).headers["cache-control"]
    assert (await client.get("/")).headers["cache-control"] == "no-store"


async def test_nothing_a_station_says_is_executed(ground: Ground) -> None:
    await ground.station()
    at = ground.clock.now()
    identity = Identity(vendor=NASTY, model=NASTY, serial="S1", firmware=NASTY)
    ground.hear(StationBooted(station=CS, at=at, identity=identity, reason=NASTY))
    await ground.quarantine(NASTY.encode())
    await ground.token(value=NASTY, name=NASTY)
    client = await logged_in(ground, Role.ADMIN)
    for path in (*LISTS, "/quarantine/1"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        check(answer.text)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    refused = await client.get(f"/stations/{NASTY.replace('/', '')}", headers={"Accept": "text/html"})
    assert "<script>" not in refused.text


async def test_a_part_of_a_page_is_that_part_only(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    for path, part in ((f"/stations/{CS}", "live"), (f"/stations/{CS}", "orders"), ("/", "live"), ("/sessions", "live")):
        text = (await client.get(f"{path}?part={part}")).text
        assert "<html" not in text
        assert "data-live" in text
        check(text)
    whole = (await client.get("/?part=nonsense")).text
    assert "<html" in whole


async def test_commands_are_given_from_the_page_and_tell_their_outcome(story: Ground) -> None:
    client = await logged_in(story, Role.OPERATOR)
    done = await send(client, f"/do/stations/{CS}/reboot", mode="immediate", evse="")
    assert "Reboot station: accepted." in done.text
    story.link.says = Verdict(outcome=Outcome.REJECTED, reason="Busy", detail="not now")
    refused = await send(client, f"/do/stations/{CS}/reboot", mode="immediate")
    assert "Reboot station: rejected. Busy: not now" in refused.text
    assert "/orders/" in refused.text
    bad = await send(client, f"/do/stations/{CS}/reboot", mode="never")
    assert bad.status_code == 400
    assert (await send(client, f"/do/stations/{CS}/dance")).status_code == 404
    assert (await send(client, "/do/stations")).status_code == 404


async def test_a_token_is_added_blocked_without_losing_anything_and_removed(ground: Ground) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    added = await send(
        client,
        "/do/tokens/put",
        token__kind="ISO14443",
        token__value="04AA",
        token__name="Bo",
        token__concurrent="2",
        token__local="false",
        token__valid_until="2027-01-01",
        token__stations="A-* B-1",
    )
    assert "accepted" in added.text
    (token,) = ground.engine.known.tokens.values()
    assert (token.name, token.concurrent, token.local, token.stations) == ("Bo", 2, False, ("A-*", "B-1"))
    assert token.valid_until == datetime(2027, 1, 1, tzinfo=UTC)
    row = (await client.get("/tokens")).text
    form = next(one for one in re.findall(r"<form.*?</form>", row, re.DOTALL) if ">Block<" in one)
    fields = {html.unescape(name): html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
    await client.post("/do/tokens/put", data=fields, headers={"HX-Request": "true"})
    (blocked,) = ground.engine.known.tokens.values()
    assert blocked.blocked
    assert (blocked.name, blocked.concurrent, blocked.local, blocked.stations, blocked.valid_until) == (
        token.name,
        token.concurrent,
        token.local,
        token.stations,
        token.valid_until,
    )
    await send(client, "/do/tokens/remove", subject=token.ref)
    assert ground.engine.known.tokens == {}


async def test_forms_need_the_token_of_the_page(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    for path in (f"/do/stations/{CS}/reboot", "/do/principals", "/do/account", "/logout", f"/do/ocpp/{CS}"):
        answer = await client.post(path, data={"csrf": "0" * 64}, headers={"HX-Request": "true"})
        assert answer.status_code == 403, path
    assert (await story.client().post(f"/do/stations/{CS}/reboot")).status_code == 401


async def test_a_viewer_is_offered_no_command_and_refused_if_it_tries(story: Ground) -> None:
    client = await logged_in(story, Role.VIEWER)
    text = (await client.get(f"/stations/{CS}")).text
    assert "/do/" not in text
    assert (await send(client, f"/do/stations/{CS}/reboot")).status_code == 403
    assert (await client.get("/quarantine/1", headers={"Accept": "text/html"})).status_code == 403


async def test_an_operator_sends_no_raw_call(story: Ground) -> None:
    operator, admin = await logged_in(story, Role.OPERATOR), await logged_in(story, Role.ADMIN)
    assert "Any OCPP call" not in (await operator.get(f"/stations/{CS}")).text
    assert "Any OCPP call" in (await admin.get(f"/stations/{CS}")).text
    refused = await send(operator, f"/do/ocpp/{CS}", action="Reset", payload="{}")
    assert "not-authorized" in refused.text
    assert "accepted" in (await send(admin, f"/do/ocpp/{CS}", action="Reset", payload='{"type": "Soft"}', unchecked="true")).text
    for payload in ("{", "[1]"):
        assert (await send(admin, f"/do/ocpp/{CS}", action="Reset", payload=payload)).status_code == 400


async def test_a_new_station_is_admitted_from_its_page(ground: Ground) -> None:
    at, new = ground.clock.now(), StationId("NEW-1")
    ground.hear(StationConnected(station=new, at=at, wire="ocpp2.1"))
    ground.hear(StationBooted(station=new, at=at, identity=Identity(vendor="V", model="M"), reason="PowerUp"))
    await ground.settle()
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/stations/NEW-1")).text
    assert "Admit" in page
    assert "nobody registered it" in (await client.get("/")).text
    await send(client, "/do/stations/NEW-1/admit")
    assert ground.engine.stations[new].registration is not Registration.QUARANTINED


async def test_quarantined_input_is_replayed_from_its_page(story: Ground) -> None:
    client = await logged_in(story, Role.OPERATOR)
    (link,) = re.findall(r'href="/quarantine/(\d+)"', (await client.get("/quarantine")).text)
    story.replay_says = "still odd"
    assert "still odd" in (await send(client, f"/do/quarantine/{link}")).text
    story.replay_says = ""
    assert "was understood now" in (await send(client, f"/do/quarantine/{link}")).text


async def test_principals_are_admitted_from_the_page_and_their_key_shown_once(ground: Ground) -> None:
    client = await logged_in(ground, Role.ADMIN)
    made = await send(client, "/do/principals", id="app", role="csp", scope="A-* B-1", name="", password="")
    (key,) = re.findall(r'class="secret">([^<]+)<', made.text)
    assert ground.engine.known.principals[PrincipalId("app")].scope == ("A-*", "B-1")
    assert key not in (await client.get("/principals")).text
    assert (await ground.client(key).get("/api/v1/orders/x")).status_code == 404
    await send(client, "/do/principals/app", disabled="true")
    assert (await ground.client(key).get("/api/v1/orders/x")).status_code == 401
    assert (await send(client, "/do/principals", id="app", role="csp")).status_code == 409


async def test_without_scripts_a_form_leads_back_to_its_page(story: Ground) -> None:
    client = await logged_in(story, Role.OPERATOR)
    form = {"csrf": await csrf_of(client), "mode": "on-idle"}
    referer = {"Referer": f"http://test/stations/{CS}?x=1"}
    answer = await client.post(f"/do/stations/{CS}/reboot", data=form, headers=referer)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/stations/{CS}")


async def test_times_are_told_in_the_readers_zone(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    client.cookies.set("zone", "Asia%2FTokyo")
    assert "2026-01-01 09:00:00" in (await client.get(f"/stations/{CS}")).text
    client.cookies.set("zone", "../../etc/passwd")
    assert "2026-01-01 00:00:00" in (await client.get(f"/stations/{CS}")).text


async def test_a_page_that_is_not_there_says_so(ground: Ground) -> None:
    client = await logged_in(ground, Role.ADMIN)
    for path in ("/nowhere", "/stations/none", "/sessions/9"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
        check(answer.text)


async def test_filters_are_kept_while_paging(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    for number in range(55):
        await (await story.as_(Role.OPERATOR)).post(
            "/api/v1/tokens/put", json={"token": {"kind": "Central", "value": f"v{number}"}}
        )
    text = (await client.get("/orders?outcome=accepted")).text
    (later,) = re.findall(r'href="([^"]+)" rel="next"', text)
    assert html.unescape(later) == "/orders?outcome=accepted&offset=50"
    second = (await client.get(html.unescape(later))).text
    assert 'href="/orders?outcome=accepted"' in html.unescape(second)


async def test_trouble_with_the_disk_stands_on_every_page(story: Ground) -> None:
    client = await logged_in(story, Role.ADMIN)
    await story.settle()
    story.engine.commit.trouble = Unavailable("the disk is full")
    assert "Nothing can be stored" in (await client.get("/sessions")).text
    assert "the disk is full" in (await client.get("/")).text
    story.engine.commit.trouble = None


def test_figures_are_written_for_people() -> None:
    assert (kw(7234.0), kw(-7234.0), kw(150_000.0), kw(None)) == ("7.2 kW", "-7.2 kW", "150 kW", "–")
    assert (kwh(1234.5), kwh(None)) == ("1.234 kWh", "–")
    assert [span(one) for one in (5, 65, 3700, 90_000, None)] == ["5 s", "1 min", "1 h 01 min", "1 d 1 h", "–"]
    assert [words(one) for one in ("RebootStation", "ocpp:GetVariables", "not-authorized")] == [
        "Reboot station",
        "ocpp:GetVariables",
        "not-authorized",
    ]
    assert pretty("{") == "{"
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert dump({"a": 1}) == '{\n  "a": 1\n}'
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert ">2026-07-01 14:00:00<" in when(at, ZoneInfo("Europe/Berlin"))
    assert ">14:00:00<" in when(at, ZoneInfo("Europe/Berlin"), short=True)
    assert "–" in when(None, UTC)


@pytest.mark.parametrize("state", [*Outcome, *SessionState, *Registration])
def test_every_state_has_a_tone(state: str) -> None:
    assert tone(state) in {"good", "busy", "warn", "bad", "held"}
