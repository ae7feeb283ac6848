# SPDX-License-Identifier: Apache-2.0
"""Where stations send logs to: one address for each that was asked for, and nothing that was not (8.3.10)."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import check, logged_in
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.logs import LogState, StationLog
from open63110.model.policy import Policy
from open63110.usecases.stations.retrieve_logs import LogAnswered, RetrieveLog

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = StationId("CS-2")


class Door:
    """A station's way to the address of one log."""

    def __init__(self, ground: Ground, station: StationId = CS, request: int = 1) -> None:
        self.ground, self.station, self.request = ground, station, request
        self.url = ground.shelf.location(station, request)
        parts = urlsplit(self.url)
        self.path, self.user, self.password = parts.path, parts.username or "", parts.password or ""

    async def ask(
        self, method: str = "PUT", content: Any = b"", *, path: str = "", shown: tuple[str, str] | None = None, **headers: str
    ) -> httpx2.Response:
        user, password = shown or (self.user, self.password)
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        given = {name.replace("_", "-"): value for name, value in ({"Authorization": f"Basic {basic}"} | headers).items()}
        async with self.ground.client() as client:
            return await client.request(method, (path or self.path), content=content, headers=given)

    @property
    def log(self) -> StationLog:
        found = self.ground.store.get(StationLog, f"{self.station}:{self.request}")
        assert found is not None
        return found


async def asked(ground: Ground, station: StationId = CS, *, canceled: bool = False, name: str = "said.log", **wish: Any) -> Door:
    """Ask for a log, and let the station say yes."""
    if station not in ground.engine.stations:
        await ground.station(station)
    ground.hear(RetrieveLog(station=station, **wish))
    await ground.settle()
    request = max(one.request for one in ground.store.load(StationLog) if one.station == station)
    at = ground.clock.now()
    ground.hear(LogAnswered(station=station, at=at, request=request, accepted=True, name=name, canceled=canceled))
    await ground.settle()
    return Door(ground, station, request)


def here(ground: Ground, door: Door) -> bytes:
    content: bytes = ground.shelf.content(door.log).read_bytes()
    return content


def lie(ground: Ground) -> list[str]:
    """Files on the shelf."""
    return [str(one) for one in ground.shelf._folder.rglob("*") if one.is_file()]


async def test_a_file_that_was_asked_for_is_taken_whole_and_is_here_when_that_is_said(ground: Ground) -> None:
    door = await asked(ground)
    digest = base64.b64encode(bytes.fromhex(SHA256)).decode()
    answer = await door.ask(content=CONTENT, Repr_Digest=f"sha-256=:{digest}:")
    assert (answer.status_code, answer.json()) == (201, {"size": len(CONTENT), "sha256": SHA256})
    log = door.log
    assert (log.state, log.size, log.sha256, log.name) == (LogState.UPLOADED, len(CONTENT), SHA256, "said.log")
    assert here(ground, door) == CONTENT
    async with await ground.as_(Role.OPERATOR) as client:
        listed = (await client.get("/api/v1/logs")).json()["items"]
        assert [(one["id"], one["state"], one["size"]) for one in listed] == [("CS-1:1", "uploaded", len(CONTENT))]
        assert "location" not in listed[0] or not listed[0]["location"]


@pytest.mark.parametrize("size", [1_000, 3_333])
async def test_a_file_comes_in_pieces_and_goes_on_where_it_was(ground: Ground, size: int) -> None:
    door = await asked(ground)
    for at in range(0, len(CONTENT), size):
        told = await door.ask("HEAD")
        assert (told.status_code, told.headers["upload-offset"]) == (204, str(at))
        piece = CONTENT[at : at + size]
        answer = await door.ask(content=piece, Content_Range=f"bytes {at}-{at + len(piece) - 1}/{len(CONTENT)}")
        assert answer.status_code == (201 if at + size >= len(CONTENT) else 202)
    assert here(ground, door) == CONTENT
    assert door.log.sha256 == SHA256


async def test_what_has_come_already_may_come_again_and_a_gap_may_not(ground: Ground) -> None:
    door = await asked(ground)
    assert (await door.ask(content=CONTENT[:500], Content_Range=f"bytes 0-499/{len(CONTENT)}")).status_code == 202
    gap = await door.ask(content=CONTENT[600:700], Content_Range=f"bytes 600-699/{len(CONTENT)}")
    assert gap.status_code == 416
    again = await door.ask(content=CONTENT[400:], Content_Range=f"bytes 400-{len(CONTENT) - 1}/{len(CONTENT)}")
    assert again.status_code == 201
    assert here(ground, door) == CONTENT


