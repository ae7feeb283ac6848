# SPDX-License-Identifier: Apache-2.0
"""Describe sites, their zones, and where stations stand (metamodel).

Clause:     4.3
Asked by:   operator
Done by:    CSMS
Leaves:     sites and zones that limits can be set for, and stations that are known to stand there
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.site import StationPlaced
from open63110.usecases.energy.describe_site import csms, evolve
from open63110.usecases.energy.describe_site.checks import check_whole
from open63110.usecases.energy.describe_site.described import graph
from open63110.usecases.energy.describe_site.messages import (
    ImportSites,
    PlaceStation,
    PutSite,
    PutZone,
    RemoveSite,
    RemoveZone,
    SitePlan,
    StationPlan,
    ZonePlan,
)

__all__ = [
    "USE_CASE",
    "ImportSites",
    "PlaceStation",
    "PutSite",
    "PutZone",
    "RemoveSite",
    "RemoveZone",
    "SitePlan",
    "StationPlan",
    "ZonePlan",
    "check_whole",
    "graph",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="4.3",
    title="Metamodel: sites, zones and where stations stand",
    decide={
        (Role.CSMS, PutSite): csms.put_site,
        (Role.CSMS, RemoveSite): csms.remove_site,
        (Role.CSMS, PutZone): csms.put_zone,
        (Role.CSMS, RemoveZone): csms.remove_zone,
        (Role.CSMS, PlaceStation): csms.place,
        (Role.CSMS, ImportSites): csms.take_over,
    },
    evolve={StationPlaced: evolve.placed},
    doors=(
        Door(command=PutSite, noun="site", verb="put", roles=_WHO),
        Door(command=RemoveSite, noun="site", verb="remove", roles=_WHO),
        Door(command=ImportSites, noun="site", verb="import", roles=_WHO),
        Door(command=PutZone, noun="zone", verb="put", roles=_WHO),
        Door(command=RemoveZone, noun="zone", verb="remove", roles=_WHO),
        Door(command=PlaceStation, noun="station", verb="place", roles=_WHO),
    ),
)
