# SPDX-License-Identifier: Apache-2.0
"""What is said about charging profiles that a station holds (8.2.3)."""

from typing import ClassVar

from open63110.kernel.messages import Command, Event, Priority, Reply


class AskProfiles(Command, frozen=True, kw_only=True, gc=False):
    """Which charging profiles do you hold, whoever set them? The answer comes later, perhaps in parts."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request"})
    request: int = 0
    """Number of the question; the CSMS gives it."""


class ProfilesAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What is told at once: whether there are any."""

    count: int


class GiveUpProfiles(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a report, or the rest of it, should have come by now."""

    request: int


class ClearProfile(Command, frozen=True, kw_only=True, gc=False):
    """Drop one profile, whoever set it."""

    priority: ClassVar[Priority] = Priority.CONTROL
    profile: int
    """Its id at the station."""


class ProfilesAsked(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is asked which profiles it holds."""

    request: int


class ProfilesUnreported(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has not said which profiles it holds, or not all of it; what it said before counts on."""

    request: int
    reason: str = "NoReport"
    """NoReport: it did not come in time; TooMany: there was no end of it."""


class ProfileCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station does not hold a profile any more."""

    profile: int
