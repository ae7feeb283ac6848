# SPDX-License-Identifier: Apache-2.0
"""Swaps of batteries: who brought which, and took which others."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.messages import Event


class SwappedBattery(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One battery that goes in or out."""

    bay: EvseNumber
    """Where: bays are numbered as EVSEs are."""
    serial: str
    soc: float
    """State of charge [%]."""
    soh: float
    """State of health [%]."""
    produced: datetime | None = None
    info: str = ""
    """In the words of its maker."""


class SwapStep(StrEnum):
    """What happened."""

    IN = "in"
    """Empty ones were brought."""
    OUT = "out"
    """Full ones were taken."""
    OUT_TIMEOUT = "out-timeout"
    """Nobody took them in time."""


class SwapState(StrEnum):
    """How far a swap has come."""

    ASKED = "asked"
    AWAITED = "awaited"
    """The station will give batteries out."""
    REFUSED = "refused"
    BROUGHT = "brought"
    DONE = "done"
    TIMED_OUT = "timed-out"


class BatterySwap(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One swap at a station; a row of its own."""

    key: str
    station: StationId
    request: int
    """Number that ties its steps together."""
    state: SwapState
    at: datetime
    """Since when it is so."""
    subject: SubjectRef | None = None
    """Who swaps."""
    brought: tuple[SwappedBattery, ...] = ()
    taken: tuple[SwappedBattery, ...] = ()
    asked: datetime | None = None
    """When it was asked for from here; None: it began at the station."""
    reason: str = ""
    """Of a refusal, as the station has it."""
    by: str = ""
    """Who asked for it: id of a principal."""


class BatterySwapChanged(Event, frozen=True, kw_only=True, gc=False):
    """A swap was asked for, refused, or went a step on."""

    about: ClassVar[str] = "battery_swap"
    key: str
    battery_swap: BatterySwap | None
    """None: it is forgotten."""


def swap_key(station: StationId, request: int) -> str:
    """Return by what a swap is known among those of all stations."""
    return f"{station}:{request}"
