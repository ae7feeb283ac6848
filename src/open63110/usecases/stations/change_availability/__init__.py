# SPDX-License-Identifier: Apache-2.0
"""Take a charging station, an EVSE or a connector out of use, and into use again.

Clause:     8.3.4
Asked by:   CSMS, for an operator
Done by:    charging station; the CSMS remembers what is wanted
Leaves:     a part that admits nobody, now or once the energy that flows there has ended, through restarts of both
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.change_availability import csms, evolve, station
from open63110.usecases.stations.change_availability.csms import PARTS_FOLLOW
from open63110.usecases.stations.change_availability.messages import (
    AvailabilityChanged,
    AvailabilityPlanned,
    AvailabilityRefused,
    AvailabilityWanted,
    ChangeAvailability,
    ReconcileAvailability,
)

__all__ = [
    "PARTS_FOLLOW",
    "USE_CASE",
    "AvailabilityChanged",
    "AvailabilityPlanned",
    "AvailabilityRefused",
    "AvailabilityWanted",
    "ChangeAvailability",
    "ReconcileAvailability",
]

USE_CASE = UseCase(
    clause="8.3.4",
    title="Update a CS component properties: availability",
    decide={
        (Role.CSMS, ChangeAvailability): csms.ask,
        (Role.CSMS, AvailabilityChanged): csms.hear_changed,
        (Role.CSMS, AvailabilityRefused): csms.hear_refused,
        (Role.CSMS, ReconcileAvailability): csms.reconcile,
        (Role.STATION, ChangeAvailability): station.obey,
    },
    evolve={
        AvailabilityWanted: evolve.wanted,
        AvailabilityChanged: evolve.changed,
        AvailabilityRefused: evolve.refused,
        EnergyTransferEnded: evolve.ended,
    },
    doors=(Door(command=ChangeAvailability, noun="station", verb="change-availability", roles=frozenset({Role.OPERATOR})),),
)
