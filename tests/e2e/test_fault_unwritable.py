# SPDX-License-Identifier: Apache-2.0
"""Nothing that a station can say makes a fact or a row that cannot be written: it would take the commit of others with it.

What goes in are golden frames with extremes in their places; what they lead to goes through the codecs and the statements of the
real store, into a database in memory.
"""

import asyncio
import contextlib
import copy
import functools
import itertools
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.v201.golden import CS, FRAMES, NOW, Case, cases
from tests.conformance.v201.room import BOOT, BOOT_16, NoFrames
from tests.literal import Clock, Ids

from open63110.bindings.ocpp.address import station_of
from open63110.bindings.ocpp.conversation import Conversation
from open63110.bindings.ocpp.raw_call import MAY_CALL, RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.server import Server
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, TransferReference
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.principal import Principal
from open63110.model.station import Station
from open63110.ports import Batch
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.store.migrate import upgrade
from open63110.store.writer import Writer

TABLE = discover()
ADMIN = Principal(id=PrincipalId("ada"), role=Role.ADMIN)
GOLDEN = {
    Version.V16: cases(FRAMES.parents[1] / "v16" / "frames"),
    Version.V201: cases(FRAMES),
    Version.V21: [*cases(FRAMES), *cases(FRAMES.parents[1] / "v21" / "frames")],
}
TOKENS = (
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
    b'"\\u0000"',
    b"1e400",
    b"-1E+400",
    b"1e308",
    b"-1e308",
    b"5e-324",
    b"-0",
    b"-0.0",
    b"NaN",
    b"Infinity",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"18446744073709551616",
    b"9223372036854775808.0",
    b"1" + b"0" * 60,
    b"1" + b"0" * 5000,
    b'"1e308"',
    b'"-1e400"',
    b'"nan"',
    b'"inf"',
    b'"9223372036854775808"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"0001-01-01T00:00:00Z"',
    b'"9999-12-31T23:59:59.999999Z"',
    b'"9999-12-31T23:59:59-14:00"',
    b'{"vendorId":"v","n":18446744073709551616}',
    b'{"vendorId":"\\ud800"}',
    b"[" * 500 + b"]" * 500,
    b"null",
    b'""',
)
"""Spelled as on the wire: most cannot be spelled by a JSON library."""

IN_TURN = 5
"""How many of them each field takes; by their number the fields of one name take different ones."""

FIELDS = ("customData", "data", "seqNo", "transactionId", "evseId", "connectorId", "meterStart", "timestamp", "requestId")
"""Put in where a payload does not have them."""


