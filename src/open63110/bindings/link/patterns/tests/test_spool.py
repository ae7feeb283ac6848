# SPDX-License-Identifier: Apache-2.0
"""Where streams lie: bounds, full disks, names, and what a crash leaves (B.26)."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.test_fault_full_start import KIB, Disk

from open63110.bindings.link.patterns import spool as module
from open63110.bindings.link.patterns.files import FileSink
from open63110.bindings.link.patterns.spool import Spool, by_name, by_station, prune
from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkFile, BulkStream, Side, StreamState, file_name

AT = datetime(2026, 1, 1, tzinfo=UTC)


def stream(id: str = "aa", **more: Any) -> BulkStream:
    said: dict[str, Any] = {"name": "log", "station": StationId("CS-1"), "fetched": True, "incoming": Side.DOWN}
    return BulkStream(id=id, **(said | {"outgoing": Side.HERE, "asked": AT} | more))


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for one in content:
        yield one


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with Disk(tmp_path / "disk") as one:
        yield one


def test_a_full_disk_loses_nothing_of_what_was_written_and_the_part_goes_on_when_there_is_room(disk: Disk) -> None:
    content = bytes(range(256)) * 400
    sink = FileSink(disk.path / "firmware")
    sink.write(content)
    disk.fill(but=8 * KIB)
    with pytest.raises(Unavailable, match="No space left"):
        sink.write(content)
    assert (disk.path / "firmware.part").read_bytes() == content
    disk.sized(16 * KIB * KIB)
    again = FileSink(disk.path / "firmware")
    again.write(content)
    assert again.finish(hashlib.sha256(content * 2).digest())
    assert (disk.path / "firmware").read_bytes() == content * 2


def test_a_record_that_does_not_fit_on_the_disk_leaves_the_one_before_it(disk: Disk) -> None:
    spool = Spool(disk.path / "bulk", by_station, largest=1000, most=1000)
    spool.keep(stream())
    disk.fill()
    with pytest.raises(Unavailable):
        spool.keep(stream(words="x" * 20_000))
    assert spool.records() == {b"\xaa": stream()}


def test_what_leaves_no_room_for_the_journal_is_not_taken(disk: Disk) -> None:
    spool = Spool(disk.path / "bulk", by_name, largest=10**9, most=10**9)
    with pytest.raises(Unavailable, match="the disk is full") as trouble:
        spool.check_room(stream(), 1)
    assert trouble.value.code == "NoRoom"


def test_what_has_come_and_is_under_way_stays_within_bounds(tmp_path: Path) -> None:
    spool = Spool(tmp_path, by_name, largest=600, most=1000)
    with pytest.raises(Refused, match="601 bytes are more than the 600"):
        spool.check_room(stream(), 601)
    one = stream("aa", name="one")
    spool.sink(one).write(bytes(500))
    spool.check_room(one, 600)
    with pytest.raises(Unavailable, match="500 of 1000"):
        spool.check_room(stream("bb"), 501)
    assert spool.sink(one).finish(hashlib.sha256(bytes(500)).digest())
    with pytest.raises(Unavailable, match="500 of 1000"):
        spool.check_room(stream("bb"), 501)
    spool.check_room(stream("bb"), 500)


def test_a_log_is_copied_as_it_is_and_only_its_newest_part_if_it_is_large(tmp_path: Path) -> None:
    log = tmp_path / "station.log"
    log.write_bytes(bytes(1000) + b"newest")
    spool = Spool(tmp_path / "bulk", by_name, largest=10, most=100)
    one = stream(incoming=Side.HERE, outgoing=Side.UP)
    spool.take_copy(one, log)
    assert spool.path(one).read_bytes() == bytes(4) + b"newest"
    with pytest.raises(Unavailable, match="No such file"):
        spool.take_copy(stream("bb", incoming=Side.HERE, outgoing=Side.UP), tmp_path / "nothing")


def test_a_record_that_a_crash_left_half_written_is_no_record(tmp_path: Path) -> None:
    spool = Spool(tmp_path, by_station, largest=1000, most=1000)
    later = stream("bb", asked=AT + timedelta(seconds=1))
    for one in (later, stream()):
        spool.keep(one)
    (tmp_path / "spool" / "cc.json").write_bytes(msgspec.json.encode(stream("cc"))[:20])
    assert list(Spool(tmp_path, by_station, largest=1000, most=1000).records().values()) == [stream(), later]


def test_streams_that_are_over_are_forgotten_in_time_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 1)
    spool = Spool(tmp_path, by_station, largest=1000, most=1000)
    records = {}
    for id, state in (
        ("aa", StreamState.DONE),
        ("bb", StreamState.WAITING),
        ("cc", StreamState.FAILED),
        ("dd", StreamState.DONE),
    ):
        records[bytes.fromhex(id)] = stream(id, state=state)
        spool.keep(records[bytes.fromhex(id)])
    prune(spool, records)
    assert sorted(one.id for one in records.values()) == ["bb", "dd"]
    assert sorted(one.id for one in spool.records().values()) == ["bb", "dd"]


def test_a_station_that_is_called_as_the_folder_above_has_a_folder_of_its_own(tmp_path: Path) -> None:
    spool = Spool(tmp_path, by_station, largest=1000, most=1000)
    one = stream(station=StationId(".."))
    assert spool.sink(one).finish(hashlib.sha256(b"").digest())
    assert spool.path(one).resolve().is_relative_to(tmp_path / "received")
    assert spool.path(one).exists()


@pytest.mark.parametrize(
    "bad", ["", "..", ".", ".x", "-x", "a/b", "/etc/passwd", "a\0b", "a\nb", "a b", "ä", "x" * 101, "../../x"]
)
def test_no_name_leads_out_of_its_folder(tmp_path: Path, bad: str) -> None:
    with pytest.raises(Malformed):
        file_name(bad)
    with pytest.raises(Malformed):
        Spool(tmp_path, by_name, largest=10, most=10).file(bad)


@pytest.mark.parametrize("good", ["firmware-2.4.1.bin", "log:diagnostics", "A", "x" * 100, "a..b", "1+2_3"])
def test_usual_names_are_taken(good: str) -> None:
    assert file_name(good) == good


async def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    spool = Spool(tmp_path, by_name, largest=10, most=100)
    assert await spool.put("file", pieces(b"123", b"456")) == BulkFile(name="file", size=6)
    assert (spool.files(), spool.file("file").read_bytes()) == ([BulkFile(name="file", size=6)], b"123456")
    with pytest.raises(Refused, match="at most 10 bytes"):
        await spool.put("file", pieces(b"x" * 10, b"y"))
    assert [one.name for one in spool.offered.iterdir()] == ["file"]
    assert spool.file("file").read_bytes() == b"123456"
    with pytest.raises(Unknown, match="no file is called other"):
        spool.file("other")


async def test_a_file_for_which_there_is_no_room_leaves_nothing(disk: Disk) -> None:
    spool = Spool(disk.path / "bulk", by_name, largest=10**9, most=10**9)
    with pytest.raises(Unavailable, match="the disk is full"):
        await spool.put("file", pieces(b"x"))
    assert list(spool.offered.iterdir()) == []
