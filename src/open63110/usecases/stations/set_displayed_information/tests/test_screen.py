# SPDX-License-Identifier: Apache-2.0
"""What is to be seen on a display (8.3.8): state, time, transfer, priority, language."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.display import DisplayMessage, MessageFormat, MessagePriority, MessageState
from open63110.model.station import Connector, Grant, Station
from open63110.usecases.stations.set_displayed_information import shown
from open63110.usecases.stations.set_displayed_information.screen import states_at
from open63110.usecases.stations.set_displayed_information.tests.displays import (
    ANNA,
    BERT,
    E1,
    E2,
    MINUTE,
    NOON,
    REF,
    STATION,
    charging,
    text,
)

QR = MessageFormat.QR_CODE
EVERYWHERE = (text("Hello", "en"), text("Hallo", "de"), text("Bonjour", "fr"))


def message(number: int = 1, **more: Any) -> DisplayMessage:
    return DisplayMessage(number=number, **({"contents": (text(f"m{number}"),)} | more))


def seen(*messages: DisplayMessage, station: Station = STATION, evse: EvseNumber = E1, at: Any = NOON, **more: Any) -> list[str]:
    return [one.text for one in shown(messages, station, evse, at, **more)]


def test_a_message_of_a_state_is_seen_at_the_evse_that_is_so() -> None:
    one = message(state=MessageState.CHARGING)
    busy = charging(STATION, E2)
    assert (seen(one, station=busy), seen(one, station=busy, evse=E2)) == ([], ["m1"])


def test_a_message_with_times_is_seen_between_them() -> None:
    one = message(start=NOON, end=NOON + MINUTE)
    assert [seen(one, at=at) for at in (NOON - MINUTE, NOON, NOON + MINUTE)] == [[], ["m1"], []]


def test_a_message_for_a_transfer_or_an_evse_is_seen_there_only() -> None:
    busy = charging(STATION)
    assert (seen(message(transfer=REF), station=busy), seen(message(transfer=REF), station=busy, evse=E2)) == (["m1"], [])
    assert (seen(message(evse=E2)), seen(message(evse=E2), evse=E2)) == ([], ["m1"])


def test_what_is_in_front_hides_what_is_behind() -> None:
    normal, front, always = (message(place, rank=one) for place, one in enumerate(reversed(MessagePriority)))
    assert seen(normal, message(7)) == ["m0", "m7"]
    assert seen(normal, front, message(8, rank=MessagePriority.IN_FRONT)) == ["m1", "m8"]
    assert seen(normal, front, always) == ["m2"]


@pytest.mark.parametrize(("who", "words"), [(ANNA, ["Hallo"]), (BERT, ["Bonjour"])], ids=["of her card", "of another country"])
def test_a_user_sees_his_language_only(who: Any, words: list[str]) -> None:
    busy = charging(STATION, who=who)
    assert seen(message(contents=EVERYWHERE), station=busy) == words
    parts = [message(number, contents=(one,)) for number, one in enumerate(EVERYWHERE)]  # as 2.0.1 has them
    assert seen(*parts, station=busy) == words


def test_a_user_who_was_admitted_sees_his_language_before_energy_flows() -> None:
    grant = Grant(subject=ANNA, method="csms", at=NOON, until=NOON + MINUTE)
    admitted = replace(STATION, evses={**STATION.evses, E1: replace(STATION.evses[E1], grant=grant)})
    assert seen(message(contents=EVERYWHERE), station=admitted) == ["Hallo"]


def test_whose_language_nobody_knows_sees_that_of_the_display_or_what_is_for_everybody() -> None:
    assert seen(message(contents=EVERYWHERE), languages=("fr", "de")) == ["Bonjour"]
    assert seen(message(contents=EVERYWHERE)) == ["Hello"]
    assert seen(message(contents=(text("Hallo", "de"), text("*")))) == ["*"]
    assert seen(message(contents=(text("Hallo", "de"), text("*"))), station=charging(STATION)) == ["Hallo"]


def test_a_qr_code_is_seen_beside_the_text_in_whatever_language_that_is() -> None:
    one = message(contents=(*EVERYWHERE, text("https://pay.example", format=QR)))
    assert seen(one, station=charging(STATION)) == ["Hallo", "https://pay.example"]


def test_what_differs_in_more_than_language_is_all_seen() -> None:
    one, other = message(1, contents=(text("Hallo", "de"),)), message(2, contents=(text("Bye", "en"),), start=NOON)
    assert seen(one, other, station=charging(STATION)) == ["Hallo", "Bye"]


@pytest.mark.parametrize(
    ("station", "states"),
    [
        (STATION, {"idle"}),
        (charging(STATION), {"charging"}),
        (charging(STATION, state="suspended-ev"), {"charging", "suspended"}),
        (charging(STATION, state="discharging"), {"discharging"}),
        (replace(charging(STATION), state="faulted"), {"faulted"}),
        (replace(STATION, state="unavailable"), {"unavailable"}),
    ],
)
def test_an_evse_is_in_a_state(station: Station, states: set[str]) -> None:
    assert states_at(station, E1) == states


def test_a_broken_plug_is_a_fault() -> None:
    broken = {1: Connector(state="faulted", at=NOON)}
    station = replace(STATION, evses={E1: replace(STATION.evses[E1], connectors=broken)})
    assert states_at(station, E1) == {"faulted"}
