# SPDX-License-Identifier: Apache-2.0
"""Logs of stations: which there are, what was asked for and what came of it (8.3.10), what is to be logged at all (8.3.9)."""

from datetime import datetime
from enum import StrEnum, unique
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds


@unique
class LogKind(StrEnum):
    """Which of the logs of a station."""

    DIAGNOSTICS = "diagnostics"
    """What happened."""
    SECURITY = "security"
    """What concerns its security (7.9.1)."""
    DATA_COLLECTOR = "data-collector"
    """What it measured, by criteria (8.3.9)."""


@unique
class LogState(StrEnum):
    """How far a log that was asked for is."""

    REQUESTED = "requested"
    """Its station has not answered yet."""
    ACCEPTED = "accepted"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    """It lies here, whole."""
    FAILED = "upload-failure"
    PERMISSION_DENIED = "permission-denied"
    """Whoever was to take it did not."""
    BAD_MESSAGE = "bad-message"
    NOT_SUPPORTED = "not-supported"
    """The station cannot send it in this way."""
    CANCELED = "canceled"
    """Another request took its place, or it was taken back."""
    REJECTED = "rejected"
    """The station, or the way to it, refused."""
    EXPIRED = "expired"
    """Nothing came of it in time."""


OVER: Final = frozenset(LogState) - {LogState.REQUESTED, LogState.ACCEPTED, LogState.UPLOADING}
"""States that do not change any more."""


def log_id(station: StationId, request: int) -> str:
    """Return the key of one request; no station has a colon in its name."""
    return f"{station}:{request}"


class StationLog(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One log that was asked of a station: the request, and once it has come, where it stands. A row at both ends."""

    id: str
    """As log_id has it."""
    station: StationId
    request: int
    """Rises with each request to a station; what its wire calls it."""
    kind: LogKind
    asked: datetime
    until: datetime
    """Nothing is taken after that."""
    oldest: datetime | None = None
    """Only what was written from then on; None: from the begin."""
    latest: datetime | None = None
    state: LogState = LogState.REQUESTED
    name: str = ""
    """What the station calls the file."""
    size: int | None = None
    """Of what has come [bytes]; None: nothing has, or not all."""
    sha256: str = ""
    """Of what has come, in hexadecimal digits."""
    arrived: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    """Why it did not come."""
    kept_until: datetime | None = None
    """It is thrown away then; None: never."""
    removed: datetime | None = None
    """It was thrown away, or taken away."""
    location: str = ""
    """At the station: where it is to go; it holds a secret. Empty: in band."""
    retries: int = 0
    """At the station: how often it may try again."""
    retry_after: Seconds = Seconds(60.0)
    """At the station: between two attempts [s]."""
    most: int | None = None
    """At the station: the newest so many bytes at most; None: all."""

    @property
    def open(self) -> bool:
        """It may still come."""
        return self.state not in OVER


class LogChanged(Event, frozen=True, kw_only=True, gc=False):
    """A log was asked for, came, did not come, or went; of interest to whoever has the row."""

    about: ClassVar[str] = "log"
    id: str
    log: StationLog | None
    """None: its row goes."""


def changed(log: StationLog, at: datetime) -> LogChanged:
    """Return the fact that a log is so from now on."""
    return LogChanged(station=log.station, at=at, id=log.id, log=log)
