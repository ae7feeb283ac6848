# SPDX-License-Identifier: Apache-2.0
"""Texts on the displays of stations: what is to be seen when, how far that has come, what a station says it has (8.3.8)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event

PARTS: Final = 1_000_000
"""Numbers of messages are below; a message in several languages goes in parts to a station that takes one language at a time,
and what the first is called, and how often this more, is what the others are called there."""

MOST_CONTENTS: Final = 5
"""Contents of one message: OCPP 2.1 has one, and four more."""

LONGEST_TEXT: Final = 1024
"""Characters of a content; a version of OCPP may carry fewer."""


class MessagePriority(StrEnum):
    """How a message stands beside others."""

    ALWAYS_FRONT = "always-front"
    """It alone is shown; a newer one takes its place."""
    IN_FRONT = "in-front"
    """Before the others; several of them in turn."""
    NORMAL_CYCLE = "normal-cycle"
    """In turn with the others."""


class MessageState(StrEnum):
    """What the station does while a message is shown."""

    CHARGING = "charging"
    FAULTED = "faulted"
    IDLE = "idle"
    UNAVAILABLE = "unavailable"
    SUSPENDED = "suspended"
    DISCHARGING = "discharging"


class MessageFormat(StrEnum):
    """What a content is."""

    ASCII = "ascii"
    HTML = "html"
    URI = "uri"
    """A page that the display is to load."""
    UTF8 = "utf8"
    QR_CODE = "qr-code"
    """The text is drawn as a QR code."""


class MessageContent(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A message in one language."""

    format: MessageFormat = MessageFormat.UTF8
    language: str = ""
    """As en or de-CH (RFC 5646); empty: for everybody."""
    text: str


class DisplayMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is to be shown, and when."""

    number: int
    """By what it is known at its station."""
    rank: MessagePriority = MessagePriority.NORMAL_CYCLE
    state: MessageState | None = None
    """Shown while the station is so; None: always."""
    start: datetime | None = None
    """Not shown before; None: from now on."""
    end: datetime | None = None
    """Gone by then; None: it stays until it is cleared."""
    transfer: TransferReference = TransferReference("")
    """Shown where this energy transfer goes on, and gone with it; empty: to everybody."""
    evse: EvseNumber = EvseNumber(0)
    """On the display of this EVSE; 0: on all of them."""
    display: str = ""
    """Name of the component that shows it, as the device model has it; empty: the main display."""
    contents: tuple[MessageContent, ...]

    def over(self, now: datetime) -> bool:
        """Tell whether its time has passed."""
        return self.end is not None and self.end <= now

    def alike(self, other: "DisplayMessage") -> bool:
        """Tell whether another is shown on just the same occasions: then they differ in language, and one is enough."""
        return _occasion(self) == _occasion(other)


def _occasion(one: DisplayMessage) -> tuple[object, ...]:
    return one.rank, one.state, one.start, one.end, one.transfer, one.evse, one.display


class Standing(StrEnum):
    """How far a message has come."""

    WANTED = "wanted"
    """The station has not confirmed it."""
    SET = "set"
    """The station has it, and shows it when its time comes."""
    REFUSED = "refused"
    LEAVING = "leaving"
    """It is to be cleared, the station has not confirmed that."""
    FOUND = "found"
    """The station says that it has it; it was not set here."""


class StationMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A message of a station, as wanted and as it stands; a row of its own."""

    key: str
    station: StationId
    number: int
    standing: Standing
    at: datetime
    """Since when it stands so."""
    message: DisplayMessage
    revision: int = 1
    """Rises with each time it is set anew."""
    parts: int = 1
    """In how many it goes over the wire."""
    reached: tuple[int, ...] = ()
    """Which parts the station has confirmed: to have, or to have cleared."""
    sent: datetime | None = None
    """When the station was last told; None: not yet."""
    reason: str = ""
    """Of a refusal, as the station has it."""
    by: str = ""
    """Who wants it: id of a principal."""
    had: int = 0
    """In how many parts one of this number may still be at the station, from before this one was wanted."""


class MessageChanged(Event, frozen=True, kw_only=True, gc=False):
    """A message of a station was set, confirmed, refused or found, or is gone."""

    about: ClassVar[str] = "message"
    key: str
    message: StationMessage | None
    """None: it is gone."""
    reason: str = ""
    """Of one that is gone: cleared, expired, ended, replaced, missing."""


class MessageReport(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Which messages a station says it has: the question that is open, and what came of it so far."""

    station: StationId
    request: int = 0
    """Number of the last question."""
    since: datetime | None = None
    """When it was asked, while it is not answered in full; None: none is open."""
    whole: bool = True
    """It was asked for all messages: what is not reported is not there."""
    parts: tuple[DisplayMessage, ...] = ()
    """What came of the answer so far, each number once."""
    at: datetime | None = None
    """When the last answer was complete; None: none ever was."""
    trouble: str = ""
    """Why the last question was not answered: NoReport, or TooMany; empty: it was."""


class MessageReportChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked for its messages, has told some, or did not."""

    about: ClassVar[str] = "message_report"
    message_report: MessageReport | None


class MessagesReported(Event, frozen=True, kw_only=True, gc=False):
    """A station says which messages it has: all that were asked for, or another part of them."""

    request: int
    """Number of the question that it answers."""
    messages: tuple[DisplayMessage, ...] = ()
    more: bool = False
    """Another part is on its way."""


def message_key(station: StationId, number: int) -> str:
    """Return by what a message is known among those of all stations."""
    return f"{station}:{number}"


def wire_number(number: int, part: int) -> int:
    """Return what a part of a message is called at its station."""
    return part * PARTS + number


def part_of(number: int) -> tuple[int, int]:
    """Return number and part of what a station calls by one number."""
    part, own = divmod(number, PARTS)
    return own, part
