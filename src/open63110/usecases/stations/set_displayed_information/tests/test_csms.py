# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.8 at the CSMS: a message is wanted until its station has it, on whatever wire, whenever it comes."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Unknown
from open63110.kernel.ids import TransferReference
from open63110.model.display import MessageFormat, MessageState, Standing, StationMessage
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.stations.set_displayed_information import (
    AskMessages,
    ClearMessage,
    ForgetMessagesOf,
    MessageAnswer,
    MessageAnswered,
    MessageCleared,
    ReconcileMessages,
    SetMessage,
    TendMessages,
    csms,
    tending,
)
from open63110.usecases.stations.set_displayed_information.csms import AGAIN
from open63110.usecases.stations.set_displayed_information.station import TENDING
from open63110.usecases.stations.set_displayed_information.tending import SETTLING
from open63110.usecases.stations.set_displayed_information.tests.displays import (
    AWAY,
    CLASSIC,
    CS,
    MINUTE,
    NOON,
    OLDER,
    REF,
    STATION,
    Table,
    charging,
    text,
)

BOTH = (text("Hello", "en"), text("Hallo", "de"))


def order(number: int = 0, **more: Any) -> SetMessage:
    return SetMessage(station=CS, number=number, by="ann", **({"contents": (text(),)} | more))


def put(table: Table, command: SetMessage, station: Station = STATION, at: datetime = NOON) -> None:
    table.play(csms.put(command, station, table.rows, at))


def answer(table: Table, number: int = 1, reason: str = "", part: int = 0, revision: int = 1) -> None:
    said = MessageAnswered(station=CS, at=NOON, number=number, part=part, revision=revision, reason=reason)
    table.play(csms.hear_answer(said, STATION, table.rows, NOON))


def clear(table: Table, station: Station = STATION, number: int = 1) -> None:
    table.play(csms.clear(ClearMessage(station=CS, number=number), station, table.rows, NOON))


def cleared(table: Table, reason: str = "", part: int = 0) -> None:
    said = MessageCleared(station=CS, at=NOON, number=1, part=part, reason=reason)
    table.play(csms.hear_cleared(said, STATION, table.rows, NOON))


def tend(table: Table, station: Station = STATION, at: datetime = NOON, *, ask: bool = False) -> None:
    table.play(tending.tend(TendMessages(station=CS, ask=ask), station, table.rows, Policy(), at))


def only(table: Table) -> StationMessage:
    (one,) = table.messages()
    return one


# -- set --


def test_a_station_that_is_there_is_told_and_the_message_stands_once_it_says_yes() -> None:
    table = Table()
    put(table, order())
    (told,) = table.told()
    assert isinstance(told, SetMessage)
    assert (told.number, told.revision, only(table).standing, only(table).by) == (1, 1, Standing.WANTED, "ann")
    assert table.replies == [MessageAnswer(number=1)]
    answer(table)
    assert only(table).standing is Standing.SET


def test_numbers_go_on_from_the_highest_and_begin_anew_at_their_end() -> None:
    table = Table()
    put(table, order(7))
    put(table, order())
    assert [one.number for one in table.messages()] == [7, 8]
    put(table, order(999_999))
    put(table, order())
    assert [one.number for one in table.messages()] == [1, 7, 8, 999_999]
    put(table, order())
    assert [one.number for one in table.messages()] == [1, 2, 7, 8, 999_999]  # none is replaced that nobody named


def test_why_a_station_refused_is_kept_with_the_message() -> None:
    table = Table()
    put(table, order())
    answer(table, reason="NotSupportedMessageFormat")
    assert table.standings() == [(1, "refused", "NotSupportedMessageFormat")]


def test_an_answer_to_a_message_that_was_replaced_since_counts_for_nothing() -> None:
    table = Table()
    put(table, order(1))
    put(table, order(1, contents=(text("Bye"),)))
    answer(table, revision=1)
    assert only(table).standing is Standing.WANTED
    answer(table, revision=2)
    assert (only(table).standing, only(table).message.contents[0].text) == (Standing.SET, "Bye")


def test_a_station_that_is_away_is_told_when_it_comes_back() -> None:
    table = Table()
    put(table, order(), AWAY)
    assert table.told() == []
    assert table.replies == [MessageAnswer(number=1, kept=True)]
    assert [one.remark() for one in table.replies] == ["Kept"]
    back = replace(STATION, connected=NOON + MINUTE)
    table.play(tending.reconcile(ReconcileMessages(station=CS), back, table.rows, NOON + MINUTE))
    assert table.wakes[TENDING].at == NOON + MINUTE + SETTLING
    tend(table, back, NOON + MINUTE + SETTLING)
    (told,) = table.told()
    assert isinstance(told, SetMessage)
    answer(table)
    assert only(table).standing is Standing.SET


