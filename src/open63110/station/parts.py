# SPDX-License-Identifier: Apache-2.0
"""The hardware that a controller moves."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from open63110 import ports
from open63110.model.device import VariableAddress
from open63110.model.reading import Reading
from open63110.model.transfer import TransferState
from open63110.station.timekeeping import Hands


class Hardware(ports.Hardware, Hands, Protocol):
    """What a controller moves, measures and is told, beyond the port's own words."""

    def readings(self, evse: int) -> tuple[Reading, ...]:
        """Read the meter of an EVSE, and whatever else it shows, now."""

    def values(self) -> Mapping[VariableAddress, float | str]:
        """Read everything that monitors can watch, now."""

    def state(self, evse: int) -> TransferState | None:
        """Tell what the EV at an EVSE does while energy may flow; None if it may not."""

    def faults(self) -> Sequence[tuple[int, str, int]]:
        """Tell what is broken: EVSE (0: the station), code, severity."""

    def sample_every(self, seconds: float) -> None:
        """Read meters so often while energy may flow [s]."""

    def unlock(self, evse: int, connector: int) -> None:
        """Let go of a cable."""

    def restart(self, reason: str, evse: int | None) -> None:
        """Go down and come up again, for that reason: the whole, or one EVSE."""
