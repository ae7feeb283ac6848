# SPDX-License-Identifier: Apache-2.0
"""From a stop that came from outside (8.4.5) to the end of the energy transfer (6.1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.usecases.services.authorize_externally import RemoteStopObeyed
from open63110.usecases.sessions.energy_transfer import StopTransfer


def then(event: RemoteStopObeyed) -> Iterator[Message]:
    """Stop."""
    yield StopTransfer(station=event.station, evse=event.evse, reason="Remote", trigger="RemoteStop")


FLOW = Flow(role=Role.STATION, on=(RemoteStopObeyed,), then=then)
