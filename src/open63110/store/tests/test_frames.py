# SPDX-License-Identifier: Apache-2.0
"""Raw frames for people: newest first, a file a day, and never worth a failure of anything else."""

import asyncio
import contextlib
import errno
import os
import resource
import struct
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import zstandard
from tests.literal import T0, Clock

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.store import frames as module
from open63110.store.frames import DailyFrames
from open63110.store.words import Words

NOON = T0 + timedelta(hours=12)
A, B = StationId("A"), StationId("B")


def log(folder: Path, clock: Clock | None = None, **more: int) -> DailyFrames:
    return DailyFrames(folder / "frames", clock or Clock(NOON), **more)


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in (folder / "frames").iterdir())


async def texts(frames: DailyFrames, station: StationId = A, limit: int = 50) -> list[str]:
    return [one.text for one in await frames.recent(station, limit)]


async def test_the_newest_comes_first_of_one_station_only(tmp_path: Path) -> None:
    frames = log(tmp_path)
    frames.note(A, b"a1", sent=False)
    frames.note(B, b"b1", sent=False)
    frames.flush()
    frames.note(A, b"a2", sent=True)
    assert await texts(frames) == ["a2", "a1"]
    assert [one.sent for one in await frames.recent(A)] == [True, False]
    assert await texts(frames, B) == ["b1"]
    assert await texts(frames, StationId("C")) == []


async def test_no_more_come_than_are_wanted(tmp_path: Path) -> None:
    frames = log(tmp_path)
    for number in range(5):
        frames.note(A, b"%d" % number, sent=False)
        frames.flush()
    assert await texts(frames, limit=2) == ["4", "3"]


async def test_they_are_there_after_a_restart(tmp_path: Path) -> None:
    frames = log(tmp_path)
    frames.note(A, b"[2]", sent=False)
    frames.flush()
    assert await texts(log(tmp_path)) == ["[2]"]


async def test_a_frame_says_when_it_came_though_it_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    frames = log(tmp_path, Clock(T0 + timedelta(seconds=5)))
    frames.note(A, b"x", sent=False)
    monkeypatch.setattr(time, "monotonic", lambda: 103.0)
    (frame,) = await frames.recent(A)
    assert frame.at == T0 + timedelta(seconds=2)


async def test_each_day_has_its_file_and_the_search_goes_back_over_them(tmp_path: Path) -> None:
    clock = Clock(NOON)
    frames = log(tmp_path, clock)
    for number in range(3):
        frames.note(A, b"%d" % number, sent=False)
        frames.flush()
        clock.at += timedelta(days=1)
    assert files(tmp_path) == ["2026-01-01.frames", "2026-01-02.frames", "2026-01-03.frames"]
    assert await texts(frames) == ["2", "1", "0"]


def test_old_files_are_deleted_and_no_others(tmp_path: Path) -> None:
    frames = log(tmp_path, days=2)
    for name in ("2025-12-29.frames", "2025-12-30.frames", "2026-01-01.frames", "notes.txt"):
        (tmp_path / "frames" / name).touch()
    frames.prune(date(2026, 1, 1))
    assert files(tmp_path) == ["2025-12-30.frames", "2026-01-01.frames", "notes.txt"]


@pytest.mark.parametrize("cut", [1, 5, 9, 30, -1])
async def test_a_block_torn_by_a_crash_is_passed_over(tmp_path: Path, cut: int) -> None:
    frames = log(tmp_path)
    frames.note(A, b"whole", sent=False)
    frames.flush()
    (file,) = (tmp_path / "frames").iterdir()
    whole = file.read_bytes()
    frames.note(A, b"torn", sent=False)
    frames.flush()
    torn = file.read_bytes()[len(whole) :]
    file.write_bytes(whole + torn[:cut])
    assert await texts(log(tmp_path)) == ["whole"]


