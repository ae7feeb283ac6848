# SPDX-License-Identifier: Apache-2.0
"""What firmware changes in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.model.firmware import AWAITED, FIRMWARE, OVER, UNDER_WAY, FirmwareState
from open63110.model.station import Station
from open63110.usecases.stations.update_firmware.messages import FirmwareAwaited, FirmwareStatusReported

INSTALLING = f"{FIRMWARE} is being installed"

WAITS = "firmware-waits"
"""Flag: an update waits for its time, or until no energy flows."""


def reported(event: FirmwareStatusReported, station: Station) -> Station:
    """Keep everybody out while it is being installed, and no longer."""
    waits = event.state is FirmwareState.INSTALL_SCHEDULED
    if waits != (WAITS in station.flags):
        others = tuple(flag for flag in station.flags if flag != WAITS)
        station = replace(station, flags=(*others, WAITS) if waits else others)
    if event.state in UNDER_WAY:
        return station if station.blocked_by == INSTALLING else replace(station, blocked_by=INSTALLING)
    over = event.state in OVER or (event.state is FirmwareState.IDLE and station.blocked_by == INSTALLING)
    return freed(station) if over else station


def awaited(event: FirmwareAwaited, station: Station) -> Station:
    """Let nobody in before it, or everybody again."""
    if event.admit:
        return freed(station)
    return station if station.blocked_by else replace(station, blocked_by=AWAITED)


def freed(station: Station) -> Station:
    """Admit sessions again, unless something else than firmware is in the way."""
    ours = station.blocked_by == AWAITED or station.blocked_by.startswith(FIRMWARE)
    return replace(station, blocked_by="") if ours else station
