# SPDX-License-Identifier: Apache-2.0
"""A credential that an EV user presents, and what it is good for (8.4.4)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Event


class Credential(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was read from a card, typed in or sent by an app. Lives at the doors only, never in facts."""

    kind: str
    """OCPP 2.x words: ISO14443, ISO15693, eMAID, KeyCode, Central, Local, MacAddress, NoAuthorization …"""
    value: str


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