async def test_what_is_written_behind_a_torn_block_is_found(tmp_path: Path) -> None:
    frames = log(tmp_path)
    for text in (b"whole", b"torn"):
        frames.note(A, text, sent=False)
        frames.flush()
    (file,) = (tmp_path / "frames").iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    again = log(tmp_path)
    again.note(A, b"after", sent=False)
    assert await texts(again) == ["after", "whole"]


async def test_on_a_full_disk_they_are_counted_as_lost_and_nothing_fails(tmp_path: Path) -> None:
    frames = log(tmp_path)
    (tmp_path / "frames" / "2026-01-01.frames").mkdir()  # where the file should be
    frames.note(A, b"x", sent=False)
    frames.note(A, b"y", sent=True)
    frames.flush()
    assert frames.lost == 2


@pytest.mark.parametrize("room", [0, 10])
async def test_a_block_that_no_longer_fits_is_lost_whole_and_what_comes_later_is_found(tmp_path: Path, room: int) -> None:
    frames = log(tmp_path)
    frames.note(A, b"before", sent=False)
    frames.flush()
    (file,) = (tmp_path / "frames").iterdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    frames.note(A, b"lost", sent=False)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + room, hard))
    try:
        frames.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert frames.lost == 1
    frames.note(A, b"after", sent=False)
    assert await texts(frames) == ["after", "before"]


def test_many_are_written_before_the_second_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_BYTES", 10)
    frames = log(tmp_path)
    frames.note(A, b"123456789", sent=False)
    assert files(tmp_path) == []
    frames.note(A, b"0", sent=False)
    assert len(files(tmp_path)) == 1


def test_nothing_is_written_where_nothing_was_said(tmp_path: Path) -> None:
    log(tmp_path).flush()
    assert files(tmp_path) == []


async def test_bytes_that_are_no_text_are_shown_as_far_as_they_can_be(tmp_path: Path) -> None:
    frames = log(tmp_path)
    frames.note(A, b"\xff!", sent=False)
    assert await texts(frames) == ["\ufffd!"]


async def test_the_loop_writes_every_second_and_prunes_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = 0

    async def second(_: float) -> None:
        nonlocal turns
        turns += 1
        if turns > 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", second)
    frames = log(tmp_path, days=1)
    (tmp_path / "frames" / "2025-01-01.frames").touch()
    frames.note(A, b"x", sent=False)
    with contextlib.suppress(asyncio.CancelledError):
        await frames.run()
    assert files(tmp_path) == [f"{datetime(2026, 1, 1, tzinfo=UTC):%Y-%m-%d}.frames"]


async def test_blocks_of_versions_that_wrote_moments_of_the_calendar_are_read(tmp_path: Path) -> None:
    head = msgspec.msgpack.encode((["A"], NOON.timestamp()))
    body = zstandard.ZstdCompressor().compress(msgspec.msgpack.encode([(NOON.timestamp(), "A", False, b"old")]))
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "2026-01-01.frames").write_bytes(struct.pack("<II", len(head), len(body)) + head + body)
    frames = log(tmp_path, Clock(NOON + timedelta(minutes=1)))
    frames.note(A, b"new", sent=False)
    new, old = await frames.recent(A)
    assert (new.text, old.text, old.at) == ("new", "old", NOON)
    assert new.at - NOON == pytest.approx(timedelta(minutes=1), abs=timedelta(seconds=1))


async def test_words_go_from_every_day_and_no_frame_is_lost_that_comes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(NOON)
    frames = log(tmp_path, clock)
    frames.note(A, b'["ANNA-CARD-1"]', sent=False)
    frames.flush()
    clock.at = NOON + timedelta(days=1)
    frames.note(A, b'["nobody"]', sent=False)
    frames.note(A, b'["anna-card-1"]', sent=True)
    cleaned = module._blotted

    def slow(file: Path, words: Words) -> tuple[int, int]:
        done = cleaned(file, words)
        if file.name.endswith("-02.frames"):
            frames.note(B, b'["later"]', sent=False)
            frames.flush()
        return done

    monkeypatch.setattr(module, "_blotted", slow)
    assert await frames.erase(Words(["ANNA-CARD-1"])) == 2
    assert await texts(frames) == ['["***********"]', '["nobody"]', '["***********"]']
    assert await texts(frames, B) == ['["later"]']
    assert files(tmp_path) == [f"{NOON:%Y-%m-%d}.frames", f"{NOON + timedelta(days=1):%Y-%m-%d}.frames"]
    assert await frames.erase(Words(["ANNA-CARD-1"])) == 0
    frames.note(A, b"[2]", sent=False)
    assert (await texts(frames))[0] == "[2]"


