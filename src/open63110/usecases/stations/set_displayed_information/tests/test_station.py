# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.8 in the station: what it keeps, refuses, tells and lets go."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unknown
from open63110.kernel.ids import TransferReference
from open63110.model.display import MessageChanged, MessageFormat, MessagePriority, MessagesReported, MessageState
from open63110.model.policy import Screen, StationPolicy
from open63110.usecases.stations.set_displayed_information import (
    AskMessages,
    ClearMessage,
    ForgetMessagesOf,
    MessageAnswer,
    MessagesAnswer,
    SetMessage,
    TendMessages,
)
from open63110.usecases.stations.set_displayed_information.station import TENDING, clear, forget, obey, tell, tend
from open63110.usecases.stations.set_displayed_information.tests.displays import (
    CS,
    MINUTE,
    NOON,
    REF,
    STATION,
    Table,
    charging,
    text,
)

POLICY = StationPolicy()


def order(number: int = 1, **more: Any) -> SetMessage:
    return SetMessage(station=CS, number=number, **({"contents": (text(),)} | more))


def put(table: Table, command: SetMessage, policy: StationPolicy = POLICY, at: Any = NOON) -> None:
    table.play(obey(command, charging(STATION), table.rows, policy, at))


def numbers(table: Table) -> list[int]:
    return [one.number for one in table.messages()]


def test_a_message_is_kept_and_one_of_its_number_replaced() -> None:
    table = Table()
    put(table, order())
    put(table, order(contents=(text("Bye"),)))
    (kept,) = table.messages()
    assert (kept.number, kept.standing, kept.message.contents[0].text) == (1, "set", "Bye")
    assert table.replies == [MessageAnswer(number=1)] * 2


@pytest.mark.parametrize(
    ("screen", "command", "code", "kind"),
    [
        (Screen(most=0), order(), "NoDisplay", NotSupported),
        (Screen(), order(display="Roof"), "UnknownDisplay", NotSupported),
        (
            Screen(formats=(MessageFormat.UTF8,)),
            order(contents=(text(format=MessageFormat.HTML),)),
            "NotSupportedMessageFormat",
            NotSupported,
        ),
        (Screen(priorities=(MessagePriority.IN_FRONT,)), order(), "NotSupportedPriority", NotSupported),
        (Screen(states=()), order(state=MessageState.IDLE), "NotSupportedState", NotSupported),
        (Screen(languages=("de",)), order(contents=(text(language="fr"),)), "LanguageNotSupported", NotSupported),
        (Screen(), order(transfer=TransferReference("gone")), "UnknownTransaction", Unknown),
        (Screen(), order(evse=9), "UnknownEvse", Unknown),
        (Screen(), order(end=NOON), "InvalidValue", Malformed),
        (Screen(), order(contents=()), "InvalidValue", Malformed),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_its_display_cannot_show_is_refused_with_the_reason(
    screen: Screen, command: SetMessage, code: str, kind: type[Trouble]
) -> None:
    table = Table()
    with pytest.raises(kind) as refused:
        put(table, command, StationPolicy(screen=screen))
    assert refused.value.code == code
    assert table.messages() == []


def test_a_language_of_another_country_is_one_that_it_knows() -> None:
    table = Table()
    put(
        table, order(contents=(text(language="de-AT"), text("Hello", "en"))), StationPolicy(screen=Screen(languages=("en", "de")))
    )
    assert numbers(table) == [1]


def test_a_full_display_takes_no_more_but_in_the_place_of_another() -> None:
    table, small = Table(), StationPolicy(screen=Screen(most=2))
    put(table, order(1), small)
    put(table, order(2), small)
    put(table, order(2, contents=(text("Bye"),)), small)
    with pytest.raises(Refused) as full:
        put(table, order(3), small)
    assert full.value.code == "OutOfStorage"
    assert numbers(table) == [1, 2]


def test_what_is_always_in_front_gives_way_to_the_next_but_not_to_itself_in_another_language() -> None:
    table, front = Table(), MessagePriority.ALWAYS_FRONT
    put(table, order(1, rank=front, contents=(text("Hallo", "de"),)))
    put(table, order(2, rank=front, contents=(text("Bonjour", "fr"),)))
    put(table, order(3))
    assert numbers(table) == [1, 2, 3]
    put(table, order(4, rank=front, contents=(text("Closed"),)))
    assert numbers(table) == [3, 4]
    assert [one.reason for one in table.facts if isinstance(one, MessageChanged) and one.message is None] == [
        "replaced",
        "replaced",
    ]


def test_it_tells_page_by_page_what_it_is_asked_for() -> None:
    table, policy = Table(), StationPolicy(screen=Screen(page=2))
    for number in (1, 2, 3):
        put(table, order(number, state=MessageState.IDLE if number < 3 else None))
    told = table.play(tell(AskMessages(station=CS, request=7), STATION, table.rows, policy, NOON))
    pages = [one for one in told if isinstance(one, MessagesReported)]
    assert [([one.number for one in page.messages], page.more, page.request) for page in pages] == [
        ([1, 2], True, 7),
        ([3], False, 7),
    ]
    assert told[-1] == MessagesAnswer(count=3)
    some = list(tell(AskMessages(station=CS, numbers=(2, 3), state=MessageState.IDLE), STATION, table.rows, policy, NOON))
    assert some[-1] == MessagesAnswer(count=1)
    none = list(tell(AskMessages(station=CS, rank=MessagePriority.IN_FRONT), STATION, table.rows, policy, NOON))
    assert none == [MessagesAnswer(count=0)]


def test_what_is_cleared_is_gone_and_what_is_not_there_cannot_be() -> None:
    table = Table()
    put(table, order())
    table.play(clear(ClearMessage(station=CS, number=1), STATION, table.rows, POLICY, NOON))
    assert table.messages() == []
    with pytest.raises(Unknown):
        list(clear(ClearMessage(station=CS, number=1), STATION, table.rows, POLICY, NOON))


def test_a_message_is_gone_by_its_end_and_the_next_end_is_waited_for() -> None:
    table = Table()
    put(table, order(1, end=NOON + MINUTE))
    put(table, order(2, end=NOON + 2 * MINUTE))
    put(table, order(3))
    assert table.wakes[TENDING].at == NOON + MINUTE
    table.play(tend(TendMessages(station=CS), STATION, table.rows, NOON + MINUTE))
    assert numbers(table) == [2, 3]
    assert table.wakes[TENDING].at == NOON + 2 * MINUTE
    table.play(tend(TendMessages(station=CS), STATION, table.rows, NOON + 2 * MINUTE))
    assert table.wakes[TENDING].command is None


def test_what_was_shown_for_a_transfer_ends_with_it() -> None:
    table = Table()
    put(table, order(1, transfer=REF))
    put(table, order(2))
    assert table.wakes[TENDING].command is not None  # by which the end of the transfer knows that there is something to forget
    table.play(forget(ForgetMessagesOf(station=CS, reference=REF), replace(STATION), table.rows, NOON))
    assert numbers(table) == [2]
