# SPDX-License-Identifier: Apache-2.0
"""What reboots change in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.station import TRIGGERED, Station, StationBooted
from open63110.usecases.stations.reboot_station.messages import RebootBegun, RebootDropped, RebootScheduled, StationRebooting

REBOOT = "reboot"
"""Station.blocked_by while a reboot is under way or waits for idle."""

SCHEDULED = "reboot-scheduled"
"""Begin of the flag of a station whose reboot waits for idle; of one EVSE its number follows."""

KEPT = "reboot-kept"
"""Flag beside it: the wish is kept at the CSMS, the station knows nothing of it."""

RESUMING = "resuming"
"""Flag: the station went down in order to go on with its energy transfers afterwards."""


def busy(station: Station, evse: EvseNumber | None = None) -> bool:
    """Tell whether energy may flow at an EVSE, at any with None."""
    return any(transfer.ended is None and evse in {None, transfer.evse} for transfer in station.transfers.values())


def waiting(station: Station, evse: EvseNumber | None = None) -> tuple[str, ...]:
    """Return the flags of reboots that wait at an EVSE, of all with None."""
    return tuple(flag for flag in station.flags if flag.startswith(SCHEDULED) and (evse is None or flag == _flag(evse)))


def scheduled(event: RebootScheduled, station: Station) -> Station:
    """It waits, and no new session is admitted."""
    flags = (_flag(event.evse), KEPT) if event.kept else (_flag(event.evse),)
    marked = replace(station, flags=(*_without(station, *flags), *flags))
    return marked if event.admit else replace(marked, blocked_by=REBOOT)


def dropped(event: RebootDropped, station: Station) -> Station:
    """It waits no longer; nobody is kept out because of it."""
    return _free(replace(station, flags=_without(station, KEPT, _flag(None))))


def begun(event: RebootBegun, station: Station) -> Station:
    """It waits no longer, so that the end of a transfer does not set it off once more."""
    return replace(station, flags=_without(station, *waiting(station, event.evse)))


def rebooting(event: StationRebooting, station: Station) -> Station:
    """The whole is blocked until it has booted; one EVSE is back when its hardware says so."""
    left = replace(station, flags=_without(station, RESUMING, *waiting(station, event.evse)))
    if event.evse is None:
        return replace(left, blocked_by=REBOOT, flags=(*left.flags, RESUMING) if event.resume else left.flags)
    return left if waiting(left) else _free(left)


def booted(event: StationBooted, station: Station) -> Station:
    """Whatever reboot was wanted has happened, unless the station only says once more that it had booted before."""
    if event.reason == TRIGGERED:
        return station
    return _free(replace(station, flags=_without(station, RESUMING, KEPT, *waiting(station))))


def _free(station: Station) -> Station:
    """Admit sessions again, unless something else than a reboot is in the way."""
    return replace(station, blocked_by="" if station.blocked_by == REBOOT else station.blocked_by)


def _flag(evse: EvseNumber | None) -> str:
    return SCHEDULED if evse is None else f"{SCHEDULED} {evse}"


def _without(station: Station, *gone: str) -> tuple[str, ...]:
    return tuple(flag for flag in station.flags if flag not in gone)
