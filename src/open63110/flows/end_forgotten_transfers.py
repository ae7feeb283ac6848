# SPDX-License-Identifier: Apache-2.0
"""A transfer that no station will ever end is ended by rule (8.3.15 → 6.1, I13)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.usecases.sessions.energy_transfer import EndForgottenTransfer
from open63110.usecases.stations.onboard_station import TransferForgotten


def then(event: TransferForgotten) -> Iterator[Message]:
    """End it, saying why."""
    yield EndForgottenTransfer(station=event.station, reference=event.transfer, reason=event.reason)


FLOW = Flow(role=Role.CSMS, on=(TransferForgotten,), then=then)
