# SPDX-License-Identifier: Apache-2.0
"""Reserve an EVSE: what crosses the wire, and what a reserved EVSE refuses. Calendar, fees and partners are to come.

Clause:     8.4.3
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     an EVSE that only whom it is kept for can use, until it is used, cancelled or its time is over
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.transfer import EnergyTransferStarted
from open63110.usecases.services.reserve_evse import csms, evolve, station
from open63110.usecases.services.reserve_evse.messages import (
    CancelReservation,
    DropReservations,
    EndReservation,
    ReservationEnded,
    ReservationMade,
    ReserveEvse,
)

__all__ = [
    "USE_CASE",
    "CancelReservation",
    "DropReservations",
    "EndReservation",
    "ReservationEnded",
    "ReservationMade",
    "ReserveEvse",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.4.3",
    title="Reservation of an EVSE",
    decide={
        (Role.CSMS, ReserveEvse): csms.ask,
        (Role.CSMS, ReservationMade): csms.hear_made,
        (Role.CSMS, CancelReservation): csms.cancel,
        (Role.CSMS, ReservationEnded): csms.hear_ended,
        (Role.CSMS, EndReservation): csms.end,
        (Role.STATION, ReserveEvse): station.obey,
        (Role.STATION, CancelReservation): station.cancel,
        (Role.STATION, DropReservations): station.drop,
        (Role.STATION, EndReservation): csms.end,
    },
    evolve={
        ReservationMade: evolve.made,
        ReservationEnded: evolve.ended,
        EnergyTransferStarted: evolve.used,
    },
    doors=(
        Door(command=ReserveEvse, noun="station", verb="reserve", roles=_OPERATOR),
        Door(command=CancelReservation, noun="station", verb="cancel-reservation", roles=_OPERATOR),
    ),
)
