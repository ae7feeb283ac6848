# SPDX-License-Identifier: Apache-2.0
"""The data folder: its secret is whole or not there, and what cannot be written is said with a way out."""

import errno
import os
from pathlib import Path

import pytest

from open63110.apps.folder import PEPPER, PEPPER_BYTES, pepper, usable
from open63110.apps.install import make_folder
from open63110.kernel.errors import Unavailable


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = pepper(tmp_path)
    assert len(made) == PEPPER_BYTES
    assert pepper(tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == [PEPPER]
    assert (tmp_path / PEPPER).stat().st_mode & 0o777 == 0o600


def test_one_that_another_process_made_meanwhile_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def late(source: Path, target: Path) -> None:
        target.write_bytes(b"o" * PEPPER_BYTES)
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    assert pepper(tmp_path) == b"o" * PEPPER_BYTES
    assert [path.name for path in tmp_path.iterdir()] == [PEPPER]


def test_a_disk_without_room_leaves_no_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match="make room on this disk and start again") as trouble:
            make_folder(tmp_path / "data")
    assert str(tmp_path / "data") in trouble.value.message
    assert list((tmp_path / "data").iterdir()) == []
    make_folder(tmp_path / "data")


@pytest.mark.parametrize("left", [b"", b"x" * (PEPPER_BYTES - 1)])
def test_a_torn_secret_is_not_used(tmp_path: Path, left: bytes) -> None:
    (tmp_path / PEPPER).write_bytes(left)
    with pytest.raises(Unavailable, match="restore it from a backup") as trouble:
        pepper(tmp_path)
    assert trouble.value.code == "Damaged"


def test_what_is_wrong_but_room_is_a_matter_of_rights(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="give this user the right"), usable(tmp_path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
