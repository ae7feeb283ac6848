# SPDX-License-Identifier: Apache-2.0
"""Files and streams through REST: who may, what is refused and audited, what is shown (B.26)."""

from datetime import timedelta
from typing import Any

import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.roles import Role

FILE = "/api/v1/files/firmware-2.bin"


def entries(ground: Ground) -> list[tuple[str, str]]:
    return [(one.action, one.outcome) for one in ground.audit()]


async def test_a_file_is_put_listed_and_removed(ground: Ground) -> None:
    operator = await ground.as_(Role.OPERATOR)
    made = await operator.put(FILE, content=b"x" * 5_000)
    assert (made.status_code, made.json()) == (201, {"name": "firmware-2.bin", "size": 5_000})
    assert (await operator.get("/api/v1/files")).json()["items"] == [{"name": "firmware-2.bin", "size": 5_000}]
    assert (ground.streams.spool.offered / "firmware-2.bin").read_bytes() == b"x" * 5_000
    assert (await operator.delete(FILE)).status_code == 204
    assert (await operator.get("/api/v1/files")).json()["items"] == []
    assert entries(ground)[-2:] == [("PutFile", "accepted"), ("RemoveFile", "accepted")]


async def test_a_file_that_is_too_large_leaves_nothing_and_one_entry_in_the_audit(ground: Ground) -> None:
    operator = await ground.as_(Role.OPERATOR)
    assert (await operator.put(FILE, content=b"right")).status_code == 201
    refused = await operator.put(FILE, content=b"x" * 1_000_001)
    await ground.settle()
    assert (refused.status_code, refused.json()["code"]) == (409, "TooLarge")
    assert [path.name for path in ground.streams.spool.offered.iterdir()] == ["firmware-2.bin"]
    assert (ground.streams.spool.offered / "firmware-2.bin").read_bytes() == b"right", "the one before it is still there"
    assert entries(ground)[-2:] == [("PutFile", "accepted"), ("PutFile", "rejected")]


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", ".hidden", "%2Fetc%2Fpasswd", "a%00b", "x" * 101, "a b", "%2E%2E"])
async def test_no_name_leads_out_of_the_folder(ground: Ground, name: str) -> None:
    operator = await ground.as_(Role.OPERATOR)
    for answer in (
        await operator.put(f"/api/v1/files/{name}", content=b"evil"),
        await operator.delete(f"/api/v1/files/{name}"),
    ):
        assert answer.status_code in {400, 404, 405}, answer.text
    assert list(ground.streams.spool.offered.iterdir()) == []


@pytest.mark.parametrize(
    ("station", "wish", "status", "code"),
    [
        (CS, {"file": "nothing.bin"}, 404, "UnknownFile"),
        (CS, {"file": "../../etc/passwd"}, 400, "BadName"),
        (CS, {"fetch": "../secret"}, 400, "BadName"),
        (CS, {}, 400, "Malformed"),
        (CS, {"file": "firmware-2.bin", "fetch": "log"}, 400, "Malformed"),
        ("CS-77", {"file": "firmware-2.bin"}, 404, "UnknownStation"),
        ("CS-77", {"fetch": "station.log"}, 404, "UnknownStation"),
    ],
)
async def test_what_cannot_be_begun_says_why_and_is_audited_once(
    ground: Ground, station: str, wish: dict[str, Any], status: int, code: str
) -> None:
    await ground.station()
    operator = await ground.as_(Role.OPERATOR)
    assert (await operator.put(FILE, content=b"new")).status_code == 201
    before = len(ground.audit())
    refused = await operator.post(f"/api/v1/stations/{station}/streams", json=wish)
    await ground.settle()
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert entries(ground)[before:] == [("BeginStream", "rejected")]
    assert ground.streams.records == {}


async def test_a_stream_waits_for_its_station_and_can_be_taken_back(ground: Ground) -> None:
    await ground.station()
    operator = await ground.as_(Role.OPERATOR)
    await operator.put(FILE, content=b"new firmware")
    begun = await operator.post(f"/api/v1/stations/{CS}/streams", json={"file": "firmware-2.bin"})
    assert (begun.status_code, begun.json()["state"], begun.json()["total"]) == (202, "waiting", 12)
    id = begun.json()["id"]
    assert [one["id"] for one in (await operator.get(f"/api/v1/streams?station={CS}")).json()["items"]] == [id]
    assert (await operator.get("/api/v1/streams?station=other")).json()["items"] == []
    assert (await operator.get(f"/api/v1/streams/{id}/content")).json()["code"] == "NoContent"
    over = await operator.delete(f"/api/v1/streams/{id}")
    assert (over.json()["state"], over.json()["reason"]) == ("failed", "CANCELLED")
    again = await operator.delete(f"/api/v1/streams/{id}")
    assert (again.status_code, again.json()["code"]) == (409, "StreamOver")
    assert (await operator.get("/api/v1/streams/feed")).status_code == 404


async def test_a_stream_of_which_nothing_has_come_in_a_week_is_given_up(ground: Ground) -> None:
    await ground.station()
    operator = await ground.as_(Role.OPERATOR)
    id = (await operator.post(f"/api/v1/stations/{CS}/streams", json={"fetch": "station.log"})).json()["id"]
    ground.clock.at += timedelta(days=6)
    ground.streams.look()
    assert (await operator.get(f"/api/v1/streams/{id}")).json()["state"] == "waiting"
    ground.clock.at += timedelta(days=2)
    ground.streams.look()
    over = (await operator.get(f"/api/v1/streams/{id}")).json()
    assert (over["state"], over["reason"]) == ("failed", "EXPIRED")


async def test_what_is_brought_can_be_read_under_its_own_name(ground: Ground) -> None:
    await ground.station()
    operator = await ground.as_(Role.OPERATOR)
    id = (await operator.post(f"/api/v1/stations/{CS}/streams", json={"fetch": "station.log"})).json()["id"]
    stream = ground.streams.records[bytes.fromhex(id)]
    path = ground.streams.spool.path(stream)
    path.parent.mkdir()
    path.write_bytes(b"all is well\n")
    ground.streams._end(stream, stream.state.DONE, whole=True)
    content = await operator.get(f"/api/v1/streams/{id}/content")
    assert content.content == b"all is well\n"
    assert "station.log" in content.headers["content-disposition"]


@pytest.mark.parametrize("role", [one for one in Role if one not in {Role.OPERATOR, Role.ADMIN}])
async def test_nobody_else_may(ground: Ground, role: Role) -> None:
    await ground.station()
    client = await ground.as_(role)
    for answer in (
        await client.get("/api/v1/files"),
        await client.put(FILE, content=b"x"),
        await client.delete(FILE),
        await client.get("/api/v1/streams"),
        await client.post(f"/api/v1/stations/{CS}/streams", json={"fetch": "log"}),
        await client.delete("/api/v1/streams/00"),
    ):
        assert answer.status_code == 403, answer.text


async def test_streams_of_other_stations_are_none_of_ones_business(ground: Ground) -> None:
    await ground.station()
    admin = await ground.as_(Role.ADMIN)
    id = (await admin.post(f"/api/v1/stations/{CS}/streams", json={"fetch": "log"})).json()["id"]
    other = ground.client(await ground.admit(Role.OPERATOR, name="elsewhere", scope=("CS-9*",)))
    assert (await other.get("/api/v1/streams")).json()["items"] == []
    assert (await other.get(f"/api/v1/streams/{id}")).status_code == 404
    assert (await other.post(f"/api/v1/stations/{CS}/streams", json={"fetch": "log"})).status_code == 403
    assert (await other.put(FILE, content=b"x")).status_code == 403
