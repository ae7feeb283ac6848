# SPDX-License-Identifier: Apache-2.0
"""Where stations send logs to: how much there is room for, disks that fail, and several that send at once (8.3.10)."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_drop import CONTENT, OTHER, asked, here, lie
from open63110.kernel.errors import Unavailable
from open63110.model.logs import LogState
from open63110.usecases.stations.retrieve_logs import GiveUpLog, RemoveLog


def weighs(ground: Ground) -> int:
    """All that lies on the shelf [bytes]."""
    return sum(Path(one).stat().st_size for one in lie(ground))


@contextlib.contextmanager
def fails(ground: Ground) -> Iterator[None]:
    """A disk onto which the store cannot write."""

    async def commit() -> None:
        raise Unavailable("the disk is full")

    right, ground.store.commit = ground.store.commit, commit  # type: ignore[method-assign] # a disk that fails at will
    yield
    ground.store.commit = right  # type: ignore[method-assign] # as it was


async def test_what_there_is_no_room_for_is_to_come_again_later(ground: Ground) -> None:
    doors = [await asked(ground) for _ in range(3)]
    for door in doors[:2]:
        assert (await door.ask(content=b"x" * 900_000)).status_code == 201
    full = await doors[2].ask(content=b"x" * 900_000)
    assert (full.status_code, full.json()["code"]) == (507, "NoRoom")
    assert "retry-after" in full.headers
    ground.hear(RemoveLog(station=CS, request=1))
    await ground.settle()
    assert (await doors[2].ask(content=b"x" * 900_000)).status_code == 201


async def test_logs_that_come_at_once_never_fill_more_than_there_is_room_for_and_some_get_through(ground: Ground) -> None:
    doors = [await asked(ground) for _ in range(3)]

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(900):
            yield b"x" * 1_000
            await asyncio.sleep(0)

    answers = await asyncio.gather(*(door.ask(content=pieces()) for door in doors))
    assert sorted(one.status_code for one in answers) == [201, 201, 507]
    assert weighs(ground) == ground.shelf._room.used == 1_800_000


async def test_how_full_it_is_is_kept_up_with(ground: Ground) -> None:
    doors = [await asked(ground) for _ in range(3)]
    for door in doors[:2]:
        assert (await door.ask(content=CONTENT)).status_code == 201
    await doors[2].ask(content=CONTENT[:500], Content_Range=f"bytes 0-499/{len(CONTENT)}")
    assert weighs(ground) == ground.shelf._room.used == 2 * len(CONTENT) + 500
    await doors[2].ask(content=CONTENT[:300], Content_Range=f"bytes 0-299/{len(CONTENT)}")
    assert weighs(ground) == ground.shelf._room.used == 2 * len(CONTENT) + 300
    for request in (1, 3):
        ground.hear(RemoveLog(station=CS, request=request))
    await ground.settle()
    assert weighs(ground) == ground.shelf._room.used == len(CONTENT)
    await ground.shelf._room.count()
    assert ground.shelf._room.used == len(CONTENT)


@pytest.mark.parametrize("promised", ["/var/log/diag 1.zip", "x" * 200, "..", "Diagnose für 7.tgz"])
async def test_a_log_comes_though_no_file_may_be_called_as_its_station_calls_it(ground: Ground, promised: str) -> None:
    door = await asked(ground, name=promised)
    assert (await door.ask(content=CONTENT)).status_code == 201
    assert door.log.name == "log"
    assert here(ground, door) == CONTENT


async def test_what_cannot_be_stored_when_all_of_it_has_come_is_to_come_again(ground: Ground) -> None:
    door = await asked(ground)
    with fails(ground):
        answer = await door.ask(content=CONTENT)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert door.log.arrived is None
    assert (await door.ask("HEAD")).headers["upload-offset"] == "0"
    assert (await door.ask(content=CONTENT)).status_code == 201
    assert here(ground, door) == CONTENT


async def test_a_disk_that_fails_is_no_fault_of_this_program(ground: Ground) -> None:
    door = await asked(ground)
    folder = ground.shelf._folder / CS
    folder.write_bytes(b"in the way")
    answer = await door.ask(content=CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (503, "NoDisk")
    assert str(folder.parent) not in answer.text
    folder.unlink()
    assert (await door.ask(content=CONTENT)).status_code == 201


async def test_what_came_twice_at_once_lies_here_as_its_hash_says(ground: Ground) -> None:
    door = await asked(ground)
    answers = await asyncio.gather(*(door.ask(content=one) for one in (CONTENT, CONTENT[::-1], CONTENT, b"x")))
    assert min(one.status_code for one in answers) == 201
    assert hashlib.sha256(here(ground, door)).hexdigest() == door.log.sha256
    again = await door.ask(content=b"y")
    assert again.status_code == 410
    assert hashlib.sha256(here(ground, door)).hexdigest() == door.log.sha256


async def test_what_is_being_put_away_is_not_taken_a_second_time(ground: Ground) -> None:
    door = await asked(ground)
    ground.shelf._settling.add(door.log.id)
    assert (await door.ask(content=b"x")).status_code == 503
    ground.shelf._settling.clear()
    assert (await door.ask(content=CONTENT)).status_code == 201


async def test_what_lies_here_of_a_run_that_was_killed_before_it_told_so_goes_with_its_request(ground: Ground) -> None:
    door = await asked(ground)
    place = ground.shelf._place(door.log)
    place.parent.mkdir()
    place.write_bytes(CONTENT)
    ground.hear(GiveUpLog(station=CS, request=1))
    await ground.settle()
    assert door.log.state is LogState.EXPIRED
    assert lie(ground) == []


async def test_a_log_that_cannot_be_thrown_away_is_in_nobodys_way(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open63110.apps.log_shelf.CHUNK", 2)
    doors = [await asked(ground, station) for station in (OTHER, OTHER, OTHER, CS)]
    for door in doors:
        await door.ask(content=CONTENT)
    ground.engine.stations.pop(OTHER)
    ground.clock.at += timedelta(days=400)
    assert await asyncio.wait_for(ground.shelf.look(), 10.0) == 1
    assert doors[-1].log.removed is not None
