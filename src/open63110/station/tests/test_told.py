# SPDX-License-Identifier: Apache-2.0
"""What survives a power cut: the mark in the journal, and everything behind it (B.17)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.literal import Ids

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.model.station import ConnectorReported, Identity, Station, StationBooted, StationConnected
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.ports import Batch
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Verdict
from open63110.runtime.table import discover
from open63110.station import told as place
from open63110.station.controller import Controller, Controllers
from open63110.station.told import Mark, Told
from open63110.store.memory import MemoryStore
from open63110.store.outbox import MarkedOutbox, OutboxFile
from open63110.usecases.sessions.energy_transfer.evolve import started
from open63110.usecases.stations.monitor_station import StationEventReported

CS, E1 = StationId("CS-1"), EvseNumber(1)
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TABLE = discover()


class Clock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return AT

    def real(self, seconds: float) -> float:
        return seconds


def fact(kind: Any, seq: int, number: int = 7, **more: Any) -> Any:
    at = AT + timedelta(seconds=seq)
    reference = TransferReference(f"CS-1-{number}")
    return kind(station=CS, at=at, reference=reference, number=TransferNumber(number), seq=seq, evse=E1, **more)


STARTED, UPDATED, ENDED = fact(EnergyTransferStarted, 0), fact(EnergyTransferUpdated, 1), fact(EnergyTransferEnded, 2)
BOOTED = StationBooted(station=CS, at=AT, identity=Identity())
FREE = ConnectorReported(station=CS, at=AT, evse=E1, connector=ConnectorNumber(1), state="available")
DANGER = StationEventReported(station=CS, at=AT, component="EVSE", severity=0, code="EmergencyStop")


async def keeping(*facts: Event) -> MemoryStore:
    store, batch = MemoryStore(), Batch()
    batch.note(*facts)
    store.stage(batch, AT)
    await store.commit()
    return store


def parties(store: Any) -> Controllers:
    engine = Engine(Role.STATION, TABLE, store, Clock(), Ids(), StationPolicy(), linger=0.0)
    made = Controllers(engine)
    made.add(Controller(CS, engine, identity=Identity(), layout=(1,)))
    return made


async def recovered(store: MemoryStore, path: Path) -> tuple[Told, Controllers, list[Any]]:
    told, made = Told(path), parties(store)
    await told.recover(CS, made, store)
    outbox, found = made.stations[CS].outbox, []
    while (one := outbox.next(accepted=True)) is not None:
        found.append(one)
        outbox.over(Verdict(outcome=Outcome.ACCEPTED))
    return told, made, found


def marked(path: Path, told: int) -> Path:
    path.write_text(f'{{"told": {told}}}')
    return path


async def test_without_a_mark_everything_is_told_again_but_what_stands_anyway(tmp_path: Path) -> None:
    store = await keeping(BOOTED, FREE, STARTED, UPDATED, ENDED)
    _, made, found = await recovered(store, tmp_path / "told")
    assert [type(one) for one in found] == [EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded]
    assert all(one.offline for one in found)
    assert made.count == 5


async def test_what_was_answered_is_not_told_again_but_the_start_of_what_goes_on(tmp_path: Path) -> None:
    store = await keeping(STARTED, UPDATED, ENDED)
    _, _, found = await recovered(store, marked(tmp_path / "told", 2))
    assert [type(one) for one in found] == [EnergyTransferStarted, EnergyTransferEnded]
    _, _, found = await recovered(store, marked(tmp_path / "told", 3))
    assert found == []


async def test_the_start_of_a_transfer_of_which_nothing_waits_yet_is_told_again(tmp_path: Path) -> None:
    store, made = await keeping(STARTED), parties(MemoryStore())
    made.engine.known.stations[CS] = started(STARTED, Station(id=CS))
    assert await Told(marked(tmp_path / "told", 1)).recover(CS, made, store) == 1


async def test_a_long_journal_is_read_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "PAGE", 2)
    store = await keeping(*(fact(EnergyTransferUpdated, seq) for seq in range(7)))
    _, _, found = await recovered(store, marked(tmp_path / "told", 3))
    assert [one.seq for one in found] == [3, 4, 5, 6]


async def test_the_mark_follows_the_oldest_that_waits_and_never_goes_back(tmp_path: Path) -> None:
    told, made, _ = await recovered(await keeping(STARTED), tmp_path / "told")
    controller = made.stations[CS]
    assert told.follow(controller, 1)
    assert told.mark.told == 1
    controller.outbox.put(UPDATED, heard=True, id=5)
    controller.outbox.put(DANGER, heard=True, id=6)
    assert told.follow(controller, 6)
    assert told.mark.told == 4
    assert not told.follow(controller, 6)
    assert controller.outbox.next(accepted=True) == DANGER
    controller.outbox.put_back()
    told.mark = Mark(told=9)
    told.follow(controller, 6)
    assert told.mark.told == 9


def test_a_mark_is_read_as_it_was_written_and_knows_whether_the_power_was_gone(tmp_path: Path) -> None:
    path = tmp_path / "told"
    told = Told(path, boot="b1")
    assert not told.same_boot
    told.mark = Mark(told=12, boot="b1")
    told.write()
    assert (Told(path, boot="b1").mark.told, Told(path, boot="b1").same_boot) == (12, True)
    assert (Told(path, boot="b2").same_boot, Told(path).same_boot) == (False, False)
    assert [one.name for one in tmp_path.iterdir()] == ["told"]


def test_a_mark_that_is_damaged_means_telling_everything_and_one_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    path = tmp_path / "told"
    path.write_bytes(b"\x00\x00")
    assert Told(path).mark == Mark()
    with pytest.raises(Unavailable):
        Told(tmp_path)
    gone = Told(tmp_path / "gone" / "told")
    with pytest.raises(Unavailable):
        gone.write()


@contextlib.asynccontextmanager
async def following(told: Told, made: Controllers) -> AsyncIterator[None]:
    running = asyncio.create_task(told.run(CS, made))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_the_mark_is_written_as_it_moves_and_a_full_disk_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "EVERY", 0.01)
    folder = tmp_path / "later"
    told, made, _ = await recovered(await keeping(STARTED), folder / "told")
    async with following(told, made), asyncio.timeout(5.0):
        await asyncio.sleep(0.05)
        folder.mkdir()
        while not (folder / "told").exists():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.01)
    assert Told(folder / "told").mark.told == 1


async def test_facts_are_numbered_as_they_become_durable(tmp_path: Path) -> None:
    store = await keeping(STARTED)
    _, made, _ = await recovered(store, marked(tmp_path / "told", 1))
    controller = made.stations[CS]
    writing = asyncio.create_task(made.engine.commit.run())
    controller.line = Silent()
    made.engine.commit.batch.note(BOOTED, UPDATED, StationConnected(station=CS, at=AT, wire="x"))
    await made.engine.commit.drain()
    writing.cancel()
    await asyncio.wait([writing])
    assert (made.count, controller.outbox.oldest) == (4, 3)


class Silent:
    """A line that is never open."""

    open = False

    def dial(self) -> None:
        """Stay silent."""

    def cut(self) -> None:
        """Stay silent."""

    def go_by(self, ways: object, attempts: int) -> None:
        raise AssertionError

    def judged(self, *, accepted: bool) -> None:
        """There is one way."""

    def show(self, secret: str) -> None:
        raise AssertionError

    def bear(self, seconds: float) -> None:
        raise AssertionError

    def call(self, key: Any, message: Any, seconds: float) -> None:
        raise Unavailable("there is no connection")


async def test_a_crash_right_after_a_fact_was_kept_for_the_link_tells_it_once(tmp_path: Path) -> None:
    events = [StationEventReported(station=CS, at=AT, component="Lock", severity=3, code=str(number)) for number in range(4)]
    store, file = await keeping(*events), OutboxFile(tmp_path / "link.db")
    told, made = Told(tmp_path / "told.json"), parties(store)
    controller = made.stations[CS]
    kept = MarkedOutbox(file, "csms", lambda: told.next(controller, made.count))
    await told.recover(CS, made, store)
    for number in (1, 2):
        assert controller.outbox.next(accepted=True) is not None
        kept.put([(number, b"as the link writes it")])
        if number == 1:
            controller.outbox.over(Verdict(outcome=Outcome.ACCEPTED))
    file.close()  # the mark of its own was never written

    again = OutboxFile(tmp_path / "link.db")
    told, made = Told(tmp_path / "told.json"), parties(store)
    told.reached(MarkedOutbox(again, "csms", lambda: 0).mark)
    await told.recover(CS, made, store)
    outbox, left = made.stations[CS].outbox, []
    while (one := outbox.next(accepted=True)) is not None:
        left.append(one)
        outbox.over(Verdict(outcome=Outcome.ACCEPTED))
    assert [one.code for one in left if isinstance(one, StationEventReported)] == ["2", "3"]
    again.close()
