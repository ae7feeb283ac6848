# SPDX-License-Identifier: Apache-2.0
"""What is said about texts on displays (8.3.8)."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.display import DisplayMessage, MessageContent, MessagePriority, MessageState


class SetMessage(Command, frozen=True, kw_only=True, gc=False):
    """Show a text to users of a station; one of the same number is replaced."""

    unasked: ClassVar[frozenset[str]] = frozenset({"part", "revision", "by"})
    number: int = 0
    """By what it is known at this station, below 1,000,000; 0: the next that is free."""
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
    """Name of the component that shows it; empty: the main display."""
    contents: tuple[MessageContent, ...]
    """Texts and QR codes, each in a language; users see theirs."""
    part: int = 0
    """Of a message that goes in several: which of them this is."""
    revision: int = 0
    """At the CSMS: which of the messages of this number."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return msgspec.structs.replace(self, by=who)

    def wanted(self) -> DisplayMessage:
        """Return what is to be shown."""
        return DisplayMessage(
            number=self.number,
            rank=self.rank,
            state=self.state,
            start=self.start,
            end=self.end,
            transfer=self.transfer,
            evse=self.evse,
            display=self.display,
            contents=self.contents,
        )


class ClearMessage(Command, frozen=True, kw_only=True, gc=False):
    """Show a text no more."""

    unasked: ClassVar[frozenset[str]] = frozenset({"part"})
    number: int
    """By what it is known at this station."""
    part: int = 0


class AskMessages(Command, frozen=True, kw_only=True, gc=False):
    """Ask which texts the station has; it tells them afterwards, perhaps in parts."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request"})
    numbers: tuple[int, ...] = ()
    """Of these numbers only; none: of any."""
    rank: MessagePriority | None = None
    state: MessageState | None = None
    request: int = 0
    """Number of the question; the CSMS gives it."""


class MessageAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker for a text is told: by what it is known."""

    number: int
    kept: bool = False
    """The station is not there: it is told when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Kept" if self.kept else ""


class MessagesAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What is told at once of the texts of a station: how many there are."""

    count: int


class MessageAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station took a text, or refused it."""

    number: int
    part: int = 0
    revision: int = 0
    """Which of the messages of this number was sent."""
    reason: str = ""
    """Empty: it took it."""


class MessageCleared(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station shows a text no more, or would not clear it."""

    number: int
    part: int = 0
    reason: str = ""
    """Empty: it is gone, or never was there."""


class TendMessages(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS, and at a station, on a timer: let go what is over, tell what was not taken."""

    ask: bool = False
    """Ask the station first which it has: after a boot nobody knows."""


class ReconcileMessages(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is there again; see to it that it has what it should have."""

    booted: bool = False
    """It has started anew."""


class ForgetMessagesOf(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS, and at a station: an energy transfer has ended, and with it what was shown for it."""

    reference: TransferReference


class GiveUpMessages(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a report, or the rest of it, should have come by now."""

    request: int
