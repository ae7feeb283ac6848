# SPDX-License-Identifier: Apache-2.0
"""Questions through REST: lists, filters, paging, exports, what each role may see, and that sites do not mix (I17)."""

import csv
import io
from typing import Any

import msgspec
import pytest

from open63110.bindings.web.listings import LISTINGS
from open63110.bindings.web.queries import conditions, filters_of, gathered, natural
from open63110.bindings.web.shapes import MASK
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import logged_in
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.principal import Principal
from open63110.model.quirk import Quirk
from open63110.runtime.permissions import PERSONAL, READERS

LISTS = ("stations", "sessions", "transfers", "sdrs", "tokens", "orders", "quarantine", "audit", "principals", "facts")
A, B = StationId("A-1"), StationId("B-1")


async def get(ground: Ground, path: str, role: Role = Role.ADMIN, status: int = 200) -> Any:
    answer = await (await ground.as_(role)).get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def story(ground: Ground) -> Ground:
    """A station with two finished sessions and one going on, and one that nobody understood."""
    await ground.station()
    await ground.token(name="Ann")
    await ground.charge("tx-1", minutes=3)
    ground.later(minutes=10)
    await ground.charge("tx-2", minutes=2)
    ground.later(minutes=10)
    await ground.charge("tx-3", minutes=2, end=False)
    await ground.quarantine()
    return ground


@pytest.mark.parametrize("role", list(Role))
async def test_each_list_opens_to_its_readers_only(story: Ground, role: Role) -> None:
    wanted: dict[str, frozenset[Role]] = {"audit": PERSONAL, "principals": frozenset({Role.ADMIN})}
    for name in LISTS:
        status = 200 if role in wanted.get(name, READERS) else 403
        await get(story, name, role, status)


async def test_a_refused_question_stands_in_the_audit(story: Ground) -> None:
    await get(story, "principals", Role.VIEWER, 403)
    await story.settle()
    last = story.audit()[-1]
    assert (last.by, last.action, last.outcome) == ("a-viewer", "Read", "not-authorized")


async def test_a_station_is_shown_with_its_open_session_and_deviations(story: Ground) -> None:
    station = await get(story, f"stations/{CS}")
    assert list(station["transfers"]) == ["tx-3"]
    assert station["deviations"] == {"integer-as-float": 2}
    assert station["evses"]["1"]["connectors"]["1"]["state"] == "occupied"
    assert station["quirks"] == []


async def test_a_station_is_shown_with_what_is_awaited_of_it_otherwise_than_of_all(story: Ground) -> None:
    quirk = Quirk(name="acme", stations=("CS*",), answer_timeout=Seconds(90.0), ping_every=Seconds(0.0))
    story.engine.policy = msgspec.structs.replace(story.engine.policy, quirks=(quirk, Quirk(name="other", vendor="No")))
    page = (await (await logged_in(story, Role.VIEWER)).get(f"/stations/{CS}")).text
    found = [(one["setting"], one["seconds"], one["quirk"]) for one in (await get(story, f"stations/{CS}"))["quirks"]]
    assert found == [("answer_timeout", 90.0, "acme"), ("ping_every", 0.0, "acme")]
    assert "<dt>Has to answer within</dt><dd>90 s" in page
    assert "<dt>Is pinged after</dt><dd>never" in page
    assert "quirks.acme" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("?q=gate", 1),
        ("?q=nothing", 0),
        ("?state=charging", 1),
        ("?state=offline", 0),
        ("?wire=ocpp2.0.1", 1),
        ("?wire=ocpp1.6", 0),
        ("?connected=true", 1),
        ("?connected=false", 0),
        ("?registration=accepted", 1),
        ("?limit=1&offset=1", 0),
    ],
)
async def test_stations_are_found_by_what_one_knows_of_them(story: Ground, query: str, found: int) -> None:
    assert len((await get(story, f"stations{query}"))["items"]) == found


