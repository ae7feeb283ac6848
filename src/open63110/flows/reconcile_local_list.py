# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to the local list it should have (8.4.4)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.policy import Policy
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.usecases.services.authorize_locally import ReconcileLocalList

AFTER_BOOT = 5.0
"""A station that just heard that it may work here has other things to say first [s]."""

AFTER_CONNECTION = 60.0
"""A station that came back may be about to boot [s]."""


def then(event: RegistrationDecided | StationConnected, station: Station, policy: Policy) -> Iterator[Message]:
    """Ask for the version after a boot; after a mere reconnection what is known of it is enough."""
    if not policy.local_lists or station.registration is not Registration.ACCEPTED or station.connected is None:
        return
    booted = isinstance(event, RegistrationDecided)
    wait = AFTER_BOOT if booted else AFTER_CONNECTION
    yield ReconcileLocalList(station=station.id, ask=booted, wait=wait)


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
