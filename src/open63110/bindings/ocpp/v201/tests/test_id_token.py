# SPDX-License-Identifier: Apache-2.0
"""Credentials meet OCPP 2.x by name, and an answer never fails for want of one."""

from datetime import UTC, datetime

import pytest
from msgspec import UNSET
from tests.conformance.v201.golden import door

from open63110.bindings.ocpp.v21.words import WORDS as WORDS_21
from open63110.bindings.ocpp.v201.id_token import group, id_token, id_token_info, subject
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import NotSupported, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.model.token import AuthorizationStatus, Token
from open63110.usecases.services.authorize_locally import AuthorizationAnswer

DOOR = door(WIRE)
CARD = SubjectRef("ISO14443:A1")
ERASED = SubjectRef("ISO14443:erased")
LONG = SubjectRef("Central:" + "x" * 37)
VIN = SubjectRef("VIN:WAUZZZ8K9BA123456")


def answer(**of_token: object) -> AuthorizationAnswer:
    token = Token(ref=CARD, kind="ISO14443", **of_token)  # type: ignore[arg-type]  # each test gives one field of it
    return AuthorizationAnswer(status=AuthorizationStatus.ACCEPTED, subject=CARD, token=token)


def test_a_credential_is_named_and_recognised() -> None:
    token = id_token(CARD, DOOR)
    assert (token.id_token, token.type) == ("A1", "ISO14443")
    assert subject(token, DOOR) == CARD


def test_no_token_on_the_wire_is_nobody() -> None:
    assert subject(UNSET, DOOR) is None


def test_an_erased_credential_cannot_be_named() -> None:
    with pytest.raises(Unknown):
        id_token(ERASED, DOOR)


@pytest.mark.parametrize("ref", [LONG, VIN])
def test_what_201_has_no_word_for_is_refused_there_and_named_in_21(ref: SubjectRef) -> None:
    with pytest.raises(NotSupported):
        id_token(ref, DOOR)
    assert subject(id_token(ref, DOOR, WORDS_21), DOOR) == ref


@pytest.mark.parametrize("ref", [ERASED, VIN])
def test_a_group_that_cannot_be_named_is_left_out_and_the_answer_stands(ref: SubjectRef) -> None:
    info = id_token_info(answer(group=ref), DOOR)
    assert info.status == "Accepted"
    assert info.group_id_token is UNSET


def test_a_group_is_named_where_there_is_one() -> None:
    assert group(None, DOOR) is UNSET
    assert subject(id_token_info(answer(group=SubjectRef("Central:G1")), DOOR).group_id_token, DOOR) == "Central:G1"


def test_the_end_of_a_token_is_told() -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    assert id_token_info(answer(valid_until=until), DOOR).cache_expiry_date_time == until
    assert id_token_info(answer(), DOOR).cache_expiry_date_time is UNSET


@pytest.mark.parametrize(("language", "told"), [("de", "de"), ("", UNSET), ("a-language-tag", UNSET)])
def test_a_language_is_told_if_it_fits(language: str, told: object) -> None:
    assert id_token_info(answer(language=language), DOOR).language1 == told


def test_of_an_unknown_credential_only_the_status_is_told() -> None:
    info = id_token_info(AuthorizationAnswer(status=AuthorizationStatus.UNKNOWN, subject=CARD), DOOR)
    assert (info.status, info.group_id_token, info.language1) == ("Unknown", UNSET, UNSET)
