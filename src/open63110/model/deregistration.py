# SPDX-License-Identifier: Apache-2.0
"""A station that leaves this CSMS for good: why, how far it has come, and what became of each step (8.3.13, DD-6)."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.messages import Event

Reason = Literal["removed", "sold", "scrapped", "stolen", "replaced", "other"]

Step = Literal["inoperative", "transfers", "queue", "cache", "list", "profiles", "wipe", "refused"]
"""In this order: out of use; what runs is ended; billing data have arrived; remembered answers, local list and limits are gone;
all else that is to be wiped is; it is not let in any more."""

STEPS: Final[tuple[Step, ...]] = ("inoperative", "transfers", "queue", "cache", "list", "profiles", "wipe", "refused")

LEAVING: Final = "deregistering"
"""Flag of a station that is on its way out, and what it is blocked by."""


class Wipe(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station is to erase of itself."""

    credentials: bool = True
    """By which it shows who it is."""
    keys: bool = True
    """Of certificates."""
    personal: bool = True
    """Whoever charged there: lists, remembered answers, names."""
    network: bool = False
    """How it reaches a CSMS: it is back where it was before it came on board."""


class Deregistration(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How a station left, or leaves. The record stays."""

    station: StationId
    reason: Reason
    by: PrincipalId
    asked: datetime
    deadline: datetime
    """At which it is not let in any more, whatever it has done by then."""
    wipe: Wipe = Wipe()
    step: Step = "inoperative"
    steps: dict[str, str] = {}
    """What became of those behind it: done, absent (its wire has no words for it), none (there was nothing), or why not."""
    place: str = ""
    """Where it stood."""
    done: datetime | None = None
    """Since when it is not let in; None: it still is."""


class DeregistrationChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station is to leave, or has come further."""

    about: ClassVar[str] = "deregistration"
    deregistration: Deregistration | None


class DeregistrationStep(Event, frozen=True, kw_only=True, gc=False):
    """The next step on the way out is taken."""

    step: Step


class StationDeregistered(Event, frozen=True, kw_only=True, gc=False):
    """It is not let in any more."""

    reason: str = ""
