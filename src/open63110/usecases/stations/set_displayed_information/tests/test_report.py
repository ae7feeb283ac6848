# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.8 at the CSMS: what a station says that it has, put together and compared with what it should have."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import NotSupported, Unavailable
from open63110.model.display import DisplayMessage, MessageReport, MessagesReported, Standing, wire_number
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.stations.set_displayed_information import (
    AskMessages,
    ClearMessage,
    GiveUpMessages,
    MessageAnswered,
    SetMessage,
    csms,
    report,
)
from open63110.usecases.stations.set_displayed_information.tests.displays import (
    AWAY,
    CLASSIC,
    CS,
    MINUTE,
    NOON,
    OLDER,
    STATION,
    Table,
    text,
)

POLICY = Policy()
SECOND = timedelta(seconds=1)
BOTH = (text("Hello", "en"), text("Hallo", "de"))


def message(number: int, words: str = "Hello", **more: Any) -> DisplayMessage:
    return DisplayMessage(number=number, **({"contents": (text(words),)} | more))


def ask(table: Table, station: Station = STATION, at: datetime = NOON + MINUTE, **more: Any) -> int:
    table.play(report.ask(AskMessages(station=CS, **more), station, table.rows, POLICY, at))
    (asked,) = table.told()
    assert isinstance(asked, AskMessages)
    return asked.request


def tell(table: Table, request: int, *messages: DisplayMessage, more: bool = False, station: Station = STATION) -> None:
    said = MessagesReported(station=CS, at=NOON, request=request, messages=messages, more=more)
    table.play(report.hear(said, station, table.rows, POLICY, NOON + MINUTE + SECOND))


def stand(table: Table, number: int, station: Station = STATION, **more: Any) -> None:
    """Let a message be set, long ago."""
    command = SetMessage(station=CS, number=number, **({"contents": (text(),)} | more))
    table.play(csms.put(command, station, table.rows, NOON))
    for one in table.told():
        if isinstance(one, SetMessage):
            said = MessageAnswered(station=CS, at=NOON, number=number, part=one.part, revision=one.revision)
            table.play(csms.hear_answer(said, station, table.rows, NOON))


def open_report(table: Table) -> MessageReport:
    found = table.rows.get(MessageReport, CS)
    assert found is not None
    return found


def test_questions_are_numbered_and_a_station_that_is_away_or_has_no_words_is_not_asked() -> None:
    table = Table()
    assert (ask(table), ask(table)) == (1, 2)
    with pytest.raises(Unavailable):
        ask(table, AWAY)
    with pytest.raises(NotSupported):
        ask(table, CLASSIC)


def test_pages_are_put_together_before_anything_is_compared() -> None:
    table = Table()
    request = ask(table)
    tell(table, request, message(1), more=True)
    tell(table, request, message(1), message(2), more=True)  # a page that comes twice
    assert table.messages() == []
    tell(table, request, message(3))
    assert [(one.number, one.standing) for one in table.messages()] == [(n, Standing.FOUND) for n in (1, 2, 3)]
    assert (open_report(table).since, open_report(table).parts) == (None, ())


def test_a_page_of_another_question_counts_for_nothing() -> None:
    table = Table()
    tell(table, 5, message(1))
    first = ask(table)
    second = ask(table)
    tell(table, first, message(1))
    assert table.messages() == []
    tell(table, second)
    tell(table, second, message(1))  # after its end
    assert table.messages() == []


def test_a_report_without_end_is_given_up() -> None:
    table = Table()
    request = ask(table)
    tell(table, request, *(message(number) for number in range(1, 1002)), more=True)
    assert (open_report(table).trouble, open_report(table).since) == ("TooMany", None)
    assert table.messages() == []


