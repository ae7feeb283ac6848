# SPDX-License-Identifier: Apache-2.0
"""What the controller of a station needs from the hardware of one EVSE."""

from typing import Protocol

from open63110.model.reading import Reading
from open63110.station.evse import Drive, Seen

METER_FAILURE = "PowerMeterFailure"
"""The meter does not answer, or says what cannot be."""

DRIVER_FAILURE = "InternalError"
"""Contactor, pilot or lock do not answer."""


class Driver(Protocol):
    """Sees and moves one EVSE. Nothing here waits: what is slow goes on in ``run``."""

    async def run(self) -> None:
        """Work until cancelled; then leave the contactor open."""

    def seen(self) -> Seen | None:
        """Return what is seen now; None: nothing was yet. What is too old to be believed is a trouble in it."""

    def readings(self) -> tuple[Reading, ...]:
        """Return what the meter showed last, with the time at which it did; none before it was read."""

    def drive(self, drive: Drive) -> None:
        """Let the outputs be so from now on."""
