# SPDX-License-Identifier: Apache-2.0
"""Reboot a charging station or one EVSE.

Clause:     8.3.7
Asked by:   CSMS, for an operator
Done by:    charging station; the CSMS waits for idle where the station cannot
Leaves:     a station that has come up again and says why, or will reboot once it is idle
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.firmware import FIRMWARE
from open63110.model.station import StationBooted
from open63110.usecases.stations.reboot_station import csms, evolve, station
from open63110.usecases.stations.reboot_station.csms import WAIT_FOR_IDLE
from open63110.usecases.stations.reboot_station.evolve import KEPT, REBOOT, RESUMING, SCHEDULED, busy
from open63110.usecases.stations.reboot_station.messages import (
    OrderKeptReboot,
    RebootBegun,
    RebootDropped,
    RebootIfIdle,
    RebootMode,
    RebootPlanned,
    RebootScheduled,
    RebootStation,
    StationRebooting,
)

__all__ = [
    "FIRMWARE",
    "KEPT",
    "REBOOT",
    "RESUMING",
    "SCHEDULED",
    "USE_CASE",
    "WAIT_FOR_IDLE",
    "OrderKeptReboot",
    "RebootBegun",
    "RebootDropped",
    "RebootIfIdle",
    "RebootMode",
    "RebootPlanned",
    "RebootScheduled",
    "RebootStation",
    "StationRebooting",
    "busy",
]

USE_CASE = UseCase(
    clause="8.3.7",
    title="Reboot a CS",
    decide={
        (Role.CSMS, RebootStation): csms.ask,
        (Role.CSMS, RebootScheduled): csms.hear_scheduled,
        (Role.CSMS, StationRebooting): csms.hear_rebooting,
        (Role.CSMS, RebootDropped): csms.hear_dropped,
        (Role.CSMS, RebootIfIdle): csms.reboot_if_idle,
        (Role.CSMS, OrderKeptReboot): csms.order_kept,
        (Role.STATION, RebootStation): station.obey,
        (Role.STATION, RebootIfIdle): station.reboot_if_idle,
    },
    evolve={
        RebootScheduled: evolve.scheduled,
        RebootDropped: evolve.dropped,
        RebootBegun: evolve.begun,
        StationRebooting: evolve.rebooting,
        StationBooted: evolve.booted,
    },
    doors=(Door(command=RebootStation, noun="station", verb="reboot", roles=frozenset({Role.OPERATOR})),),
)
