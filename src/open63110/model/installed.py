# SPDX-License-Identifier: Apache-2.0
"""Charging profiles that a station says it holds, whoever set them (8.2.3)."""

from datetime import datetime

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Event
from open63110.kernel.units import Percent, Watts
from open63110.model.external import ExternalSource
from open63110.model.limit import Ahead
from open63110.model.profile import ChargingProfile, ScheduleUpdate


class Installed(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One of them."""

    id: int
    """By which whoever set it calls it."""
    evse: EvseNumber
    """0: the station as a whole."""
    source: ExternalSource
    """Who set it; cso: a CSMS."""
    purpose: str
    """In the words of OCPP 2.x."""
    level: int
    """The highest valid one of a purpose counts."""
    ours: bool = False
    """A CSMS like this one gave it its id, so it holds a limit of this place."""
    safe: bool = False
    """Of ours: it is what remains when the limit ends."""
    transfer: str = ""
    """Reference of the energy transfer it is bound to; empty: to none."""
    limit: Watts | None = None
    """Of import, now [W]; None: it says nothing of that."""
    ahead: tuple[Ahead, ...] = ()
    """What that becomes later."""
    until: datetime | None = None
    """None: until it is cleared."""
    updated: datetime | None = None
    """When a dynamic one was updated last; None: it is none, or never was."""
    dynamic: bool = False
    """It is updated as a whole, and says nothing of later."""
    at_soc: tuple[Percent, Watts] | None = None
    """From which state of charge on it allows how much only (limitAtSoC); None: it does not say so."""
    phase: int | None = None
    """The one phase that is to be charged on (phaseToUse); None: it does not say."""
    precondition: bool = False
    """The EV is asked to warm up its battery (preconditioningRequest)."""
    whole: ChargingProfile | None = None
    """All that it says, where that is more than stands here; None: it is not."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A profile that somebody had a station hold through this CSMS."""

    profile: int
    """Its id."""
    evse: EvseNumber
    """0: the station as a whole, or each EVSE."""
    whole: bool = False
    """It limits the station as a whole."""
    update: ScheduleUpdate | None = None
    """Of a dynamic one what it allows by now; None: it is none."""


class Profiles(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is known at a CSMS of the profiles that a station holds."""

    known: tuple[Installed, ...] = ()
    """By its last report that came whole."""
    at: datetime | None = None
    """When that was; None: it never reported any."""
    request: int | None = None
    """Number of the question that is not answered in full yet; None: there is none."""
    since: datetime | None = None
    """When that was asked."""
    parts: tuple[Installed, ...] = ()
    """What has come of that answer."""
    asked: int = 0
    """The highest number of a question so far."""
    trouble: str = ""
    """Why the last question was not answered: NoReport, or TooMany to be kept; empty: it was."""
    partly: bool = False
    """The question that is not answered yet is about some of them only: what its answer does not name counts on."""
    wanted: tuple[Wanted, ...] = ()
    """Those that somebody had it hold through this CSMS."""

    def foreign(self) -> tuple[Installed, ...]:
        """Return those that no CSMS of ours set."""
        return tuple(one for one in self.known if not one.ours)


class ProfilesReported(Event, frozen=True, kw_only=True, gc=False):
    """A station says which profiles it holds: all of them, or another part of them."""

    request: int
    """Number of the question that it answers."""
    profiles: tuple[Installed, ...] = ()
    more: bool = False
    """Another part is on its way."""
