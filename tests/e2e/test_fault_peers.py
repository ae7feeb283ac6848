# SPDX-License-Identifier: Apache-2.0
"""Malformed, oversized, deep, binary, half-closed, slow-reading and flooding peers cost only themselves (I6)."""

import asyncio
import contextlib
import functools
import json
import random
import socket
import struct
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.process import CsmsProcess, Peer, event, peer

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

ATTACKERS = 16
LASTS = 1.5
"""How long each attack goes on [s]."""
SLOWEST = 0.5
"""Within this a good station is answered in 99 of 100 cases while an attack goes on, on a busy machine of two cores [s]."""
MOST_MEMORY = 64 * 1024 * 1024
"""What an attack may cost [B]."""
MOST_DISK = 64 * 1024 * 1024
"""What an attack may write into the database [B]: some specimens of each attacker, twice 64 KiB each."""
Attack = Callable[["Line"], Awaitable[None]]


@pytest.fixture(scope="module")
def csms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CsmsProcess]:
    """One CSMS for all attacks: it must outlive every one of them."""
    one = CsmsProcess(tmp_path_factory.mktemp("attacked"), policy={"local_lists": False})
    with one.start():
        yield one
        assert one.alive()
        assert "Traceback" not in one.log(), one.log()[-6000:]


def frame(payload: bytes, opcode: int = 1, *, first: int = 0x80, masked: bool = True, length: int | None = None) -> bytes:
    """Return one frame; what the protocol forbids can be asked for."""
    size = len(payload) if length is None else length
    flag = 0x80 if masked else 0
    if size < 126:
        head = bytes((first | opcode, flag | size))
    elif size < 65536:
        head = bytes((first | opcode, flag | 126)) + struct.pack("!H", size)
    else:
        head = bytes((first | opcode, flag | 127)) + struct.pack("!Q", size)
    return head + (b"\0\0\0\0" if masked else b"") + payload


class Line:
    """A TCP connection that may say anything."""

    def __init__(self, csms: CsmsProcess, name: str) -> None:
        self.csms, self.name = csms, name
        self.until = time.monotonic() + LASTS
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def connect(self, *, receive: int = 0) -> None:
        """Connect; `receive` makes the kernel's buffer small [B]."""
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self.csms.ports["open"]))
        self.reader, self.writer = await asyncio.open_connection(sock=plain, limit=1024)

    async def upgrade(self, *, extension: str = "", receive: int = 0) -> None:
        """Shake hands."""
        await self.connect(receive=receive)
        self.writer.write(
            f"GET /ocpp/{self.name} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: ocpp2.0.1\r\n{extension}\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head

    async def say(self, data: bytes) -> None:
        """Write, without waiting for ever for room."""
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), 1.0)

    async def boot(self) -> None:
        """Be accepted, so that more than boots is listened to."""
        chosen = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
        await self.say(frame(json.dumps([2, "b", "BootNotification", chosen]).encode()))
        await self.reader.read(1024)

    async def is_told(self, code: int) -> None:
        """Read a close frame with a code."""
        try:
            said = await asyncio.wait_for(self.reader.read(100), LASTS)
        except TimeoutError:
            raise AssertionError(f"nobody closed with {code}") from None
        assert said[2:4] == struct.pack("!H", code), said

    @property
    def going_on(self) -> bool:
        """Tell whether the attack still lasts."""
        return time.monotonic() < self.until


async def speak_garbage(line: Line) -> None:
    await line.upgrade()
    words = [
        b"",
        b"\0",
        b"nonsense",
        b"[]",
        b"[2]",
        b'[2,"x"]',
        b'[2,"x","BootNotification",[]]',
        b'[9,"x",{}]',
        b"{}",
        b"[[[[",
        b'[3,"no",{}]',
    ]
    words += [
        b'[4,"no"]',
        b'[5,"a","b","c",{}]',
        b'[2,5,"Heartbeat",{}]',
        b'[2,"' + b"x" * 500 + b'","Heartbeat",{}]',
        b'"\\ud800"',
    ]
    while line.going_on:
        await line.say(frame(random.choice(words)))
        await asyncio.sleep(0.001)


async def speak_invalid_text(line: Line) -> None:
    await line.upgrade()
    await line.say(frame(b'[2,"x","Heartbeat",{"a":"\xff\xfe\xed\xa0\x80"}]'))
    await asyncio.sleep(0.1)


async def announce_a_gigabyte(line: Line) -> None:
    await line.upgrade()
    await line.say(frame(b"x" * 1000, length=1 << 30))
    while line.going_on:
        await line.say(b"x" * 65536)


