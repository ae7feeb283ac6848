# SPDX-License-Identifier: Apache-2.0
"""Deletion of what is known of a person: the request, who holds something, and what became of it there (8.3.12, DD-6)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import PrincipalId, StationId, SubjectRef
from open63110.kernel.messages import Event, Priority
from open63110.model.station import Station
from open63110.model.token import Subject

SubjectType = Literal["token", "contract", "certificate", "customer"]
"""What a request names a person by: a credential, a contract (eMAID), a certificate, an identifier of a customer."""

DeletionState = Literal["searching", "waiting", "stations", "here", "closed"]
"""searching: who holds something is looked up; waiting: for the end of a session; stations: for those that hold something;
here: everybody else is done, and what is left is deleted here; closed: the last report is made."""

Result = Literal["deleted", "restricted", "pending", "failed"]
"""restricted: kept because the law says so, without saying whose it is."""

ERASED: Final = "Erased"
"""Kind of the subject that stands where a deleted credential would: its value is a fingerprint that only this installation
can make. Whoever shows the credential again is this subject, and nobody is told who that is."""

CUSTOMER: Final = "CustomerIdentifier"
"""Kind of a subject that only stations know a person by: an identifier that they were told."""

CERTIFICATE: Final = "CertificateHash"
"""Kind of a subject that is named by a certificate: algorithm, hashes of issuer's name and key, serial number, by colons."""

WORDS: Final = "CustomerInformation"
"""Kind of a subject that is a piece of what a station told of a customer, in its own words."""

DUE: Final = "deletion"
"""Flag of a station at which something is still to be deleted."""

FIRST: Final = "deletion-first"
"""Flag beside it while the station is being told: until it has answered, it is asked nothing else."""

FIRST_OF_ALL: Final = frozenset(
    {"AskCustomerInformation", "ClearAuthorizationCache", "SendLocalList", "LimitPower", "WithdrawLimit"}
)
"""Orders that make a station delete; and those that keep the grid from harm, which do not wait for that."""

NEVER_CARDS: Final = frozenset({ERASED, CUSTOMER, CERTIFICATE, WORDS})
"""Kinds of subjects that no reader reads."""


class DeletionRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """An order to delete what is known of a person."""

    id: str
    """As whoever asked calls it."""
    by: PrincipalId
    type: SubjectType
    subjects: tuple[SubjectRef, ...]
    """The credentials of the person; their values are gone once it is closed."""
    asked: datetime
    deadline: datetime
    """What is not deleted by then is reported as failed."""
    state: DeletionState = "searching"
    legal_basis: str = ""
    scope: tuple[str, ...] = ()
    """In the words of whoever asked; all there is is deleted in any case."""
    number: int = 0
    """By which stations are asked."""
    closed: datetime | None = None
    digest: str = ""
    """SHA-256 of the report that was made when it was closed, hex."""
    looked: int = 0
    """How often what is here was gone through."""


class DeletionItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What one holder has, and what became of it."""

    id: str
    """Request, holder and kind of data, by slashes."""
    request: str
    holder: str
    """A station, or this CSMS by its own name."""
    data: str
    """What it is: personal-data at stations; credentials, sessions, records, journal, messages … here."""
    result: Result
    at: datetime
    """When it came to that."""
    reason: str = ""
    """Why it is not deleted, or not yet."""
    count: int = 0
    """How many there were, where they can be counted."""
    steps: dict[str, str] = {}
    """At a station: what was ordered, and how that stands: sent, done, absent, or the reason why not."""
    tried: datetime | None = None
    """At a station: when it was ordered last."""


class CustomerReport(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station says it knows of a customer, page by page."""

    id: str
    """Station and number of the question."""
    station: StationId
    subject: SubjectRef
    request: int
    asked: datetime
    pages: dict[int, SubjectRef | None] = {}
    """By number; what a station says in its own words is kept like a credential, so that erasure reaches it."""
    lines: tuple[str, ...] = ()
    """What a station of our kind says: where the customer is known, without words that name anybody."""
    last: int | None = None
    """Number of the last page; None: it has not come yet."""

    @property
    def complete(self) -> bool:
        """Every page is there."""
        return self.last is not None and all(page in self.pages for page in range(self.last + 1))


class DeletionChanged(Event, frozen=True, kw_only=True, gc=False):
    """A deletion was asked for, or went on. ``station`` is empty."""

    about: ClassVar[str] = "deletion"
    id: str
    deletion: DeletionRequest | None


class DeletionItemChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something is to be deleted at a holder, or was."""

    about: ClassVar[str] = "deletion_item"
    id: str
    deletion_item: DeletionItem | None


class CustomerReportChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked what it knows of a customer, or has told more of it."""

    about: ClassVar[str] = "customer_report"
    id: str
    customer_report: CustomerReport | None


class SubjectNamed(Event, frozen=True, kw_only=True, gc=False):
    """A person was named whom nobody here knew: stations are to be asked about him. ``station`` is empty."""

    about: ClassVar[str] = "subject"
    subject: Subject


class SubjectErased(Event, frozen=True, kw_only=True, gc=False):
    """The value that a reference stood for is gone for good, or what stands in its place is set. ``station`` is empty."""

    about: ClassVar[str] = "subject"
    ref: SubjectRef
    subject: Subject | None = None
    """A tombstone under a new reference; None: ``ref`` is forgotten."""


class StationDeletes(Event, frozen=True, kw_only=True, gc=False):
    """The CSMS has a station delete what it holds of some persons, before it asks anything else of it."""

    requests: tuple[str, ...]


class DeletionsDue(Event, frozen=True, kw_only=True, gc=False):
    """A station that is not there has to delete something when it comes."""


class DeletionsPaused(Event, frozen=True, kw_only=True, gc=False):
    """A station did not delete all that it was told to; it is asked other things, and told again later."""


class DeletionsDone(Event, frozen=True, kw_only=True, gc=False):
    """At a station nothing is left to be deleted, as far as it says so."""


FREED: Final = (DeletionsPaused, DeletionsDone)
"""After these, what waits for a station can go."""


def item_id(request: str, holder: str, data: str) -> str:
    """Return by what an item is known."""
    return f"{request}/{holder}/{data}"


def report_id(station: StationId, request: int) -> str:
    """Return by what a station's report of a customer is known."""
    return f"{station}/{request}"


def report_of(request: DeletionRequest, items: Iterable[DeletionItem]) -> bytes:
    """Write the report of a request, always the same way: JSON, items in the order of their ids. It names nobody."""
    said = {
        "request_id": request.id,
        "sa": request.by,
        "subject": {"type": request.type, "references": request.subjects},
        "scope": request.scope,
        "legal_basis": request.legal_basis,
        "asked": request.asked,
        "deadline": request.deadline,
        "closed": request.closed,
        "items": [
            {"holder": one.holder, "class": one.data, "result": one.result, "t": one.at, "reason": one.reason, "count": one.count}
            for one in sorted(items, key=lambda one: one.id)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1)


def digest_of(request: DeletionRequest, items: Iterable[DeletionItem]) -> str:
    """Return the SHA-256 of a report, hex: with it in the journal, a report that was changed shows."""
    return hashlib.sha256(report_of(request, items)).hexdigest()


def goes_now(station: Station | None, kind: str, priority: Priority) -> bool:
    """Tell whether an order may go to a station now: what it has to delete goes before all that can wait for it."""
    deletes = station is not None and FIRST in station.flags
    return not deletes or kind in FIRST_OF_ALL or priority is Priority.EMERGENCY
