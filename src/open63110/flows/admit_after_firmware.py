# SPDX-License-Identifier: Apache-2.0
"""A station that boots while it was to install firmware is open to sessions again (8.3.15 → 8.3.6)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.firmware import FIRMWARE
from open63110.model.station import Station, StationBooted
from open63110.usecases.stations.update_firmware import FirmwareAfterBoot


def then(event: StationBooted, station: Station) -> Iterator[Message]:
    """Ask only if it was."""
    if station.blocked_by.startswith(FIRMWARE):
        yield FirmwareAfterBoot(station=event.station)


FLOW = Flow(role=Role.CSMS, on=(StationBooted,), then=then)
