# SPDX-License-Identifier: Apache-2.0
"""What is said about charging profiles that a station holds (8.2.3)."""

from typing import ClassVar

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.external import ExternalSource
from open63110.model.installed import Installed
from open63110.model.profile import ChargingProfile, Purpose, ScheduleUpdate


class Criteria(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Which profiles are meant: those that fit all of it."""

    evse: EvseNumber | None = None
    """0: of the station as a whole; None: of any place."""
    purpose: Purpose = ""
    """In the words of OCPP 2.x; empty: any."""
    level: int | None = None
    """Of the stack; None: any."""
    profiles: tuple[int, ...] = ()
    """Their ids; none: any."""
    sources: tuple[ExternalSource, ...] = ()
    """Who set them; none: whoever did."""

    def fits(self, one: Installed) -> bool:
        """Tell whether a profile is meant."""
        return (
            self.evse in {None, one.evse}
            and self.purpose in {"", one.purpose}
            and self.level in {None, one.level}
            and (not self.profiles or one.id in self.profiles)
            and (not self.sources or one.source in self.sources)
        )


class AskProfiles(Command, frozen=True, kw_only=True, gc=False):
    """Which charging profiles do you hold, whoever set them? The answer comes later, perhaps in parts."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request"})
    request: int = 0
    """Number of the question; the CSMS gives it."""
    evse: EvseNumber | None = None
    """0: of the station as a whole; None: of any place."""
    purpose: Purpose = ""
    """In the words of OCPP 2.x; empty: any."""
    level: int | None = None
    """Of the stack; None: any."""
    profiles: tuple[int, ...] = ()
    """Their ids; none: any."""
    sources: tuple[ExternalSource, ...] = ()
    """Who set them; none: whoever did."""

    @property
    def criteria(self) -> Criteria:
        """Which are meant."""
        return Criteria(evse=self.evse, purpose=self.purpose, level=self.level, profiles=self.profiles, sources=self.sources)


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


class ClearProfiles(Command, frozen=True, kw_only=True, gc=False):
    """Drop all profiles that fit, whichever CSMS set them."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber | None = None
    """0: of the station as a whole; None: of any place."""
    purpose: Purpose = ""
    """In the words of OCPP 2.x; empty: any."""
    level: int | None = None
    """Of the stack; None: any."""

    @property
    def criteria(self) -> Criteria:
        """Which are meant; what others than a CSMS set is theirs."""
        return Criteria(evse=self.evse, purpose=self.purpose, level=self.level, sources=("cso",))


class ProfilesAsked(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is asked which profiles it holds."""

    request: int
    partly: bool = False
    """It is asked for some of them only."""


class ProfilesUnreported(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has not said which profiles it holds, or not all of it; what it said before counts on."""

    request: int
    reason: str = "NoReport"
    """NoReport: it did not come in time; TooMany: there was no end of it."""


class ProfileCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station does not hold a profile any more."""

    profile: int


class InstallProfile(Command, frozen=True, kw_only=True, gc=False):
    """Hold a charging profile of its own beside the limits of this CSMS, until it ends or is cleared."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber = EvseNumber(0)
    """0: the station as a whole; for a TxDefaultProfile each of its EVSEs."""
    profile: ChargingProfile


class ProfileInstalled(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station holds a profile that somebody here wanted."""

    evse: EvseNumber
    profile: int
    """Its id."""
    purpose: Purpose = ""
    update: ScheduleUpdate | None = None
    """Of a dynamic one what it allows at first; None: it is none."""


class UpdateProfile(Command, frozen=True, kw_only=True, gc=False):
    """Let a dynamic profile that somebody here wanted allow something else from now on."""

    priority: ClassVar[Priority] = Priority.CONTROL
    profile: int
    """Its id."""
    update: ScheduleUpdate


class ProfileUpdated(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station goes by an update of a dynamic profile."""

    profile: int
    update: ScheduleUpdate


class ProfilesCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station does not hold profiles any more that fit."""

    criteria: Criteria
