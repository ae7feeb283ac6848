# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about texts on its display (8.3.8).

It keeps them over a reboot, shows each when its time comes (`screen`), and lets it go when that is over.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.errors import NotSupported, Refused, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.display import (
    DisplayMessage,
    MessageChanged,
    MessagePriority,
    MessagesReported,
    Standing,
    StationMessage,
    message_key,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.set_displayed_information.checks import check, demand_ability
from open63110.usecases.stations.set_displayed_information.messages import (
    AskMessages,
    ClearMessage,
    ForgetMessagesOf,
    MessageAnswer,
    MessagesAnswer,
    SetMessage,
    TendMessages,
)

TENDING: Final = "messages"
"""Name of the wakeup for the next message that ends; it is there while one will end at its time, or with a transfer."""

BOUND: Final = timedelta(days=1)
"""How often is looked after messages of energy transfers, which end with those."""


def held(station: Station, rows: Rows) -> list[StationMessage]:
    """Return the messages of a station, oldest first."""
    return sorted(rows.load(StationMessage, Where("station", "=", station.id)), key=lambda one: (one.at, one.number))


def obey(command: SetMessage, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Keep a message, in the place of one of its number, and of an older one that had the display to itself.

    Raises:
        Malformed, NotSupported, Refused, Unknown: it cannot be shown here, or there is no room.
    """
    check(command, now)
    demand_ability(command, policy.screen, station)
    wanted, there = command.wanted(), held(station, rows)
    gone = [one for one in there if one.number != wanted.number and _gives_way(one.message, wanted)]
    others = [one for one in there if one.number != wanted.number and one not in gone]
    if len(others) >= policy.screen.most:
        raise Refused(f"{policy.screen.most} messages are all it keeps", code="OutOfStorage", remedy="clear one first")
    for one in gone:
        yield _without(one, now, "replaced")
    key = message_key(station.id, wanted.number)
    kept = StationMessage(key=key, station=station.id, number=wanted.number, standing=Standing.SET, at=now, message=wanted)
    yield MessageChanged(station=station.id, at=now, key=key, message=kept)
    yield from _tend_next([*others, kept], station, now)
    yield MessageAnswer(number=wanted.number)


def _gives_way(one: DisplayMessage, newer: DisplayMessage) -> bool:
    """Tell whether a message goes because a newer one is always in front; another language of the same does not."""
    if not one.rank is newer.rank is MessagePriority.ALWAYS_FRONT:
        return False
    where = (one.display, one.evse) == (newer.display, newer.evse)
    mine, theirs = _languages(one), _languages(newer)
    translated = one.alike(newer) and "" not in mine | theirs and not mine & theirs
    return where and not translated


def _languages(message: DisplayMessage) -> set[str]:
    return {one.language.lower() for one in message.contents}


def _without(one: StationMessage, now: datetime, reason: str) -> MessageChanged:
    return MessageChanged(station=one.station, at=now, key=one.key, message=None, reason=reason)


def clear(command: ClearMessage, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Let a message go.

    Raises:
        NotSupported: there is no display.
        Unknown: there is no such message.
    """
    if not policy.screen.most:
        raise NotSupported("there is no display here", code="NoDisplay")
    found = rows.get(StationMessage, message_key(station.id, command.number))
    if found is None:
        raise Unknown(f"there is no message {command.number}", code="UnknownMessage", where="number")
    yield _without(found, now, "cleared")
    yield from _tend_next([one for one in held(station, rows) if one.number != command.number], station, now)
    yield MessageAnswer(number=command.number)


def tell(command: AskMessages, station: Station, rows: Rows, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Report what was asked for, a page at a time; that there is nothing is said at once.

    Raises:
        NotSupported: there is no display.
    """
    if not policy.screen.most:
        raise NotSupported("there is no display here", code="NoDisplay")
    found = [one.message for one in held(station, rows) if asked_for(one.message, command) and not one.message.over(now)]
    pages = [tuple(found[place : place + policy.screen.page]) for place in range(0, len(found), policy.screen.page)]
    for place, page in enumerate(pages, 1):
        more = place < len(pages)
        yield MessagesReported(station=station.id, at=now, request=command.request, messages=page, more=more)
    yield MessagesAnswer(count=len(found))


def asked_for(message: DisplayMessage, command: AskMessages) -> bool:
    """Tell whether a question is about a message."""
    return (
        (not command.numbers or message.number in command.numbers)
        and command.rank in {None, message.rank}
        and command.state in {None, message.state}
    )


def tend(_: TendMessages, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Let go what is over."""
    left = []
    for one in held(station, rows):
        if one.message.over(now):
            yield _without(one, now, "expired")
        else:
            left.append(one)
    yield from _tend_next(left, station, now)


def _tend_next(left: list[StationMessage], station: Station, now: datetime) -> Iterator[Wake]:
    """Look again when the next one ends; until then nothing goes by itself."""
    ends = [one.message.end for one in left if one.message.end is not None]
    bound = any(one.message.transfer for one in left)
    at = min(ends, default=now + BOUND)
    yield Wake(name=TENDING, at=at, command=TendMessages(station=station.id) if ends or bound else None)


def forget(command: ForgetMessagesOf, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Let go what was shown for an energy transfer that has ended."""
    for one in held(station, rows):
        if one.message.transfer == command.reference:
            yield _without(one, now, "ended")
