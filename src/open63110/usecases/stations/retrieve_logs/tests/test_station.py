# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.10 at the station: one log is on its way at a time, and nothing of it is remembered longer than needed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import StationId
from open63110.model.logs import LogChanged, LogKind, LogState, StationLog
from open63110.model.station import Station
from open63110.ports import Where
from open63110.runtime.rows import holds
from open63110.usecases.stations.retrieve_logs import LogProgressed, LogPromised, RetrieveLog
from open63110.usecases.stations.retrieve_logs.station import obey, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CS = StationId("CS-1")
STATION = Station(id=CS)
PLACE = "https://csms.example/receive/CS-1/1/key"


class Books:
    """Rows, and what decisions make of them."""

    def __init__(self) -> None:
        self.rows: dict[str, StationLog] = {}

    def get(self, _: Any, key: str) -> Any:
        return self.rows.get(key)

    def load(self, _: Any, *where: Where) -> list[Any]:
        return [one for one in self.rows.values() if all(holds(part, one) for part in where)]

    def do(self, made: Any) -> list[Any]:
        found = list(made)
        for one in found:
            if isinstance(one, LogChanged):
                if one.log is None:
                    del self.rows[one.id]
                else:
                    self.rows[one.id] = one.log
        return found

    def asked(self, request: int = 1, **more: Any) -> list[Any]:
        said: dict[str, Any] = {"request": request, "location": PLACE} | more
        wish = RetrieveLog(station=CS, **said)
        return self.do(obey(wish, STATION, NOW, self))

    def tell(self, state: LogState | None, request: int | None = 1) -> list[Any]:
        return self.do(tell(LogProgressed(station=CS, at=NOW, state=state, request=request), STATION, NOW, self))


def test_a_station_promises_a_file_and_remembers_what_it_was_asked_for() -> None:
    books = Books()
    *_, promised = books.asked(kind=LogKind.SECURITY, oldest=NOW, retries=5)
    assert promised == LogPromised(name="CS-1-security-1-20260301T120000Z.log")
    (row,) = books.rows.values()
    assert (row.kind, row.oldest, row.retries, row.location, row.state) == ("security", NOW, 5, PLACE, "accepted")


def test_the_second_request_takes_the_place_of_the_first_and_that_is_told() -> None:
    books = Books()
    books.asked()
    told, _, _, promised = books.asked(2)
    assert told == LogProgressed(station=CS, at=NOW, state=LogState.CANCELED, request=1)
    assert promised.canceled
    assert promised.remark() == "AcceptedCanceled"
    assert list(books.rows) == ["CS-1:2"]
    books.tell(LogState.UPLOADED, 2)
    *_, promised = books.asked(3)
    assert (promised.canceled, promised.remark(), list(books.rows)) == (False, "", ["CS-1:3"])


def test_how_far_it_is_is_told_until_it_is_over_and_then_the_address_is_forgotten() -> None:
    books = Books()
    books.asked()
    assert [type(one) for one in books.tell(LogState.UPLOADING)] == [LogProgressed, LogChanged]
    assert books.rows["CS-1:1"].location == PLACE
    books.tell(LogState.FAILED)
    row = books.rows["CS-1:1"]
    assert (row.state, row.location, row.ended) == (LogState.FAILED, "", NOW)
    assert books.tell(LogState.UPLOADED) == []
    assert books.tell(LogState.UPLOADED, 7) == []
    assert books.tell(LogState.UPLOADED, None) == []


@pytest.mark.parametrize("location", ["ftp://user:pass@example.com/", "sftp://example.com/", "file:///etc/passwd", "diagnostics"])
def test_files_go_by_http_or_in_band_and_in_no_other_way(location: str) -> None:
    books = Books()
    with pytest.raises(NotSupported) as told:
        books.asked(location=location)
    assert told.value.code == "UnsupportedScheme"
    assert books.rows == {}
    books.asked(location="")
    assert books.rows["CS-1:1"].location == ""