def test_a_report_whose_rest_does_not_come_is_given_up_and_what_was_known_stays() -> None:
    table = Table()
    stand(table, 1)
    request = ask(table)
    tell(table, request, message(2), more=True)
    table.play(report.give_up(GiveUpMessages(station=CS, request=request), STATION, table.rows, NOON + 2 * MINUTE))
    assert open_report(table).trouble == "NoReport"
    assert table.standings() == [(1, "set", "")]
    tell(table, request)
    assert table.standings() == [(1, "set", "")]


def test_what_a_station_lost_or_has_otherwise_is_told_again() -> None:
    table = Table()
    stand(table, 1)
    stand(table, 2)
    stand(table, 3)
    tell(table, ask(table), message(1), message(2, "Hallo"))
    assert table.standings() == [(1, "set", ""), (2, "wanted", ""), (3, "wanted", "")]
    assert [(type(one), getattr(one, "number", 0)) for one in table.told()] == [(SetMessage, 2), (SetMessage, 3)]


def test_a_message_whose_answer_was_lost_stands_once_it_is_reported() -> None:
    table = Table()
    table.play(csms.put(SetMessage(station=CS, number=1, contents=(text(),)), STATION, table.rows, NOON))
    table.told()
    tell(table, ask(table), message(1))
    assert table.standings() == [(1, "set", "")]
    assert table.told() == []


def test_moments_may_come_back_without_their_fractions() -> None:
    table = Table()
    stand(table, 1, end=NOON + 5 * MINUTE + timedelta(milliseconds=300))
    tell(table, ask(table), message(1, end=NOON + 5 * MINUTE))
    assert table.standings() == [(1, "set", "")]


def test_what_others_set_is_shown_and_left_alone_until_somebody_clears_it() -> None:
    table = Table()
    tell(table, ask(table), message(2_000_007))
    tell(table, ask(table), message(2_000_007, "Other"))
    (found,) = table.messages()
    assert (found.number, found.standing, found.message.contents[0].text) == (2_000_007, Standing.FOUND, "Other")
    assert table.told() == []
    table.play(csms.clear(ClearMessage(station=CS, number=2_000_007), STATION, table.rows, NOON))
    assert table.told() == [ClearMessage(station=CS, number=2_000_007)]
    tell(table, ask(table))
    assert table.messages() == []


def test_what_others_set_and_is_not_reported_any_more_is_gone_unless_it_was_not_asked_for() -> None:
    table = Table()
    tell(table, ask(table), message(9))
    tell(table, ask(table, numbers=(1,)))
    assert len(table.messages()) == 1
    tell(table, ask(table))
    assert table.messages() == []


def test_a_question_about_some_does_not_say_that_others_are_lost() -> None:
    table = Table()
    stand(table, 1)
    tell(table, ask(table, numbers=(2,)))
    assert table.standings() == [(1, "set", "")]


def test_parts_are_known_by_their_numbers_and_the_one_that_is_missing_is_told_again() -> None:
    table = Table()
    stand(table, 1, OLDER, contents=BOTH)
    english, german = (message(wire_number(1, part), contents=(one,)) for part, one in enumerate(BOTH))
    tell(table, ask(table), english, german, station=OLDER)
    assert table.standings() == [(1, "set", "")]
    tell(table, ask(table), english, station=OLDER)
    (again,) = table.told()
    assert isinstance(again, SetMessage)
    assert (again.part, again.contents) == (1, BOTH[1:])


def test_what_was_told_since_the_question_is_not_judged_by_its_answer() -> None:
    table = Table()
    request = ask(table)
    command = SetMessage(station=CS, number=1, contents=(text(),))
    table.play(csms.put(command, STATION, table.rows, NOON + MINUTE + SECOND / 2))
    table.told()
    tell(table, request)
    assert (table.standings(), table.told()) == ([(1, "wanted", "")], [])


def test_a_station_that_has_what_it_should_is_left_in_peace_after_a_boot() -> None:
    table = Table()
    stand(table, 1)
    tell(table, ask(table, replace(STATION, booted=NOON)), message(1))
    assert table.told() == []
