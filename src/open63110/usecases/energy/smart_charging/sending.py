# SPDX-License-Identifier: Apache-2.0
"""In which form a limit goes out to a station: whole, or as an update of a dynamic one; and what lies below it (8.2.3, 8.2.9)."""

from typing import Final

from msgspec.structs import replace

from open63110.kernel.units import Watts
from open63110.model.limit import Limit
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.messages import LimitPower

FAIL_SAFE_VALUE: Final = "fail-safe-value"
"""Among Station.lacks: a limit cannot say what remains when it ends; a limit of level 0 can."""

UPDATED: Final = frozenset({"ocpp2.1"})
"""Wires on which a limit may be updated as a whole, where the station takes it."""

SPOKEN: Final = frozenset({"ocpp2.0.1", "ocpp2.1"})
"""Wires on which a station says more of the form in which it takes limits than it has to."""


def framed(want: Limit, station: Station, *, whole: bool = False) -> Limit:
    """Return a limit as it goes out: as a dynamic one where the station takes those, and as an update where it has one already.

    Steps over time cannot be updated as a whole. What an update cannot say must be as it was: for what it counts, until when,
    for how long without a link, in which unit.

    Args:
        want: what counts.
        station: whose limit it is.
        whole: not as an update.
    """
    if not station.limits.dynamic or station.wire not in UPDATED or want.ahead or want.phase is not None:
        return want
    made = replace(want, dynamic=station.limits.unit or "W")
    known = station.limits.in_force.get(want.evse)
    there = known is not None and want.evse not in station.limits.asked and not whole and _frame(known.asked) == _frame(made)
    return replace(made, update=there)


def _frame(limit: Limit) -> tuple[object, ...]:
    return limit.dynamic, limit.transfer, limit.until, limit.failsafe_after, limit.export is None, limit.level


def command(station: Station, limit: Limit) -> LimitPower:
    """Return the order that a limit is."""
    return LimitPower(
        station=station.id,
        evse=limit.evse,
        limit=limit.limit,
        export=limit.export,
        amperes=limit.amperes,
        until=limit.until,
        source=limit.source,
        scope=limit.scope,
        failsafe=limit.failsafe if limit.level else None,
        failsafe_after=limit.failsafe_after if limit.level else None,
        emergency=limit.emergency,
        level=limit.level,
        ahead=limit.ahead,
        transfer=limit.transfer,
        actor=limit.actor,
        constraint=limit.constraint,
        dynamic=limit.dynamic,
        update=limit.update,
        phase=limit.phase,
    )


def safe(limit: Limit) -> Limit:
    """Return what remains of a limit when it ends, as a limit of its own below it."""
    least = Watts(min(limit.failsafe or 0.0, limit.limit))
    return replace(
        limit, limit=least, amperes=(), until=None, level=0, ahead=(), transfer="", dynamic="", update=False, phase=None
    )


def safe_stays(limit: Limit, station: Station) -> bool:
    """Tell whether what lies below a limit that is updated is there already."""
    known = station.limits.in_force.get(limit.evse)
    if known is None or known.asked.failsafe is None:
        return False
    return limit.update and safe(known.asked).limit == safe(limit).limit
