# SPDX-License-Identifier: Apache-2.0
"""What migration changes in a station: at the CSMS where it stands, in the station its ways."""

from msgspec.structs import replace

from open63110.model.station import Station
from open63110.usecases.stations.migrate_station.messages import MoveChanged, NetworkProfileKept


def kept(event: NetworkProfileKept, station: Station) -> Station:
    """It has one way more, or another in that slot."""
    others = tuple(one for one in station.networks if one.slot != event.profile.slot)
    return replace(station, networks=(*others, event.profile))


def moved(event: MoveChanged, station: Station) -> Station:
    """It has come further."""
    return replace(station, move=event.move)
