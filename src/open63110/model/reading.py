# SPDX-License-Identifier: Apache-2.0
"""A meter reading, in SI units, as a station took it."""

from datetime import datetime
from typing import Literal

import msgspec

Measurand = Literal[
    "energy.import.register",
    "energy.export.register",
    "energy.import.interval",
    "energy.export.interval",
    "power.import",
    "power.export",
    "power.offered",
    "current.import",
    "current.export",
    "current.offered",
    "voltage",
    "frequency",
    "soc",
    "temperature",
    "other",
]
"""What was measured: [Wh], [W], [A], [V], [Hz], [%], [°C]; ``other`` keeps the wire's name in Reading.name."""

Context = Literal["periodic", "begin", "end", "clock", "trigger", "interruption.begin", "interruption.end", "other"]
"""Why it was taken."""


class SignedReading(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A signed reading exactly as the meter made it (I14): never parsed, re-encoded or trimmed."""

    data: str
    method: str = ""
    encoding: str = ""
    public_key: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One value at one moment."""

    at: datetime
    measurand: Measurand
    value: float
    phase: str = ""
    """The wire's phase name (L1, L1-N …); empty means all phases together."""
    context: Context = "periodic"
    location: str = ""
    """Where: EV, Inlet, Outlet, Body, Cable; empty means Outlet."""
    name: str = ""
    """The wire's name and unit when measurand is ``other``."""
    signed: SignedReading | None = None
