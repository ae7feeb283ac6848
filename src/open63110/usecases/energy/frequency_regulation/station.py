# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about grid controls (8.2.10).

It keeps them over a reboot, brings each into force at its time, and lets it go when that is over. What power follows from one
is for the loop that measures the grid.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.der import DerControl, DerControlChanged, DerStanding, ReportedDerControl, StationDerControl, der_key
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.energy.frequency_regulation.checks import check, demand_ability, demand_room
from open63110.usecases.energy.frequency_regulation.messages import (
    AskDerControls,
    ClearDerControls,
    DerControlAnswer,
    DerControlsAnswer,
    DerControlsReported,
    DerControlSwitched,
    GridAlarmReported,
    GridSignalTaken,
    SendGridSignal,
    SetDerControl,
    TendDerControls,
)

TENDING: Final = "der-controls"
"""Name of the wakeup for the next control that begins or ends."""

PAGE: Final = 24
"""Controls told at a time."""

Held = list[StationDerControl]


def held(station: Station, rows: Rows) -> Held:
    """Return the controls of a station, oldest first."""
    return sorted(rows.load(StationDerControl, Where("station", "=", station.id)), key=lambda one: (one.at, one.id))


def obey(command: SetDerControl, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Keep a control, in the place of one of its id; of those that hold at one time the first by rank counts, then the newest.

    Raises:
        Malformed, NotSupported, Refused: it cannot hold here, or there is no room.
    """
    wanted = command.wanted()
    check(wanted, now)
    demand_ability(wanted.kind, policy.grid)
    others = [one for one in held(station, rows) if one.id != wanted.id]
    demand_room(len(others), policy.grid)
    new = StationDerControl(
        key=der_key(station.id, wanted.id),
        station=station.id,
        id=wanted.id,
        kind=wanted.kind,
        standing=DerStanding.SET,
        at=now,
        control=wanted,
    )
    kept = _ranked([*others, new])
    gave_way = tuple(one.id for one, before in zip(kept, others, strict=False) if one.superseded and not before.superseded)
    yield from _settled([*others, new], station, now, new=new.id)
    yield DerControlAnswer(id=wanted.id, superseded=gave_way)


def _ranked(there: Held) -> Held:
    """Return controls, which come oldest first, each with whether another goes before it at some time that both are for."""
    return [replace(one, superseded=any(_before(two, one, there) for two in there)) for one in there]


def _before(one: StationDerControl, other: StationDerControl, there: Held) -> bool:
    """Tell whether one of two controls counts while both would hold: the first by rank, then the newest."""
    if one.id == other.id or not one.control.meets(other.control):
        return False
    if one.control.priority != other.control.priority:
        return one.control.priority < other.control.priority
    return there.index(one) > there.index(other)


def _in_force(there: Held, now: datetime) -> Held:
    """Return controls, each with since when it is in force: of the scheduled ones that are for now, the one before all others."""
    due = [one for one in there if one.control.start is not None and one.control.start <= now]
    first = [one.id for one in due if not any(_before(two, one, there) for two in due)]
    return [replace(one, active=(one.active or now) if one.id in first else None) for one in there]


def _settled(there: Held, station: Station, now: datetime, *, new: str = "") -> Iterator[Effect]:
    """Say what has changed by a control that came, went, begins or ends; look again when the next one does."""
    after = _in_force(_ranked(there), now)
    for before, one in zip(there, after, strict=True):
        if before != one or one.id == new:
            yield DerControlChanged(station=one.station, at=now, key=one.key, der_control=one)
    for before, one in zip(there, after, strict=True):
        if before.active is None and one.active is not None:
            below = tuple(two.id for was, two in zip(there, after, strict=True) if _gave_way(was, two, one))
            yield DerControlSwitched(station=station.id, at=now, id=one.id, started=True, superseded=below)
    yield next_switch(after, station, now)


def _gave_way(before: StationDerControl, after: StationDerControl, to: StationDerControl) -> bool:
    return before.active is not None and after.active is None and after.kind is to.kind


def _gone(one: StationDerControl, now: datetime, reason: str) -> DerControlChanged:
    return DerControlChanged(station=one.station, at=now, key=one.key, der_control=None, reason=reason)


def clear(command: ClearDerControls, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Let controls go; what gave way to them holds again.

    Raises:
        NotSupported: there are no such controls here.
        Unknown: there is none that is meant.
    """
    demand_ability(command.kind, policy.grid)
    there = held(station, rows)
    meant = [one for one in there if is_meant(one.control, command)]
    if not meant:
        raise Unknown("there is no such control", code="NotFound", where="id")
    for one in meant:
        yield _gone(one, now, "cleared")
        if one.active is not None:
            yield DerControlSwitched(station=station.id, at=now, id=one.id, started=False)
    left = [one for one in there if one not in meant]
    yield from _settled(left, station, now)
    yield DerControlsAnswer(count=len(meant))


def is_meant(control: DerControl, command: ClearDerControls | AskDerControls) -> bool:
    """Tell whether an order is about a control."""
    return (
        command.default in {None, control.default}
        and command.kind in {None, control.kind}
        and (not command.id or command.id == control.id)
    )


def tell(command: AskDerControls, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Report what was asked for, a page at a time; that there is nothing is said at once.

    Raises:
        NotSupported: there are no such controls here.
    """
    demand_ability(command.kind, policy.grid)
    found = [
        ReportedDerControl(control=one.control, superseded=one.superseded)
        for one in held(station, rows)
        if is_meant(one.control, command) and not one.control.over(now)
    ]
    pages = [tuple(found[place : place + PAGE]) for place in range(0, len(found), PAGE)]
    for place, page in enumerate(pages, 1):
        more = place < len(pages)
        yield DerControlsReported(station=station.id, at=now, request=command.request, controls=page, more=more)
    yield DerControlsAnswer(count=len(found))


def tend(_: TendDerControls, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Bring into force what is due, and let go what is over."""
    left = []
    for one in held(station, rows):
        if not one.control.over(now):
            left.append(one)
            continue
        yield _gone(one, now, "over")
        if one.active is not None:
            yield DerControlSwitched(station=station.id, at=now, id=one.id, started=False)
    yield from _settled(left, station, now)


def next_switch(there: Iterable[StationDerControl], station: Station, now: datetime) -> Wake:
    """Return when the next control begins or ends; none does: there is nothing to wait for."""
    times = [at for one in there for at in (one.control.start, one.control.end) if at is not None and at > now]
    return Wake(name=TENDING, at=min(times, default=now), command=TendDerControls(station=station.id) if times else None)


def feel(event: GridAlarmReported) -> Iterator[Effect]:
    """Tell what the hardware sees of the grid."""
    yield event


def follow(command: SendGridSignal, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Take the signal.

    Raises:
        Refused: nothing here says what is to be done at which signal.
    """
    if not policy.grid.signals:
        raise Refused("no curve says what a signal means here", code="NoSignalWattCurve", where="signal")
    yield GridSignalTaken(station=station.id, at=now, signal=command.signal, moment=command.moment or now)