async def test_pages_follow_each_other_without_gap_or_overlap(story: Ground) -> None:
    whole = [one["number"] for one in (await get(story, "sessions"))["items"]]
    first = await get(story, "sessions?limit=2")
    second = await get(story, f"sessions?limit=2&offset={first['next']}")
    assert [one["number"] for one in (*first["items"], *second["items"])] == whole
    assert (first["next"], second["next"], len(whole)) == ("2", None, 3)


async def test_lists_are_filtered_by_columns_and_moments(story: Ground) -> None:
    sessions = (await get(story, "sessions"))["items"]
    assert len((await get(story, "sessions?state=closed"))["items"]) == 2
    assert len((await get(story, f"sessions?station={CS}"))["items"]) == 3
    assert (await get(story, "sessions?station=other"))["items"] == []
    assert (await get(story, f"settings?station={CS}"))["items"] == []  # of which the station is the key
    newest = sessions[0]["opened"]
    assert len((await get(story, f"sessions?opened_to={newest}"))["items"]) == 2
    assert len((await get(story, f"sessions?opened_from={newest}"))["items"]) == 1
    assert len((await get(story, "sessions?opened_from=2026-01-01&opened_to=2026-01-01"))["items"]) == 3
    assert (await get(story, "sessions?opened_to=2025-12-31"))["items"] == []
    assert [one["number"] for one in (await get(story, "sessions?order=number"))["items"]] == sorted(
        one["number"] for one in sessions
    )


@pytest.mark.parametrize(
    "query",
    [
        "sessions?colour=red",
        "sessions?opened_from=soon",
        "sessions?order=colour",
        "sessions?limit=many",
        "sessions?offset=-1",
        "stations?colour=red",
        "facts?colour=red",
        "facts?after=x",
        "sessions?format=csv",
        "sdrs?format=xml",
        "sessions?evse=one",
    ],
)
async def test_a_filter_that_is_none_is_malformed_not_ignored(story: Ground, query: str) -> None:
    assert (await get(story, query, status=400))["code"]


@pytest.mark.parametrize(
    "path", ["sessions/999", "sessions/x", "sessions/99999999999999999999", "sdrs/x", "orders/x", "stations/x"]
)
async def test_what_is_not_there_is_told_as_such(story: Ground, path: str) -> None:
    assert (await get(story, path, status=404))["code"].startswith("Unknown")


async def test_every_listed_noun_can_be_had_alone(story: Ground) -> None:
    for listing in LISTINGS:
        for one in (await get(story, listing.plural))["items"][:2]:
            assert await get(story, f"{listing.plural}/{one[listing.kept.key]}") == one


async def test_viewers_see_credentials_masked_everywhere_and_no_frame(story: Ground) -> None:
    client = await story.as_(Role.VIEWER)
    for path in ("tokens", "sessions", "transfers", "sdrs", "facts?limit=1000", f"stations/{CS}", "orders", "quarantine"):
        text = (await client.get(f"/api/v1/{path}")).text
        assert "04A2B3C4D5" not in text, path
        assert "Ann" not in text, path
    assert (await client.get(f"/api/v1/stations/{CS}/frames")).status_code == 403
    tokens = (await client.get("/api/v1/tokens")).json()["items"]
    assert (tokens[0]["value"], tokens[0]["name"]) == (f"{MASK}4D5", MASK)
    assert "04A2B3C4D5" not in (await client.get("/api/v1/sdrs?format=csv")).text


async def test_operators_see_them_in_clear(story: Ground) -> None:
    assert (await get(story, "tokens", Role.OPERATOR))["items"][0]["value"] == "04A2B3C4D5"
    frames = (await get(story, f"stations/{CS}/frames", Role.OPERATOR))["items"]
    assert "04A2B3C4D5" in frames[0]["text"]
    assert not frames[0]["sent"]


