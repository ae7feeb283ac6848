# SPDX-License-Identifier: Apache-2.0
"""What is said about logs that are fetched."""

from datetime import datetime
from typing import ClassVar, Self

from msgspec.structs import replace

from open63110.kernel.messages import Command, Event, Reply
from open63110.kernel.units import Seconds
from open63110.model.logs import LogKind, LogState


class RetrieveLog(Command, frozen=True, kw_only=True, gc=False):
    """Fetch a log of a station; it comes once the station has sent it, and takes the place of an earlier one under way."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request", "location"})
    kind: LogKind = LogKind.DIAGNOSTICS
    oldest: datetime | None = None
    """Only what was written from then on; None: from the begin."""
    latest: datetime | None = None
    """Only what was written until then; None: until now."""
    most: int | None = None
    """The newest so many bytes at most; None: all. Stations on OCPP cannot be told."""
    within: Seconds | None = None
    """How long the station has for all of it [s]; None: as the policy says."""
    retries: int = 3
    """How often the station may try again."""
    retry_after: Seconds = Seconds(60.0)
    """Between two attempts [s]."""
    request: int = 0
    location: str = ""

    def kept(self) -> Self:
        """Leave out where it goes: whoever knows that may send something."""
        return replace(self, location="") if self.location else self


class LogPromised(Reply, frozen=True, kw_only=True, gc=False):
    """The station will send it."""

    name: str = ""
    """What the file is called; empty: there is nothing in that time."""
    canceled: bool = False
    """An earlier request was given up for it."""

    def remark(self) -> str:
        """Say that an earlier one was given up."""
        return "AcceptedCanceled" if self.canceled else ""


class LogAnswered(Event, frozen=True, kw_only=True, gc=False):
    """What the station, or the way to it, said to a request."""

    request: int
    accepted: bool
    name: str = ""
    canceled: bool = False
    """The station gave an earlier request up for it."""
    reason: str = ""
    """Why not."""


class LogProgressed(Event, frozen=True, kw_only=True, gc=False):
    """A station says how far a log is on its way."""

    state: LogState | None
    """None: it sends nothing at all."""
    request: int | None = None
    """None: the station does not say which; the newest under way, of diagnostics if there is one."""


class LogArrived(Event, frozen=True, kw_only=True, gc=False):
    """All of a log lies here, on the disk."""

    request: int
    name: str
    size: int
    """[bytes]"""
    sha256: str


class LogRefused(Event, frozen=True, kw_only=True, gc=False):
    """What was sent as a log is not taken, and will not be: it is too large, or its content is not what was promised."""

    request: int
    reason: str


class GiveUpLog(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: the time for a log is over."""

    request: int


class RemoveLog(Command, frozen=True, kw_only=True, gc=False):
    """Throw a log away that has come, or wait no longer for one that has not."""

    request: int
