# SPDX-License-Identifier: Apache-2.0
"""The load generator, driven against a server that keeps what it was told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from bench.load import Run, Stations, Up, build
from jsonschema import Draft4Validator
from websockets.asyncio.server import ServerConnection, basic_auth, serve
from websockets.typing import Subprotocol

Answer = Callable[[str], Any]
GOOD: dict[str, Any] = {
    "BootNotification": {"currentTime": "2026-01-01T00:00:00Z", "interval": 300, "status": "Accepted"},
    "TransactionEvent": {},
}


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("load"))


class Csms:
    """Answers every CALL, after `before` has been awaited for the socket."""

    def __init__(self, answer: Answer, before: Callable[[ServerConnection], Awaitable[None]] | None) -> None:
        self.heard: list[list[Any]] = []
        self.others: list[list[Any]] = []
        self._answer = answer
        self._before = before
        self.port = 0

    async def serve(self, connection: ServerConnection) -> None:
        if self._before:
            await self._before(connection)
        async for text in connection:
            frame = json.loads(text)
            if frame[0] != 2:
                self.others.append(frame)
                continue
            self.heard.append([*frame, len(text)])
            payload = self._answer(frame[2])
            bad = [4, frame[1], "InternalError", "", {}]
            await connection.send(json.dumps(bad if payload is None else [3, frame[1], payload]))


@asynccontextmanager
async def csms(
    answer: Answer = GOOD.get, before: Callable[[ServerConnection], Awaitable[None]] | None = None, password: str = ""
) -> AsyncIterator[Csms]:
    it = Csms(answer, before)
    door = basic_auth(check_credentials=lambda _, secret: secret == password) if password else None
    async with serve(it.serve, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp2.0.1")], process_request=door) as server:
        it.port = next(iter(server.sockets)).getsockname()[1]
        yield it


async def drive(program: Path, port: int, count: int, *options: str, seconds: float = 0.3, rate: float = 0) -> tuple[Up, Run]:
    def session() -> tuple[Up, Run]:
        with Stations(program, port, count, ["--timeout", "10", *options]) as stations:
            return stations.up(), stations.run(seconds, rate)

    return await asyncio.to_thread(session)


async def test_every_event_sent_is_heard_once_and_counted(program: Path) -> None:
    async with csms() as it:
        up, run = await drive(program, it.port, 5, "--start")
    events = [frame for frame in it.heard if frame[2] == "TransactionEvent" and frame[3]["eventType"] == "Updated"]
    assert up.served == 5
    assert run.clean
    assert run.results == len(events) >= 5
    assert len({frame[1] for frame in it.heard}) == len(it.heard)
    assert 0 < run.p50_ms <= run.p99_ms <= run.max_ms


async def test_events_are_valid_in_order_and_of_the_stated_size(program: Path) -> None:
    schema = json.loads((files("ocpp.v201") / "schemas" / "TransactionEventRequest.json").read_text(encoding="utf-8-sig"))
    async with csms() as it:
        await drive(program, it.port, 1, "--start")
    events = [frame for frame in it.heard if frame[2] == "TransactionEvent"]
    for frame in events:
        Draft4Validator(schema).validate(frame[3])
    assert [frame[3]["seqNo"] for frame in events] == list(range(len(events)))
    assert all(1400 <= frame[4] <= 1500 for frame in events[1:])
    assert all(len(frame[3]["meterValue"][0]["sampledValue"]) == 10 for frame in events[1:])


async def test_a_callerror_is_no_result(program: Path) -> None:
    async with csms(lambda action: GOOD[action] if action == "BootNotification" else None) as it:
        _, run = await drive(program, it.port, 2)
    assert run.errors == run.sent > 0
    assert run.results == 0
    assert not run.clean


async def test_a_call_of_the_csms_is_refused_and_a_ping_is_answered(program: Path) -> None:
    answered = asyncio.Event()

    async def ask(connection: ServerConnection) -> None:
        await connection.send('[2,"abc-1","TriggerMessage",{"requestedMessage":"Heartbeat"}]')
        await (await connection.ping())
        answered.set()

    async with csms(before=ask) as it:
        up, run = await drive(program, it.port, 1)
    assert answered.is_set()
    assert it.others == [[4, "abc-1", "NotSupported", "", {}]]
    assert up.calls + run.calls == 1


async def test_a_station_whose_boot_is_rejected_is_not_served(program: Path) -> None:
    rejected = {**GOOD["BootNotification"], "status": "Rejected"}
    async with csms(lambda _: rejected) as it:
        up, run = await drive(program, it.port, 3)
    assert (up.served, up.refused, run.sent) == (0, 3, 0)


async def test_the_password_opens_and_a_wrong_one_does_not(program: Path) -> None:
    async with csms(password="right") as it:
        right, _ = await drive(program, it.port, 2, "--password", "right")
        wrong, _ = await drive(program, it.port, 2, "--password", "wrong", "--timeout", "1")
    assert (right.served, wrong.served) == (2, 0)
    assert wrong.retries >= 2


async def test_a_fixed_rate_is_held(program: Path) -> None:
    async with csms() as it:
        _, run = await drive(program, it.port, 20, seconds=1, rate=50)
    assert 45 <= run.sent <= 51
    assert run.sent + run.behind <= 51


async def test_what_the_stations_could_not_send_at_the_rate_shows(program: Path) -> None:
    async with csms() as it:
        _, run = await drive(program, it.port, 1, seconds=0.5, rate=100_000)
    assert run.behind > 0
    assert run.sent + run.behind == pytest.approx(run.seconds * 100_000, abs=100)  # seconds are printed to the millisecond


async def test_a_station_cut_off_is_reported_lost(program: Path) -> None:
    async def cut_later(connection: ServerConnection) -> None:
        asyncio.get_running_loop().call_later(0.5, connection.transport.abort)

    async with csms(before=cut_later) as it:
        up, run = await drive(program, it.port, 2, seconds=1, rate=10)
    assert up.served == 2
    assert run.lost == 2
    assert not run.clean
