# SPDX-License-Identifier: Apache-2.0
"""Logs of charging stations come to the CSMS (8.3.10): stations are scripted, or play their role; the CSMS is real."""

import asyncio
import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.e2e.house import TRUST, WIRES, House, house
from tests.e2e.link_player import EVERY
from tests.e2e.player import PATIENCE, Payload, Player, playing, stamp
from tests.e2e.test_at_simulated import standing

from open63110.model.logs import LogState, StationLog
from open63110.model.order import Outcome
from open63110.model.principal import AuditEntry

CONTENT = b"2026-05-01 12:00:00 the door was opened\n" * 500
KINDS = {"v16": "security", "v201": "diagnostics", "v21": "diagnostics"}
"""Which log has a request of its own that can take the place of another's: on 1.6 that of the whitepaper alone."""


def log(here: House, request: int = 1, station: str = "CS-1") -> StationLog:
    """The row of a request."""
    return next(one for one in here.rows(StationLog) if (one.station, one.request) == (station, request))


async def until(here: House, state: LogState, request: int = 1) -> StationLog:
    """Wait for a request to come that far."""
    await here.until(lambda: log(here, request).state is state)
    return log(here, request)


async def content(here: House, request: int = 1, station: str = "CS-1") -> bytes:
    """Download a log as an operator does."""
    said = await here.admin.get(f"logs/{station}:{request}/content")
    assert said.status_code == 200, said.text
    return bytes(said.content)


async def on_board(here: House, cs: Player) -> None:
    """Bring a station on board that says yes to requests of logs."""
    await here.register(cs.station)
    assert await cs.boot() == "Accepted"
    cs.answers["GetLog"] = lambda _: {"status": "Accepted", "filename": "station.log"}
    cs.answers["GetDiagnostics"] = lambda _: {"fileName": "station.log"}


async def retrieve(here: House, cs: Player, **wish: Any) -> tuple[Payload, str]:
    """Ask for a log; return what the station was asked, and where it is to send it."""
    order = await here.ask(f"stations/{cs.station}/logs/retrieve", wish)
    assert order["outcome"] == "accepted", order
    if cs.is_16 and wish.get("kind", "diagnostics") == "diagnostics":
        asked = await cs.asked("GetDiagnostics")
        return asked, str(asked["location"])
    asked = await cs.asked("GetLog")
    return asked, str(asked["log"]["remoteLocation"])


async def send(url: str, data: bytes, method: str = "PUT", *, strip: bool = False, **headers: str) -> httpx2.Response:
    """Send a file as a station does, with what stands in the address; strip: without it."""
    parts = urlsplit(url)
    there = f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}"
    shown = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    given = {} if strip else {"Authorization": f"Basic {shown}"}
    async with httpx2.AsyncClient(timeout=PATIENCE, verify=TRUST) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, there, content=data, headers=given | named)


async def status(cs: Player, word: str, request: int = 1, *, diagnostics: bool = False) -> None:
    """Report how far an upload is."""
    if diagnostics and cs.is_16:
        await cs.call("DiagnosticsStatusNotification", {"status": word})
    else:
        await cs.call("LogStatusNotification", {"status": word, "requestId": request})