def test_a_station_without_messages_is_not_looked_after() -> None:
    table = Table()
    assert table.play(tending.reconcile(ReconcileMessages(station=CS, booted=True), STATION, table.rows, NOON)) == []


def test_in_two_languages_it_goes_in_two_parts_where_a_message_has_one() -> None:
    table = Table()
    put(table, order(contents=BOTH), OLDER)
    parts = [(one.part, one.contents) for one in table.told() if isinstance(one, SetMessage)]
    assert parts == [(0, BOTH[:1]), (1, BOTH[1:])]
    answer(table, part=1)
    assert only(table).standing is Standing.WANTED
    answer(table, part=0)
    assert only(table).standing is Standing.SET
    put(table, order(1, contents=BOTH[:1]), OLDER)
    assert [type(one) for one in table.told()] == [SetMessage, ClearMessage]  # the German part has no successor


def test_what_a_message_of_fewer_languages_leaves_over_is_cleared_when_the_station_comes_back() -> None:
    table = Table()
    put(table, order(contents=BOTH), OLDER)
    for part in (0, 1):
        answer(table, part=part)
    away = replace(OLDER, connected=None)
    put(table, order(1, contents=BOTH[:1]), away)
    put(table, order(1, contents=BOTH[1:]), away)
    table.told()
    tend(table, replace(OLDER, connected=NOON + MINUTE), NOON + MINUTE)
    parts = [(type(one), getattr(one, "part", None)) for one in table.told()]
    assert parts == [(SetMessage, 0), (ClearMessage, 1)]


def test_where_a_message_goes_in_one_nothing_is_left_over() -> None:
    table = Table()
    put(table, order(contents=BOTH), OLDER)
    table.told()
    put(table, order(1, contents=BOTH[:1]), STATION)
    assert [type(one) for one in table.told()] == [SetMessage]


