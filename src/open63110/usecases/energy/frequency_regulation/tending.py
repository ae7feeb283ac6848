# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: what is done about the grid controls of a station by itself, in the course of time and of its links (8.2.10)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.der import DerStanding, StationDerControl
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.energy.frequency_regulation import report
from open63110.usecases.energy.frequency_regulation.checks import MUTE
from open63110.usecases.energy.frequency_regulation.csms import AGAIN, OPEN, gone, kept, next_look, order
from open63110.usecases.energy.frequency_regulation.messages import (
    AskDerControls,
    ClearDerControls,
    ReconcileDerControls,
    TendDerControls,
)
from open63110.usecases.energy.frequency_regulation.station import TENDING, held

SETTLING: Final = timedelta(seconds=5)
"""A station that has just come has other things to say first."""


def tend(command: TendDerControls, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Let go what is over, and tell the station what it has not answered."""
    left = []
    for one in held(station, rows):
        if one.control.over(now):
            yield gone(one, now, "over")
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
    if command.ask and any(one.standing in {DerStanding.SET, DerStanding.FOUND} for one in told):
        yield from report.ask(AskDerControls(station=station.id), station, rows, policy, now)
    yield next_look(told, station, now)


def _due(one: StationDerControl, station: Station, now: datetime) -> bool:
    """Tell whether a station is to be told (again): over a new link, or where it did not answer."""
    if one.standing not in OPEN:
        return False
    return one.sent is None or one.sent + AGAIN <= now or (station.connected is not None and one.sent < station.connected)


def _told(one: StationDerControl, station: Station, now: datetime) -> tuple[list[Effect], StationDerControl]:
    """Return what a station is told, or why it cannot be."""
    if station.wire in MUTE:
        after = replace(one, standing=DerStanding.REFUSED, at=now, reason="NoDerControl")
        return [kept(after, now)], after
    after = replace(one, sent=now)
    if one.standing is DerStanding.LEAVING:
        clearing = ClearDerControls(station=station.id, default=one.control.default, id=one.id)
        return [clearing, kept(after, now)], after
    return [order(after), kept(after, now)], after


def reconcile(command: ReconcileDerControls, station: Station, rows: Rows, now: datetime) -> Iterator[Wake]:
    """Look after its controls shortly after a station has come, if it has any; after a boot it may have lost them."""
    if held(station, rows):
        yield Wake(name=TENDING, at=now + SETTLING, command=TendDerControls(station=station.id, ask=command.booted))
