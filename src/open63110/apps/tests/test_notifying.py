# SPDX-License-Identifier: Apache-2.0
"""Alarms leave the house (8.3.5): signed posts and e-mails, tried again later, over restarts, and together when they are many."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.literal import T0, Clock

from open63110.apps.ids import StoredIds
from open63110.apps.notify_config import Notify, channels_of
from open63110.apps.notifying import DIGEST, Notifying, post, send_email, signature, subject
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.model.notice import Notice
from open63110.model.policy import Policy
from open63110.model.station import ConnectorReported, Registration, Station
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.monitor_station import StationEventReported

TABLE = discover()
CS = StationId("CS-1")
HOOK = Notify(kind="webhook", url="http://127.0.0.1:1/", secret="s3cret")


class Disk(SqliteStore):
    """A database that takes nothing while a test says so."""

    full = False

    def stage(self, batch: Any, at: Any) -> None:
        if self.full:
            raise Unavailable("no space left on device")
        super().stage(batch, at)


class House:
    """A CSMS with a database whose one channel does as a test says."""

    def __init__(self, folder: Path, notify: dict[str, Notify]) -> None:
        self.clock, self.store = Clock(T0), Disk(folder / "db")
        policy = Policy(channels=channels_of(notify))
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, StoredIds(self.store), policy, linger=0.0)
        self.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED)
        self.told: list[list[Notice]] = []
        self.trouble = ""
        self.notifying = Notifying(self.engine, notify, {"webhook": self.send})

    def send(self, channel: Notify, notices: Sequence[Notice], key: str) -> None:
        del channel, key
        if self.trouble:
            raise Unavailable(self.trouble)
        self.told.append(list(notices))

    async def alarm(self, code: str = "F-1", severity: int = 2, **more: Any) -> None:
        said = {"component": "EVSE", "variable": "Problem", "code": code, "severity": severity, "evse": 1, "at": self.clock.at}
        self.engine.hear((StationEventReported(station=CS, **(said | more)),), now=self.clock.at)  # type: ignore[arg-type]  # its fields
        await self.engine.commit.drain()

    async def look(self, seconds: float = 0.0) -> int:
        self.clock.at += timedelta(seconds=seconds)
        return await self.notifying.look("ops")

    def notices(self) -> list[Notice]:
        return self.store.load(Notice)


@contextlib.asynccontextmanager
async def house(folder: Path, **channel: Any) -> AsyncIterator[House]:
    one = House(folder, {"ops": msgspec.structs.replace(HOOK, **channel)})
    running = asyncio.create_task(one.engine.commit.run())
    try:
        yield one
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        one.store.close()


async def test_an_alarm_is_told_once_when_it_is_raised_and_once_when_it_is_over(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        assert await at.look(4.0) == 0
        assert await at.look(1.0) == 1
        await at.alarm()
        assert await at.look(60.0) == 0
        await at.alarm(cleared=True)
        assert await at.look(5.0) == 1
        assert [[one.change for one in some] for some in at.told] == [["raised"], ["cleared"]]
        assert all(not one.open for one in at.notices())


async def test_only_what_is_grave_enough_of_the_stations_that_are_meant_is_told(tmp_path: Path) -> None:
    async with house(tmp_path, severity=2) as at:
        await at.alarm(severity=3)
        await at.alarm("ROOT", event_id=7)
        await at.alarm("FOLLOWS", cause=7)
        assert [one.alarm.code for one in at.notices()] == ["ROOT"]


async def test_what_nobody_takes_is_tried_again_later_and_later_and_over_a_restart(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        at.trouble = "connection refused"
        pauses = []
        for _ in range(4):
            await at.look(5_000.0)
            (one,) = at.notices()
            pauses.append((one.due - at.clock.at).total_seconds())
        assert pauses == [5.0, 10.0, 20.0, 40.0]
        assert (one.attempts, one.error) == (4, "connection refused")
        clock = at.clock.at
    async with house(tmp_path) as again:
        again.clock.at = clock
        assert await again.look(39.0) == 0
        assert await again.look(1.0) == 1
        assert again.notices()[0].sent == again.clock.at


async def test_what_nobody_takes_for_a_day_is_given_up(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        at.trouble = "connection refused"
        await at.look(86_401.0)
        (one,) = at.notices()
        assert (one.open, one.given_up) == (False, at.clock.at)
        assert await at.look(86_400.0) == 0


async def test_what_cannot_be_written_is_told_once_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        at.store.full = True
        assert await at.look(5.0) == 1
        assert await at.look(2.0) == 0
        assert at.notices()[0].open
        at.store.full = False
        assert await at.look(2.0) == 0
        assert (len(at.told), at.notices()[0].open) == (1, False)


async def test_what_waits_for_somebody_who_is_not_told_any_more_is_given_up(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        await Notifying(at.engine, {}).run()
        (one,) = at.notices()
        assert (one.given_up, one.error) == (at.clock.at, "nobody is called that any more")


async def test_an_alarm_that_is_back_is_told_again_unless_nobody_heard_that_it_was_over(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm()
        await at.look(60.0)
        await at.alarm(cleared=True)
        await at.look(3.0)
        await at.alarm()
        assert await at.look(60.0) == 0
        await at.alarm(cleared=True)
        await at.look(60.0)
        await at.alarm()
        await at.look(60.0)
        assert [some[0].change for some in at.told] == ["raised", "cleared", "raised"]


async def test_an_alarm_that_is_back_and_graver_is_told_whoever_heard_that_it_was_over(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.alarm(severity=3)
        await at.look(60.0)
        await at.alarm(cleared=True)
        await at.look(3.0)
        await at.alarm(severity=1)
        await at.look(60.0)
        told = [(some[0].change, some[0].alarm.severity) for some in at.told]
        assert told == [("raised", 3), ("raised", 1)]


@pytest.mark.parametrize(("later", "before"), [(1.0, []), (9.0, [("", "raised"), ("", "explained")])])
async def test_a_fault_that_an_event_explains_is_told_with_it_and_where_it_was_told_before_that_is_said(
    later: float, before: list[tuple[str, str]], tmp_path: Path
) -> None:
    async with house(tmp_path) as at:
        place = {"evse": EvseNumber(1), "connector": ConnectorNumber(1)}
        faulted = ConnectorReported(station=CS, at=at.clock.at, state="faulted", **place)  # type: ignore[arg-type]  # its fields
        at.engine.hear((faulted,), now=at.clock.at)
        await at.engine.commit.drain()
        await at.look(later)
        await at.alarm(severity=3)
        await at.look(60.0)
        at.engine.hear((msgspec.structs.replace(faulted, at=at.clock.at, state="available"),), now=at.clock.at)
        await at.alarm(severity=3, cleared=True)
        await at.look(60.0)
        told = [(one.alarm.code, one.change) for some in at.told for one in some]
        assert sorted(told) == sorted([*before, ("F-1", "raised"), ("F-1", "cleared")])


async def test_many_leave_together(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        for number in range(DIGEST + 1):
            await at.alarm(f"F-{number}")
        assert await at.look(5.0) == DIGEST + 1
        (some,) = at.told
        assert subject(some) == "6 alarms of 1 station"


async def test_it_looks_by_itself_as_long_as_somebody_is_to_be_told(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await Notifying(at.engine, {}).run()
        await at.alarm()
        at.clock.at += timedelta(seconds=9)
        at.clock.real = lambda seconds: seconds / 10_000  # type: ignore[method-assign]  # a second is over at once
        running = asyncio.create_task(at.notifying.run())
        async with asyncio.timeout(10):
            while not at.told:  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.001)
        running.cancel()


class Hook(BaseHTTPRequestHandler):
    """Takes posts, or refuses them."""

    status = 200
    got: list[tuple[dict[str, str], bytes]] = []  # noqa: RUF012 - of one test

    def do_POST(self) -> None:
        self.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.send_header("Location", "/log-in")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.got.clear()
    Hook.status = 200
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/alarms"
        server.shutdown()
        thread.join()


async def notice(folder: Path) -> Notice:
    async with house(folder) as at:
        await at.alarm(text="too hot\r\nBcc: eve@example.org")
        (one,) = at.notices()
        return one


async def test_a_post_is_signed_over_its_id_its_moment_and_its_body(hook: str, tmp_path: Path) -> None:
    one = await notice(tmp_path)
    channel = msgspec.structs.replace(HOOK, url=hook)
    await asyncio.to_thread(post, channel, [one], "7-1")
    ((headers, body),) = Hook.got
    said = {name.lower(): value for name, value in headers.items()}
    content = f"{said['webhook-id']}.{said['webhook-timestamp']}.".encode() + body
    assert said["webhook-signature"] == "v1," + b64encode(hmac.new(b"s3cret", content, hashlib.sha256).digest()).decode()
    (told,) = json.loads(body)["notices"]
    assert (told["change"], told["alarm"]["station"], told["alarm"]["severity"], told["alarm"]["state"]) == (
        "raised",
        CS,
        2,
        "active",
    )
    with pytest.raises(Unavailable):
        await asyncio.to_thread(post, HOOK, [one], "7-1")


def test_a_secret_may_be_written_in_base64() -> None:
    """The example of Standard Webhooks, as its own programs sign it."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [302, 307, 400, 503])
