# SPDX-License-Identifier: Apache-2.0
"""Authorize with locally presented credentials: RFID, key code, contract; online, from lists, offline.

Clause:     8.4.4
Asked by:   EV user at the charging station
Done by:    charging station, CSMS
Leaves:     the right to charge, granted or refused with the finest status the wire has
"""

from typing import ClassVar

from open63110.kernel.ids import EvseNumber, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.token import AuthorizationStatus, Token


class AuthorizeCredential(Command, frozen=True, kw_only=True, gc=False):
    """May this credential charge here?"""

    priority: ClassVar[Priority] = Priority.CONTROL
    subject: SubjectRef
    evse: EvseNumber = EvseNumber(0)
    reference: TransferReference | None = None
    """Set when energy flows already under it (offline start, a second card): then it does not count against itself."""


class AuthorizationAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """The answer to a credential; no personal data beyond what a station needs."""

    status: AuthorizationStatus
    subject: SubjectRef
    token: Token | None = None
    """None unless the operator knows the credential."""


class CredentialPresented(Event, frozen=True, kw_only=True, gc=False):
    """A reader of a station read a credential."""

    evse: EvseNumber
    subject: SubjectRef


class CredentialAnswered(Event, frozen=True, kw_only=True, gc=False):
    """A station heard what the CSMS says of a credential; OFFLINE rules apply where it never hears."""

    subject: SubjectRef
    status: AuthorizationStatus
    evse: EvseNumber = EvseNumber(0)
    group: SubjectRef | None = None
    reference: TransferReference | None = None
    """Set when it answers a running transfer (late rejection)."""


class PutToken(Command, frozen=True, kw_only=True, gc=False):
    """Add or replace a credential. station is empty."""

    token: Token


class RemoveToken(Command, frozen=True, kw_only=True, gc=False):
    """Forget a credential. station is empty."""

    subject: SubjectRef


class LocalListEntry(Reply, frozen=True, kw_only=True, gc=False, array_like=True):
    """One line of a local authorization list."""

    subject: SubjectRef
    status: AuthorizationStatus
    group: SubjectRef | None = None


class SendLocalList(Command, frozen=True, kw_only=True, gc=False):
    """Replace a station's local authorization list."""

    version: int = 0
    """0: the next after the station's."""
    entries: tuple[LocalListEntry, ...] | None = None
    """None: all tokens that may be local."""


class LocalListReported(Event, frozen=True, kw_only=True, gc=False):
    """The station has this version of the list (−1: it has no lists)."""

    version: int


class LocalListReplaced(Event, frozen=True, kw_only=True, gc=False):
    """A station took over a list."""

    version: int
    entries: tuple[LocalListEntry, ...] = ()


class AskLocalListVersion(Command, frozen=True, kw_only=True, gc=False):
    """Which version of the local list is there?"""


class ClearAuthorizationCache(Command, frozen=True, kw_only=True, gc=False):
    """Forget remembered answers."""


class CacheCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station forgot its remembered answers."""