@pytest.mark.at("AT-8.3.10-2", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_each_request_has_an_address_of_its_own_and_the_second_takes_the_place_of_the_first(
    wire: str, tmp_path: Path
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await on_board(here, cs)
        since, until_then = here.now() - timedelta(hours=2), here.now()
        part = {"oldest": since.isoformat(), "latest": until_then.isoformat(), "kind": KINDS[wire]}
        asked, first = await retrieve(here, cs, **part)
        assert asked["log"]["oldestTimestamp"] == stamp(since) or asked["log"]["oldestTimestamp"].startswith(stamp(since)[:19])
        await status(cs, "Uploading", 1)
        await until(here, LogState.UPLOADING)
        half = await send(first, CONTENT[:4_000], Content_Range=f"bytes 0-3999/{len(CONTENT)}")
        assert (half.status_code, half.headers["upload-offset"]) == (202, "4000")

        cs.answers["GetLog"] = lambda _: {"status": "AcceptedCanceled", "filename": "second.log"}
        _, second = await retrieve(here, cs, kind=KINDS[wire])
        assert first != second
        assert (await until(here, LogState.CANCELED)).arrived is None
        if wire != "v16":
            await status(cs, "AcceptedCanceled", 1)
        assert (await send(first, CONTENT)).status_code == 410
        assert (await send(second, CONTENT, strip=True)).status_code == 401
        done = await send(second, CONTENT)
        assert done.json() == {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
        await status(cs, "Uploaded", 2)
        found = await until(here, LogState.UPLOADED, 2)
        assert (found.name, found.size) == ("second.log", len(CONTENT))
        assert await content(here, 2) == CONTENT
        assert (await send(second, b"forged")).status_code == 410
        assert await content(here, 2) == CONTENT
        for place in (first, second):
            secret = urlsplit(place).password or "?"
            assert secret not in str([here.rows(StationLog), await here.ask("orders")])


@pytest.mark.at("AT-8.3.10-2", "v16")
async def test_diagnostics_of_1_6_take_the_place_of_those_before_though_its_words_do_not_say_so(tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v16") as cs:
        await on_board(here, cs)
        _, first = await retrieve(here, cs)
        await status(cs, "Uploading", diagnostics=True)
        await until(here, LogState.UPLOADING)
        _, second = await retrieve(here, cs)
        await until(here, LogState.CANCELED)
        form = b'--M\r\nContent-Disposition: form-data; name="f"; filename="diag.zip"\r\n\r\n' + CONTENT + b"\r\n--M--\r\n"
        assert (await send(first, CONTENT)).status_code == 410
        assert (await send(second, form, "POST", Content_Type="multipart/form-data; boundary=M")).status_code == 201
        await status(cs, "Uploaded", diagnostics=True)
        assert (await until(here, LogState.UPLOADED, 2)).name == "diag.zip"
        assert await content(here, 2) == CONTENT


@pytest.mark.parametrize("wire", WIRES)
async def test_each_way_in_which_nothing_comes_is_told_apart(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await on_board(here, cs)
        action = "GetDiagnostics" if wire == "v16" else "GetLog"
        no: Payload = {} if wire == "v16" else {"status": "Rejected"}
        cs.answers[action] = lambda _: no
        refused = await here.admin.post("stations/CS-1/logs/retrieve", json={})
        assert refused.json()["order"]["outcome"] == Outcome.REJECTED
        assert (await until(here, LogState.REJECTED)).reason == ("NothingToSend" if wire == "v16" else "Rejected")

        cs.answers[action] = lambda _: {"status": "Perhaps", "fileName": 7}
        broken = await here.admin.post("stations/CS-1/logs/retrieve", json={})
        assert broken.json()["order"]["outcome"] == Outcome.FAILED
        assert (await until(here, LogState.REJECTED, 2)).reason == "FormatViolation" or log(here, 2).reason
        cs.answers.pop(action)
        unknown = await here.admin.post("stations/CS-1/logs/retrieve", json={})
        assert unknown.json()["order"]["outcome"] == Outcome.NOT_SUPPORTED

        await on_board(here, cs)
        for request, (word, state) in enumerate(
            (("UploadFailed" if wire == "v16" else "UploadFailure", LogState.FAILED), ("Uploaded", LogState.FAILED)), 4
        ):
            await retrieve(here, cs)
            await status(cs, word, request, diagnostics=True)
            await until(here, state, request)
        assert log(here, 5).reason == "NothingArrived"
        wrong = await here.admin.post(
            "stations/CS-1/logs/retrieve", json={"oldest": "2026-01-02T00:00:00Z", "latest": "2026-01-01T00:00:00Z"}
        )
        assert (wrong.status_code, wrong.json()["where"]) == (409, "latest") or wrong.status_code == 400
        viewer = await here.client("v", "viewer")  # type: ignore[arg-type] # a role by its word
        async with viewer:
            assert (await viewer.post("stations/CS-1/logs/retrieve", json={})).status_code == 403
            assert (await viewer.get("logs/CS-1:1/content")).status_code == 403
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        late = await here.admin.post("stations/CS-1/logs/retrieve", json={}, params={"deadline": 1})
        assert late.json()["order"]["outcome"] == Outcome.EXPIRED
        newest = max(one.request for one in here.rows(StationLog))
        assert log(here, newest).state is LogState.REJECTED
        outcomes = {one.outcome for one in here.rows(AuditEntry) if one.action == "RetrieveLog"}
        assert {"rejected", "failed", "not-supported", "not-authorized", "expired"} <= outcomes


@pytest.mark.at("AT-8.3.10-2", *WIRES)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_that_plays_its_role_sends_its_log_by_itself(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        order = await here.ask("stations/CS-1/logs/retrieve", {"kind": "diagnostics"})
        assert order["outcome"] == "accepted", order
        await until(here, LogState.UPLOADED)
        await here.until(lambda: not at.site.waiting)
        found = log(here)
        data = await content(here)
        assert (found.size, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        first, *lines = [json.loads(line) for line in data.splitlines()]
        assert (first["what"], first["kind"], first["station"]) == ("log", "diagnostics", "CS-1")
        told = [one["what"] for one in lines]
        assert {"StationBooted", "ConnectorReported", "EnergyTransferStarted"} <= set(told)
        assert "ANNA" not in data.decode()
        assert list(here.rows(StationLog)) == [found]
        await asyncio.sleep(0)


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_a_log_comes_though_the_station_loses_its_link_meanwhile(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await here.ask("stations/CS-1/logs/retrieve", {"kind": "security"})
        await at.lose_link(60)
        await at.link_is_back()
        assert (await until(here, LogState.UPLOADED)).name.startswith("CS-1-security-1-")
