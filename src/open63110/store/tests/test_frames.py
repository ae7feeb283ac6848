# SPDX-License-Identifier: Apache-2.0
"""Raw frames: written whole or not at all, found newest first, pruned by age."""

import resource
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.literal import Clock

from open63110.kernel.ids import StationId
from open63110.store import frames
from open63110.store.frames import DailyFrames

CS, OTHER = StationId("CS-1"), StationId("CS-2")


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


async def texts(kept: DailyFrames, limit: int = 50) -> list[str]:
    return [frame.text for frame in await kept.recent(CS, limit)]


async def test_the_newest_frames_of_a_station_come_first(tmp_path: Path) -> None:
    kept = DailyFrames(tmp_path, Clock())
    for n in range(3):
        kept.note(CS, f"[{n}]".encode(), sent=n == 1)
        kept.note(OTHER, b"[9]", sent=False)
        kept.flush()
    kept.note(OTHER, b"[9]", sent=False)
    kept.flush()
    assert [(frame.text, frame.sent) for frame in await kept.recent(CS)] == [("[2]", False), ("[1]", True), ("[0]", False)]
    assert await texts(kept, 1) == ["[2]"]


async def test_much_is_written_without_waiting(tmp_path: Path) -> None:
    kept = DailyFrames(tmp_path, Clock())
    kept.note(CS, b"x" * frames.FLUSH_BYTES, sent=False)
    assert only_file(tmp_path).name.endswith(".frames")


@pytest.mark.parametrize("torn", [3, 9, 30])
async def test_what_follows_a_block_that_a_crash_tore_can_be_read(tmp_path: Path, torn: int) -> None:
    before = DailyFrames(tmp_path, Clock())
    for text in (b"[1]", b"[2]"):
        before.note(CS, text, sent=False)
        before.flush()
    file = only_file(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:torn])
    after = DailyFrames(tmp_path, Clock())
    assert await texts(after) == ["[2]", "[1]"]
    after.note(CS, b"[3]", sent=False)
    assert await texts(after) == ["[3]", "[2]", "[1]"]


async def test_a_block_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    kept = DailyFrames(tmp_path, Clock())
    kept.note(CS, b"[1]", sent=False)
    kept.flush()
    file = only_file(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (20, 0):
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + room, limits[1]))
        try:
            kept.note(CS, b"[2]", sent=False)
            kept.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert kept.lost == 2
    kept.note(CS, b"[3]", sent=False)
    assert await texts(kept) == ["[3]", "[1]"]


def test_days_beyond_those_kept_are_deleted(tmp_path: Path) -> None:
    kept = DailyFrames(tmp_path, Clock(), days=2)
    for day in range(5):
        (tmp_path / f"{date(2026, 1, 1) + timedelta(days=day)}.frames").touch()
    kept.prune(date(2026, 1, 5))
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"2026-01-0{day}.frames" for day in (3, 4, 5)]
