# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15), a transfer that ended, or a doubted clock, to the limits it should keep to."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.limit import Limit, Limits
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.energy.smart_charging import ReconcileLimits
from open63110.usecases.stations.monitor_station import StationClockDoubted, StationClockTrusted

Events = RegistrationDecided | StationConnected | EnergyTransferEnded | StationClockDoubted | StationClockTrusted


def then(event: Events, station: Station) -> Iterator[Message]:
    """After a boot nobody knows what it still knows; after a mere reconnection, what it confirmed counts, if it still says so.

    What was wanted for a transfer is over with it. A limit with moments in it is told anew to a station whose clock is another
    than was thought.
    """
    limits = station.limits
    if isinstance(event, EnergyTransferEnded):
        if any(one.transfer == event.reference for one in _known(limits)):
            yield ReconcileLimits(station=station.id)
        return
    if station.registration is Registration.ACCEPTED and (limits.desired or limits.in_force or limits.asked):
        afresh = not isinstance(event, StationConnected)
        yield ReconcileLimits(station=station.id, afresh=afresh, compare=not afresh)


def _known(limits: Limits) -> Iterator[Limit]:
    yield from limits.desired.values()
    yield from limits.asked.values()
    yield from (one.asked for one in limits.in_force.values())


FLOW = Flow(
    role=Role.CSMS,
    on=(RegistrationDecided, StationConnected, EnergyTransferEnded, StationClockDoubted, StationClockTrusted),
    then=then,
)
