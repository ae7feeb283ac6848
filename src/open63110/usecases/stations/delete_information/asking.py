# SPDX-License-Identifier: Apache-2.0
"""Who may have whose data deleted, and of whom it is (8.3.12 steps 1 and 2)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Unknown
from open63110.kernel.ids import PrincipalId, StationId, SubjectRef
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.model.deletion import (
    CERTIFICATE,
    CUSTOMER,
    ERASED,
    NEVER_CARDS,
    DeletionChanged,
    DeletionRequest,
    SubjectErased,
    SubjectNamed,
)
from open63110.model.policy import Policy
from open63110.model.token import IDENTIFIERS, Credential, Subject
from open63110.ports import Ids, Rows
from open63110.usecases.stations.delete_information.known import NamedTokens
from open63110.usecases.stations.delete_information.messages import DeleteInformation, DeletionOrdered, LiftDeletion

NOBODY: Final = StationId("")

LONGEST: Final = {"token": 255, "contract": 64, "certificate": 400, "customer": 64}
"""Characters of what a person is named by."""

AT_STATIONS: Final = {"certificate": CERTIFICATE, "customer": CUSTOMER}
"""Names that only stations may know somebody by, and the kinds of their subjects."""

_HASHES: Final = re.compile(r"(SHA256|SHA384|SHA512):[0-9a-fA-F]{1,128}:[0-9a-fA-F]{1,128}:[0-9a-fA-F]{1,40}")

_NAME: Final = re.compile(r"|[0-9A-Za-z][0-9A-Za-z._:~@+=-]{0,63}")
"""What a request can be called: it stands in addresses and in names of files. Empty: it is given a name here."""

NAMES: Final = 6
"""Characters from which on a value names somebody wherever it stands; a shorter one may mean anything."""

_LASTS: Final = timedelta(days=366)
"""How far a deadline may be away."""


def order(
    command: DeleteInformation, tokens: NamedTokens, rows: Rows, ids: Ids, policy: Policy, now: datetime
) -> Iterator[Effect]:
    """Take a request; the same once more is answered as the first one was.

    Raises:
        Malformed: no such name, or a deadline that cannot be.
        NotAuthorized: a secondary actor asks for somebody who is not its own, whether he is known here or not.
        Unknown: nothing is known of such a person.
        Refused: another request has this id.
    """
    deadline = _checked(command, policy, now)
    subjects = _entitled(command, _subjects(command, tokens), tokens)
    name = command.request_id or str(ids.order())
    known = rows.get(DeletionRequest, name)
    if known is not None:
        if (known.by, known.type) != (command.by, command.type) or not set(subjects) <= set(known.subjects):
            raise Refused("another request has this id", code="RequestIdTaken", where="request_id", remedy="choose another")
        yield DeletionOrdered(request_id=name, deadline=known.deadline)
        return
    if not subjects and command.type in AT_STATIONS:
        subject = Subject(ref=ids.subject(), kind=AT_STATIONS[command.type], value=command.value)
        yield SubjectNamed(station=NOBODY, at=now, subject=subject)
        subjects = (subject.ref,)
    if not subjects:
        raise Unknown("nothing is known here of such a person", code="UnknownSubject", where="value")
    request = DeletionRequest(
        id=name,
        by=PrincipalId(command.by),
        type=command.type,
        subjects=subjects,
        asked=now,
        deadline=deadline,
        legal_basis=command.legal_basis,
        scope=command.scope,
        number=number_of(name),
    )
    yield DeletionChanged(station=NOBODY, at=now, id=name, deletion=request)
    yield DeletionOrdered(request_id=name, deadline=deadline)


def number_of(name: str) -> int:
    """Return a number for what wires can only number, 1 and up."""
    return (crc32(name.encode()) & 0x3FFFFFFF) + 1


def _checked(command: DeleteInformation, policy: Policy, now: datetime) -> datetime:
    """Return until when; see to it that the rest can be."""
    if not 0 < len(command.value) <= LONGEST[command.type]:
        words = f"what a {command.type} is named by has 1 to {LONGEST[command.type]} characters"
        raise Malformed(words, code="InvalidValue", where="value")
    if command.type == "certificate" and not _HASHES.fullmatch(command.value):
        remedy = "say SHA256:<hash of the issuer's name>:<hash of its key>:<serial number>, in hexadecimal digits"
        raise Malformed("that names no certificate", code="InvalidValue", where="value", remedy=remedy)
    if command.kind in NEVER_CARDS:
        raise Malformed(
            f"no reader reads a {command.kind}", code="InvalidValue", where="kind", remedy="say ISO14443, for example"
        )
    if not _NAME.fullmatch(command.request_id):
        remedy = "64 characters at most: letters, digits and . _ : ~ @ + - =, the first a letter or a digit"
        raise Malformed("request_id cannot be that", code="InvalidValue", where="request_id", remedy=remedy)
    _checked_words(command)
    deadline = command.due or now + timedelta(days=policy.deletion_days)
    if not now < deadline <= now + _LASTS:
        raise Malformed("the deadline lies ahead, within a year", code="InvalidValue", where="due")
    return deadline


def _checked_words(command: DeleteInformation) -> None:
    """See to it that what stays of a request does not name the person."""
    stay = {"request_id": command.request_id, "legal_basis": command.legal_basis, "scope": "\n".join(command.scope)}
    named = command.value.casefold()
    for where, said in stay.items():
        if len(named) >= NAMES and named in said.casefold():
            remedy = "use other words: they stay in the report"
            raise Malformed(f"{where} names the person who is to be forgotten", code="NamesPerson", where=where, remedy=remedy)


def _subjects(command: DeleteInformation, tokens: NamedTokens) -> tuple[SubjectRef, ...]:
    """Return the references of all that a person is known by; a card is the same card, whatever kind a wire takes it for."""
    if command.type == "contract":
        found = [one.ref for one in tokens.of_contract(command.value)]
        itself = tokens.find(Credential(kind="eMAID", value=command.value))
        return tuple(dict.fromkeys([*found, *([itself] if itself else [])]))
    kinds = (AT_STATIONS[command.type],) if command.type in AT_STATIONS else (command.kind, *IDENTIFIERS)
    refs = [tokens.find(Credential(kind=kind, value=command.value)) for kind in dict.fromkeys(kinds)]
    return tuple(dict.fromkeys(ref for ref in refs if ref is not None and not tokens.erased(ref)))


def _entitled(command: DeleteInformation, subjects: tuple[SubjectRef, ...], tokens: NamedTokens) -> tuple[SubjectRef, ...]:
    """Let a secondary actor speak of those only whose contracts are its own.

    Raises:
        NotAuthorized: one is not; what is known of him is not said.
    """
    if command.role != Role.CSP:
        return subjects
    own = [one for one in subjects if (token := tokens.token(one)) is not None and token.provider == command.by]
    if not own or len(own) < len(subjects):
        raise NotAuthorized(f"{command.by} may not speak for this person", code="NotEntitled", where="value")
    return subjects


def lift(command: LiftDeletion, tokens: NamedTokens, now: datetime) -> Iterator[Effect]:
    """Forget that a credential was deleted: it may be put again, as one that nobody has seen.

    Raises:
        Unknown: it was not deleted.
    """
    ref = tokens.find(Credential(kind=command.kind, value=command.value))
    if ref is None or not tokens.erased(ref):
        raise Unknown(f"no such credential was deleted ({ERASED})", code="NotErased", where="value")
    yield SubjectErased(station=NOBODY, at=now, ref=ref)
