# SPDX-License-Identifier: Apache-2.0
"""A credential that an EV user presents, and what it is good for (8.4.4)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Event


class Credential(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was read from a card, typed in or sent by an app. Lives at the doors only, never in facts."""

    kind: str
    """OCPP 2.x words: ISO14443, ISO15693, eMAID, KeyCode, Central, Local, MacAddress, NoAuthorization …"""
    value: str


CARD: Final = "ISO14443"
"""What nearly every credential is that a wire names without its kind (OCPP 1.6)."""

IDENTIFIERS: Final = (CARD, "ISO15693", "Central", "eMAID", "Local", "KeyCode", "MacAddress", "DirectPayment", "EVCCID", "VIN")
"""Kinds that OCPP compares without case, on every wire; in this order one is meant where the kind is not said."""


def normal(credential: Credential) -> Credential:
    """Return a credential in the one spelling by which it is compared; what is no identifier is compared letter by letter."""
    if credential.kind not in IDENTIFIERS or credential.value.isupper():
        return credential
    return Credential(kind=credential.kind, value=credential.value.upper())


class AuthorizationStatus(StrEnum):
    """The answer to a credential; the finest of the wires (2.x), coarser ones map down."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


class Token(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A credential known to the operator, by reference."""

    ref: SubjectRef
    kind: str
    blocked: bool = False
    valid_until: datetime | None = None
    """None means without end."""
    group: SubjectRef | None = None
    """Tokens of one group may end each other's sessions."""
    concurrent: int = 1
    """How many sessions at a time; 0 means without limit."""
    local: bool = True
    """May be put on local lists of stations."""
    contract: str = ""
    name: str = ""
    """The operator's own name for it; shown masked to viewers."""
    language: str = ""
    valid_from: datetime | None = None
    """Not accepted before; None means without begin."""
    no_credit: bool = False
    """Its account is empty."""
    stations: tuple[str, ...] = ()
    """Where it is good: station ids, or prefixes that end in an asterisk; none named means everywhere."""
    provider: str = ""
    """Whose contract it is: id of a principal (CSP), which may have it deleted; empty: nobody's but the operator's."""


class TokenChanged(Event, frozen=True, kw_only=True, gc=False):
    """The operator added or changed a credential. ``station`` is empty: it belongs to no station."""

    about: ClassVar[str] = "token"
    ref: SubjectRef
    token: Token | None
    """None: removed."""


class CredentialJudged(Event, frozen=True, kw_only=True, gc=False):
    """A credential was presented and answered."""

    subject: SubjectRef
    status: AuthorizationStatus
    evse: int = 0
    known: bool = True
    reference: TransferReference | None = None
    """Set when energy already flows on it."""


class Subject(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The one place where a reference meets the value it stands for; erasure deletes this row (8.3.12)."""

    ref: SubjectRef
    kind: str
    value: str
