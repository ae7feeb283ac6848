# SPDX-License-Identifier: Apache-2.0
"""Troubles of a database in words: what is full is told from what is broken."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from open63110.kernel.errors import Unavailable
from open63110.store import trouble as module
from open63110.store.sqlite import SqliteStore
from open63110.store.trouble import NO_ROOM, is_full, not_begun, unavailable


def failed(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorname = name
    return error


def caused(fault: Exception, cause: Exception) -> Exception:
    fault.__cause__ = cause
    return fault


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EDQUOT, "used up"),
        failed("SQLITE_FULL"),
        caused(Unavailable("…"), failed("SQLITE_FULL")),
        caused(Unavailable("…"), OSError(errno.ENOSPC, "full")),
    ],
)
def test_a_full_disk_is_told_wherever_it_shows(tmp_path: Path, fault: Exception) -> None:
    assert is_full(fault, tmp_path)


@pytest.mark.parametrize("fault", [OSError(errno.EACCES, "no"), failed("SQLITE_CORRUPT"), failed("SQLITE_IOERR_READ"), None])
def test_other_faults_on_a_disk_with_room_are_not(tmp_path: Path, fault: Exception | None) -> None:
    assert not is_full(fault, tmp_path)
    assert not is_full(failed("SQLITE_IOERR_SHMSIZE"), tmp_path / "nowhere")


def test_a_disk_that_does_not_write_is_full_if_hardly_any_room_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIGHT", 1 << 62)
    assert is_full(failed("SQLITE_IOERR_SHMSIZE"), tmp_path)
    assert not is_full(failed("SQLITE_CORRUPT"), tmp_path)


def test_what_could_not_be_opened_is_named_with_its_path_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "db"
    told = not_begun(path, OSError(errno.ENOSPC, "full"))
    assert told.remedy == NO_ROOM
    assert told.message == f"the disk is full, so {path} cannot be opened; {NO_ROOM}"
    assert not_begun(path, OSError(errno.EACCES, "no right")).message == f"{path} cannot be opened: no right"
    newer = Unavailable("it is newer", code="Newer")
    assert not_begun(path, newer) is newer


def test_a_value_that_no_row_can_hold_is_no_trouble_of_the_disk() -> None:
    assert unavailable(OverflowError("too large")).code == "Unwritable"


def test_a_lock_file_without_room_for_its_words_locks_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "pwrite", full)
    store = SqliteStore(tmp_path / "db")
    with pytest.raises(Unavailable, match="in use by process unknown"):
        SqliteStore(tmp_path / "db")
    store.close()