async def announce_more_than_there_is(line: Line) -> None:
    await line.upgrade()
    await line.say(frame(b"x", length=(1 << 63) - 1))
    await asyncio.sleep(0.1)


async def send_messages_above_the_limit(line: Line) -> None:
    await line.upgrade()
    await line.say(frame(b'[2,"x","DataTransfer",{"vendorId":"' + b"x" * 600_000 + b'"}]'))
    await asyncio.sleep(0.1)


async def nest_deep(line: Line) -> None:
    await line.upgrade()
    await line.boot()
    deep = b"[" * 100_000
    data = b'[2,"x","DataTransfer",{"vendorId":"v","data":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}]"
    while line.going_on:
        await line.say(frame(deep) + frame(data))
        await asyncio.sleep(0.05)


async def fill_the_quarantine(line: Line) -> None:
    await line.upgrade()
    await line.boot()
    while line.going_on:
        await line.say(frame(b'[2,"x","Heartbeat",{"a":"' + b"y" * 60_000 + b'"'))


async def speak_binary(line: Line) -> None:
    await line.upgrade()
    while line.going_on:
        await line.say(frame(random.randbytes(500), 2))
        await asyncio.sleep(0.002)


async def close_one_half(line: Line) -> None:
    await line.upgrade()
    line.writer.write_eof()
    await asyncio.sleep(LASTS)


async def read_nothing(line: Line) -> None:
    await line.upgrade(receive=4096)
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
    call = frame(b'[2,"x","' + b"y" * 60 + b'",{}]')
    while line.going_on:
        await line.say(call * 200)


async def never_wait_for_answers(line: Line) -> None:
    await line.upgrade()
    await line.boot()
    n = 0
    while line.going_on:
        n += 1
        said = event("Updated", f"flood-{line.name}", n, "2026-01-01T00:00:00Z", float(n))
        await line.say(frame(json.dumps([2, f"{n}", "TransactionEvent", said]).encode()))


async def never_wait_for_answers_to_what_is_broken(line: Line) -> None:
    await line.upgrade()
    await line.boot()
    n = 0
    while line.going_on:
        n += 1
        said = event("Updated", f"flood-{line.name}", n, "2026-01-01T00:00:00Z", float(n)) | {"seqNo": "y" * 10_000}
        await line.say(frame(json.dumps([2, f"{n}", "TransactionEvent", said]).encode()))


async def connect_again_and_again(line: Line) -> None:
    while line.going_on:
        await line.upgrade()
        line.writer.transport.abort()
        await asyncio.sleep(0.005)


async def never_finish_the_handshake(line: Line) -> None:
    await line.connect()
    while line.going_on:
        await line.say(b"G")
        await asyncio.sleep(0.05)


async def send_an_endless_header(line: Line) -> None:
    await line.connect()
    await line.say(b"GET /ocpp/x HTTP/1.1\r\n")
    while line.going_on:
        await line.say(b"X-Filler: " + b"y" * 4000 + b"\r\n")


