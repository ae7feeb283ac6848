# SPDX-License-Identifier: Apache-2.0
"""What a charging station does when it is told to leave."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.station import Station
from open63110.usecases.stations.deregister_station.messages import StationWiped, WipeStation


def obey(command: WipeStation, station: Station, now: datetime) -> Iterator[Effect]:
    """Erase what is to be erased, unless somebody charges.

    Raises:
        Refused: energy flows, and what is consumed has to be told.
    """
    if any(one.ended is None for one in station.transfers.values()):
        raise Refused("energy flows here", code="TxInProgress", remedy="end it first")
    yield StationWiped(station=station.id, at=now, wipe=command.wipe)
