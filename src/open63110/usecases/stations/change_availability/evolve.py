# SPDX-License-Identifier: Apache-2.0
"""What orders of availability change in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.availability import Availability, Progress, put
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.change_availability.messages import (
    AvailabilityChanged,
    AvailabilityRefused,
    AvailabilityWanted,
)

Said = AvailabilityWanted | AvailabilityChanged


def wanted(event: AvailabilityWanted, station: Station) -> Station:
    """It is to be so."""
    return _put(event, station, "asked")


def changed(event: AvailabilityChanged, station: Station) -> Station:
    """It is so, or will be."""
    return _put(event, station, "scheduled" if event.scheduled else "in-force")


def _put(event: Said, station: Station, progress: Progress) -> Station:
    one = Availability(evse=event.evse, connector=event.connector, operative=event.operative, at=event.at, progress=progress)
    return replace(station, availability=put(station.availability, one))


def refused(event: AvailabilityRefused, station: Station) -> Station:
    """What was wanted is given up, unless something else is wanted by now."""
    place = (event.evse, event.connector)
    left = tuple(
        one
        for one in station.availability
        if one.place != place or one.operative is not event.operative or one.progress != "asked"
    )
    return replace(station, availability=left) if len(left) != len(station.availability) else station


def ended(_: EnergyTransferEnded, station: Station) -> Station:
    """Nothing waits any more for energy that flows no more."""
    if not any(one.progress == "scheduled" for one in station.availability):
        return station
    running = {one.evse for one in station.transfers.values() if one.ended is None}
    left = tuple(
        replace(one, progress="in-force") if one.progress == "scheduled" and not _holds(one, running) else one
        for one in station.availability
    )
    return replace(station, availability=left)


def _holds(one: Availability, running: set[EvseNumber]) -> bool:
    return bool(running) if not one.evse else one.evse in running