async def test_records_are_exported_as_csv_and_json(story: Ground) -> None:
    client = await story.as_(Role.OPERATOR)
    answer = await client.get("/api/v1/sdrs?format=csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    listed = (await client.get("/api/v1/sdrs?order=id")).json()["items"]
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    assert [float(row["energy_Wh"]) for row in rows] == [one["energy"] for one in listed]
    assert {row["credential"] for row in rows} == {"04A2B3C4D5"}
    assert (await client.get("/api/v1/sdrs?format=json")).json() == listed
    by_header = await client.get("/api/v1/sdrs", headers={"Accept": "text/csv"})
    assert by_header.text == answer.text
    assert (await client.get("/api/v1/sdrs?format=csv&station=other")).text.count("\n") == 1


async def test_readings_come_from_the_journal_and_go_on_where_one_left_off(story: Ground) -> None:
    (transfer,) = (await get(story, "transfers?reference=tx-1"))["items"]
    path = f"transfers/{transfer['number']}/readings"
    first = await get(story, path)
    energy = [one["value"] for one in first["items"] if one["measurand"] == "energy.import.register"]
    assert energy[-1] - energy[0] == pytest.approx(transfer["imported"]["last"] - transfer["imported"]["first"])
    again = await get(story, f"{path}?after={first['next']}")
    assert again == {"items": [], "next": first["next"]}


async def test_the_curve_holds_a_point_for_each_moment(story: Ground) -> None:
    (transfer,) = (await get(story, "transfers?reference=tx-3"))["items"]
    curve = await get(story, f"transfers/{transfer['number']}/curve")
    assert {len(curve[name]) for name in ("at", "power", "offered", "energy", "soc")} == {3}
    assert curve["power"][-1] == transfer["power"]


async def test_the_journal_is_read_forwards_from_a_place_or_backwards_from_its_end(story: Ground) -> None:
    first = await get(story, "facts?limit=5")
    second = await get(story, f"facts?limit=5&after={first['next']}")
    assert [one["id"] for one in (*first["items"], *second["items"])] == list(range(1, 11))
    newest = await get(story, f"stations/{CS}/facts?newest=true&limit=2")
    assert newest["items"][0]["id"] > newest["items"][1]["id"]
    assert all(one["fact"]["station"] == CS for one in newest["items"])
    (transfer,) = (await get(story, "transfers?reference=tx-1"))["items"]
    mine = await get(story, f"facts?number={transfer['number']}")
    assert {one["fact"]["reference"] for one in mine["items"] if "reference" in one["fact"]} == {"tx-1"}


async def test_sites_do_not_mix(ground: Ground) -> None:
    await ground.token(concurrent=0)
    for station in (A, B):
        await ground.station(station)
        await ground.charge(f"tx-{station}", station=station, minutes=2)
    for scope in (("A-*",), ("A-1",), ("A-1", "A-2*")):
        client = ground.client(await ground.admit(Role.OPERATOR, name=f"op{len(scope)}{scope[0][-1]}", scope=scope))
        for name in ("stations", "sessions", "transfers", "sdrs", "orders", "quarantine", "audit", "facts"):
            text = (await client.get(f"/api/v1/{name}?limit=1000")).text
            assert "B-1" not in text, (scope, name)
        for name in ("stations", "sessions", "transfers", "sdrs", "facts"):
            assert "A-1" in (await client.get(f"/api/v1/{name}?limit=1000")).text, (scope, name)
        assert (await client.get("/api/v1/stations/B-1")).status_code == 404
        assert (await client.get("/api/v1/stations/B-1/frames")).status_code == 404
        assert (await client.get("/api/v1/facts?station=B-1")).status_code == 404
        assert (await client.get("/api/v1/tokens")).status_code == 403
        assert "B-1" not in (await client.get("/api/v1/sdrs?format=csv")).text
        theirs = (await get(ground, "sessions?station=B-1"))["items"][0]["number"]
        assert (await client.get(f"/api/v1/sessions/{theirs}")).status_code == 404
        assert (await client.get(f"/api/v1/transfers/{theirs}/curve")).status_code == 404


async def test_a_quarantined_input_is_replayed_once_it_is_understood_and_that_is_audited(story: Ground) -> None:
    (item,) = (await get(story, "quarantine"))["items"]
    assert item["raw"] == '[2,"9","Heartbeat",{"odd":1}]'
    client = await story.as_(Role.OPERATOR)
    story.replay_says = "still odd"
    failed = await client.post(f"/api/v1/quarantine/{item['id']}/replay")
    assert (failed.status_code, failed.json()["message"]) == (409, "still odd")
    story.replay_says = ""
    assert (await client.post(f"/api/v1/quarantine/{item['id']}/replay")).json() == {"id": item["id"]}
    assert [one.id for one in story.replayed] == [item["id"], item["id"]]
    assert [(one.action, one.outcome) for one in story.audit()[-2:]] == [
        ("ReplayQuarantine", "rejected"),
        ("ReplayQuarantine", "accepted"),
    ]
    assert (await (await story.as_(Role.VIEWER)).post(f"/api/v1/quarantine/{item['id']}/replay")).status_code == 403


async def test_principals_are_changed_by_administrators_only_and_their_key_is_shown_once(story: Ground) -> None:
    admin = await story.as_(Role.ADMIN)
    made = (await admin.post("/api/v1/principals", json={"id": "fleet", "role": "fo", "scope": ["A-*"]})).json()
    assert made["key"].startswith("fleet.")
    assert made["principal"]["scope"] == ["A-*"]
    assert made["key"].partition(".")[2] not in (await admin.get("/api/v1/principals/fleet")).text
    changed = await admin.patch("/api/v1/principals/fleet", json={"disabled": True})
    assert changed.json()["principal"]["disabled"]
    assert changed.json()["key"] == ""
    assert (await admin.patch("/api/v1/principals/fleet", json={"disabledd": True})).json()["remedy"] == "did you mean disabled?"
    assert (await admin.patch("/api/v1/principals/nobody", json={})).status_code == 404
    for role in (Role.OPERATOR, Role.VIEWER, Role.CSP):
        other = await story.as_(role)
        assert (await other.post("/api/v1/principals", json={"id": "x", "role": "admin"})).status_code == 403
        assert (await other.patch(f"/api/v1/principals/a-{role}", json={"role": "admin"})).status_code == 403
    assert PrincipalId("x") not in [one.id for one in story.store.load(Principal)]


def test_every_filter_reads_its_own_kind_and_refuses_another() -> None:
    samples = {str: "x", int: "1", bool: "true"}
    for listing in LISTINGS:
        for name, hint, _ in filters_of(listing):
            text = samples.get(hint, "2026-01-01T00:00:00Z" if hint.__name__ == "datetime" else "1.5")
            (where,) = conditions(listing, {name: text})
            assert where.column in {listing.kept.key, *listing.kept.columns}
            if hint is not str:
                with pytest.raises(Malformed):
                    conditions(listing, {name: "neither"})
        assert conditions(listing, {filters_of(listing)[0][0]: ""}) == []


def test_station_ids_are_sorted_as_people_count() -> None:
    assert sorted(["CS-10", "CS-9", "a", "CS-1"], key=natural) == ["CS-1", "CS-9", "CS-10", "a"]


async def test_there_is_nothing_elsewhere(ground: Ground) -> None:
    client = await ground.as_(Role.ADMIN)
    answer = await client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "Unknown")
    assert (await client.delete("/api/v1/stations")).status_code == 405


def test_facts_that_take_turns_are_shown_once_each_and_what_nobody_asked_for_by_itself() -> None:
    kinds = ["Chunk", "Stream"] * 10 + ["Booted", "Connected", "Booted"] + ["Chunk"]
    facts: list[dict[str, Any]] = [{"kind": kind, "fact": {}} for kind in kinds]
    facts.insert(0, {"kind": "Chunk", "fact": {"unasked": True}})
    shown = [(one["kind"], one["times"]) for one in gathered(facts)]
    assert shown == [("Chunk", 1), ("Chunk", 10), ("Stream", 10), ("Booted", 2), ("Connected", 1), ("Chunk", 1)]
