# SPDX-License-Identifier: Apache-2.0
"""What an EVSE may offer: the least of what command, cable, EV, hardware, temperature and fail-safe allow (7.10)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Seconds, Volts, Watts
from open63110.model.limit import WHOLE, Limits, held

LEAST = Amperes(6.0)
"""Below this an EV does not charge, and no pilot can say so (I16): what is left is nothing."""


class Source(StrEnum):
    """Who says how much; where several say the same, the one named first here is said to decide."""

    FAIL_SAFE = "fail-safe"
    """The link was lost for longer than the limit allows."""
    COMMAND = "command"
    """A message of the CSMS."""
    THERMAL = "thermal"
    CABLE = "cable"
    """The rating that the proximity contact shows."""
    EV = "ev"
    HARDWARE = "hardware"
    """What the EVSE was built for."""


class Offer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an EV is offered on each phase, and why not more."""

    amperes: Amperes
    """0: nothing, or at least 6 A."""
    source: Source
    """Which limit decided."""
    limit: Amperes
    """That limit; above ``amperes`` where less than 6 A were left."""


def least(limits: Mapping[Source, Amperes | None]) -> Offer:
    """Return the offer under these limits; a source that is None, or absent, says nothing.

    Raises:
        ValueError: nobody says anything, so anything would be allowed.
    """
    said = [(limit, source) for source in Source if (limit := limits.get(source)) is not None]
    if not said:
        message = "no limit at all: at least the hardware has one"
        raise ValueError(message)
    limit, source = min(said, key=lambda one: one[0])
    limit = Amperes(max(0.0, limit))
    return Offer(amperes=limit if limit >= LEAST else Amperes(0.0), source=source, limit=limit)


def per_phase(power: Watts, phases: int, voltage: Volts) -> Amperes:
    """Return the current on each phase that never exceeds a power, rounded down to the tenth that a pilot can tell."""
    return Amperes(int(max(0.0, power) / voltage / phases * 10 + 1e-6) / 10)


def power_of(current: Amperes, phases: int, voltage: Volts) -> Watts:
    """Return the power that flows at a current on each phase."""
    return Watts(current * voltage * phases)


def phase_limit(limits: Limits, evse: EvseNumber, now: datetime, running: int) -> Amperes | None:
    """Return the least current that any limit in force lets flow on a phase; None: none says anything of phases.

    Args:
        limits: what the station was told.
        evse: which.
        now: the moment.
        running: at how many EVSEs energy flows; they share what was said of the whole station.
    """
    top = [one for place in {WHOLE, evse} for one in held(limits, place, now)[:1]]
    shares = [min(one.amperes) / (max(1, running) if one.evse == WHOLE else 1) for one in top if one.amperes]
    return Amperes(min(shares)) if shares else None


class FailSafe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a station allows by itself while nobody reaches it."""

    limit: Amperes
    after: Seconds
    """How long the link may be lost before it holds [s]."""
    lost: float | None = None
    """Since when there is no link [s, monotonic]; None: there is one."""

    def heard(self, now: float, *, link: bool) -> "FailSafe":
        """Take note of whether there is a link; one that stays lost is lost since it was."""
        if link:
            return msgspec.structs.replace(self, lost=None)
        return self if self.lost is not None else msgspec.structs.replace(self, lost=now)

    def in_force(self, now: float) -> Amperes | None:
        """Return the limit if it holds now; None: it does not."""
        held = self.lost is not None and now - self.lost >= self.after
        return self.limit if held else None
