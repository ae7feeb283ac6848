# SPDX-License-Identifier: Apache-2.0
"""What limits change in a station; the same at the CSMS and in the station itself."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from open63110.model.limit import Confirmed, Limit, Limits, place
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesLearned,
    EvseCapped,
    FailSafeEntered,
    FailSafeLeft,
    LimitAccepted,
    LimitCleared,
    LimitDiffers,
    LimitInForce,
    LimitRefused,
    LimitSent,
    LimitWithdrawn,
    RateUnitLearned,
    SilenceNoted,
)

DIFFERS = "limit-differs"
"""Standing remark on a station that did not keep to what it confirmed; it goes when the station says that it does."""

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E")


def _once(evolve: Callable[[E, Station], Station]) -> Callable[[E, Station], Station]:
    """Make nothing again that was made last: who decides looks ahead at what the engine makes next, of the very same objects."""
    last: tuple[E, Station, Station] | None = None

    def evolved(event: E, station: Station) -> Station:
        nonlocal last
        known = last
        if known is not None and known[0] is event and known[1] is station:
            return known[2]
        after = evolve(event, station)
        last = event, station, after
        return after

    return evolved


def accepted(event: LimitAccepted, station: Station) -> Station:
    """It is wanted, and may be in force from now on if it was sent, too."""
    limits = station.limits
    desired = {**limits.desired, event.place or event.limit.place: event.limit}
    return _with(station, desired=desired, **_asked(limits, event.limit)) if event.sent else _with(station, desired=desired)


def sent(event: LimitSent, station: Station) -> Station:
    """It may be in force from now on.

    If nothing is awaited, the answers to what was sent before were given up: one to the same limit is to this one.
    """
    return _with(station, **_asked(station.limits, event.limit))


def _asked(limits: Limits, limit: Limit) -> dict[str, Any]:
    before = limits.exposed.get(limit.evse, ())
    if limit.evse not in limits.asked:
        before = tuple(one for one in before if one != limit.limit)
    exposed = {**limits.exposed, limit.evse: (*before, limit.limit)}
    return {"asked": {**limits.asked, limit.evse: limit}, "exposed": exposed}


@_once
def in_force(event: LimitInForce, station: Station) -> Station:
    """The station keeps to it."""
    limits, evse = station.limits, event.evse
    known = limits.in_force.get(evse)
    asked = event.asked or (known.asked if known else Limit(evse=evse, limit=event.limit, since=event.at))
    confirmed = Confirmed(asked=asked, limit=event.limit, at=event.at, by=event.by)
    parts: dict[str, Any] = {"in_force": {**limits.in_force, evse: confirmed}, "refused": _without(limits.refused, evse)}
    sent = limits.exposed.get(evse, ())
    if event.asked is not None and event.asked.limit in sent:  # answers come in order: what was sent before is over
        left = sent[sent.index(event.asked.limit) + 1 :]
        parts["exposed"] = {**limits.exposed, evse: left} if left else _without(limits.exposed, evse)
        parts["asked"] = limits.asked if left else _without(limits.asked, evse)
    if event.asked is None and DIFFERS in station.flags:
        station = replace(station, flags=tuple(one for one in station.flags if one != DIFFERS))
    return _with(station, **parts)


def refused(event: LimitRefused, station: Station) -> Station:
    """It keeps to what it kept to before."""
    limits = station.limits
    return _with(station, refused={**limits.refused, event.evse: event.reason}, asked=_without(limits.asked, event.evse))


def withdrawn(event: LimitWithdrawn, station: Station) -> Station:
    """It is not wanted any more; whether it is still in force is for the station to say."""
    key = event.place or place(event.evse, event.scope, event.source)
    return _with(station, desired=_without(station.limits.desired, key))


def cleared(event: LimitCleared, station: Station) -> Station:
    """Nothing is in force."""
    limits, evse = station.limits, event.evse
    parts = {name: _without(getattr(limits, name), evse) for name in ("in_force", "asked", "exposed", "refused")}
    return _with(station, **parts)


def fail_safe_entered(event: FailSafeEntered, station: Station) -> Station:
    """It works on its fail-safe values."""
    return _with(station, failsafe_since=event.at)


def fail_safe_left(event: FailSafeLeft, station: Station) -> Station:
    """It works on what it was told."""
    del event  # that it happened is all there is to it
    return _with(station, failsafe_since=None)


def silence_noted(event: SilenceNoted, station: Station) -> Station:
    """From this moment its fail-safe time runs."""
    return _with(station, silent_since=event.since)


def unit_learned(event: RateUnitLearned, station: Station) -> Station:
    """Limits are told it in this unit."""
    return _with(station, unit=event.unit)


def differs(event: LimitDiffers, station: Station) -> Station:
    """It may draw that much, until it confirms the limit anew."""
    limits, evse = station.limits, event.evse
    known = limits.in_force.get(evse)
    counted = known is not None and event.limit <= known.asked.limit
    exposed = limits.exposed if counted else {**limits.exposed, evse: (event.limit, *limits.exposed.get(evse, ()))}
    flags = station.flags if DIFFERS in station.flags else (*station.flags, DIFFERS)
    return replace(_with(station, exposed=exposed), flags=flags)


def abilities_learned(event: AbilitiesLearned, station: Station) -> Station:
    """Limits are told it in such a form; what it did not say stays as it was."""
    limits = station.limits
    periods, levels = event.periods, event.levels
    return _with(
        station,
        periods=limits.periods if periods is None else periods,
        levels=limits.levels if levels is None else levels,
        unit=event.unit or limits.unit,
        dynamic=limits.dynamic if event.dynamic is None else event.dynamic,
        switches=limits.switches if event.switches is None else event.switches,
    )


def capped(event: EvseCapped, station: Station) -> Station:
    """Its own parts allow this much."""
    return _with(station, caps={**station.limits.caps, event.evse: dict(event.caps)})


def _with(station: Station, **changed: Any) -> Station:
    return replace(station, limits=replace(station.limits, **changed))


def _without(known: Mapping[K, V], key: K) -> dict[K, V]:
    return {one: value for one, value in known.items() if one != key}
