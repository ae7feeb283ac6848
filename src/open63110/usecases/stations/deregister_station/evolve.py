# SPDX-License-Identifier: Apache-2.0
"""What leaving changes in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.model.deletion import FIRST
from open63110.model.deregistration import LEAVING, DeregistrationStep, StationDeregistered
from open63110.model.installed import Profiles
from open63110.model.limit import Limits
from open63110.model.station import LocalAuthorization, Registration, Station
from open63110.usecases.stations.deregister_station.messages import StationWiped


def leaving(event: DeregistrationStep, station: Station) -> Station:
    """No new session is admitted on the way out."""
    flags = station.flags if LEAVING in station.flags else (*station.flags, LEAVING)
    return replace(station, flags=flags, blocked_by=LEAVING)


def deregistered(event: StationDeregistered, station: Station) -> Station:
    """It stands nowhere any more, so its zone and its site do not count it; who it was stays on record, and sessions close."""
    return replace(
        station,
        registration=Registration.DEREGISTERED,
        zone=None,
        feeder="",
        flags=tuple(flag for flag in station.flags if flag not in {LEAVING, FIRST}),
        blocked_by="",
        local=LocalAuthorization(),
        limits=Limits(),
        external={},
        profiles=Profiles(),
        availability=(),
    )


def wiped(event: StationWiped, station: Station) -> Station:
    """Forget whoever charged here, and what a CSMS has said: of it, and of ways to others."""
    local = LocalAuthorization() if event.wipe.personal else station.local
    registration = Registration.NEW if event.wipe.credentials or event.wipe.network else station.registration
    networks = () if event.wipe.network else station.networks
    if event.wipe.credentials:
        networks = tuple(replace(one, password="") for one in networks)
    return replace(station, local=local, registration=registration, networks=networks)
