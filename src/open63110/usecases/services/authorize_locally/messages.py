# SPDX-License-Identifier: Apache-2.0
"""What parties say to each other about locally presented credentials (8.4.4)."""

from datetime import datetime
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
    """Set when energy flows already under it (offline start, a second card): then it does not count against itself,
    and no grant is given. Empty where the CSMS has yet to name it (a start of OCPP 1.6)."""
    presented: datetime | None = None
    """When it was, if this is told together with the transfer it led to; None: just now. What has expired since was good."""


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
    language: str = ""
    """That its holder reads; empty: nobody said."""


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
    language: str = ""
    """That its holder reads; empty: nobody said."""


class SendLocalList(Command, frozen=True, kw_only=True, gc=False):
    """Replace a station's local authorization list, or change it."""

    version: int = 0
    """0: the next after the station's."""
    entries: tuple[LocalListEntry, ...] | None = None
    """None: all tokens that may be local."""
    differential: bool = False
    """The entries are what changes of the list that the station has; the rest of it stays."""
    removed: tuple[SubjectRef, ...] = ()
    """What no longer stands on it; of a differential list only."""


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


class DoubtTransfer(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: energy flows, or has flowed, on a credential that is not accepted."""

    reference: TransferReference
    status: AuthorizationStatus


class TransferDoubted(Event, frozen=True, kw_only=True, gc=False):
    """A transfer was flagged because of its credential; what it consumed stays (I10)."""

    reference: TransferReference
    status: AuthorizationStatus


class DecideAlone(Command, frozen=True, kw_only=True, gc=False):
    """At the station: the CSMS has not answered in time, so the offline rules apply."""

    evse: EvseNumber
    subject: SubjectRef


class LocalListOffered(Event, frozen=True, kw_only=True, gc=False):
    """The CSMS sent a station a list; it is desired until the station reports its version."""

    version: int
    digest: int


class LocalListVersionAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """Which version of the local list a station has; 0: none, −1: it has no lists."""

    version: int


class ReconcileLocalList(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: give a station the list it should have, if it has another."""

    ask: bool = False
    """Ask the station for its version first: after a boot nobody knows."""
    wait: float = 0.0
    """Not before so long [s]: right after a connection a station has other things to say."""
