# SPDX-License-Identifier: Apache-2.0
"""What a station logs by criteria: samples always or around a trigger, events from a weight on, credentials covered (8.3.9)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.units import Seconds
from open63110.model.log_criteria import LogCriteria, LogLevel, LogMask, LogSource, LogTrigger
from open63110.model.reading import Reading
from open63110.model.station import ConnectorReported, Evse, Station, StationDisconnected
from open63110.model.token import Credential
from open63110.model.transfer import EnergyTransfer
from open63110.station.collector import Collected, Collection
from open63110.station.logbook import MemoryBook
from open63110.usecases.stations.monitor_station import FaultAppeared, StationEventReported

CS, E1 = StationId("CS-1"), EvseNumber(1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALWAYS = LogCriteria(id="all", sources=(LogSource.POWER, LogSource.EV), period=Seconds(1.0))
FAULT = replace(ALWAYS, id="fault", trigger=LogTrigger.FAULT, before=Seconds(10.0), after=Seconds(5.0))


class Ground:
    """A station whose meter shows the seconds since noon, and a clock that a test moves."""

    layout: tuple[int, ...] = (1,)
    powered = True

    def __init__(self) -> None:
        self.at = NOON
        running = EnergyTransfer(
            station=CS,
            number=TransferNumber(1),
            reference=TransferReference("t1"),
            evse=E1,
            began=NOON,
            subject=SubjectRef("s1"),
        )
        self.noun = Station(id=CS, evses={E1: Evse(number=E1)}, transfers={running.reference: running})
        self.hardware: Any = self

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds / 100

    def readings(self, evse: int) -> tuple[Reading, ...]:
        seconds = (self.at - NOON).total_seconds()
        return (Reading(at=self.at, measurand="power.import", value=seconds, phase="L1"),)

    def state(self, evse: int) -> str:
        return "charging"

    def named(self, ref: SubjectRef) -> Credential | None:
        return Credential(kind="ISO14443", value="ANNA") if ref == "s1" else None

    def collection(self, criteria: LogCriteria) -> tuple[Collection, MemoryBook]:
        book = MemoryBook(10_000)
        return Collection(criteria, book, self, self, self.named), book

    def pass_by(self, collection: Collection, seconds: int) -> None:
        """Let whole seconds pass, with a sample at each."""
        for _ in range(seconds):
            self.at += timedelta(seconds=1)
            collection._sampled(self.at)


def lines(book: MemoryBook | Collected) -> list[dict[str, Any]]:
    return [json.loads(line) for line in book.lines()]


def seconds(book: MemoryBook) -> list[int]:
    return [round(one["values"]["power.import.L1"]) for one in lines(book) if one.get("source") == "power"]


def fault(ground: Ground, code: str = "GroundFailure") -> FaultAppeared:
    return FaultAppeared(station=CS, at=ground.at, evse=1, code=code)


def test_without_a_trigger_all_is_kept_and_whoever_charges_is_covered() -> None:
    ground = Ground()
    collection, book = ground.collection(ALWAYS)
    ground.pass_by(collection, 3)
    assert seconds(book) == [1, 2, 3]
    assert lines(book)[1] == {
        "at": "2026-03-01T12:00:01.000Z",
        "criteria": "all",
        "what": "sample",
        "source": "15118",
        "evse": 1,
        "state": "charging",
        "id_token": "***",
    }
    assert "ANNA" not in str(lines(book))
    open_one, shown = ground.collection(replace(ALWAYS, mask=(), legal_basis="consent"))
    ground.pass_by(open_one, 1)
    assert lines(shown)[1]["id_token"] == "ANNA"


def test_around_a_trigger_what_was_before_and_what_comes_is_kept_and_nothing_else() -> None:
    ground = Ground()
    collection, book = ground.collection(FAULT)
    ground.pass_by(collection, 100)
    assert lines(book) == []
    collection.heard(fault(ground))
    ground.pass_by(collection, 50)
    assert seconds(book) == list(range(90, 106))
    (mark,) = [one for one in lines(book) if one["what"] == "trigger"]
    assert (mark["trigger"], mark["code"], mark["at"]) == ("fault", "GroundFailure", "2026-03-01T12:01:40.000Z")
    collection.heard(fault(ground, ""))
    ground.pass_by(collection, 50)
    assert seconds(book) == list(range(90, 106))
    collection.heard(fault(ground))
    ground.pass_by(collection, 3)
    collection.heard(fault(ground))
    ground.pass_by(collection, 50)
    assert seconds(book) == [*range(90, 106), *range(190, 209)]


def test_security_and_transfers_can_be_triggers_too() -> None:
    ground = Ground()
    collection, book = ground.collection(replace(FAULT, trigger=LogTrigger.SECURITY))
    ground.pass_by(collection, 20)
    collection.heard(fault(ground))
    assert lines(book) == []
    event = StationEventReported(station=CS, at=ground.at, component="Link", code="InvalidCsmsCertificate", security=True)
    collection.heard(event)
    assert seconds(book) == list(range(10, 21))


def test_events_are_logged_from_a_weight_on_and_from_the_sources_that_were_named() -> None:
    ground = Ground()
    free = ConnectorReported(station=CS, at=NOON, evse=E1, connector=ConnectorNumber(1), state="available")
    broken = replace(free, state="faulted", error="GroundFailure")
    gone = StationDisconnected(station=CS, at=NOON, reason="1006")
    every = replace(ALWAYS, sources=(LogSource.CONNECTOR, LogSource.LINK))
    for level, kept in ((LogLevel.DEBUG, 3), (LogLevel.WARNING, 2), (LogLevel.ERROR, 1)):
        collection, book = ground.collection(replace(every, level=level))
        for fact in (free, broken, gone):
            collection.heard(fact)
        assert len(lines(book)) == kept, level
    collection, book = ground.collection(replace(every, sources=(LogSource.LINK,)))
    for fact in (free, broken, gone):
        collection.heard(fact)
    assert [(one["what"], one["reason"]) for one in lines(book)] == [("StationDisconnected", "1006")]


def test_all_collections_are_one_log_in_the_order_of_time_and_what_is_too_old_is_left_out() -> None:
    ground = Ground()
    collected = Collected(ground)
    for id, kept in (("one", 1_000.0), ("two", 5.0)):
        collection, book = ground.collection(replace(ALWAYS, id=id, sources=(LogSource.POWER,)))
        ground.at = NOON
        ground.pass_by(collection, 20)
        collected.books[id] = (book, kept)
    found = [(one["at"][17:19], one["criteria"]) for one in lines(collected)]
    assert [at for at, _ in found] == sorted(at for at, _ in found)
    assert sum(id == "one" for _, id in found) == 20
    assert [at for at, id in found if id == "two"] == [f"{n}" for n in range(15, 21)]


async def test_it_samples_once_a_period_while_there_is_power() -> None:
    ground = Ground()
    collection, book = ground.collection(replace(ALWAYS, sources=(LogSource.POWER,), mask=(LogMask.ID_TOKEN,)))
    running = asyncio.create_task(collection.run())
    await asyncio.sleep(0)
    for _ in range(5):
        ground.at += timedelta(seconds=1)
        before = len(lines(book))
        async with asyncio.timeout(20):
            while len(lines(book)) == before:  # noqa: ASYNC110 - another task moves
                await asyncio.sleep(0.001)
    ground.powered = False
    ground.at += timedelta(seconds=10)
    await asyncio.sleep(0.05)
    assert seconds(book) == [1, 2, 3, 4, 5]
    running.cancel()
    await asyncio.wait([running])
