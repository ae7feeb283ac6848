# SPDX-License-Identifier: Apache-2.0
"""From what an EV says that it needs (7.4) to the schedule that it waits for (8.2.3)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.needs import NeedsStated
from open63110.usecases.energy.smart_charging import OfferSchedule


def then(event: NeedsStated) -> Iterator[Message]:
    """Offer one, if the EV itself speaks: only then somebody waits for it."""
    if event.needs.modes:
        yield OfferSchedule(station=event.station, evse=event.evse)


FLOW = Flow(role=Role.CSMS, on=(NeedsStated,), then=then)
