# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about texts on displays: each is wanted until its station has confirmed it, whenever that comes (8.3.8)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.display import (
    PARTS,
    MessageChanged,
    Standing,
    StationMessage,
    message_key,
)
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.set_displayed_information.checks import (
    MUTE,
    SEVERAL_CONTENTS,
    check,
    check_number,
    demand_display,
    demand_transfer,
    demand_words,
)
from open63110.usecases.stations.set_displayed_information.messages import (
    ClearMessage,
    MessageAnswer,
    MessageAnswered,
    MessageCleared,
    SetMessage,
    TendMessages,
)
from open63110.usecases.stations.set_displayed_information.station import BOUND, TENDING, held

AGAIN: Final = timedelta(seconds=300)
"""When a station is told once more what it has not answered."""

UNKNOWN: Final = frozenset({"Unknown", "UnknownMessage"})
"""Reasons of a station that has no such message, so that it need not be cleared."""

OPEN: Final = frozenset({Standing.WANTED, Standing.LEAVING})


def put(command: SetMessage, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want a message, and tell the station if it is there; if not, it is told when it comes.

    Raises:
        Malformed, NotSupported: it cannot be shown, or the station cannot be told.
        Unknown: no such energy transfer goes on.
    """
    check_number(command)
    check(command, now)
    demand_words(command, station)
    demand_transfer(command, station)
    there = held(station, rows)
    number = command.number or _next(there)
    before = next((one for one in there if one.number == number), None)
    wanted = StationMessage(
        key=message_key(station.id, number),
        station=station.id,
        number=number,
        standing=Standing.WANTED,
        at=now,
        message=replace(command, number=number).wanted(),
        revision=before.revision + 1 if before else 1,
        parts=len(command.contents) if SEVERAL_CONTENTS in station.lacks else 1,
        by=command.by,
        had=max(before.parts, before.had) if before else 0,
    )
    if may_be_ordered(station):
        yield from orders(wanted)
        yield from superfluous(wanted, station)
        wanted = replace(wanted, sent=now, had=0)
    yield _kept(wanted, now)
    yield next_look([*(one for one in there if one.number != number), wanted], station, now)
    yield MessageAnswer(number=number, kept=wanted.sent is None)


def _next(there: Iterable[StationMessage]) -> int:
    """Return the next number that no message has here; after the last one the numbers begin anew."""
    taken = {one.number for one in there if 0 < one.number < PARTS}
    highest = max(taken, default=0)
    return next(one for one in chain(range(highest + 1, PARTS), range(1, highest)) if one not in taken)


def superfluous(wanted: StationMessage, station: Station) -> Iterator[ClearMessage]:
    """Clear the parts of an earlier message of this number that one of fewer languages does not replace."""
    if SEVERAL_CONTENTS in station.lacks:
        for part in range(wanted.parts, wanted.had):
            yield ClearMessage(station=wanted.station, number=wanted.number, part=part)


def orders(wanted: StationMessage) -> Iterator[SetMessage]:
    """Return what a station is told of a message, part by part."""
    one = wanted.message
    for part in range(wanted.parts):
        if part not in wanted.reached:
            yield SetMessage(
                station=wanted.station,
                number=one.number,
                rank=one.rank,
                state=one.state,
                start=one.start,
                end=one.end,
                transfer=one.transfer,
                evse=one.evse,
                display=one.display,
                contents=one.contents if wanted.parts == 1 else one.contents[part : part + 1],
                part=part,
                revision=wanted.revision,
                by=wanted.by,
            )


def _kept(one: StationMessage, now: datetime) -> MessageChanged:
    return MessageChanged(station=one.station, at=now, key=one.key, message=one)


def gone(one: StationMessage, now: datetime, reason: str) -> MessageChanged:
    """Return the fact that a message is no more."""
    return MessageChanged(station=one.station, at=now, key=one.key, message=None, reason=reason)


def hear_answer(event: MessageAnswered, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that a station took a message, once it has all of its parts, or why not. Of an earlier one nothing counts."""
    one = rows.get(StationMessage, message_key(station.id, event.number))
    if one is None or one.standing is not Standing.WANTED or event.revision != one.revision:
        return
    if event.reason:
        yield _kept(replace(one, standing=Standing.REFUSED, at=now, reason=event.reason), now)
        return
    reached = tuple(sorted({*one.reached, event.part}))
    whole = len(reached) >= one.parts
    yield _kept(replace(one, reached=reached, standing=Standing.SET if whole else one.standing, at=now), now)


def clear(command: ClearMessage, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want a message to be gone; one that the station was never told of is gone at once.

    Raises:
        Unknown: none of this number is known here.
        NotSupported: the station cannot be told.
    """
    one = rows.get(StationMessage, message_key(station.id, command.number))
    if one is None:
        words = f"no message {command.number} of {station.id} is known"
        raise Unknown(words, code="UnknownMessage", where="number", remedy="ask which messages it has")
    if _never_there(one) or station.wire in MUTE:
        yield gone(one, now, "cleared")
        return
    demand_display(station)
    leaving = replace(one, standing=Standing.LEAVING, at=now, parts=max(one.parts, one.had), reached=(), reason="", had=0)
    if may_be_ordered(station):
        leaving = replace(leaving, sent=now)
        yield from clearing(leaving)
    yield _kept(leaving, now)
    yield next_look([*(other for other in held(station, rows) if other.number != one.number), leaving], station, now)
    yield MessageAnswer(number=one.number, kept=not may_be_ordered(station))


def _never_there(one: StationMessage) -> bool:
    """Tell whether the station has nothing of this number: no part of this message, and none that this one was to replace."""
    refused = one.standing is Standing.REFUSED or (one.standing is Standing.WANTED and one.sent is None)
    return refused and not one.reached and one.revision == 1


def clearing(leaving: StationMessage) -> Iterator[ClearMessage]:
    """Return what a station is told of a message that is to go, part by part."""
    for part in range(leaving.parts):
        if part not in leaving.reached:
            yield ClearMessage(station=leaving.station, number=leaving.number, part=part)


def hear_cleared(event: MessageCleared, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that a message is gone, once all of its parts are, or why it is not."""
    one = rows.get(StationMessage, message_key(station.id, event.number))
    if one is None or one.standing is not Standing.LEAVING:
        return
    if event.reason and event.reason not in UNKNOWN:
        yield _kept(replace(one, standing=Standing.SET, at=now, reason=event.reason), now)
        return
    reached = tuple(sorted({*one.reached, event.part}))
    if len(reached) >= one.parts:
        yield gone(one, now, "cleared")
    else:
        yield _kept(replace(one, reached=reached), now)


def next_look(there: Iterable[StationMessage], station: Station, now: datetime) -> Wake:
    """Return when to look again: something ends, or was not answered. Of a station that is away only the ends count."""
    times: list[datetime] = []
    here = may_be_ordered(station)
    for one in there:
        if one.message.end is not None:
            times.append(one.message.end)
        if one.message.transfer:
            times.append(now + BOUND)
        if here and one.standing in OPEN:
            times.append((one.sent or now) + AGAIN)
    at = max(now, min(times, default=now))
    return Wake(name=TENDING, at=at, command=TendMessages(station=station.id) if times else None)
