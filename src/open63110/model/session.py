# SPDX-License-Identifier: Apache-2.0
"""A service session: the whole service one EV user gets, from its first part to its last (6.2, spec 1.5)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from open63110.kernel.ids import EvseNumber, SessionNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Event


class SessionState(StrEnum):
    """The state machine of spec 1.5."""

    RESERVED = "reserved"
    OCCUPIED = "occupied"
    AUTHORIZED = "authorized"
    PENDING = "ets-pending"
    CHARGING = "ets-charging"
    DISCHARGING = "ets-discharging"
    PAUSED = "ets-paused"
    ENDED = "ets-ended"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ABORTED = "aborted"


TERMINAL = frozenset({SessionState.CLOSED, SessionState.REJECTED, SessionState.EXPIRED, SessionState.ABORTED})


class ServiceSession(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One service consumption: holds 0..n energy transfers, also on different EVSEs."""

    station: StationId
    number: SessionNumber
    evse: EvseNumber
    state: SessionState
    opened: datetime
    closed: datetime | None = None
    subject: SubjectRef | None = None
    auth_method: str = ""
    """local, cache, csms, remote, offline, none."""
    transfers: tuple[TransferReference, ...] = ()
    path: tuple[tuple[SessionState, datetime], ...] = ()
    """Every state it was in, with its begin."""
    flags: tuple[str, ...] = ()
    plugged: datetime | None = None
    """Since when an EV is seen; None means nobody said so."""
    unplugged: datetime | None = None
    records: tuple[str, ...] = ()
    """Ids of its records: the first, then its corrections."""
    digest: int = 0
    """Check sum of what the last record says; equal means that there is nothing to correct."""

    @property
    def settled(self) -> bool:
        """Nothing more is expected: it leaves memory after this write."""
        return self.state in TERMINAL


class SessionOpened(Event, frozen=True, kw_only=True, gc=False):
    """The first part of a service was seen."""

    session: SessionNumber
    evse: EvseNumber
    state: SessionState
    subject: SubjectRef | None = None
    auth_method: str = ""
    plugged: datetime | None = None


class SessionAdvanced(Event, frozen=True, kw_only=True, gc=False):
    """It moved to another state, or learned something."""

    session: SessionNumber
    state: SessionState
    subject: SubjectRef | None = None
    auth_method: str = ""
    transfer: TransferReference | None = None
    """Set when an energy transfer joins the session."""
    flags: tuple[str, ...] = ()
    plugged: datetime | None = None
    unplugged: datetime | None = None


class SessionClosed(Event, frozen=True, kw_only=True, gc=False):
    """Nothing more can happen in it."""

    session: SessionNumber
    state: SessionState
    flags: tuple[str, ...] = ()


class SessionRecorded(Event, frozen=True, kw_only=True, gc=False):
    """A service detail record of it was made."""

    session: SessionNumber
    record: str
    digest: int
    recalled: ServiceSession | None = None
    """The session as it was before, when it is not in memory any more."""
