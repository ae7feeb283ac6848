# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about availability: what was ordered is wanted until something else is, whatever happens to the station.

A station is to keep such an order through restarts, but not every one does. So it is told again after each boot, and after
each mere reconnection what it has not confirmed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.availability import WHOLE, Availability, ordered, within
from open63110.model.station import Station
from open63110.usecases.stations.change_availability.messages import (
    AvailabilityChanged,
    AvailabilityPlanned,
    AvailabilityRefused,
    AvailabilityWanted,
    ChangeAvailability,
    ReconcileAvailability,
)
from open63110.usecases.stations.change_availability.station import check

PARTS_FOLLOW: Final = "availability-apart"
"""Among Station.lacks: an order for the whole station is one for each of its parts as well."""

_WAKE = "availability"


def ask(command: ChangeAvailability, station: Station, now: datetime) -> Iterator[Effect]:
    """Want it from now on, and tell the station now, or when it is there.

    Raises:
        Unknown: the station has no such part.
    """
    check(command, station)
    yield AvailabilityWanted(
        station=station.id, at=now, operative=command.operative, evse=command.evse, connector=command.connector
    )
    if may_be_ordered(station):
        yield command
    else:
        yield AvailabilityPlanned(kept=True)


def hear_changed(event: AvailabilityChanged, station: Station) -> Iterator[Effect]:
    """Keep it, unless something else is wanted by now; parts that such a station took along get their own order again."""
    known = ordered(station.availability, event.evse, event.connector)
    if known is not None and known.operative is not event.operative:
        return
    yield event
    if event.evse == WHOLE and event.operative and PARTS_FOLLOW in station.lacks:
        for one in within(station.availability, WHOLE):
            yield _order(station, one)


def hear_refused(event: AvailabilityRefused) -> Iterator[Effect]:
    """Want it no longer: the asker was told."""
    yield event


def reconcile(command: ReconcileAvailability, station: Station, now: datetime) -> Iterator[Effect]:
    """Tell the whole first, then the parts."""
    if command.wait:
        again = ReconcileAvailability(station=station.id, afresh=command.afresh)
        yield Wake(name=_WAKE, at=now + timedelta(seconds=command.wait), command=again)
        return
    if not may_be_ordered(station):
        return
    for one in sorted(station.availability, key=lambda one: one.place):
        if command.afresh or one.progress == "asked":
            yield _order(station, one)


def _order(station: Station, one: Availability) -> ChangeAvailability:
    return ChangeAvailability(station=station.id, operative=one.operative, evse=one.evse, connector=one.connector)
