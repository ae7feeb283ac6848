# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.10 at the CSMS: requests have numbers, and only what lies here has come."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Event, Wake
from open63110.model.logs import LogChanged, LogKind, LogState, StationLog
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Where
from open63110.runtime.rows import holds
from open63110.usecases.stations.retrieve_logs import (
    NOTHING_CAME,
    GiveUpLog,
    LogAnswered,
    LogArrived,
    LogProgressed,
    LogRefused,
    RemoveLog,
    RetrieveLog,
)
from open63110.usecases.stations.retrieve_logs.csms import (
    arrived,
    ask,
    give_up,
    hear_answer,
    hear_progress,
    refused,
    remove,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CS = StationId("CS-1")
STATION = Station(id=CS, wire="ocpp2.0.1")
POLICY = Policy(keep_logs=30)


class Books:
    """Rows, and what decisions make of them."""

    def __init__(self, wire: str = STATION.wire) -> None:
        self.station = replace(STATION, wire=wire)
        self.rows: dict[str, StationLog] = {}
        self.said: list[Effect] = []

    def get(self, _: Any, key: str) -> Any:
        return self.rows.get(key)

    def load(self, _: Any, *where: Where) -> list[Any]:
        return [one for one in self.rows.values() if all(holds(part, one) for part in where)]

    def do(self, decide: Callable[..., Any], message: Any, **more: Any) -> list[Any]:
        made = list(decide(message, self.station, now=NOW, rows=self, **more))
        for one in made:
            if isinstance(one, LogChanged):
                assert one.log is not None
                self.rows[one.id] = one.log
        self.said += made
        return made

    def asked(self, **wish: Any) -> int:
        """Ask for a log; return its number."""
        *_, command = self.do(ask, RetrieveLog(station=CS, **wish), policy=POLICY)
        assert isinstance(command, RetrieveLog)
        return command.request

    def accepted(self, *, canceled: bool = False, **wish: Any) -> int:
        """Ask for a log, and have the station say yes."""
        request = self.asked(**wish)
        self.do(hear_answer, LogAnswered(station=CS, at=NOW, request=request, accepted=True, name="x.log", canceled=canceled))
        return request

    def log(self, request: int) -> StationLog:
        return self.rows[f"CS-1:{request}"]

    def progress(self, state: LogState | None, request: int | None) -> list[Any]:
        return self.do(hear_progress, LogProgressed(station=CS, at=NOW, state=state, request=request))

    def wakes(self) -> dict[str, Command | None]:
        return {one.name: one.command for one in self.said if isinstance(one, Wake)}


def came(request: int) -> LogArrived:
    return LogArrived(station=CS, at=NOW, request=request, name="sent.log", size=9, sha256="0a")


def test_each_request_has_a_number_of_its_own_and_a_time_after_which_nothing_is_awaited() -> None:
    books = Books()
    assert [books.asked(), books.asked(kind=LogKind.SECURITY, within=60.0)] == [1, 2]
    assert books.log(1).until == NOW + timedelta(days=1)
    assert books.log(2).until == NOW + timedelta(minutes=1)
    assert books.wakes() == {f"log {n}": GiveUpLog(station=CS, request=n) for n in (1, 2)}
    books.do(give_up, GiveUpLog(station=CS, request=2))
    assert (books.log(1).state, books.log(2).state) == (LogState.REQUESTED, LogState.EXPIRED)
    assert books.wakes()["log 2"] is None


def test_what_a_level_above_has_numbered_is_passed_on_as_it_is() -> None:
    wish = RetrieveLog(station=CS, request=41)
    assert Books().do(ask, wish, policy=POLICY) == [wish]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"oldest": NOW, "latest": NOW}, "latest"),
        ({"most": 0}, "most"),
        ({"within": 0.0}, "within"),
        ({"within": 8 * 86_400.0}, "within"),
        ({"retries": -1}, "retries"),
        ({"retries": 21}, "retries"),
        ({"retry_after": -1.0}, "retry_after"),
    ],
)
def test_what_makes_no_sense_is_refused_and_says_where(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as told:
        Books().do(ask, RetrieveLog(station=CS, **wrong), policy=POLICY)
    assert (told.value.code, told.value.where) == ("InvalidValue", where)


def test_a_log_is_here_once_it_has_come_and_not_because_its_station_says_so() -> None:
    books = Books()
    request = books.accepted()
    assert (books.log(request).state, books.log(request).name) == (LogState.ACCEPTED, "x.log")
    books.progress(LogState.UPLOADING, request)
    assert books.log(request).state is LogState.UPLOADING
    books.do(arrived, came(request), policy=POLICY)
    log = books.log(request)
    assert (log.state, log.name, log.size, log.sha256, log.arrived) == (LogState.UPLOADED, "sent.log", 9, "0a", NOW)
    assert log.kept_until == NOW + timedelta(days=30)
    books.progress(LogState.FAILED, request)
    assert books.log(request) == log

    other = books.accepted()
    books.progress(LogState.UPLOADED, other)
    assert (books.log(other).state, books.log(other).reason) == (LogState.FAILED, NOTHING_CAME)


def test_a_station_on_the_link_that_has_sent_a_log_ends_nothing_while_its_file_is_on_its_way_to_the_shelf() -> None:
    books = Books("iec63110.link.v1")
    request = books.accepted()
    books.progress(LogState.UPLOADING, request)
    before = books.log(request)
    assert [type(one) for one in books.progress(LogState.UPLOADED, request)] == [LogProgressed]
    assert books.log(request) == before
    books.do(arrived, came(request), policy=POLICY)
    assert books.log(request).state is LogState.UPLOADED

    other = books.accepted()
    books.progress(LogState.FAILED, other)
    assert books.log(other).state is LogState.FAILED, "that nothing comes it may well say"


def test_a_log_is_kept_for_ever_if_the_policy_says_so() -> None:
    books = Books()
    request = books.accepted()
    books.do(arrived, came(request), policy=Policy(keep_logs=0))
    assert books.log(request).kept_until is None


@pytest.mark.parametrize("state", [LogState.FAILED, LogState.PERMISSION_DENIED, LogState.BAD_MESSAGE, LogState.NOT_SUPPORTED])
def test_a_station_may_say_why_nothing_comes(state: LogState) -> None:
    books = Books()
    request = books.accepted()
    books.progress(state, request)
    assert books.log(request).state is state
    assert books.wakes()[f"log {request}"] is None
    with pytest.raises(Refused, match="nothing is awaited"):
        books.do(arrived, came(request), policy=POLICY)


def test_a_second_request_takes_the_place_of_the_first_where_the_station_says_so() -> None:
    books = Books()
    first, second = books.accepted(), books.accepted(canceled=True)
    assert (books.log(first).state, books.log(second).state) == (LogState.CANCELED, LogState.ACCEPTED)
    third = books.accepted()
    assert books.log(second).state is LogState.ACCEPTED
    books.progress(LogState.CANCELED, second)
    assert (books.log(second).state, books.log(third).state) == (LogState.CANCELED, LogState.ACCEPTED)


@pytest.mark.parametrize(("wire", "left"), [("ocpp1.6", "accepted"), ("ocpp2.0.1", "canceled"), ("ocpp2.1", "canceled")])
def test_diagnostics_take_the_place_of_a_security_log_only_where_both_have_one_request(wire: str, left: str) -> None:
    books = Books(wire)
    diagnostics, security = books.accepted(), books.accepted(kind=LogKind.SECURITY)
    books.accepted(canceled=True)
    assert (books.log(diagnostics).state, books.log(security).state) == ("canceled", left)


def test_a_station_may_begin_to_send_before_it_answers() -> None:
    books = Books()
    before, request = books.accepted(), books.asked()
    books.progress(LogState.UPLOADING, request)
    yes = LogAnswered(station=CS, at=NOW, request=request, accepted=True, name="x.log", canceled=True)
    books.do(hear_answer, yes)
    assert (books.log(request).state, books.log(request).name) == (LogState.UPLOADING, "x.log")
    assert books.log(before).state is LogState.CANCELED
    assert books.do(hear_answer, LogAnswered(station=CS, at=NOW, request=request, accepted=False, reason="Timeout")) == []


def test_a_station_cannot_set_a_log_back() -> None:
    books = Books()
    request = books.accepted()
    books.progress(LogState.UPLOADING, request)
    for state in (LogState.REQUESTED, LogState.ACCEPTED):
        books.progress(state, request)
        assert books.log(request).state is LogState.UPLOADING


def test_a_refusal_ends_the_wait_and_says_why() -> None:
    books = Books()
    request = books.asked()
    no = LogAnswered(station=CS, at=NOW, request=request, accepted=False, reason="NoLog")
    books.do(hear_answer, no)
    assert (books.log(request).state, books.log(request).reason) == (LogState.REJECTED, "NoLog")
    assert books.do(hear_answer, no) == []


def test_a_station_that_does_not_say_which_means_the_newest_under_way() -> None:
    books = Books()
    first, second, security = books.accepted(), books.accepted(), books.accepted(kind=LogKind.SECURITY)
    books.progress(LogState.UPLOADING, None)
    assert [books.log(one).state for one in (first, second, security)] == ["accepted", "uploading", "accepted"]
    books.progress(None, None)
    assert books.log(second).state is LogState.UPLOADING


def test_what_nobody_asked_for_changes_nothing_but_is_kept_in_the_journal() -> None:
    books = Books()
    assert [type(one) for one in books.progress(LogState.UPLOADED, 9)] == [LogProgressed]
    for decide, message, more in (
        (arrived, came(9), {"policy": POLICY}),
        (refused, LogRefused(station=CS, at=NOW, request=9, reason="TooLarge"), {}),
        (remove, RemoveLog(station=CS, request=9), {}),
    ):
        with pytest.raises(Unknown):
            books.do(decide, message, **more)
    assert books.do(hear_answer, LogAnswered(station=CS, at=NOW, request=9, accepted=True)) == []
    assert books.do(give_up, GiveUpLog(station=CS, request=9)) == []


def test_what_is_too_large_is_not_awaited_any_more() -> None:
    books = Books()
    request = books.accepted()
    no: Event = LogRefused(station=CS, at=NOW, request=request, reason="TooLarge")
    books.do(refused, no)
    assert (books.log(request).state, books.log(request).reason) == (LogState.FAILED, "TooLarge")
    assert books.do(refused, no) == [no]


def test_an_operator_throws_a_log_away_or_takes_the_wish_back() -> None:
    books = Books()
    here, wanted = books.accepted(), books.accepted()
    books.do(arrived, came(here), policy=POLICY)
    for request in (here, wanted):
        books.do(remove, RemoveLog(station=CS, request=request))
    assert (books.log(here).state, books.log(here).removed) == (LogState.UPLOADED, NOW)
    assert (books.log(wanted).state, books.log(wanted).removed) == (LogState.CANCELED, NOW)
    with pytest.raises(Trouble) as told:
        books.do(remove, RemoveLog(station=CS, request=here))
    assert told.value.code == "LogRemoved"


def test_an_order_is_written_down_without_its_address() -> None:
    told = RetrieveLog(station=CS, request=3, location="https://cs:secret@csms.example/receive/CS-1/3/key")
    assert told.kept() == RetrieveLog(station=CS, request=3)
    assert told.kept().kept() is not told