WORD = Words(["ANNA-CARD-1"])


async def test_what_a_killed_erasure_left_beside_its_file_goes_with_the_next(tmp_path: Path) -> None:
    frames = log(tmp_path, Clock(NOON))
    frames.note(A, b"[1]", sent=False)
    (tmp_path / "frames" / "1999-01-01.frames-new").write_bytes(b"half of a file that is gone by now")
    assert await frames.erase(WORD) == 0
    assert files(tmp_path) == [f"{NOON:%Y-%m-%d}.frames"]


async def test_a_file_that_goes_while_it_is_gone_through_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = log(tmp_path, Clock(NOON))
    frames.note(A, b'["ANNA-CARD-1"]', sent=False)
    cleaned = module._blotted

    def old(file: Path, words: Words) -> tuple[int, int]:
        done = cleaned(file, words)
        file.unlink()
        return done

    monkeypatch.setattr(module, "_blotted", old)
    assert await frames.erase(WORD) == 0
    assert files(tmp_path) == []


async def test_without_room_every_file_is_as_it_was_and_the_trouble_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = log(tmp_path, Clock(NOON))
    frames.note(A, b'["ANNA-CARD-1"]', sent=False)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match=f"{NOON:%Y-%m-%d}.frames.*No space left"):
        await frames.erase(WORD)
    assert await texts(frames) == ['["ANNA-CARD-1"]']
    assert files(tmp_path) == [f"{NOON:%Y-%m-%d}.frames"]


async def test_a_damaged_file_keeps_no_other_from_losing_the_word(tmp_path: Path) -> None:
    clock = Clock(NOON)
    frames = log(tmp_path, clock)
    frames.note(A, b'["ANNA-CARD-1"]', sent=False)
    frames.flush()
    first = tmp_path / "frames" / files(tmp_path)[0]
    raw = first.read_bytes().replace(zstandard.FRAME_HEADER, b"dmgd")
    first.write_bytes(raw)
    clock.at = NOON + timedelta(days=1)
    frames.note(B, b'["ANNA-CARD-1"]', sent=False)
    with pytest.raises(Unavailable) as damaged:
        await frames.erase(WORD)
    assert damaged.value.code == module.DAMAGED
    assert await texts(frames, B) == ['["***********"]']
    assert first.read_bytes() == raw


async def test_what_was_torn_off_at_the_end_is_not_taken_over(tmp_path: Path) -> None:
    frames = log(tmp_path, Clock(NOON))
    frames.note(A, b'["ANNA-CARD-1"]', sent=False)
    frames.flush()
    file = tmp_path / "frames" / files(tmp_path)[0]
    file.write_bytes(file.read_bytes() + b"ANNA-CARD-1")
    assert await log(tmp_path, Clock(NOON)).erase(WORD) == 1
    assert b"ANNA" not in file.read_bytes()


async def test_who_reads_while_a_file_takes_the_place_of_another_reads_the_one_he_began_with(tmp_path: Path) -> None:
    frames = log(tmp_path, Clock(NOON))
    for number in range(3):
        frames.note(A, b'["ANNA-CARD-1 and much more of it, %d"]' % number, sent=False)
        frames.flush()
    file = tmp_path / "frames" / files(tmp_path)[0]
    reading = module._newest_blocks(file, A)
    next(reading)
    assert await frames.erase(WORD) == 3
    assert [rows[0][3] for _, rows in reading] == [b'["ANNA-CARD-1 and much more of it, %d"]' % number for number in (1, 0)]
