# SPDX-License-Identifier: Apache-2.0
"""Pages and REST about the power of sites, and forms that edit one: for whom they are, and what become of what is wrong (4.3)."""

import csv
import html
import io
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.power_scene import SITE, Scene

from open63110.bindings.web import site_text
from open63110.bindings.web.tests.ground import PASSWORD, Ground
from open63110.bindings.web.tests.test_pages import check, logged_in
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.site import zone_key
from open63110.runtime.principals import NewPrincipal

API = f"/api/v1/sites/{SITE}"
EDIT = f"/do/sites/{SITE}/edit"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A node at which nobody looks after the power of sites: the scene says how it is."""
    one = Ground(tmp_path, balanced=False)
    async with one.running():
        yield one


async def form(ground: Ground, path: str, said: Mapping[str, str], role: Role = Role.OPERATOR) -> Any:
    """Send a form as the page would."""
    client = await logged_in(ground, role)
    page = (await client.get("/account")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    return await client.post(path, data={"csrf": csrf, **said}, headers={"HX-Request": "true", "Accept": "text/html"})


async def described(ground: Ground) -> dict[str, Any]:
    found: dict[str, Any] = (await (await ground.as_(Role.OPERATOR)).get(API)).json()
    return found


async def test_the_pages_of_a_site_are_sound_for_whoever_reads_them(ground: Ground) -> None:
    await Scene(ground, hours=0.1).play()
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        client = await logged_in(ground, role)
        things = ("", "site", "connection:grid", "feeder:cars", "asset:roof", "zone:deck", "station:D-1", "evse:D-1/1")
        for path in ("/sites", f"/sites/{SITE}", *(f"/sites/{SITE}/edit?thing={one}" for one in things)):
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            check(answer.text)
            assert ("/do/sites/" in answer.text) == (role is not Role.VIEWER)
        for part in ("live", "tables"):
            block = (await client.get(f"/sites/{SITE}?part={part}")).text
            assert "<html" not in block
            check(block)


async def test_a_site_says_what_flows_who_limits_it_and_why_a_car_waits(ground: Ground) -> None:
    await Scene(ground, hours=0.1).play()
    page = (await (await logged_in(ground, Role.VIEWER)).get(f"/sites/{SITE}")).text
    for words in (
        "limited by the DSO (nordnetz)",
        "takes turns with others at the site, limited by the DSO (nordnetz)",
        "its station has not confirmed yet",
        "the contract (csp-1)",
        "the station did not take 8.0 kW (NotSupported); it counts with 22.0 kW",
        "refused its limit",
        "% sure",
    ):
        assert words in page, words


async def test_before_anybody_plans_a_site_shows_the_sum_of_what_is_metered(ground: Ground) -> None:
    client = await ground.as_(Role.OPERATOR)
    zone = {"id": "deck", "import_max": 60_000, "stations": [{"id": "CS-1", "evses": [{"number": 1}]}]}
    meter = {"id": "m", "kind": "meter"}
    body = {"id": "bare", "connections": [{"id": "grid", "import_max": 100_000}], "zones": [zone], "assets": [meter]}
    await client.put("/api/v1/sites/bare", json=body)
    await ground.station()
    await ground.charge(minutes=2, end=False)
    await client.post("/api/v1/zones/limit?wait=0", json={"site": "bare", "zone": "deck", "limit": 20_000, "source": "dso"})
    page = (await (await logged_in(ground, Role.VIEWER)).get("/sites/bare")).text
    assert "6.9 of 20.0 kW" in page
    assert "of 100 kW" in page
    assert "nobody looks after its power" in page
    assert "nobody has measured it" in page
    assert (await client.get("/api/v1/sites/bare/power")).status_code == 404
    assert (await client.get("/api/v1/sites/bare/promises")).json() == []


async def test_a_site_without_anything_is_shown_and_can_be_begun(ground: Ground) -> None:
    made = await form(ground, "/do/sites/create", {"id": "new", "address": "Elbe 2"})
    assert made.headers["hx-redirect"] == "/sites/new/edit"
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/sites/new/edit")).text
    check(page)
    assert "Add a connection to the grid" in page
    check((await client.get("/sites/new")).text)
    again = await form(ground, "/do/sites/create", {"id": "new"})
    assert "there is a site new already" in again.text
    gone = await form(ground, "/do/sites/new/remove", {})
    assert gone.headers["hx-redirect"] == "/sites"
    assert (await client.get("/sites/new")).status_code == 404


async def test_who_sees_one_station_sees_no_sites(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    await logged_in(ground, Role.ADMIN)
    new = NewPrincipal(id=PrincipalId("eve"), role=Role.VIEWER, scope=("D-1",), password=PASSWORD)
    await ground.principals.create(ground.engine.known.principals[PrincipalId("root")], new)
    client = ground.client(Accept="text/html")
    await client.post("/login", data={"name": "eve", "password": PASSWORD})
    assert SITE not in (await client.get("/sites")).text
    assert (await client.get(f"/sites/{SITE}")).status_code == 403


# -- editing --


@pytest.mark.at("AT-4.3-1")
async def test_the_tree_is_edited_thing_by_thing(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    feeder = {"act": "add", "thing": "feeder:cars", "what": "feeder", "id": "row-1", "parent": "cars", "amperes": "63 63 63"}
    steps = [
        (feeder, "feeder%3Arow-1"),
        ({"thing": "zone:deck", "id": "deck", "import_max": "55", "feeder": "row-1", "failsafe_after": "30"}, "zone%3Adeck"),
        ({"thing": "feeder:row-1", "id": "row-one", "parent": "cars", "amperes": "50 50 50"}, "feeder%3Arow-one"),
        ({"act": "add", "thing": "zone:yard", "what": "station", "id": "Y-4"}, "station%3AY-4"),
        ({"act": "add", "thing": "station:Y-4", "what": "evse", "wiring": "L2", "pilots": "6 16"}, "evse%3AY-4%2F1"),
        ({"act": "remove", "thing": "evse:Y-4/1"}, "station%3AY-4"),
        ({"act": "remove", "thing": "station:Y-3"}, "site"),
        ({"act": "remove", "thing": "asset:roof"}, "site"),
        ({"thing": "site", "address": "Am Hafen 5"}, "site"),
    ]
    for said, thing in steps:
        answer = await form(ground, EDIT, said)
        assert answer.headers.get("hx-redirect") == f"/sites/{SITE}/edit?thing={thing}", answer.text
    site = await described(ground)
    assert site["address"] == "Am Hafen 5"
    assert [(one["id"], one["parent"], one["amperes"]) for one in site["feeders"]][1] == ("row-one", "cars", [50.0] * 3)
    deck, visitors, yard = site["zones"]
    assert (deck["feeder"], deck["import_max"], deck["failsafe"], deck["failsafe_after"]) == ("row-one", 55_000.0, None, 30.0)
    assert [one["id"] for one in yard["stations"]] == ["Y-1", "Y-2", "Y-4"]
    assert visitors["id"] == "visitors"
    assert ground.engine.stations[StationId("Y-3")].zone is None
    assert {one.action for one in ground.audit()} >= {"ImportSites", "PlaceStation"}


@pytest.mark.parametrize(
    ("said", "words", "at"),
    [
        (
            {"thing": "feeder:cars", "id": "cars", "parent": "gridd"},
            "there is no feeder or connection gridd; did you mean grid?",
            "parent",
        ),
        ({"thing": "feeder:cars", "id": "cars", "parent": "cars"}, "in a circle: cars → cars", "parent"),
        ({"thing": "feeder:cars", "id": "cars", "parent": "grid", "amperes": "63 x"}, "is no number", "amperes"),
        ({"thing": "zone:deck", "id": "deck"}, "Import at most [kW] is needed", "import_max"),
        ({"thing": "zone:deck", "id": "deck", "import_max": "5", "failsafe": "9"}, "is more than the zone carries", "failsafe"),
        ({"thing": "evse:D-1/1", "wiring": "L1L4"}, "is no wiring", "wiring"),
        (
            {"thing": "feeder:cars", "id": "cars", "parent": "grid", "amperes": "63 63"},
            "zone deck, station D-1, EVSE 1: L1L2L3 is not possible at cars, which has L1, L2",
            "",
        ),
        ({"act": "remove", "thing": "connection:grid"}, "grid still feeds", ""),
        ({"act": "remove", "thing": "zone:deck"}, "D-1, D-2, D-3, D-4 stand in zone harbour:deck and would be lost", ""),
        ({"act": "remove", "thing": "feeder:none"}, "has no feeder none", ""),
        ({"act": "add", "thing": "zone:deck", "what": "station", "id": "a b"}, "", ""),
    ],
)
async def test_what_cannot_be_says_so_and_changes_nothing(ground: Ground, said: dict[str, str], words: str, at: str) -> None:
    await Scene(ground, hours=0.05).play()
    before = await described(ground)
    answer = await form(ground, EDIT, said)
    assert 'class="told bad"' in answer.text
    assert words in answer.text.replace("&#39;", "'")
    if at:
        assert f'{at}"' in answer.text.partition('data-at="')[2].partition(">")[0]
    assert await described(ground) == before


async def test_a_viewer_edits_nothing_whatever_he_sends(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    before = await described(ground)
    answer = await form(ground, EDIT, {"thing": "site", "address": "mine"}, Role.VIEWER)
    assert answer.status_code == 403
    assert await described(ground) == before
    await ground.settle()
    assert [one.action for one in ground.audit() if one.outcome == "not-authorized"] == ["ImportSites"]


async def test_a_site_is_taken_over_from_text(ground: Ground) -> None:
    words = 'id = "south"\nconnections = [{id = "grid", import_max = 10_000}]\n'
    taken = await form(ground, "/do/sites/describe", {"text": words})
    assert taken.headers["hx-redirect"] == "/sites/south"
    both = await form(ground, "/do/sites/describe", {"text": '{"sites": [{"id": "a"}, {"id": "b"}]}'})
    assert both.headers["hx-redirect"] == "/sites"
    for text, said in (
        ("id =", "this is no TOML"),
        ("[1]", "this describes no site"),
        ("{", "this is no JSON"),
        ('id = "x"\nzone = 1', "did you mean zones?"),
        ('id = "x"\nfeeders = [{id = "a", parent = "b"}]', "sites[0].feeders[0].parent: there is no feeder or connection b"),
    ):
        assert said in (await form(ground, "/do/sites/describe", {"text": text})).text


async def test_a_site_is_edited_as_text_as_well(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    page = (await (await logged_in(ground, Role.OPERATOR)).get(f"/sites/{SITE}/edit")).text
    text = html.unescape(page.partition('wrap="off">')[2].partition("</textarea>")[0])
    before = await described(ground)
    assert (await form(ground, "/do/sites/describe", {"text": text})).headers["hx-redirect"] == f"/sites/{SITE}"
    assert await described(ground) == before
    await form(ground, "/do/sites/describe", {"text": text.replace("Kiel", "Flensburg")})
    assert (await described(ground))["address"] == "Am Hafen 4, Flensburg"


# -- limits and alarms --


async def test_an_operator_limits_a_node_of_the_tree_and_takes_it_back(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    path, known = f"/do/sites/{SITE}", ground.engine.known
    for node, scope in (("zone:deck", ("deck", None)), ("cars", (None, "cars")), ("site", (None, None))):
        said = await form(ground, f"{path}/limit", {"node": node, "limit": "12.5", "hours": "2"})
        assert f"{node} may draw 12.5 kW at most for 2 h." in said.text
        one = known.all_constraints[f"page/{SITE}/{node}"]
        assert (one.scope.zone, one.scope.feeder) == scope
        assert (one.profile[0].import_max, one.source, one.actor) == (12_500.0, "operator", "p-operator")
        assert one.until == ground.clock.now() + timedelta(hours=2)
    await form(ground, f"{path}/limit", {"node": "site", "limit": "20"})
    assert known.all_constraints[f"page/{SITE}/site"].until is None
    page = (await (await logged_in(ground, Role.OPERATOR)).get(f"/sites/{SITE}")).text
    assert page.count("Withdraw page/") == 3
    assert "Withdraw nordnetz" not in page
    gone = await form(ground, f"{path}/withdraw", {"id": f"page/{SITE}/site", "kind": "constraint"})
    assert "is withdrawn" in gone.text
    assert f"page/{SITE}/site" not in known.all_constraints
    for said_wrong, words in (
        ({"node": "site", "limit": ""}, "is needed"),
        ({"node": "site", "limit": "much"}, "is no number"),
        ({"node": "nowhere", "limit": "1"}, "nowhere"),
    ):
        assert words in (await form(ground, f"{path}/limit", said_wrong)).text
    dso = await form(ground, f"{path}/withdraw", {"id": "nordnetz/evening", "kind": "constraint"})
    assert 'class="told bad"' in dso.text
    assert (await form(ground, f"{path}/limit", {"node": "site", "limit": "1"}, Role.VIEWER)).status_code == 403


async def test_the_limit_of_a_zone_is_taken_back_where_it_is_shown(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    client = await ground.as_(Role.OPERATOR)
    await client.post("/api/v1/zones/limit?wait=0", json={"site": SITE, "zone": "yard", "limit": 9_000})
    zone = ground.engine.known.all_zones[zone_key(SITE, "yard")]
    assert zone.limit is not None
    told = await form(ground, f"/do/sites/{SITE}/withdraw", {"id": f"{SITE}:yard", "kind": "zone"})
    assert "is withdrawn" in told.text
    assert ground.engine.known.all_zones[zone.key].limit is None


async def test_what_is_wrong_with_the_power_of_a_site_stands_on_the_first_page(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    page = (await (await logged_in(ground, Role.VIEWER)).get("/")).text
    assert f'href="/sites/{SITE}"' in page
    assert "Refused at Y-3: the station did not take 8.0 kW" in page


async def test_a_session_says_what_it_is_promised_and_why_it_waits(ground: Ground) -> None:
    scene = Scene(ground, hours=0.05)
    await scene.play()
    await ground.charge("T-7", station=StationId("D-4"), minutes=1, end=False, evse=2)
    number = max(ground.engine.stations[StationId("D-4")].sessions)
    page = (await (await logged_in(ground, Role.VIEWER)).get(f"/sessions/{number}")).text
    check(page)
    for words in ("19.8 of 19.8 kWh", "73 % sure", "takes turns with others at the site, limited by the DSO (nordnetz)"):
        assert words in page, words
    await ground.station()
    await ground.charge()
    other = max(ground.engine.known.stations[StationId("CS-1")].sessions, default=number + 1)
    assert 'id="promise"' not in (await (await logged_in(ground, Role.VIEWER)).get(f"/sessions/{other}")).text


# -- exports --


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_site_can_be_had_as_toml_json_and_as_a_table(ground: Ground) -> None:
    await Scene(ground, hours=0.05).play()
    client = await ground.as_(Role.VIEWER)
    toml, json, table = [await client.get(f"{API}?format={one}") for one in ("toml", "json", "csv")]
    assert toml.headers["content-disposition"] == 'attachment; filename="harbour.toml"'
    assert site_text.parsed(toml.text) == json.json()
    whole = await described(ground)
    for text in (toml.text, json.text):
        body = site_text.parsed(text)
        assert (await (await ground.as_(Role.OPERATOR)).put(API, json=body)).json()["outcome"] == "accepted"
    assert await described(ground) == whole
    things = rows(table.text)
    assert [one["id"] for one in things if one["kind"] == "zone"] == ["deck", "visitors", "yard"]
    first = next(one for one in things if one["kind"] == "evse")
    assert (first["station"], first["id"], first["at"], first["wiring"], first["import_max_W"]) == (
        "D-1",
        "1",
        "cars",
        "L1L2L3",
        "22000.0",
    )
    assert (await client.get(f"{API}?format=xls")).status_code == 400


async def test_power_over_time_can_be_had_with_every_limit_and_its_source(ground: Ground) -> None:
    await Scene(ground, hours=1.0).play()
    client = await ground.as_(Role.VIEWER)
    history = await client.get(f"{API}/history?format=csv&hours=1")
    assert history.headers["content-disposition"] == 'attachment; filename="harbour-power.csv"'
    whole = [one for one in rows(history.text) if one["node"] == "site"]
    assert len(whole) == 60
    assert {(one["limited_by"], one["actor"]) for one in whole} == {("physical", ""), ("dso", "nordnetz")}
    assert float(whole[-1]["load_W"]) <= float(whole[-1]["limit_W"]) == 60_000.0
    assert any(one["kind"] == "evse" and one["node"] == "D-1/1" for one in rows(history.text))
    assert len((await client.get(f"{API}/history?hours=1")).json()) == 60
    curve = (await client.get(f"{API}/curve?hours=1")).json()
    assert [one["name"] for one in curve["parts"]] == ["beside the stations", "deck", "visitors", "yard"]
    assert {one["name"] for one in curve["limits"]} == {"what is built there", "the DSO (nordnetz)"}
    assert len(curve["at"]) == len(curve["load"]) > 61
    early = (await client.get(f"{API}/curve?from=2025-12-31T23:10:00Z&to=2025-12-31T23:20:00&phase=1")).json()
    assert (len(early["at"]), early["unit"], early["planned"]) == (11, "A", [])
    power = (await client.get(f"{API}/power")).json()
    assert (power["nodes"][0]["winner"]["actor"], power["planner"]) == ("nordnetz", "on")
    promises = rows((await client.get(f"{API}/promises?format=csv")).text)
    assert promises[0]["why"].startswith("takes turns")
    assert [one["station"] for one in (await client.get(f"{API}/promises")).json()][:2] == [
        promises[0]["station"],
        promises[1]["station"],
    ]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("curve?phase=4", "phase"),
        ("curve?hours=long", "hours"),
        ("curve?hours=1e9", "hours"),
        ("curve?hours=9999", "hours"),
        ("curve?from=then", "from"),
        ("history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
        ("history?format=xls", "format"),
        ("promises?format=xls", "format"),
    ],
)
async def test_a_question_that_cannot_be_is_refused(ground: Ground, path: str, where: str) -> None:
    await Scene(ground, hours=0.05).play()
    answer = await (await ground.as_(Role.VIEWER)).get(f"{API}/{path}")
    assert (answer.status_code, answer.json()["where"]) == (400, where)


@pytest.mark.parametrize("role", list(Role))
async def test_the_power_of_a_site_is_for_its_operator_and_a_dso_learns_nothing_of_single_evs(ground: Ground, role: Role) -> None:
    await Scene(ground, hours=0.05).play()
    client = await ground.as_(role)
    reads = role in {Role.ADMIN, Role.OPERATOR, Role.VIEWER}
    for path in ("power", "curve", "history", "promises"):
        assert (await client.get(f"{API}/{path}")).status_code == (200 if reads else 403), path
