# SPDX-License-Identifier: Apache-2.0
"""What is kept stands in the journal word by word, but for persons."""

from typing import Any

import msgspec
from tests.conformance.v201.golden import door, plain

from open63110.bindings.ocpp.kept import journalled, nothing_to_say
from open63110.bindings.ocpp.v201.wire import WIRE

DOOR = door(WIRE)


def persons_hidden(payload: dict[str, Any], *personal: str) -> Any:
    return msgspec.json.decode(journalled(msgspec.json.encode(payload), personal, DOOR))


def test_a_payload_without_persons_is_kept_byte_by_byte() -> None:
    assert journalled(b'{ "a" : 1.0 }', (), DOOR) == '{ "a" : 1.0 }'


def test_a_payload_that_is_no_utf8_is_kept_as_far_as_it_can_be_written() -> None:
    assert journalled(b'{"a":"\xff"}', (), DOOR) == '{"a":"�"}'


def test_a_value_about_a_person_stands_under_a_reference() -> None:
    assert persons_hidden({"data": "Jane", "seqNo": 1}, "data") == {"data": {"subject": "data:Jane"}, "seqNo": 1}


def test_an_absent_value_stays_absent() -> None:
    assert persons_hidden({"seqNo": 1}, "data") == {"seqNo": 1}


def test_a_token_has_the_reference_it_has_everywhere() -> None:
    assert persons_hidden({"idToken": {"idToken": "A1", "type": "eMAID"}}, "idToken") == {"idToken": {"subject": "eMAID:A1"}}


def test_a_structure_about_a_person_is_one_reference() -> None:
    assert persons_hidden({"company": {"name": "J"}}, "company") == {"company": {"subject": 'company:{"name":"J"}'}}


def test_an_empty_response_says_nothing() -> None:
    assert plain(nothing_to_say((), DOOR)) == {}