async def test_a_file_that_is_sent_anew_begins_anew(ground: Ground) -> None:
    door = await asked(ground)
    assert (await door.ask(content=b"x" * 500, Content_Range=f"bytes 0-499/{len(CONTENT)}")).status_code == 202
    assert (await door.ask(content=CONTENT)).status_code == 201
    assert here(ground, door) == CONTENT


async def test_it_can_be_asked_how_much_is_here_by_a_range_without_a_begin(ground: Ground) -> None:
    door = await asked(ground)
    await door.ask(content=CONTENT[:500], Content_Range=f"bytes 0-499/{len(CONTENT)}")
    told = await door.ask(Content_Range=f"bytes */{len(CONTENT)}")
    assert (told.status_code, told.headers["range"], told.headers["upload-offset"]) == (204, "bytes=0-499", "500")


@pytest.mark.parametrize("said", ["bytes", "bytes 5-1/10", "bytes 0-9/5", "bytes 0-9/100", "bytes -1-5/10", "lines 0-1/2"])
async def test_a_range_that_is_none_or_not_of_what_comes_is_refused(ground: Ground, said: str) -> None:
    door = await asked(ground)
    assert (await door.ask(content=b"x" * 3, Content_Range=said)).status_code == 400
    assert door.log.state is LogState.ACCEPTED


@pytest.mark.parametrize("how", ["form", "raw"])
async def test_a_station_may_post_as_a_form_or_as_it_is(ground: Ground, how: str) -> None:
    door = await asked(ground)
    if how == "form":
        form = b'--M\r\nContent-Disposition: form-data; name="f"; filename="diag.tgz"\r\n\r\n' + CONTENT + b"\r\n--M--\r\n"
        answer = await door.ask("POST", form, Content_Type="multipart/form-data; boundary=M")
    else:
        answer = await door.ask("POST", CONTENT, path=f"{door.path}/diag.tgz")
    assert answer.status_code == 201, answer.text
    assert here(ground, door) == CONTENT
    assert door.log.name == "diag.tgz"


async def test_a_form_that_is_cut_off_is_not_taken_for_a_log(ground: Ground) -> None:
    door = await asked(ground)
    form = b'--M\r\nContent-Disposition: form-data; name="f"; filename="diag.tgz"\r\n\r\n' + CONTENT
    answer = await door.ask("POST", form, Content_Type="multipart/form-data; boundary=M")
    assert (answer.status_code, answer.json()["code"]) == (400, "BadForm")
    assert door.log.arrived is None


async def test_an_address_is_good_for_one_file(ground: Ground) -> None:
    door = await asked(ground)
    assert (await door.ask(content=CONTENT)).status_code == 201
    again = await door.ask(content=b"forged")
    assert (again.status_code, again.json()["code"]) == (410, "NotAwaited")
    assert (await door.ask("HEAD")).status_code == 410
    assert here(ground, door) == CONTENT
    assert [kind for _, kind, _ in ground.turned_away] == ["UploadNotAwaited"] * 2


async def test_an_address_that_nobody_was_told_leads_nowhere(ground: Ground) -> None:
    door = await asked(ground)
    begin, _, key = door.path.rpartition("/")
    forged = key[:-1] + ("0" if key[-1] != "0" else "1")
    for path in (f"{begin}/{forged}", f"{begin}/", f"/receive/CS-2/1/{key}", f"/receive/CS-1/2/{key}", f"/receive/CS-1/x/{key}"):
        assert (await door.ask(content=CONTENT, path=path)).status_code == 404, path
    assert (await door.ask("GET")).status_code == 405
    assert door.log.state is LogState.ACCEPTED


async def test_nobody_sends_without_the_password_of_the_address_and_no_station_with_that_of_another(ground: Ground) -> None:
    door, other = await asked(ground), await asked(ground, OTHER)
    async with ground.client() as client:
        stranger = await client.put(door.path, content=CONTENT)
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, 'Basic realm="logs"')
    for shown in (
        (door.user, "wrong"),
        ("", ""),
        (other.user, other.password),
        (door.user, other.password),
        (other.user, door.password),
    ):
        assert (await door.ask(content=CONTENT, shown=shown)).status_code == 403, shown
    assert door.log.state is LogState.ACCEPTED
    assert {kind for _, kind, _ in ground.turned_away} == {"UploadNotAuthorized"}
    assert (await door.ask(content=CONTENT)).status_code == 201


