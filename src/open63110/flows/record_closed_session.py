# SPDX-License-Identifier: Apache-2.0
"""A service session that closes leads to its record (6.2 → 8.4.8)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.session import SessionClosed, SessionState
from open63110.usecases.services.produce_sdr import ProduceSdr


def then(event: SessionClosed) -> Iterator[Message]:
    """Record what was consumed."""
    if event.state is SessionState.CLOSED:
        yield ProduceSdr(station=event.station, session=event.session)


FLOW = Flow(role=Role.CSMS, on=(SessionClosed,), then=then)
