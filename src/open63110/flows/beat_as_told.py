# SPDX-License-Identifier: Apache-2.0
"""A station that is told how often to say that it is there does so (8.3.4 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.own_device import HEARTBEAT, OwnSettingsChanged, current
from open63110.model.station import Station
from open63110.usecases.stations.monitor_station import BeatEvery


def then(event: OwnSettingsChanged, station: Station) -> Iterator[Message]:
    """Begin anew with the new interval."""
    wanted = event.own_settings.values.get(HEARTBEAT)
    if wanted is not None and wanted != current(station, None).get(HEARTBEAT):
        yield BeatEvery(station=station.id, every=float(wanted))


FLOW = Flow(role=Role.STATION, on=(OwnSettingsChanged,), then=then)