@functools.cache
def bomb() -> bytes:
    """Return a hundred megabytes, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(b" " * 100_000_000) + packer.flush(zlib.Z_SYNC_FLUSH)


async def send_a_bomb(line: Line) -> None:
    await line.upgrade(extension="Sec-WebSocket-Extensions: permessage-deflate\r\n")
    await line.say(frame(bomb()[:-4], first=0xC0))
    await line.is_told(1009)


async def break_the_framing(line: Line) -> None:
    for bad in (
        frame(b"unmasked", masked=False),
        frame(b"reserved", 3),
        frame(b"rsv", first=0xF0),
        frame(b"x" * 200, 9),
        frame(b"", 0),
        frame(b"a", first=0) + frame(b"b"),
        frame(b"\x00", 8),
    ):
        await line.upgrade()
        await line.say(bad)
        await asyncio.sleep(0.05)
        line.writer.transport.abort()


async def never_finish_a_message(line: Line) -> None:
    await line.upgrade()
    await line.say(frame(b"x" * 1000, first=0))
    for _ in range(6):
        await line.say(frame(b"x" * 60_000, 0, first=0))
    await line.is_told(1009)


ATTACKS: tuple[Attack, ...] = (
    speak_garbage,
    speak_invalid_text,
    announce_a_gigabyte,
    announce_more_than_there_is,
    send_messages_above_the_limit,
    nest_deep,
    fill_the_quarantine,
    speak_binary,
    close_one_half,
    read_nothing,
    never_wait_for_answers,
    never_wait_for_answers_to_what_is_broken,
    connect_again_and_again,
    never_finish_the_handshake,
    send_an_endless_header,
    send_a_bomb,
    break_the_framing,
    never_finish_a_message,
)


async def attack(csms: CsmsProcess, how: Attack, n: int) -> None:
    line = Line(csms, f"bad-{how.__name__}-{n}"[:48])
    try:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            await how(line)
    finally:
        with contextlib.suppress(AttributeError):
            line.writer.transport.abort()


async def served(station: Peer, reference: str, stop: asyncio.Event) -> list[float]:
    """Report energy over and over; return how long each answer took [s]."""
    took: list[float] = []
    await station.call("TransactionEvent", event("Started", reference, 0, "2026-01-01T10:00:00Z", 0.0))
    while not stop.is_set():
        began = time.monotonic()
        said = event("Updated", reference, len(took) + 1, "2026-01-01T10:00:00Z", float(len(took)))
        await station.call("TransactionEvent", said)
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.01)
    return took


@pytest.mark.parametrize("how", ATTACKS, ids=lambda how: how.__name__)
async def test_a_peer_that_misbehaves_costs_only_itself(csms: CsmsProcess, how: Attack) -> None:
    """Without: limits of size, depth, rate, handshakes and pending bytes, each tried by the attack named for it."""
    bomb()
    before, stop = csms.resident(), asyncio.Event()
    room = disk_of(csms)
    csms.forget_peak()
    async with peer(csms, f"good-{how.__name__}"[:48]) as station, asyncio.TaskGroup() as tasks:
        good = tasks.create_task(served(station, how.__name__, stop))
        attacks = [tasks.create_task(attack(csms, how, n)) for n in range(ATTACKERS)]
        await asyncio.wait(attacks)
        await asyncio.sleep(0.2)
        stop.set()
    took = sorted(good.result())
    assert took[int(len(took) * 0.99)] < SLOWEST
    most = csms.peak() - before
    assert most < MOST_MEMORY, f"{most / 1e6:.0f} MB more"
    assert disk_of(csms) - room < MOST_DISK
    assert csms.alive()


async def test_a_peer_that_is_too_fast_is_read_more_slowly_and_never_closed(csms: CsmsProcess) -> None:
    """Without: the limit of messages per second, after a burst."""
    async with peer(csms, "fast") as station:
        began, answers = time.monotonic(), 0
        while time.monotonic() - began < 2.0:
            await station.call("Heartbeat", {})
            answers += 1
    assert 200 <= answers <= 200 + 3.0 * 50.0


def disk_of(csms: CsmsProcess) -> int:
    """Return the size of its database without the log, which is bounded by itself [B]."""
    with csms.reading() as connection:
        return int(connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0])


EDGES: tuple[dict[str, Any], ...] = (
    {"seqNo": 10**30},
    {"seqNo": 2**63},
    {"seqNo": 2**63 - 1},
    {"seqNo": -(2**63) - 1},
    {"evse": {"id": 2**64, "connectorId": 1}},
    {"evse": {"id": 1, "connectorId": 2**64}},
    {"reservationId": 2**64},
    {"info": {"remoteStartId": 2**70}},
    {"info": {"timeSpentCharging": 2**70}},
    {"numberOfPhasesUsed": 2**70},
    {"timestamp": "0001-01-01T00:00:00+14:00"},
    {"timestamp": "9999-12-31T23:59:59-14:00"},
    {"timestamp": "1969-12-31T23:59:59Z"},
    {"idToken": {"idToken": "\ud800", "type": "Central"}},
    {"idToken": {"idToken": "\0", "type": "Central"}},
    {"meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [{"value": 1e308}, {"value": 1e308}]}]},
    {"meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [{"value": 2**70}]}]},
    {"customData": {"vendorId": "v", "deep": 2**80}},
)


@pytest.mark.parametrize("odd", EDGES, ids=lambda odd: json.dumps(odd)[:40])
async def test_a_value_that_no_row_can_hold_costs_only_its_own_message(csms: CsmsProcess, odd: dict[str, Any]) -> None:
    """Without: values checked before they reach a commit that others share."""
    name = f"edge-{EDGES.index(odd)}"
    async with peer(csms, name) as station, peer(csms, "beside") as beside:
        said = {**event("Started", name, 0, "2026-01-01T10:00:00Z", 1.0, **{k: v for k, v in odd.items() if k == "info"})}
        said |= {k: v for k, v in odd.items() if k != "info"}
        wild = await station.send("TransactionEvent", said)
        other = await beside.send("TransactionEvent", event("Started", name, 0, "2026-01-01T10:00:00Z", 1.0))
        assert (await beside.answer_to(other, timeout=3.0))[0] == 3
        await station.answer_to(wild, timeout=3.0)
    assert "nothing can be stored" not in csms.log()
