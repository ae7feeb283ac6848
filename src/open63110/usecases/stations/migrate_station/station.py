# SPDX-License-Identifier: Apache-2.0
"""What a station does about its ways to CSMSs. Which it takes first is a setting (8.3.4); it looks at that when it starts."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.network import BUILT_IN, PRIORITY
from open63110.model.own_device import OwnSettings
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.migrate_station.checks import demand_address
from open63110.usecases.stations.migrate_station.messages import MigrateStation, NetworkProfileKept

MOST = 8
"""Ways of our own station beside the one it was set up with."""


def obey(command: MigrateStation, station: Station, rows: Rows, now: datetime, policy: StationPolicy) -> Iterator[Effect]:
    """Keep the way; nothing changes before the next start.

    Raises:
        Malformed: the address is none.
        Refused: the slot is the built-in one, one that the order of ways names, or there are no more; or it is less secure than
            what is demanded here.
    """
    demand_address(command)
    if command.slot == BUILT_IN or not 0 < command.slot <= MOST:
        raise Refused(f"slots 1 to {MOST} can be set", code="InvalidNetworkConf", where="slot")
    own = rows.get(OwnSettings, station.id) or OwnSettings(station=station.id)
    order = own.waiting.get(PRIORITY, own.values.get(PRIORITY, ""))
    if str(command.slot) in {one.strip() for one in order.split(",")}:
        words = f"it reaches a CSMS by slot {command.slot}"
        raise Refused(words, code="PriorityNetworkConf", where="slot", remedy="take one that is free")
    if command.demanded() < policy.security_profile:
        raise Refused("that is less secure than the way here", code="NoSecurityDowngrade", where="security")
    yield NetworkProfileKept(station=station.id, at=now, profile=command.profile())
