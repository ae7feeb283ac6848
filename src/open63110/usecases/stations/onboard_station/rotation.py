# SPDX-License-Identifier: Apache-2.0
"""A station gets a secret of its own; who keeps secrets makes it, for a decision may not hold one."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused, Unavailable
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.rotation import RotationWanted
from open63110.model.station import Station
from open63110.usecases.stations.onboard_station.messages import RotateCredential


def ask(command: RotateCredential, station: Station, now: datetime) -> Iterator[Effect]:
    """Want it.

    Raises:
        Unavailable: the station is not there.
        Refused: it shows a certificate, and no secret.
    """
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    if not station.wire.startswith("ocpp"):
        raise Refused(f"{station.id} shows a certificate", code="NoPassword", remedy="renew that instead")
    yield RotationWanted(station=station.id, at=now)
