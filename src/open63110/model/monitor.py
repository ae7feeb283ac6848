# SPDX-License-Identifier: Apache-2.0
"""Monitors on the variables of a station (8.3.5): what its CSMS wants watched, what the station watches, and how it says so."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds
from open63110.model.device import VariableAddress

DEBUG: Final = 9
"""The severity of what nobody needs to hear: with this level a station tells everything."""


class MonitorKind(StrEnum):
    """When a monitor tells something; what its value is worth."""

    UPPER = "upper-threshold"
    """The variable is above the value, and again once it is not."""
    LOWER = "lower-threshold"
    """The variable is below the value, and again once it is not."""
    DELTA = "delta"
    """The variable is as much as the value away from what was told last; of a text or a truth: it is another one."""
    PERIODIC = "periodic"
    """Each so many seconds."""
    CLOCK_ALIGNED = "periodic-clock-aligned"
    """Each so many seconds, counted from midnight UTC."""
    TARGET_DELTA = "target-delta"
    """The variable is further from its target than the value, and again once it is not. OCPP 2.1."""
    TARGET_DELTA_RELATIVE = "target-delta-relative"
    """As before, as a part of the target: 0.1 is a tenth. OCPP 2.1."""


PERIODIC: Final = frozenset({MonitorKind.PERIODIC, MonitorKind.CLOCK_ALIGNED})
TARGETED: Final = frozenset({MonitorKind.TARGET_DELTA, MonitorKind.TARGET_DELTA_RELATIVE})

MonitorOrigin = Literal["custom", "preconfigured", "hard-wired"]
"""Set by its CSMS; set by its maker, and to be overridden; built in."""

MonitoringBase = Literal["all", "factory-default", "hard-wired-only"]
"""All monitors of its maker are on, beside those of the CSMS; those that are on as it left the factory, and none of the CSMS;
none but what is built in."""

DROPPING: Final = frozenset({"factory-default", "hard-wired-only"})
"""Bases with which a station forgets the monitors of its CSMS."""


class StreamTerms(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How often a stream of values is told: whichever comes first."""

    interval: Seconds | None = None
    """[s]"""
    values: int | None = None
    """So many at a time."""


class Monitor(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One monitor on one variable."""

    address: VariableAddress
    kind: MonitorKind
    value: float
    severity: int
    """0 danger … 9 debug."""
    id: int = 0
    """What the station calls it; 0: it has said nothing yet."""
    transaction: bool = False
    """It watches only while a transaction runs."""
    origin: MonitorOrigin = "custom"
    stream: StreamTerms | None = None
    """Its values come as a stream (OCPP 2.1); None: as events."""


WishState = Literal["wanted", "set", "refused", "unwanted"]
"""wanted: the station has not said that it has it; set: it has; refused: it will not have it; unwanted: it is to go."""


class MonitorWish(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A monitor that a CSMS wants at a station."""

    monitor: Monitor
    state: WishState = "wanted"
    by: str = ""
    at: datetime
    """When it was wanted, or asked for last."""
    reason: str = ""
    """Why the station refused it."""


class Monitoring(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is watched at one station."""

    station: StationId
    at: datetime
    """When something of this changed last."""
    wishes: tuple[MonitorWish, ...] = ()
    """What the CSMS wants; at the station itself: none."""
    installed: tuple[Monitor, ...] = ()
    """What the station has: as it reported last, at the station itself as it is."""
    reported: datetime | None = None
    """When it reported them last; None: it never did."""
    base: MonitoringBase | None = None
    """What it was told last; None: nothing."""
    level: int | None = None
    """It tells events up to this severity; None: nobody said anything."""
    request: int = 0
    """Number of the report that was asked for last."""
    asked: datetime | None = None
    """Since when that is awaited; None: it is not."""
    compare: bool = False
    """What is wanted is still to be compared with a report of all that the station has; what is missing is set again then."""
    partial: bool = False
    """Only some were asked for: what is not in the report is there all the same."""


class MonitoringChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something is to be watched at a station, is watched, or is not any more."""

    about: ClassVar[str] = "monitoring"
    monitoring: Monitoring | None


class MonitorPage(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A part of a report of monitors, until all of it is there."""

    id: str
    """Station and number of the part with a colon between them."""
    station: StationId
    request: int
    seq: int
    monitors: tuple[Monitor, ...] = ()
    more: bool = False


class MonitorPageChanged(Event, frozen=True, kw_only=True, gc=False):
    """A part of a report has come, or is not needed any more."""

    about: ClassVar[str] = "monitor_page"
    id: str
    monitor_page: MonitorPage | None
