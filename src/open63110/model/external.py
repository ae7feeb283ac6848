# SPDX-License-Identifier: Apache-2.0
"""A limit that a station keeps to although its CSMS did not set it: an energy manager beside it, or its grid, did (8.2.7)."""

from datetime import datetime
from typing import Literal

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Event
from open63110.kernel.units import Percent, Watts
from open63110.model.limit import Ahead
from open63110.model.profile import ChargingSchedule

ExternalSource = Literal["ems", "other", "so", "cso"]
"""Who set it, in the words of OCPP 2.x: an energy manager, somebody else, the operator of the grid, that of the station."""


class ExternalLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What somebody else allows at a station or one of its EVSEs. It only ever lowers what may flow, and may go at any moment."""

    evse: EvseNumber
    """0: the station as a whole."""
    source: ExternalSource
    since: datetime
    limit: Watts | None = None
    """Of import [W]; None: it is said that there is one, not how much it allows."""
    export: Watts | None = None
    """Of export, as a magnitude [W]; None: nothing is said of it."""
    ahead: tuple[Ahead, ...] = ()
    """What it becomes later, in order of time."""
    until: datetime | None = None
    """None: until it is cleared."""
    critical: bool = False
    """The grid depends on it."""
    generation: bool = False
    """It says how much local generation adds, not how much may flow in all (OCPP 2.1, K27)."""
    at_soc: tuple[Percent, Watts] | None = None
    """From which state of charge on it allows how much only (limitAtSoC, OCPP 2.1); None: it does not say so."""
    schedules: tuple[ChargingSchedule, ...] = ()
    """As they were told, where they are several, or say more than stands here; the lowest of them counts at each moment."""

    @property
    def place(self) -> str:
        """By what it is told from the others that count at a station."""
        return f"{self.evse}/{self.source}"


class ExternalLimitSet(Event, frozen=True, kw_only=True, gc=False):
    """Somebody other than its CSMS limits a station from now on."""

    limit: ExternalLimit


class ExternalLimitCleared(Event, frozen=True, kw_only=True, gc=False):
    """What somebody else limited is free of it again."""

    evse: EvseNumber
    """0: the station as a whole, with everything that this source said of its EVSEs."""
    source: ExternalSource
