# SPDX-License-Identifier: Apache-2.0
"""What a local CSMS learns of credentials from the level above, so that it can decide alone (8.4.4, R-7.3-3)."""

from collections.abc import Callable

import msgspec

from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.token import AuthorizationStatus, Token, TokenChanged
from open63110.runtime.engine import Engine, Turn
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, ReconcileLocalList, SendLocalList

LEARNED = "learned"
"""Stands as the contract of credentials that are the level above's; the operator of the site has others."""

ACCEPTED = AuthorizationStatus.ACCEPTED

LASTING = frozenset(
    {AuthorizationStatus.BLOCKED, AuthorizationStatus.EXPIRED, AuthorizationStatus.INVALID, AuthorizationStatus.UNKNOWN}
)
"""Answers that stay true; the others may be of the moment or of the place."""


class Wallet:
    """Implements downward.Wallet."""

    def __init__(self, engine: Engine) -> None:
        """Use the tokens that the engine knows."""
        self._engine = engine
        self._versions: dict[StationId, int] = {}

    def foreign(self, subject: SubjectRef) -> bool:
        """Tell whether a credential is for the level above to judge, if it hears."""
        token = self._engine.known.token(subject)
        return token is None or token.contract == LEARNED

    def version(self, station: StationId) -> int:
        """Return the version of the list that was said last for a station."""
        return self._versions.get(station, 0)

    def answered(self, answer: AuthorizationAnswer, station: StationId) -> None:
        """Take what the level above says of a credential."""
        if answer.status is ACCEPTED:
            self._good(answer.subject, station, answer.token)
        elif answer.status in LASTING:
            self._bad(answer.subject)

    def vouched(self, command: StartRemotely) -> None:
        """The level above starts something on a credential: it is good there."""
        self._good(command.subject, command.station, None, command.group)

    def listed(self, command: SendLocalList) -> None:
        """Take the credentials that are good at a station, and no others any more."""
        if command.version:
            self._versions[command.station] = command.version
        entries = command.entries or ()
        for one in entries:
            if one.status is ACCEPTED:
                self._good(one.subject, command.station, None, one.group)
            else:
                self._bad(one.subject)
        said = {one.subject for one in entries}
        for token in tuple(self._engine.known.tokens.values()):
            if token.contract == LEARNED and command.station in token.stations and token.ref not in said:
                self._change(token, lambda one: _without(one, command.station))
        self._engine.hear((ReconcileLocalList(station=command.station),))  # what is below hears of it now

    def _good(self, subject: SubjectRef, station: StationId, said: Token | None, group: SubjectRef | None = None) -> None:
        known = self._engine.known.token(subject)
        if known is not None and known.contract != LEARNED:
            return
        credential = self._engine.known.credential(subject)
        token = known or Token(
            ref=subject, kind=credential.kind if credential else "ISO14443", contract=LEARNED, concurrent=0, stations=(station,)
        )
        stations = token.stations if station in token.stations else (*token.stations, station)
        token = msgspec.structs.replace(token, blocked=False, stations=stations, group=group or token.group)
        if said is not None:
            token = msgspec.structs.replace(token, valid_until=said.valid_until, group=said.group, language=said.language)
        if token != known:
            self._put(subject, token)

    def _bad(self, subject: SubjectRef) -> None:
        known = self._engine.known.token(subject)
        if known is not None and known.contract == LEARNED and not known.blocked:
            self._put(subject, msgspec.structs.replace(known, blocked=True))

    def _change(self, token: Token, change: Callable[[Token], Token | None]) -> None:
        self._put(token.ref, change(token))

    def _put(self, subject: SubjectRef, token: Token | None) -> None:
        now = self._engine.clock.now()
        turn = Turn(self._engine, StationId(""), now)
        turn.fact(TokenChanged(station=StationId(""), at=now, ref=subject, token=token))
        turn.keep()
        self._engine.commit.after(lambda _: None)


def _without(token: Token, station: StationId) -> Token | None:
    """Return a credential that is not good at a station any more; None: nowhere."""
    left = tuple(one for one in token.stations if one != station)
    return msgspec.structs.replace(token, stations=left) if left else None
