# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15), or a transfer that ended, to the limits it should keep to (8.2.3)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.limit import Limit, Limits
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.energy.smart_charging import ReconcileLimits


def then(event: RegistrationDecided | StationConnected | EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """After a boot nobody knows what it still knows; after a mere reconnection, what it confirmed counts, if it still says so.

    What was wanted for a transfer is over with it.
    """
    limits = station.limits
    if isinstance(event, EnergyTransferEnded):
        if any(one.transfer == event.reference for one in _known(limits)):
            yield ReconcileLimits(station=station.id)
        return
    if station.registration is Registration.ACCEPTED and (limits.desired or limits.in_force or limits.asked):
        booted = isinstance(event, RegistrationDecided)
        yield ReconcileLimits(station=station.id, afresh=booted, compare=not booted)


def _known(limits: Limits) -> Iterator[Limit]:
    yield from limits.desired.values()
    yield from limits.asked.values()
    yield from (one.asked for one in limits.in_force.values())


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected, EnergyTransferEnded), then=then)
