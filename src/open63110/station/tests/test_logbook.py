# SPDX-License-Identifier: Apache-2.0
"""The logs of a station: what stands in them, what does not, and what is kept of them (8.3.10)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.model.logs import LogKind, StationLog, changed
from open63110.model.network import NetworkProfile
from open63110.model.own_device import HEARTBEAT, OwnSettings, OwnSettingsChanged
from open63110.model.rotation import SECRET
from open63110.model.station import ConnectorReported, Identity, StationBooted
from open63110.station.logbook import Book, FileBook, Logbook, MemoryBook, stamp
from open63110.usecases.stations.migrate_station import NetworkProfileKept
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.onboard_station import ClockSet

CS = StationId("CS-1")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOOT = StationBooted(station=CS, at=NOON, identity=Identity(vendor="Acme"), reason="PowerUp")
IMPOSTOR = StationEventReported(
    station=CS, at=NOON, component="Link", severity=4, code="InvalidCsmsCertificate", text="expired", security=True
)
HOT = StationEventReported(station=CS, at=NOON, component="EVSE", severity=4, code="HighTemperature")


def connector(minute: int) -> ConnectorReported:
    at = NOON + timedelta(minutes=minute)
    return ConnectorReported(station=CS, at=at, evse=EvseNumber(1), connector=ConnectorNumber(minute), state="available")


def extracted(book: Logbook, kind: LogKind, to: Path, **part: Any) -> list[dict[str, Any]]:
    book.extract(kind, to / "out.log", about={"what": "log"}, **({"oldest": None, "latest": None, "most": None} | part))
    assert [path.name for path in to.glob("out.*")] == ["out.log"]
    first, *rest = [json.loads(line) for line in (to / "out.log").read_text().splitlines()]
    assert first == {"what": "log"}
    return rest


@pytest.fixture(params=["memory", "file"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Logbook:
    def made(kind: LogKind, *_: object) -> Book:
        return MemoryBook() if request.param == "memory" else FileBook(tmp_path / f"{kind}.log", 1_000_000)

    return Logbook(made)


def test_diagnostics_hold_all_that_happened_and_the_security_log_what_concerns_security(book: Logbook, tmp_path: Path) -> None:
    clock = ClockSet(station=CS, at=NOON, by=86_400.0)
    for fact in (BOOT, IMPOSTOR, HOT, connector(1), clock):
        book.note(fact)
    found = extracted(book, LogKind.DIAGNOSTICS, tmp_path)
    assert [one["what"] for one in found] == [type(one).__name__ for one in (BOOT, IMPOSTOR, HOT, connector(1), clock)]
    assert found[0] == {
        "at": "2026-03-01T12:00:00.000Z",
        "what": "StationBooted",
        "identity": {"vendor": "Acme"},
        "reason": "PowerUp",
    }
    security = extracted(book, LogKind.SECURITY, tmp_path)
    assert [(one["what"], one.get("text")) for one in security] == [
        ("StartupOfTheDevice", None),
        ("InvalidCsmsCertificate", "expired"),
        ("SettingSystemTime", None),
    ]
    assert extracted(book, LogKind.DATA_COLLECTOR, tmp_path) == []


def test_the_address_of_a_log_on_its_way_stands_in_no_log(book: Logbook, tmp_path: Path) -> None:
    place = "https://cs:secret@csms.example/receive/CS-1/1/key"
    log = StationLog(
        id="CS-1:1", station=CS, request=1, kind=LogKind.SECURITY, asked=NOON, until=NOON, name="x.log", location=place
    )
    book.note(changed(log, NOON))
    (line,) = extracted(book, LogKind.DIAGNOSTICS, tmp_path)
    assert line["log"]["name"] == "x.log"
    assert "secret" not in str(line)
    assert "csms.example" not in str(line)


def test_the_password_of_a_station_stands_in_no_log(book: Logbook, tmp_path: Path) -> None:
    told = OwnSettings(station=CS, values={SECRET: "k3jd9s0fj2lq8d7h", HEARTBEAT: "300"}, waiting={SECRET: "w7sd9s0fj2lq8d7h"})
    way = NetworkProfile(slot=1, url="wss://b.example/ocpp", identity="B-1", password="p1jd9s0fj2lq8d7h")
    book.note(OwnSettingsChanged(station=CS, at=NOON, own_settings=told))
    book.note(NetworkProfileKept(station=CS, at=NOON, profile=way))
    settings, kept = extracted(book, LogKind.DIAGNOSTICS, tmp_path)
    assert settings["own_settings"]["values"] == {HEARTBEAT: "300"}
    assert kept["profile"]["url"] == "wss://b.example/ocpp"
    assert "9s0fj2lq8d7h" not in str((settings, kept))


def test_a_part_is_what_was_written_in_its_time(book: Logbook, tmp_path: Path) -> None:
    for minute in range(10):
        book.note(connector(minute))
    oldest, latest = NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)
    part = extracted(book, LogKind.DIAGNOSTICS, tmp_path, oldest=oldest, latest=latest)
    assert [one["at"][14:16] for one in part] == ["02", "03", "04"]
    assert extracted(book, LogKind.DIAGNOSTICS, tmp_path, oldest=NOON + timedelta(days=1)) == []


def test_of_a_log_that_is_too_long_the_newest_lines_come_whole(book: Logbook, tmp_path: Path) -> None:
    for minute in range(10):
        book.note(connector(minute))
    whole = extracted(book, LogKind.DIAGNOSTICS, tmp_path)
    size = sum(len(line) + 1 for line in (tmp_path / "out.log").read_text().splitlines()[-3:])
    assert extracted(book, LogKind.DIAGNOSTICS, tmp_path, most=size) == whole[-3:]
    assert extracted(book, LogKind.DIAGNOSTICS, tmp_path, most=size - 1) == whole[-2:]


def test_in_memory_the_newest_lines_are_remembered(tmp_path: Path) -> None:
    book = Logbook(lambda *_: MemoryBook(3))
    for minute in range(10):
        book.note(connector(minute))
    assert [one["at"][14:16] for one in extracted(book, LogKind.DIAGNOSTICS, tmp_path)] == ["07", "08", "09"]


def test_on_a_disk_a_log_outlives_its_program_and_does_not_outgrow_its_measure(tmp_path: Path) -> None:
    path = tmp_path / "diagnostics.log"
    for minute in range(59):
        FileBook(path, 4_000).write(connector(minute).at, connector(minute))
        assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= 4_200
    lines = [json.loads(line) for line in FileBook(path, 4_000).lines()]
    minutes = [int(one["at"][14:16]) for one in lines]
    assert minutes == list(range(minutes[0], 59))
    assert len(minutes) >= 10


def test_where_nothing_can_be_written_the_station_goes_on(tmp_path: Path) -> None:
    book = FileBook(tmp_path / "no such folder" / "x.log", 1_000)
    book.write(NOON, connector(1))
    assert list(book.lines()) == []


def test_moments_are_always_as_long() -> None:
    assert stamp(NOON) == "2026-03-01T12:00:00.000Z"
    assert stamp(NOON.replace(microsecond=999_999)) == "2026-03-01T12:00:00.999Z"
