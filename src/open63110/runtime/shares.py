# SPDX-License-Identifier: Apache-2.0
"""What a station has of that which limits many: how it is told, and where."""

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.limit import Limit, LimitScope
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import LimitPower


def command(station: StationId, limit: Limit) -> LimitPower:
    """Return the order to keep to a limit."""
    return LimitPower(
        station=station,
        evse=limit.evse,
        limit=limit.limit,
        amperes=limit.amperes,
        until=limit.until,
        source=limit.source,
        scope=limit.scope,
        failsafe=limit.failsafe,
        failsafe_after=limit.failsafe_after,
        emergency=limit.emergency,
        ahead=limit.ahead,
        actor=limit.actor,
        constraint=limit.constraint,
    )


def shares(station: Station) -> list[EvseNumber]:
    """Return at which EVSEs of a station there are any; 0: at the station as a whole."""
    return [one.evse for one in station.limits.desired.values() if one.scope is LimitScope.ZONE]
