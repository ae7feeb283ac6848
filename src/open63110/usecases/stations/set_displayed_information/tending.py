# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: what is done about the messages of a station by itself, in the course of time and of its links (8.3.8)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.display import MessageChanged, Standing, StationMessage
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.set_displayed_information import report
from open63110.usecases.stations.set_displayed_information.checks import SEVERAL_CONTENTS, demand_words
from open63110.usecases.stations.set_displayed_information.csms import (
    AGAIN,
    OPEN,
    clearing,
    gone,
    next_look,
    orders,
    superfluous,
)
from open63110.usecases.stations.set_displayed_information.messages import (
    AskMessages,
    ForgetMessagesOf,
    ReconcileMessages,
    TendMessages,
)
from open63110.usecases.stations.set_displayed_information.station import TENDING, held

SETTLING: Final = timedelta(seconds=5)
"""A station that has just come has other things to say first."""


def tend(command: TendMessages, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Let go what is over, and tell the station what it has not answered."""
    left = []
    for one in held(station, rows):
        if one.message.over(now) or _ended(one, station):
            yield gone(one, now, "expired" if one.message.over(now) else "ended")
        else:
            left.append(one)
    if not left:
        return
    if not may_be_ordered(station):
        yield next_look(left, station, now)
        return
    told = []
    for one in left:
        effects, after = _told(one, station, now) if _due(one, station, now) else ((), one)
        yield from effects
        told.append(after)
    if command.ask and any(one.standing in {Standing.SET, Standing.FOUND} for one in told):
        yield from report.ask(AskMessages(station=station.id), station, rows, policy, now)
    yield next_look(told, station, now)


def _ended(one: StationMessage, station: Station) -> bool:
    transfer = station.transfers.get(one.message.transfer) if one.message.transfer else None
    return bool(one.message.transfer) and (transfer is None or transfer.ended is not None)


def _due(one: StationMessage, station: Station, now: datetime) -> bool:
    """Tell whether a station is to be told (again): over a new link, or where it did not answer."""
    if one.standing not in OPEN:
        return False
    return one.sent is None or one.sent + AGAIN <= now or (station.connected is not None and one.sent < station.connected)


def _told(one: StationMessage, station: Station, now: datetime) -> tuple[list[Effect], StationMessage]:
    """Return what a station is told, or why it cannot be."""
    if one.standing is Standing.LEAVING:
        after = replace(one, sent=now)
        return [*clearing(after), MessageChanged(station=station.id, at=now, key=after.key, message=after)], after
    parts = len(one.message.contents) if SEVERAL_CONTENTS in station.lacks else 1
    after = replace(one, sent=now, parts=parts, reached=one.reached if parts == one.parts else (), had=0)
    sent = list(orders(after))
    try:
        for command in sent:
            demand_words(command, station)
    except Trouble as trouble:
        after = replace(one, standing=Standing.REFUSED, at=now, reason=trouble.code)
        return [MessageChanged(station=station.id, at=now, key=after.key, message=after)], after
    old = superfluous(replace(after, had=one.had), station)
    return [*sent, *old, MessageChanged(station=station.id, at=now, key=after.key, message=after)], after


def forget(command: ForgetMessagesOf, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Let go what was shown for an energy transfer that has ended: the station does so by itself."""
    for one in held(station, rows):
        if one.message.transfer == command.reference:
            yield gone(one, now, "ended")


def reconcile(command: ReconcileMessages, station: Station, rows: Rows, now: datetime) -> Iterator[Wake]:
    """Look after its messages shortly after a station has come, if it has any; after a boot it may have lost them."""
    if held(station, rows):
        yield Wake(name=TENDING, at=now + SETTLING, command=TendMessages(station=station.id, ask=command.booted))