@pytest.mark.parametrize(
    ("station", "command", "code"),
    [
        (CLASSIC, order(), "NoDisplay"),
        (OLDER, order(contents=(text(format=MessageFormat.QR_CODE),)), "NotSupportedMessageFormat"),
        (OLDER, order(state=MessageState.SUSPENDED), "NotSupportedState"),
        (OLDER, order(contents=(text("x" * 513),)), "TooLong"),
    ],
)
def test_what_a_wire_has_no_words_for_is_refused_at_once(station: Station, command: SetMessage, code: str) -> None:
    table = Table()
    with pytest.raises(NotSupported) as refused:
        put(table, command, station)
    assert refused.value.code == code
    assert (table.messages(), table.told()) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"number": 1_000_000}, "number"),
        ({"number": -1}, "number"),
        ({"contents": ()}, "contents"),
        ({"contents": (text(),) * 6}, "contents"),
        ({"contents": (text("a", "de"), text("b", "DE"))}, "contents"),
        ({"contents": (text("a", "deutsch!"),)}, "contents[0].language"),
        ({"contents": (text("  "),)}, "contents[0].text"),
        ({"contents": (text("x" * 1025),)}, "contents[0].text"),
        ({"contents": (text("a\x00b"),)}, "contents[0].text"),
        ({"contents": (text("ä", format=MessageFormat.ASCII),)}, "contents[0].text"),
        ({"end": NOON}, "end"),
        ({"start": NOON + MINUTE, "end": NOON + MINUTE}, "end"),
    ],
)
def test_what_cannot_be_a_message_is_refused_with_where_it_is_wrong(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as refused:
        put(Table(), order(**wrong))
    assert refused.value.where == where


def test_a_message_for_a_transfer_needs_one_that_goes_on() -> None:
    table = Table()
    with pytest.raises(Unknown) as refused:
        put(table, order(transfer=TransferReference("gone")))
    assert refused.value.code == "UnknownTransaction"
    put(table, order(transfer=REF), charging(STATION))
    assert only(table).message.transfer == REF


# -- clear --


def test_a_message_is_gone_once_the_station_has_cleared_all_of_its_parts() -> None:
    table = Table()
    put(table, order(contents=BOTH), OLDER)
    answer(table)
    answer(table, part=1)
    table.told()
    clear(table, OLDER)
    assert [(type(one), getattr(one, "part", None)) for one in table.told()] == [(ClearMessage, 0), (ClearMessage, 1)]
    cleared(table)
    assert only(table).standing is Standing.LEAVING
    cleared(table, "Unknown", part=1)
    assert table.messages() == []


def test_what_the_station_never_heard_of_or_refused_is_gone_at_once() -> None:
    table = Table()
    put(table, order(1), AWAY)
    clear(table, AWAY)
    put(table, order(2))
    answer(table, 2, "Rejected")
    table.told()
    clear(table, number=2)
    assert (table.messages(), table.told()) == ([], [])


def test_what_a_station_would_not_have_replaced_or_took_in_part_is_cleared_there() -> None:
    table = Table()
    put(table, order(1))
    answer(table)
    put(table, order(1, contents=(text("Bye"),)))
    answer(table, reason="Rejected", revision=2)  # it goes on showing the first
    put(table, order(2, contents=BOTH), OLDER)
    answer(table, 2)
    answer(table, 2, "LanguageNotSupported", part=1)  # it shows the English one
    put(table, order(3))
    answer(table, 3)
    put(table, order(3, contents=(text("Bye"),)), AWAY)
    table.told()
    for number in (1, 2, 3):
        clear(table, OLDER, number)
    cleared_there = [(one.number, one.part) for one in table.told() if isinstance(one, ClearMessage)]
    assert cleared_there == [(1, 0), (2, 0), (2, 1), (3, 0)]
    put(table, order(5, contents=BOTH), OLDER)
    put(table, order(5), replace(OLDER, connected=None))  # the German part is there yet
    table.told()
    clear(table, OLDER, 5)
    assert [one.part for one in table.told() if isinstance(one, ClearMessage)] == [0, 1]
    put(table, order(4), AWAY)
    put(table, order(4), AWAY)
    clear(table, CLASSIC, 4)  # which has no display, and no words to be told so
    assert 4 not in [one.number for one in table.messages()]


def test_what_ends_before_is_looked_at_in_time_though_another_is_being_cleared() -> None:
    table = Table()
    put(table, order(1, end=NOON + MINUTE))
    put(table, order(2))
    answer(table, 2)
    clear(table, number=2)
    assert table.wakes[TENDING].at == NOON + MINUTE


def test_a_station_that_is_away_is_told_to_clear_when_it_comes_back() -> None:
    table = Table()
    put(table, order())
    answer(table)
    table.told()
    clear(table, AWAY)
    assert (only(table).standing, table.told()) == (Standing.LEAVING, [])
    tend(table, replace(STATION, connected=NOON + MINUTE), NOON + MINUTE)
    assert [type(one) for one in table.told()] == [ClearMessage]


def test_a_station_that_does_not_clear_keeps_the_message_with_its_reason() -> None:
    table = Table()
    put(table, order())
    answer(table)
    clear(table)
    cleared(table, "Busy")
    assert table.standings() == [(1, "set", "Busy")]


def test_a_message_that_nobody_knows_cannot_be_cleared() -> None:
    with pytest.raises(Unknown) as refused:
        clear(Table())
    assert refused.value.code == "UnknownMessage"


# -- tend --


def test_a_station_that_did_not_answer_is_told_again() -> None:
    table = Table()
    put(table, order())
    assert table.wakes[TENDING].at == NOON + AGAIN
    table.told()
    tend(table, at=NOON + AGAIN / 2)
    assert table.told() == []
    tend(table, at=NOON + AGAIN)
    assert [type(one) for one in table.told()] == [SetMessage]


def test_what_is_over_is_gone_from_the_list_without_a_word_to_the_station() -> None:
    table = Table()
    put(table, order(1, end=NOON + MINUTE))
    answer(table)
    put(table, order(2))
    answer(table, 2)
    table.told()
    tend(table, at=NOON + MINUTE)
    assert ([one.number for one in table.messages()], table.told()) == ([2], [])


def test_what_was_shown_for_a_transfer_is_gone_with_it_even_if_its_end_was_not_heard() -> None:
    table, busy = Table(), charging(STATION)
    put(table, order(1, transfer=REF), busy)
    put(table, order(2, transfer=REF), busy)
    table.play(tending.forget(ForgetMessagesOf(station=CS, reference=TransferReference("t9")), busy, table.rows, NOON))
    assert len(table.messages()) == 2
    table.play(tending.forget(ForgetMessagesOf(station=CS, reference=REF), busy, table.rows, NOON))
    assert table.messages() == []
    put(table, order(3, transfer=REF), busy)
    tend(table, STATION)
    assert table.messages() == []


def test_after_a_boot_the_station_is_asked_which_messages_it_has() -> None:
    table = Table()
    put(table, order())
    answer(table)
    table.told()
    tend(table, ask=True)
    assert table.told() == [AskMessages(station=CS, request=1)]


def test_a_station_that_comes_back_on_a_wire_without_displays_refuses_what_waits() -> None:
    table = Table()
    put(table, order(), AWAY)
    tend(table, replace(CLASSIC, connected=NOON + MINUTE), NOON + MINUTE)
    assert table.standings() == [(1, "refused", "NoDisplay")]
    assert table.told() == []


def test_what_waits_is_divided_as_the_wire_of_the_day_wants_it() -> None:
    table = Table()
    put(table, order(contents=BOTH), AWAY)
    assert only(table).parts == 1
    tend(table, replace(OLDER, connected=NOON + MINUTE), NOON + MINUTE)
    assert (only(table).parts, len(table.told())) == (2, 2)