async def test_a_post_that_is_not_taken_where_it_goes_is_not_taken(status: int, hook: str, tmp_path: Path) -> None:
    one = await notice(tmp_path)
    Hook.status = status
    with pytest.raises(Unavailable) as trouble:
        await asyncio.to_thread(post, msgspec.structs.replace(HOOK, url=f"{hook}/T0K3N"), [one], "7-1")
    assert str(status) in trouble.value.message
    assert "T0K3N" not in trouble.value.message


@pytest.mark.parametrize("said", [b"", b"220 mail.example.org\r\n", b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200])
async def test_a_peer_that_says_nothing_or_something_else_than_http_takes_nothing(
    said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("open63110.apps.notifying.PATIENCE", 0.2)
    one, over = await notice(tmp_path), asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for channel in (
            msgspec.structs.replace(HOOK, url=f"http://127.0.0.1:{port}/"),
            Notify(kind="email", server="127.0.0.1", port=port, sender="csms@example.org", to=("ops@example.org",)),
        ):
            with pytest.raises(Unavailable) as trouble:
                await asyncio.to_thread(send_email if channel.kind == "email" else post, channel, [one], "7-1")
            assert trouble.value.message.startswith("127.0.0.1")
        over.set()


@pytest.mark.parametrize("goodbye", [b"221 bye\r\n", b"500 what?\r\n"])
async def test_an_e_mail_goes_out_and_nothing_a_station_says_becomes_a_header(goodbye: bytes, tmp_path: Path) -> None:
    one, got = await notice(tmp_path), list[str]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        data = False
        while line := (await reader.readline()).decode():
            got.append(line)
            if line.upper() == "QUIT\r\n":
                writer.write(goodbye)
                break
            begins = line.upper() == "DATA\r\n"
            data = (data or begins) and line != ".\r\n"
            if not data or begins:
                writer.write(b"354 go on\r\n" if data else b"250 yes\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mail = Notify(
        kind="email", server="127.0.0.1", port=port, security="none", sender="csms@example.org", to=("ops@example.org",)
    )
    async with server:
        await asyncio.to_thread(send_email, mail, [one], "7-1")
    text = "".join(got)
    assert "Subject: CS-1: F-1 raised\r\n" in text
    assert "RCPT TO:<ops@example.org>" in text or "rcpt TO:<ops@example.org>" in text
    mail_text = text[text.upper().index("DATA\r\n") + 6 :].partition("\r\n.\r\n")[0]
    told = message_from_string(mail_text.replace("\r\n", "\n"))
    assert (told["Bcc"], bool(told["Date"])) == (None, True)
    assert b"too hot  Bcc" in told.get_payload(decode=True)
    with pytest.raises(Unavailable):
        await asyncio.to_thread(send_email, msgspec.structs.replace(mail, port=1), [one], "7-1")
