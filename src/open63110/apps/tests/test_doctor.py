# SPDX-License-Identifier: Apache-2.0
"""The doctor finds what is wrong with a machine, and says what to do about it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from open63110.apps import doctor
from open63110.apps.config import Config, Limits, Listener, Web
from open63110.apps.doctor import Finding, examine
from open63110.store.sqlite import SqliteStore


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def configured(folder: Path, **more: object) -> Config:
    listeners = {"a": Listener(host="127.0.0.1", port=0, plain=True)}
    return Config(**{"data": str(folder), "web": Web(port=0), "listeners": listeners, **more})  # type: ignore[arg-type] # by name


def found(config: Config, name: str) -> Finding:
    return next(one for one in examine(config) if one.name == name)


def test_a_fit_machine_has_nothing_bad(tmp_path: Path) -> None:
    findings = list(examine(configured(tmp_path)))
    assert [one for one in findings if one.verdict == "bad"] == []
    assert {"python", "sqlite", "flush to disk", "open files", "clock", "web", "listener a", "picows", "uvloop"} <= {
        one.name for one in findings
    }
    assert all(bool(one.remedy) == (one.verdict != "ok") for one in findings)


def test_a_taken_port_is_bad(tmp_path: Path, taken: int) -> None:
    finding = found(configured(tmp_path, web=Web(port=taken)), "web")
    assert finding.verdict == "bad"
    assert "in use" in finding.found
    assert finding.remedy


def test_a_port_taken_by_the_csms_itself_is_well(tmp_path: Path, taken: int) -> None:
    store = SqliteStore(tmp_path / "open63110.db")
    try:
        finding = found(configured(tmp_path, web=Web(port=taken)), "web")
    finally:
        store.close()
    assert (finding.verdict, "running" in finding.found) == ("ok", True)


def test_a_host_that_is_not_ours_is_bad(tmp_path: Path) -> None:
    assert found(configured(tmp_path, web=Web(host="192.0.2.1", port=0)), "web").verdict == "bad"


def test_no_listener_is_worth_a_warning(tmp_path: Path) -> None:
    assert found(configured(tmp_path, listeners={}), "listeners").verdict == "warning"


def test_too_few_open_files_are_named_with_the_number_needed(tmp_path: Path) -> None:
    finding = found(configured(tmp_path, limits=Limits(connections=10**9)), "open files")
    assert finding.verdict == "warning"
    assert str(10**9 + 200) in finding.remedy


def test_a_data_folder_to_be_made_is_well_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert found(configured(folder), "data folder").verdict == "ok"
    assert not folder.exists()


def test_a_data_folder_that_is_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    finding = found(configured(tmp_path / "file"), "data folder")
    assert finding.verdict == "bad"


def test_a_missing_package_says_what_it_costs() -> None:
    finding = doctor.package("no_such_package", "everything is slow")
    assert (finding.verdict, finding.remedy) == ("warning", "pip install no_such_package")
    assert "everything is slow" in finding.found


def test_flushing_is_really_timed(tmp_path: Path) -> None:
    assert 0 < doctor.flush_time(tmp_path) < 60
    assert list(tmp_path.iterdir()) == []