@pytest.mark.parametrize("name", ["..", "../../evil", "%2e%2e%2fevil", "a%2Fb", "a%5Cb", "%00", ".hidden", "x" * 101])
async def test_a_name_that_would_lead_elsewhere_is_refused(ground: Ground, name: str) -> None:
    door = await asked(ground)
    answer = await door.ask(content=CONTENT, path=f"{door.path}/{name}")
    assert answer.status_code in {400, 404}, answer.text
    assert door.log.arrived is None
    assert lie(ground) == []
    form = f'--M\r\nContent-Disposition: form-data; name="f"; filename="../{name}"\r\n\r\nx\r\n--M--\r\n'.encode()
    answer = await door.ask("POST", form, Content_Type="multipart/form-data; boundary=M")
    assert (answer.status_code, answer.json()["code"]) == (400, "BadName")


@pytest.mark.parametrize("announced", [True, False])
async def test_what_is_too_large_is_refused_and_not_awaited_any_more(ground: Ground, announced: bool) -> None:
    door = await asked(ground)

    async def pieces() -> Any:
        for _ in range(1_001):
            yield b"x" * 1_000

    answer = await door.ask(content=b"x" * 1_001_000 if announced else pieces())
    assert (answer.status_code, answer.json()["code"]) == (413, "TooLarge")
    await ground.settle()
    assert (door.log.state, door.log.reason) == (LogState.FAILED, "TooLarge")
    assert lie(ground) == []


async def test_what_has_another_hash_than_was_said_is_to_come_again(ground: Ground) -> None:
    door = await asked(ground)
    digest = base64.b64encode(bytes.fromhex(SHA256)).decode()
    answer = await door.ask(content=CONTENT[:-1] + b"?", Repr_Digest=f"sha-256=:{digest}:")
    assert (answer.status_code, answer.json()["code"]) == (422, "BadDigest")
    assert (await door.ask("HEAD")).headers["upload-offset"] == "0"
    assert (await door.ask(content=CONTENT, Repr_Digest=f"sha-256=:{digest}:")).status_code == 201


async def test_the_address_of_a_request_that_another_took_the_place_of_is_closed(ground: Ground) -> None:
    first = await asked(ground)
    await first.ask(content=CONTENT[:500], Content_Range=f"bytes 0-499/{len(CONTENT)}")
    second = await asked(ground, canceled=True)
    assert first.log.state is LogState.CANCELED
    assert (await first.ask(content=CONTENT)).status_code == 410
    assert (await second.ask(content=CONTENT)).status_code == 201
    assert [Path(one).suffix for one in lie(ground)] == [""]


async def test_after_its_time_an_address_is_closed(ground: Ground) -> None:
    door = await asked(ground, within=60.0)
    ground.clock.at = door.log.until
    assert (await door.ask(content=CONTENT)).status_code == 410


async def test_without_passwords_the_address_alone_lets_in(ground: Ground) -> None:
    object.__setattr__(ground.shelf, "_settings", type("Open", (), {"password": False, "largest": 10**6, "most": 10**7})())
    door = await asked(ground)
    assert (door.user, door.password) == ("", "")
    async with ground.client() as client:
        assert (await client.put(door.path, content=CONTENT)).status_code == 201


async def test_a_log_that_was_kept_long_enough_is_thrown_away(ground: Ground) -> None:
    assert ground.engine.policy == Policy()
    door = await asked(ground)
    await door.ask(content=CONTENT)
    assert await ground.shelf.look() == 0
    kept_until = door.log.kept_until
    assert kept_until is not None
    ground.clock.at = kept_until.replace(hour=23, minute=59, second=59)
    assert await ground.shelf.look() == 1
    assert door.log.removed is not None
    assert lie(ground) == []
    assert await ground.shelf.look() == 0


async def test_the_page_of_a_station_shows_its_logs_how_far_they_are_and_lets_them_be_fetched(ground: Ground) -> None:
    done, begun = await asked(ground), await asked(ground)
    await done.ask(content=CONTENT)
    await begun.ask(content=CONTENT[:1_000], Content_Range=f"bytes 0-999/{len(CONTENT)}")
    await ground.settle()
    page = (await (await logged_in(ground, Role.OPERATOR)).get("/stations/CS-1")).text
    check(page)
    assert "/api/v1/logs/CS-1%3A1/content" in page
    for words in ("10.2 kB", "1.0 kB", "Wait no longer", "Fetch a log"):
        assert words in page, words
    async with await ground.as_(Role.OPERATOR) as client:
        content = await client.get("/api/v1/logs/CS-1:1/content")
        assert (content.status_code, content.content) == (200, CONTENT)
    async with await ground.as_(Role.VIEWER) as viewer:
        assert (await viewer.get("/api/v1/logs/CS-1:1/content")).status_code == 403
