# SPDX-License-Identifier: Apache-2.0
"""Delete what is known of a person, wherever that is.

Clause:     8.3.12
Asked by:   secondary actor (CSP) for its own subjects, operator
Done by:    CSMS, charging stations, local CSMSs
Leaves:     nothing that names the person but what the law keeps, without the name; and an itemised report that says so
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.deletion import DeletionsDone, DeletionsDue, DeletionsPaused, StationDeletes
from open63110.usecases.stations.delete_information import asking, at_station, csms, evolve, station
from open63110.usecases.stations.delete_information.at_station import CACHE, CUSTOMER, LIST, keeps_list
from open63110.usecases.stations.delete_information.csms import PERSONAL
from open63110.usecases.stations.delete_information.messages import (
    AskCustomerInformation,
    CustomerForgotten,
    CustomerInformationReported,
    DeleteAgain,
    DeleteAtStation,
    DeletedHere,
    DeleteInformation,
    DeletionOrdered,
    DeletionStepEnded,
    HoldersFound,
    LiftDeletion,
    TendDeletions,
)

__all__ = [
    "CACHE",
    "CUSTOMER",
    "LIST",
    "PERSONAL",
    "USE_CASE",
    "AskCustomerInformation",
    "CustomerForgotten",
    "CustomerInformationReported",
    "DeleteAgain",
    "DeleteAtStation",
    "DeleteInformation",
    "DeletedHere",
    "DeletionOrdered",
    "DeletionStepEnded",
    "HoldersFound",
    "LiftDeletion",
    "TendDeletions",
    "keeps_list",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.12",
    title="Information deletion triggered to CSMS by an SA",
    decide={
        (Role.CSMS, DeleteInformation): asking.order,
        (Role.CSMS, LiftDeletion): asking.lift,
        (Role.CSMS, HoldersFound): csms.found,
        (Role.CSMS, TendDeletions): csms.tend,
        (Role.CSMS, DeletedHere): csms.deleted_here,
        (Role.CSMS, DeleteAgain): csms.again,
        (Role.CSMS, DeleteAtStation): at_station.begin,
        (Role.CSMS, DeletionStepEnded): at_station.ended,
        (Role.CSMS, AskCustomerInformation): at_station.ask,
        (Role.CSMS, CustomerInformationReported): at_station.hear_report,
        (Role.STATION, AskCustomerInformation): station.obey,
    },
    evolve={
        DeletionsDue: evolve.due,
        StationDeletes: evolve.begun,
        DeletionsPaused: evolve.paused,
        DeletionsDone: evolve.done,
        CustomerForgotten: evolve.forgotten,
    },
    doors=(
        Door(command=DeleteInformation, noun="deletion", verb="order", roles=_OPERATOR | {Role.CSP}),
        Door(command=LiftDeletion, noun="deletion", verb="lift", roles=_OPERATOR),
        Door(command=AskCustomerInformation, noun="station", verb="ask-customer-information", roles=_OPERATOR),
    ),
)
