# SPDX-License-Identifier: Apache-2.0
"""The operator keeps the credentials (8.4.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.wallet import Wallet

from open63110.kernel.errors import Malformed, Refused, Trouble, Unknown
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.token import Token, TokenChanged
from open63110.usecases.services.authorize_locally import PutToken, RemoveToken
from open63110.usecases.services.authorize_locally.credentials import put, remove

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOWHERE = StationId("")
ANNA, FLEET = SubjectRef("anna"), SubjectRef("fleet")


def token(**more: Any) -> Token:
    return Token(**({"ref": ANNA, "kind": "ISO14443"} | more))


def putting(one: Token, *known: Token) -> list[Any]:
    return list(put(PutToken(station=NOWHERE, token=one), Wallet(*known), NOW))


def test_a_credential_is_added_or_replaced() -> None:
    assert putting(token()) == [TokenChanged(station=NOWHERE, at=NOW, ref=ANNA, token=token())]
    assert putting(token(blocked=True), token()) == [TokenChanged(station=NOWHERE, at=NOW, ref=ANNA, token=token(blocked=True))]


def test_the_same_credential_again_changes_nothing() -> None:
    assert putting(token(), token()) == []


def test_a_credential_joins_a_known_group() -> None:
    assert len(putting(token(group=FLEET), token(ref=FLEET))) == 1


@pytest.mark.parametrize(
    ("nonsense", "trouble", "code"),
    [
        (token(ref=""), Malformed, "Malformed"),
        (token(kind=""), Malformed, "Malformed"),
        (token(concurrent=-1), Malformed, "Malformed"),
        (token(group=ANNA), Refused, "GroupOfItself"),
        (token(group=FLEET), Refused, "UnknownGroup"),
        (token(valid_from=NOW, valid_until=NOW - timedelta(1)), Refused, "NeverValid"),
    ],
)
def test_nonsense_is_refused_with_a_code(nonsense: Token, trouble: type[Trouble], code: str) -> None:
    with pytest.raises(trouble) as caught:
        putting(nonsense)
    assert caught.value.code == code


def test_a_credential_that_begins_before_it_ends_is_fine() -> None:
    assert len(putting(token(valid_from=NOW, valid_until=NOW + timedelta(1)))) == 1


def test_a_removed_credential_is_gone() -> None:
    command = RemoveToken(station=NOWHERE, subject=ANNA)
    assert list(remove(command, token(), NOW)) == [TokenChanged(station=NOWHERE, at=NOW, ref=ANNA, token=None)]
    with pytest.raises(Unknown):
        list(remove(command, None, NOW))
