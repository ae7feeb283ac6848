# SPDX-License-Identifier: Apache-2.0
"""Deregister a charging station: it leaves this CSMS for good.

Clause:     8.3.13
Asked by:   charging station operator
Done by:    CSMS, charging station
Leaves:     a station that has told what it had to, knows nothing any more, and cannot come back; and the record of it
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.deregistration import DeregistrationStep, StationDeregistered
from open63110.usecases.stations.deregister_station import csms, evolve, station
from open63110.usecases.stations.deregister_station.messages import (
    DeregisterStation,
    DeregistrationPlanned,
    DeregistrationStepEnded,
    GoOnDeregistering,
    StationWiped,
    WipeStation,
)

__all__ = [
    "USE_CASE",
    "DeregisterStation",
    "DeregistrationPlanned",
    "DeregistrationStepEnded",
    "GoOnDeregistering",
    "StationWiped",
    "WipeStation",
]

USE_CASE = UseCase(
    clause="8.3.13",
    title="CS deregistration",
    decide={
        (Role.CSMS, DeregisterStation): csms.order,
        (Role.CSMS, DeregistrationStepEnded): csms.ended,
        (Role.CSMS, GoOnDeregistering): csms.go_on,
        (Role.STATION, WipeStation): station.obey,
    },
    evolve={
        DeregistrationStep: evolve.leaving,
        StationDeregistered: evolve.deregistered,
        StationWiped: evolve.wiped,
    },
    doors=(Door(command=DeregisterStation, noun="station", verb="deregister", roles=frozenset({Role.OPERATOR})),),
)
