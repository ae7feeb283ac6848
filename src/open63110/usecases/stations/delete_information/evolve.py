# SPDX-License-Identifier: Apache-2.0
"""What deletions change in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.model.deletion import DUE, FIRST, DeletionsDone, DeletionsDue, DeletionsPaused, StationDeletes
from open63110.model.station import Station
from open63110.usecases.stations.delete_information.messages import CustomerForgotten


def due(event: DeletionsDue, station: Station) -> Station:
    """Mark it."""
    return replace(station, flags=(*_without(station, DUE), DUE))


def begun(event: StationDeletes, station: Station) -> Station:
    """Ask nothing else of it meanwhile."""
    return replace(station, flags=(*_without(station, DUE, FIRST), DUE, FIRST))


def paused(event: DeletionsPaused, station: Station) -> Station:
    """Ask other things of it again."""
    return replace(station, flags=_without(station, FIRST))


def done(event: DeletionsDone, station: Station) -> Station:
    """Take the marks away."""
    return replace(station, flags=_without(station, DUE, FIRST))


def _without(station: Station, *gone: str) -> tuple[str, ...]:
    return tuple(flag for flag in station.flags if flag not in gone)


def forgotten(event: CustomerForgotten, station: Station) -> Station:
    """Leave the customer out of the list, of what was answered, of groups and of who charged unproven."""
    gone, local = event.subject, station.local
    entries = {subject: said for subject, said in local.entries.items() if subject != gone}
    cache = {subject: said for subject, said in local.cache.items() if subject != gone}
    groups = {subject: said for subject, said in local.groups.items() if gone not in {subject, said}}
    judged = None if local.judged is not None and local.judged.subject == gone else local.judged
    unproven = local.unproven - {gone}
    left = replace(local, entries=entries, cache=cache, groups=groups, unproven=unproven, judged=judged)
    return replace(station, local=left)
