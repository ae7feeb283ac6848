# SPDX-License-Identifier: Apache-2.0
"""The operator keeps the credentials (8.4.4)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Effect
from open63110.model.token import Token, TokenChanged
from open63110.ports import Tokens
from open63110.usecases.services.authorize_locally.messages import PutToken, RemoveToken


class Register(Tokens, Protocol):
    """Credentials, and which of them were deleted."""

    def erased(self, ref: SubjectRef) -> bool:
        """Tell whether a reference stands for a credential that was deleted."""


def put(command: PutToken, tokens: Register, now: datetime) -> Iterator[Effect]:
    """Add or replace a credential; the same again changes nothing.

    Raises:
        Refused: it was deleted, and nobody has lifted that.
    """
    token = command.token
    _check(token, tokens)
    if tokens.erased(token.ref):
        remedy = "lift the deletion first, if its holder asks for that: deletions/lift"
        raise Refused(
            "this credential was deleted at its holder's wish", code="ErasedSubject", where="token.value", remedy=remedy
        )
    if tokens.token(token.ref) != token:
        yield TokenChanged(station=command.station, at=now, ref=token.ref, token=token)


def _check(token: Token, tokens: Tokens) -> None:
    if not token.ref or not token.kind:
        raise Malformed("a credential has a reference and a kind", where="token.ref")
    if token.concurrent < 0:
        raise Malformed("the number of sessions at a time is 0 (no limit) or more", where="token.concurrent")
    if token.valid_from and token.valid_until and token.valid_until <= token.valid_from:
        raise Refused("it would end before it begins", code="NeverValid", where="token.valid_until")
    if token.group == token.ref:
        raise Refused("a credential is no group of itself", code="GroupOfItself", where="token.group")
    if token.group and tokens.token(token.group) is None:
        raise Refused(
            "its group is not known", code="UnknownGroup", where="token.group", remedy="put the group's own credential first"
        )


def remove(command: RemoveToken, token: Token | None, now: datetime) -> Iterator[Effect]:
    """Forget what a credential is good for; from now on it is unknown.

    Raises:
        Unknown: there is no such credential.
    """
    if token is None:
        raise Unknown("no such credential", code="UnknownToken", where="subject")
    yield TokenChanged(station=command.station, at=now, ref=command.subject, token=None)
