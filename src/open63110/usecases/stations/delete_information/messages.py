# SPDX-License-Identifier: Apache-2.0
"""What is said about the deletion of personal data."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec
from msgspec.structs import replace

from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.deletion import SubjectType
from open63110.model.token import Subject

UNSAID = "•••"
"""Stands where a command that is written down would name a person."""


class DeleteInformation(Command, frozen=True, kw_only=True, gc=False):
    """Delete what is known of a person, here and at all stations. station is empty."""

    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    type: SubjectType
    """What the person is named by: token, contract (eMAID), certificate, customer."""
    value: str
    """The token or the contract; of a certificate algorithm:issuer name hash:issuer key hash:serial number."""
    kind: str = "ISO14443"
    """Of a token, in words of OCPP 2.x."""
    request_id: str = ""
    """As whoever asks calls it; empty: it is given a name here."""
    legal_basis: str = ""
    scope: tuple[str, ...] = ()
    """What is meant, in words; all there is is deleted in any case."""
    due: datetime | None = None
    """The deadline: what is not deleted by then is reported; None: the policy's."""
    by: str = ""
    role: str = ""

    def kept(self) -> Self:
        """Return it without the name of the person: orders and journal must not hold what is to be deleted."""
        return replace(self, value=UNSAID)

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with who asks: a secondary actor may speak of its own subjects only."""
        return replace(self, by=who, role=role)


class LiftDeletion(Command, frozen=True, kw_only=True, gc=False):
    """Let a credential that was deleted be known again: its holder has come back and asks for it. station is empty."""

    value: str
    kind: str = "ISO14443"
    """In words of OCPP 2.x."""

    def kept(self) -> Self:
        """Return it without the name of the person."""
        return replace(self, value=UNSAID)


class DeletionOrdered(Reply, frozen=True, kw_only=True, gc=False):
    """What whoever orders a deletion is told: by what name it can be followed."""

    request_id: str
    deadline: datetime


class HoldersFound(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: in the rows of these stations, and in so many of these kinds, the person was found. station is empty."""

    request: str
    stations: tuple[StationId, ...] = ()
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    """Sessions, transfers, records."""


class TendDeletions(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: go on with deletions, now that time has passed. station is empty."""


class DeletedHere(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: what is kept here was gone through. station is empty."""

    request: str
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    """By kind of data: in how many places the person was named, and is not any more."""
    left: dict[str, str] = msgspec.field(default_factory=dict)
    """By kind of data: why something of it is still there."""
    last: bool = False
    """Nothing is to be deleted elsewhere any more: with this it is closed."""
    tombstones: tuple[Subject, ...] = ()
    """What stands for the credentials from then on."""


class DeleteAgain(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a backup was restored that is older than deletions; what it brought back goes again. station is empty."""

    request: str
    subjects: tuple[SubjectRef, ...] = ()
    """Those that are there again."""
    tombstones: tuple[Subject, ...] = ()
    """What stood for those that are not."""


class DeleteAtStation(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: have a station delete what it holds by all requests that are open."""

    def follows(self) -> bool:
        """Belong to the request, which is audited."""
        return True


class DeletionStepEnded(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: one of the orders that make a station delete has ended."""

    step: str
    done: bool
    reason: str = ""
    supported: bool = True
    asked: datetime | None = None
    """When it was given."""
    number: int | None = None
    """Of the question, where it had one."""


class AskCustomerInformation(Command, frozen=True, kw_only=True, gc=False):
    """What does a station keep of a customer? Have it say so, delete it, or both."""

    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    subject: SubjectRef
    report: bool = True
    clear: bool = False
    request: int = 0
    """Number of the question; 0: given here."""
    by: str = ""
    role: str = ""
    """Of whoever asks: a level above has this one delete what it keeps itself, too."""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with who asks."""
        return replace(self, by=who, role=role)


class CustomerInformationReported(Event, frozen=True, kw_only=True, gc=False):
    """A station tells a part of what it keeps of a customer."""

    request: int
    page: int = 0
    more: bool = False
    lines: tuple[str, ...] = ()
    """Where the customer is known, in words of this product that name nobody."""
    text: SubjectRef | None = None
    """What a station says in its own words; kept like a credential, so that it can be erased."""


class CustomerForgotten(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps nothing of a customer any more."""

    subject: SubjectRef
