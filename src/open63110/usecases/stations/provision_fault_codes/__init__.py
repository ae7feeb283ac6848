# SPDX-License-Identifier: Apache-2.0
"""Make fault codes understood: catalogues of them come from makers and stations, and stations use the operator's names.

Clause:     8.3.11
Asked by:   CSMS, for an operator; charging stations announce what they have
Done by:    CSMS and charging station
Leaves:     a meaning, a severity, a remedy and a standard code for what stations report, in the reader's language
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.stations.provision_fault_codes import csms, names, station
from open63110.usecases.stations.provision_fault_codes.explain import Explained, explain, said
from open63110.usecases.stations.provision_fault_codes.messages import (
    AnnounceCatalogue,
    AskFaultCatalogue,
    CatalogueLoaded,
    FaultCatalogueAnnounced,
    FaultCatalogueAnswer,
    FaultCatalogueTold,
    FaultMapAnswered,
    FaultMapPlanned,
    ImportFaultCatalogue,
    MapFaultCodes,
    NoteFault,
    ReconcileFaultMap,
    RemoveFaultCatalogue,
)

__all__ = [
    "USE_CASE",
    "AnnounceCatalogue",
    "AskFaultCatalogue",
    "CatalogueLoaded",
    "Explained",
    "FaultCatalogueAnnounced",
    "FaultCatalogueAnswer",
    "FaultCatalogueTold",
    "FaultMapAnswered",
    "FaultMapPlanned",
    "ImportFaultCatalogue",
    "MapFaultCodes",
    "NoteFault",
    "ReconcileFaultMap",
    "RemoveFaultCatalogue",
    "explain",
    "said",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.11",
    title="Fault-code provisioning",
    decide={
        (Role.CSMS, ImportFaultCatalogue): csms.take_in,
        (Role.CSMS, RemoveFaultCatalogue): csms.remove,
        (Role.CSMS, FaultCatalogueAnnounced): csms.announced,
        (Role.CSMS, FaultCatalogueTold): csms.told,
        (Role.CSMS, NoteFault): csms.note,
        (Role.CSMS, MapFaultCodes): names.want,
        (Role.CSMS, FaultMapAnswered): names.hear_answer,
        (Role.CSMS, ReconcileFaultMap): names.reconcile,
        (Role.STATION, CatalogueLoaded): station.loaded,
        (Role.STATION, AnnounceCatalogue): station.announce,
        (Role.STATION, AskFaultCatalogue): station.tell,
        (Role.STATION, MapFaultCodes): names.obey,
    },
    doors=(
        Door(command=ImportFaultCatalogue, noun="catalogue", verb="import", roles=_WHO),
        Door(command=RemoveFaultCatalogue, noun="catalogue", verb="remove", roles=_WHO),
        Door(command=MapFaultCodes, noun="station", verb="map-fault-codes", roles=_WHO),
    ),
)
