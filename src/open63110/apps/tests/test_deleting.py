# SPDX-License-Identifier: Apache-2.0
"""A look through all that is kept here goes on with whatever can be deleted, and says what cannot (8.3.12)."""

import asyncio
import contextlib
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from tests.literal import T0, Clock

from open63110.apps import deleting as module
from open63110.apps.deleting import Deleting
from open63110.apps.ids import StoredIds
from open63110.apps.tombstones import Tombstones
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.deletion import DeletionChanged, DeletionItem, DeletionRequest, DeletionState
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.model.policy import Policy
from open63110.model.token import Credential
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.keys import Keys
from open63110.runtime.table import discover
from open63110.store.frames import DailyFrames
from open63110.store.sqlite import SqliteStore

TABLE = discover()
CARD = Credential(kind="ISO14443", value="ANNA-CARD-4711")
NOBODY, CS = StationId(""), StationId("CS1")
LATER = T0 + timedelta(days=1)


class House:
    """A CSMS with all that it keeps, without doors."""

    def __init__(self, folder: Path) -> None:
        self.path, self.clock = folder / "db", Clock(T0)
        self.store = SqliteStore(self.path)
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, StoredIds(self.store), Policy(), linger=0.0)
        self.stones = Tombstones(folder, Keys(b"p" * 32))
        self.engine.known.fingerprint = self.stones.fingerprint
        self.frames = DailyFrames(folder / "frames", self.clock)
        self.deleting = Deleting(self.engine, self.path, self.frames, self.stones)
        self.work: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Let it be written what is decided."""
        self.work = asyncio.create_task(self.engine.commit.run())
        self.frames.note(CS, b'{"idTag":"ANNA-CARD-4711"}', sent=False)

    async def end(self) -> None:
        """Let go of the disk."""
        assert self.work is not None
        await self.engine.commit.drain()
        self.work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.work
        self.store.close()

    async def asks(self, name: str, state: DeletionState = "here") -> None:
        """Let there be a request, and the credential on the disk."""
        turn = Turn(self.engine, NOBODY, T0)
        subjects = (self.engine.known.ref(CARD),)
        request = DeletionRequest(
            id=name, by=PrincipalId("csp"), type="token", subjects=subjects, asked=T0, deadline=LATER, state=state
        )
        turn.fact(DeletionChanged(station=NOBODY, at=T0, id=name, deletion=request))
        turn.keep()
        await self.engine.commit.drain()

    async def orders(self, outcome: Outcome) -> None:
        """Let an order name the person in free words."""
        order = Order(
            id=OrderId("o"),
            station=CS,
            kind="ocpp:DataTransfer",
            by=PrincipalId("ann"),
            asked=T0,
            deadline=LATER,
            outcome=outcome,
            body='{"data":"for ANNA-CARD-4711"}',
        )
        turn = Turn(self.engine, CS, T0)
        turn.fact(OrderChanged(station=CS, at=T0, orders=order))
        turn.keep()
        await self.engine.commit.drain()

    def state(self, name: str) -> str:
        """How far one has come, on the disk."""
        return next(one.state for one in self.store.load(DeletionRequest) if one.id == name)

    def items(self) -> dict[str, tuple[str, str]]:
        """What became of what is here."""
        return {one.data: (one.result, one.reason) for one in self.store.load(DeletionItem)}


async def test_a_copy_is_written_anew_and_one_that_is_no_database_is_reported(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.begin()
    await house.asks("d")
    copy, torn = tmp_path / "db.replaced", tmp_path / "db.revision-0001"
    SqliteStore(copy).close()
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:  # what a row left in its page
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("INSERT INTO subject VALUES ('s', 'ISO14443', 'ANNA-CARD-4711', x'90')")
        connection.execute("DELETE FROM subject")
    assert b"ANNA" in copy.read_bytes()
    torn.write_bytes(b"ANNA-CARD-4711, half of a copy" * 99)
    await house.deleting.look()
    await house.engine.commit.drain()
    assert house.state("d") == "closed"
    assert b"ANNA" not in copy.read_bytes()
    assert house.items()["copies"] == ("failed", "Unreadable")
    assert house.items()["raw-messages"] == ("deleted", "")
    await house.end()


async def test_a_damaged_file_of_raw_messages_is_reported_and_all_else_is_deleted(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.begin()
    await house.asks("d")
    house.frames.flush()
    (file,) = (tmp_path / "frames").glob("*.frames")
    file.write_bytes(file.read_bytes().replace(b"\x28\xb5\x2f\xfd", b"dmgd"))
    await house.deleting.look()
    await house.engine.commit.drain()
    assert house.items()["raw-messages"] == ("failed", "Unreadable")
    assert house.items()["credentials"] == ("deleted", "")
    await house.end()


async def test_an_order_that_names_the_person_is_waited_for_but_not_beyond_the_deadline(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.begin()
    await house.asks("d")
    await house.orders(Outcome.SENT)
    await house.deleting.look()
    await house.engine.commit.drain()
    assert house.state("d") == "here"
    house.clock.at = LATER
    await house.deleting.look()
    await house.engine.commit.drain()
    assert house.state("d") == "closed"
    assert house.items()["orders"] == ("failed", "UnderWay")
    await house.end()


async def test_what_one_request_meets_keeps_no_other_from_going_on_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)
    await house.begin()
    await house.asks("a")
    await house.asks("b")
    cleaned, tried, enough = house.deleting._clean, list[str](), asyncio.Event()

    async def clean(request: DeletionRequest, *, last: bool) -> None:
        tried.append(request.id)
        if tried.count("a") > 2 and "b" in tried:
            enough.set()
        if request.id == "a":
            raise Unavailable("no room", where="frames")
        await cleaned(request, last=last)

    monkeypatch.setattr(house.deleting, "_clean", clean)
    monkeypatch.setattr(module, "AFTER_TROUBLE", 0.01)
    with structlog.testing.capture_logs() as told:
        work = asyncio.create_task(house.deleting.run())
        async with asyncio.timeout(30):
            await enough.wait()
        work.cancel()
    assert [one["reason"] for one in told if one["log_level"] == "warning"] == ["no room"]
    await house.engine.commit.drain()
    assert (house.state("a"), house.state("b")) == ("here", "closed")
    await house.end()
