# SPDX-License-Identifier: Apache-2.0
"""Logs in band over the end of a run: killed wherever it may be, the next one goes on from there (8.3.10)."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from open63110.apps.bulk import Depot
from open63110.apps.log_paths import InBand
from open63110.apps.station_bulk import Logged
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.patterns.spool import Spool, by_station
from open63110.bindings.web.tests.ground import CS, Ground, NoLinks
from open63110.kernel.errors import Unavailable
from open63110.model.bulk import BulkStream, Side, StreamState
from open63110.model.logs import LogState, StationLog
from open63110.model.station import StationConnected
from open63110.runtime.orders import OURSELVES
from open63110.usecases.stations.retrieve_logs import LogAnswered, LogProgressed, RemoveLog, RetrieveLog
from open63110.wire.tests.ground import until

NAME, CONTENT = "CS-1-security-1.log", b"the door was opened\n" * 100


@pytest.fixture
async def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ground]:
    monkeypatch.setattr("open63110.apps.log_paths.AGAIN", 0.01)
    one = Ground(tmp_path)
    async with one.running():
        await one.station()
        one.hear(StationConnected(station=CS, at=one.clock.now(), wire=LINK))
        await one.settle()
        yield one


def run(ground: Ground) -> InBand:
    """What a run of the CSMS has of logs in band: what the disk has, and what comes from now on."""
    made = InBand(ground.engine, ground.shelf, Logged())
    spool = Spool(ground.shelf._folder.parent / "streams", by_station, largest=1_000_000, most=2_000_000)
    streams = Streams(spool, NoLinks(), made, now=ground.clock.now)
    made.depot = Depot(streams, ground.clock, ground.engine.stations)
    return made


async def promised(ground: Ground) -> StationLog:
    """Ask for a log, and let the station say yes."""
    ground.hear(RetrieveLog(station=CS))
    ground.hear(LogAnswered(station=CS, at=ground.clock.now(), request=1, accepted=True, name=NAME))
    await ground.settle()
    return row(ground)


def row(ground: Ground) -> StationLog:
    found = ground.store.get(StationLog, f"{CS}:1")
    assert found is not None
    return found


def stream(ground: Ground, state: StreamState, reason: str = "") -> BulkStream:
    """A stream of that log that is over, as it lies on the disk."""
    return BulkStream(
        id="ab" * 16,
        name=NAME,
        station=CS,
        fetched=True,
        incoming=Side.DOWN,
        outgoing=Side.HERE,
        asked=ground.clock.now(),
        by=OURSELVES.id,
        state=state,
        total=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        reason=reason,
    )


def came(spool: Spool, over: BulkStream) -> Path:
    """Let it lie where streams are put; return where."""
    spool.keep(over)
    path = spool.path(over)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


async def here(ground: Ground) -> None:
    await until(lambda: not row(ground).open)
    assert (row(ground).state, row(ground).size) == (LogState.UPLOADED, len(CONTENT))
    assert ground.shelf.content(row(ground)).read_bytes() == CONTENT


async def test_killed_between_the_end_of_a_stream_and_its_log_the_next_run_puts_it_onto_the_shelf(ground: Ground) -> None:
    await promised(ground)
    path = came(run(ground).depot.spool, stream(ground, StreamState.DONE))
    await run(ground).run()
    await here(ground)
    assert not path.exists()


async def test_killed_when_it_lay_on_the_shelf_and_nothing_said_so_the_next_run_says_so(ground: Ground) -> None:
    log = await promised(ground)
    path = came(run(ground).depot.spool, stream(ground, StreamState.DONE))
    place = ground.shelf._place(log)
    place.parent.mkdir()
    path.replace(place)
    await run(ground).run()
    await here(ground)


async def test_killed_before_a_promised_log_was_fetched_the_next_run_fetches_it_once(ground: Ground) -> None:
    await promised(ground)
    again = run(ground)
    await again.run()
    ground.hear(LogProgressed(station=CS, at=ground.clock.now(), state=LogState.UPLOADING, request=1))
    await ground.settle()
    assert [(one.name, one.station, one.fetched) for one in again.depot.every()] == [(NAME, CS, True)]


async def test_killed_after_a_stream_has_failed_the_next_run_waits_no_longer(ground: Ground) -> None:
    await promised(ground)
    run(ground).depot.spool.keep(stream(ground, StreamState.FAILED, "EXPIRED"))
    await run(ground).run()
    await ground.settle()
    assert (row(ground).state, row(ground).reason) == (LogState.FAILED, "EXPIRED")


async def test_what_has_come_while_the_store_fails_is_here_once_it_works_again(ground: Ground) -> None:
    await promised(ground)
    path = came(run(ground).depot.spool, stream(ground, StreamState.DONE))
    failed: list[int] = []
    right = ground.store.commit

    async def commit() -> None:
        failed.append(1)
        if len(failed) < 4:
            raise Unavailable("the disk is full")
        await right()

    ground.store.commit = commit  # type: ignore[method-assign] # a disk that fails for a while
    await run(ground).run()
    await here(ground)
    assert len(failed) >= 4
    assert not path.exists()
    assert ground.shelf._room.used == len(CONTENT)


async def test_what_comes_and_is_not_awaited_any_more_is_not_kept(ground: Ground) -> None:
    await promised(ground)
    ground.hear(RemoveLog(station=CS, request=1))
    await ground.settle()
    band = run(ground)
    over = stream(ground, StreamState.DONE)
    path = came(band.depot.spool, over)
    band.ended(over)
    assert not path.exists()
    assert row(ground).state is LogState.CANCELED