class Strict(MemoryStore):
    """Keeps in memory what could be written into a database."""

    def __init__(self) -> None:
        super().__init__()
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.deserialize(empty())
        self._writer = Writer(connection, self._codecs)
        self.refused: list[Unavailable] = []

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Write it, and note what cannot be."""
        try:
            self._writer.stage(batch, heard)
        except Unavailable as trouble:
            self.refused.append(trouble)
            raise
        super().stage(batch, heard)

    async def commit(self) -> None:
        await self._writer.commit()
        await super().commit()

    def close(self) -> None:
        self._writer.close()
        super().close()


@functools.cache
def empty() -> bytes:
    """Return an empty database of today."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db"
        upgrade(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            return connection.serialize()


class Script:
    """The socket of a station of which the other end is a test."""

    remote, pending, last_heard, subprotocol = ("10.0.0.1", 7), 0, 0.0, None
    certificate: bytes | None = None

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def send_binary(self, data: bytes) -> None:
        raise AssertionError(data)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """It goes on talking all the same."""

    def abort(self) -> None:
        """It goes on talking all the same."""


class Csms:
    """A CSMS whose store takes only what can be written, and a station that has booted."""

    def __init__(self, version: Version) -> None:
        self.store, self.clock, self.line, ids = Strict(), Clock(NOW), Script(), Ids()
        self.engine = Engine(
            Role.CSMS, TABLE, self.store, self.clock, ids, Policy(unknown_stations="accept", local_lists=False), linger=0.0
        )
        self.orders = Orders(self.engine, ids)
        server = Server(self.engine, self.orders, ids, WIRES, NoFrames(), run_id="r")
        self.talk = Conversation(server, CS, WIRES[version], "r.", remote="10.0.0.1:7", secure=True)

    async def says(self, frame: bytes) -> None:
        """Let the station send a frame, and wait for all it leads to."""
        self.talk.received(frame, binary=False)
        for _ in range(3):
            await self.engine.commit.drain()

    async def calls(self, action: str, payload: bytes) -> None:
        """Let it call; whatever it said, a commit that fails answers nobody."""
        name = f"c{len(self.line.sent)}"
        await self.says(b'[2,"%s","%s",%s]' % (name.encode(), action.encode(), payload))
        self.in_order(action, payload)

    def in_order(self, action: str, payload: bytes) -> None:
        assert [one.message for one in self.store.refused] == [], f"{action} {payload[:2000]!r}"


@contextlib.asynccontextmanager
async def open_for(version: Version) -> AsyncIterator[Csms]:
    csms = Csms(version)
    writer = asyncio.create_task(csms.engine.commit.run())
    try:
        csms.talk.opened(csms.line)
        await csms.calls("BootNotification", json.dumps(BOOT_16 if version is Version.V16 else BOOT).encode())
        yield csms
    finally:
        writer.cancel()
        csms.store.close()


def asked(version: Version, case: Case) -> bool:
    translation = WIRES[version].by_action.get(case.action)
    return translation is not None and translation.sender is Role.STATION and isinstance(case.said.get("request"), dict)


def places(payload: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every field."""
    inside = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    return [found for key, value in inside for found in ((*path, key), *places(value, (*path, key)))]


def spelled(payload: Any, changes: Sequence[tuple[tuple[Any, ...], int]]) -> bytes:
    """Write a payload with tokens in some places."""
    payload = copy.deepcopy(payload)
    for (*way, last), token in changes:
        part = payload
        with contextlib.suppress(KeyError, IndexError, TypeError):  # an earlier change took the place away
            for key in way:
                part = part[key]
            part[last] = f"<token {token}>"
    raw = json.dumps(payload).encode()
    for _, token in changes:
        raw = raw.replace(b'"<token %d>"' % token, TOKENS[token])
    return raw


@st.composite
def talks(draw: st.DrawFn) -> tuple[Version, list[tuple[str, bytes]]]:
    """A version, and what a station says in it."""
    version = draw(st.sampled_from(list(GOLDEN)))
    said = []
    for case in draw(st.lists(st.sampled_from([one for one in GOLDEN[version] if asked(version, one)]), min_size=1, max_size=6)):
        payload = case.said["request"]
        every = [*places(payload), *((name,) for name in FIELDS)]
        change = st.tuples(st.sampled_from(every), st.integers(0, len(TOKENS) - 1))
        said.append((case.action, spelled(payload, draw(st.lists(change, max_size=3)))))
    return version, said


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(talks())
def test_whatever_a_station_says_can_be_written(talk: tuple[Version, list[tuple[str, bytes]]]) -> None:
    async def play() -> None:
        async with open_for(talk[0]) as csms:
            for action, payload in talk[1]:
                csms.clock.at += timedelta(seconds=1)
                await csms.calls(action, payload)

    asyncio.run(play())


@pytest.mark.parametrize("version", list(GOLDEN))
async def test_every_field_of_every_message_takes_extremes_in_turn(version: Version) -> None:
    """One conversation per message: what one of them left behind meets the next."""
    extremes = itertools.cycle(range(len(TOKENS)))
    answered: Counter[int] = Counter()
    for case in GOLDEN[version]:
        if not asked(version, case) or case.action == "BootNotification":
            continue
        said = case.said["request"]
        async with open_for(version) as csms:
            for place in (*places(said), *((name,) for name in FIELDS)):
                for token in itertools.islice(extremes, IN_TURN):
                    await csms.calls(case.action, spelled(said, [(place, token)]))
            answered.update(frame[0] for frame in csms.line.sent)
    assert answered[3] > answered[4] > 0, "hardly anything was understood"


@pytest.mark.parametrize("version", list(GOLDEN))
async def test_whatever_a_station_answers_can_be_written(version: Version) -> None:
    async with open_for(version) as csms:
        for token in TOKENS:
            for action in ("Reset", "Unheard"):
                payload = {"type": "Soft"} if version is Version.V16 else {"type": "Immediate"}
                call = RawCall(station=CS, action=action, payload=payload, unchecked=True)
                waiting = csms.orders.ask(call, ADMIN, deadline=csms.clock.at + timedelta(seconds=30), roles=MAY_CALL)
                await csms.engine.commit.drain()
                (name,) = [one[1] for one in csms.line.sent if one[0] == 2 and one[2] == action][-1:]
                for answer in (token, b'{"status":%s}' % token, b'{"status":"Accepted","customData":{"vendorId":%s}}' % token):
                    await csms.says(b'[3,"%s",%s]' % (name.encode(), answer))
                    csms.in_order(action, answer)
                await csms.says(b'[4,"%s",%s,%s,{}]' % (name.encode(), token, token))
                csms.in_order(action, token)
                csms.clock.at += timedelta(seconds=31)
                csms.talk.tick(1e9)
                csms.orders.expire()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(waiting, 1)
        names = {one[1] for one in csms.line.sent if one[0] == 2 and one[2] in {"Reset", "Unheard"}}
        assert len(names) == 2 * len(TOKENS), "not every call was sent"


@given(st.text() | st.binary().map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)))
def test_an_identity_that_a_path_names_can_be_written(path: str) -> None:
    with contextlib.suppress(ValueError):
        assert station_of(f"/ocpp/{path}").encode()


@pytest.mark.parametrize("noun", [Station(id=CS, note="\ud800"), Station(id=CS, starts=((2**64, TransferReference("r")),))])
def test_a_value_that_cannot_be_written_would_be_noticed(noun: Station) -> None:
    """Shows that the tests before can fail."""
    store, batch = Strict(), Batch()
    batch.puts["station", CS] = noun
    with pytest.raises(Unavailable, match="a value cannot be stored"):
        store.stage(batch, NOW)
    assert len(store.refused) == 1
    store.close()
