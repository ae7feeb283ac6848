# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about grid controls: each is wanted until its station has confirmed it, whenever that comes (8.2.10)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.der import DerControlChanged, DerKind, DerStanding, StationDerControl, der_key
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.energy.frequency_regulation.checks import check, demand_words
from open63110.usecases.energy.frequency_regulation.messages import (
    ClearDerControls,
    DerControlAnswer,
    DerControlAnswered,
    DerControlsAnswer,
    DerControlsCleared,
    DerControlSwitched,
    GridAlarmReported,
    GridSignalTaken,
    SendGridSignal,
    SetDerControl,
    TendDerControls,
)
from open63110.usecases.energy.frequency_regulation.station import TENDING, held, is_meant

AGAIN: Final = timedelta(seconds=300)
"""When a station is told once more what it has not answered."""

UNKNOWN: Final = frozenset({"NotFound", "UnknownControl"})
"""Reasons of a station that has no such control, so that it need not be cleared."""

MOST: Final = 500
"""Controls of one station that are kept, and told in one report."""

OPEN: Final = frozenset({DerStanding.WANTED, DerStanding.LEAVING})


def put(command: SetDerControl, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want a control, and tell the station if it is there; if not, it is told when it comes.

    Raises:
        Malformed: no station could hold it.
        NotSupported: the wire has no words for it.
        Refused: there are too many already.
    """
    demand_words(station)
    there = held(station, rows)
    id = command.id or _free(command.kind, there, default=command.default)
    control = replace(command, id=id).wanted()
    check(control, now)
    before = next((one for one in there if one.id == id), None)
    if before is None and len(there) >= MOST:
        raise Refused(f"{MOST} controls of {station.id} are all that is kept", code="OutOfStorage", remedy="clear one first")
    wanted = StationDerControl(
        key=der_key(station.id, id),
        station=station.id,
        id=id,
        kind=control.kind,
        standing=DerStanding.WANTED,
        at=now,
        control=control,
        revision=before.revision + 1 if before else 1,
        by=command.by,
    )
    if may_be_ordered(station):
        wanted = replace(wanted, sent=now)
        yield order(wanted)
    yield kept(wanted, now)
    yield next_look([*(one for one in there if one.id != id), wanted], station, now)
    yield DerControlAnswer(id=id, kept=wanted.sent is None)


def _free(kind: DerKind, there: Iterable[StationDerControl], *, default: bool) -> str:
    """Return an id for a control that was given none: there is one default of a kind, of others any number."""
    if default:
        return f"{kind}-default"
    taken = {one.id for one in there}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{kind}-{number}") not in taken)


def order(wanted: StationDerControl) -> SetDerControl:
    """Return what a station is told of a control."""
    one = wanted.control
    return SetDerControl(
        station=wanted.station,
        id=one.id,
        kind=one.kind,
        default=one.default,
        rank=one.priority,
        start=one.start,
        duration=one.duration,
        curve=one.curve,
        enter_service=one.enter_service,
        fixed_pf=one.fixed_pf,
        fixed_var=one.fixed_var,
        droop=one.droop,
        gradient=one.gradient,
        discharge=one.discharge,
        revision=wanted.revision,
        by=wanted.by,
    )


def kept(one: StationDerControl, now: datetime) -> DerControlChanged:
    """Return the fact that a control stands so."""
    return DerControlChanged(station=one.station, at=now, key=one.key, der_control=one)


def gone(one: StationDerControl, now: datetime, reason: str) -> DerControlChanged:
    """Return the fact that a control is no more."""
    return DerControlChanged(station=one.station, at=now, key=one.key, der_control=None, reason=reason)


def hear_answer(event: DerControlAnswered, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that a station took a control, or why not, and which others give way. Of an earlier one nothing counts."""
    one = rows.get(StationDerControl, der_key(station.id, event.id))
    if one is None or one.standing is not DerStanding.WANTED or event.revision != one.revision:
        return
    standing = DerStanding.REFUSED if event.reason else DerStanding.SET
    yield kept(replace(one, standing=standing, at=now, reason=event.reason), now)
    yield from _give_way(event.superseded, station, rows, now)


def _give_way(ids: Iterable[str], station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    for id in ids:
        one = rows.get(StationDerControl, der_key(station.id, id))
        if one is not None and not one.superseded:
            yield kept(replace(one, superseded=True), now)


def clear(command: ClearDerControls, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want controls to be gone; what the station was never told of is gone at once.

    Raises:
        Unknown: no such control is known here.
        NotSupported: the wire has no words for it.
    """
    named = rows.get(StationDerControl, der_key(station.id, command.id)) if command.id else None
    command = replace(command, default=named.control.default) if named is not None else command
    meant = [one for one in held(station, rows) if is_meant(one.control, command)]
    if not meant:
        words = f"no such control of {station.id} is known"
        raise Unknown(words, code="UnknownControl", where="id", remedy="ask which controls it has")
    never = [one for one in meant if one.standing is DerStanding.REFUSED or (one.standing is DerStanding.WANTED and not one.sent)]
    for one in never:
        yield gone(one, now, "cleared")
    rest = [one for one in meant if one not in never]
    if rest:
        demand_words(station)
        here = may_be_ordered(station)
        if here:
            yield command
        for one in rest:
            yield kept(replace(one, standing=DerStanding.LEAVING, at=now, sent=now if here else None, reason=""), now)
        yield Wake(name=TENDING, at=now + AGAIN, command=TendDerControls(station=station.id))
    yield DerControlsAnswer(count=len(meant))


def hear_cleared(event: DerControlsCleared, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that controls are gone, or why not."""
    asked = ClearDerControls(station=station.id, default=event.default, kind=event.kind, id=event.id)
    for one in held(station, rows):
        if one.standing is not DerStanding.LEAVING or not is_meant(one.control, asked):
            continue
        if event.reason and event.reason not in UNKNOWN:
            yield kept(replace(one, standing=DerStanding.SET, at=now, reason=event.reason), now)
        else:
            yield gone(one, now, "cleared")


def hear_switched(event: DerControlSwitched, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note what is in force; of a control that is not known here the journal alone has it."""
    yield event
    one = rows.get(StationDerControl, der_key(station.id, event.id))
    if one is None:
        return
    if not event.started and one.control.over(max(now, event.at)):
        yield gone(one, now, "over")
    else:
        yield kept(replace(one, active=event.at if event.started else None), now)
    for id in event.superseded:
        other = rows.get(StationDerControl, der_key(station.id, id))
        if other is not None:
            yield kept(replace(other, active=None, superseded=True), now)


def hear_alarm(event: GridAlarmReported) -> Iterator[Effect]:
    """Keep it; an alarm of the station follows from it."""
    yield event


def send_signal(command: SendGridSignal, station: Station, now: datetime) -> Iterator[Effect]:
    """Pass a signal on, unless nobody is there: it is worth nothing later.

    Raises:
        NotSupported: the wire has no words for it.
        Unavailable: the station is not there.
    """
    demand_words(station)
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield replace(command, moment=command.moment or now)


def hear_signal(event: GridSignalTaken) -> Iterator[Effect]:
    """Keep it."""
    yield event


def next_look(there: Iterable[StationDerControl], station: Station, now: datetime) -> Wake:
    """Return when to look again: something ends, or was not answered. Of a station that is away only the ends count."""
    here = may_be_ordered(station)
    times = [one.control.end for one in there if one.control.end is not None]
    times += [(one.sent or now) + AGAIN for one in there if here and one.standing in OPEN]
    at = max(now, min(times, default=now))
    return Wake(name=TENDING, at=at, command=TendDerControls(station=station.id) if times else None)
