# SPDX-License-Identifier: Apache-2.0
"""What the field taught about connections: I1 to I5 of the lessons, over real sockets against the real process."""

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.process import OPEN, CsmsProcess, event, peer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from open63110.model.station import Station

VERSIONS = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")
LISTENERS = {"open": OPEN, "guarded": {**OPEN, "password": True}}


@pytest.fixture(scope="module")
def csms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CsmsProcess]:
    one = CsmsProcess(tmp_path_factory.mktemp("csms"), listeners=LISTENERS, policy={"local_lists": False})
    with one.init().start():
        yield one
        assert "Traceback" not in one.log(), one.log()[-6000:]


async def rest(csms: CsmsProcess, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    return await asyncio.to_thread(csms.rest, method, f"/api/v1/{path}", body)


async def deaf(csms: CsmsProcess, station: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a socket whose other end is as good as dead: it answers neither pings nor a closing handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", csms.ports["open"])
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ocpp/{station} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    return reader, writer


@pytest.mark.parametrize("version", VERSIONS)
async def test_i1_the_newest_socket_wins_and_the_old_one_is_closed(csms: CsmsProcess, version: str) -> None:
    """Without: Server.take_over, which closes the socket before."""
    async with peer(csms, f"I1-{version}", version) as old, peer(csms, f"I1-{version}", version, boot=False) as new:
        assert "currentTime" in await new.call("Heartbeat", {}, timeout=2.0)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(old.socket.recv(), 2.0)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001


async def test_i1_a_socket_that_is_half_open_locks_nobody_out(csms: CsmsProcess) -> None:
    """Without: a new socket let in whatever became of the old one."""
    _, writer = await deaf(csms, "I1-deaf")
    async with asyncio.timeout(2.0), peer(csms, "I1-deaf") as new:
        await new.call("Heartbeat", {})
    writer.close()


async def test_i2_a_dying_socket_removes_only_itself(csms: CsmsProcess) -> None:
    """Without: Server.let_go, which compares whose conversation it is."""
    _, writer = await deaf(csms, "I2")
    async with peer(csms, "I2") as new:
        writer.transport.abort()
        await asyncio.sleep(0.3)
        order = asyncio.create_task(rest(csms, "POST", "stations/I2/ocpp?wait=5", {"action": "ClearCache"}))
        call = await new.next_call(timeout=3.0)
        await new.reply(call[1], {"status": "Accepted"})
        assert (await order)[1]["outcome"] == "accepted"
        (row,) = [one for one in csms.rows(Station) if one.id == "I2"]
        assert row.connected is not None


@pytest.mark.parametrize("version", VERSIONS)
async def test_i3_directions_are_independent_and_orders_wait_their_turn(csms: CsmsProcess, version: str) -> None:
    """Without: one outstanding call per direction, the queue by priority, and deadlines in the queue."""
    name = f"I3-{version}"
    async with peer(csms, name, version) as station:
        first = asyncio.create_task(rest(csms, "POST", f"stations/{name}/ocpp?wait=9", {"action": "ClearCache"}))
        call = await station.next_call(timeout=3.0)
        assert "currentTime" in await station.call("Heartbeat", {}, timeout=2.0)
        late = asyncio.create_task(rest(csms, "POST", f"stations/{name}/ocpp?wait=9&deadline=1", {"action": "ClearCache"}))
        normal = asyncio.create_task(rest(csms, "POST", f"stations/{name}/ocpp?wait=9", {"action": "ClearCache"}))
        await asyncio.sleep(0.3)
        urgent = asyncio.create_task(rest(csms, "POST", f"stations/{name}/reboot?wait=9", {"mode": "immediate"}))
        with pytest.raises(TimeoutError):
            await station.next_call(timeout=2.5)
        assert (await late)[1]["order"]["outcome"] == "expired"
        await station.reply(call[1], {"status": "Accepted"})
        for expected, order in (("Reset", urgent), ("ClearCache", normal)):
            call = await station.next_call(timeout=3.0)
            assert call[2] == expected
            await station.reply(call[1], {"status": "Accepted"})
            assert (await order)[1]["outcome"] == "accepted"
        assert (await first)[1]["outcome"] == "accepted"


async def test_i3_our_call_goes_out_while_the_station_waits_for_an_answer(tmp_path: Path) -> None:
    """Without: as above. A commit that is slow to begin keeps the station waiting."""
    with CsmsProcess(tmp_path, linger=1.5, policy={"local_lists": False}).init() as csms:
        async with peer(csms, "I3") as station:
            order = asyncio.create_task(rest(csms, "POST", "stations/I3/ocpp?wait=9", {"action": "ClearCache"}))
            second = asyncio.create_task(rest(csms, "POST", "stations/I3/ocpp?wait=9", {"action": "ClearCache"}))
            call = await station.next_call()
            waiting = await station.send("TransactionEvent", event("Started", "tx", 0, "2026-01-01T10:00:00Z", 0.0))
            await station.reply(call[1], {"status": "Accepted"})
            frame = await station.frame(timeout=1.0)
            assert frame[:1] + frame[2:3] == [2, "ClearCache"]
            await station.reply(frame[1], {"status": "Accepted"})
            assert (await station.answer_to(waiting))[0] == 3
            assert [(await one)[1]["outcome"] for one in (order, second)] == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("offer", "chosen"),
    [
        (["ocpp1.6", "ocpp2.0.1", "ocpp2.1"], "ocpp2.1"),
        (["ocpp1.6", "ocpp2.0.1"], "ocpp2.0.1"),
        (["ocpp1.5", "ocpp1.6"], "ocpp1.6"),
    ],
)
async def test_i4_the_newest_version_is_chosen_whatever_the_order_of_the_offer(
    csms: CsmsProcess, offer: list[str], chosen: str
) -> None:
    """Without: NEWEST_FIRST of the gate."""
    async with connect(csms.url("I4"), subprotocols=[Subprotocol(one) for one in offer]) as socket:
        assert socket.subprotocol == chosen


def seconds_of(csms: CsmsProcess) -> float:
    """Return the CPU time that it has used [s]."""
    fields = Path(f"/proc/{csms.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
async def storm(csms: CsmsProcess) -> list[dict[str, str]]:
    headers = []
    for n in range(20):
        status, said = await rest(csms, "POST", "principals", {"id": f"I5-{n}", "role": "station"})
        assert status == 201, said
        secret = said["key"].partition(".")[2]
        pair = base64.b64encode(f"I5-{n}:{secret}".encode()).decode()
        headers.append({"Authorization": f"Basic {pair}"})
    return headers


async def test_i5_a_storm_of_stations_costs_no_slow_hash(csms: CsmsProcess, storm: list[dict[str, str]]) -> None:
    """Without: keyed SHA-256 for secrets of stations; one Argon2 of 50 ms each would take 20 s here."""

    async def come(n: int) -> None:
        url = csms.url(f"I5-{n % 20}", "guarded")
        async with connect(url, subprotocols=[Subprotocol("ocpp2.0.1")], additional_headers=storm[n % 20]) as socket:
            assert socket.subprotocol == "ocpp2.0.1"

    before = seconds_of(csms)
    for begin in range(0, 400, 20):
        await asyncio.gather(*(come(n) for n in range(begin, begin + 20)))
    assert seconds_of(csms) - before < 4.0


async def test_frames_are_compact_json(csms: CsmsProcess) -> None:
    """Some peers cannot read spaces. Without: an encoder that puts none."""
    async with peer(csms, "compact", "ocpp1.6") as station:
        await station.socket.send(json.dumps([2, "1", "Heartbeat", {}]))
        raw = await station.socket.recv()
        assert isinstance(raw, str)
        assert raw == json.dumps(json.loads(raw), separators=(",", ":"))
