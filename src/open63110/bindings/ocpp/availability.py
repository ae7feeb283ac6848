# SPDX-License-Identifier: Apache-2.0
"""ChangeAvailability, as far as it is the same in every version of OCPP."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from open63110.bindings.ocpp.translation import Door
from open63110.kernel.messages import Message, Reply
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.change_availability import (
    AvailabilityChanged,
    AvailabilityPlanned,
    AvailabilityRefused,
    ChangeAvailability,
)

WORD: Final[dict[bool, Any]] = {True: "Operative", False: "Inoperative"}


def scheduled(replies: Sequence[Reply]) -> bool:
    """Tell whether any part waits until nothing flows."""
    return any(isinstance(one, AvailabilityPlanned) and one.scheduled for one in replies)


def accepted(status: str, command: ChangeAvailability, door: Door) -> Iterator[Message]:
    """Yield what the use case hears of a yes."""
    yield AvailabilityChanged(
        station=command.station,
        at=door.now,
        operative=command.operative,
        evse=command.evse,
        connector=command.connector,
        scheduled=status == "Scheduled",
    )


def refused(verdict: Verdict, command: ChangeAvailability, door: Door) -> Verdict:
    """Return a no that the use case hears of."""
    said = AvailabilityRefused(
        station=command.station,
        at=door.now,
        operative=command.operative,
        evse=command.evse,
        connector=command.connector,
        reason=verdict.reason,
    )
    return replace(verdict, messages=(said,))
