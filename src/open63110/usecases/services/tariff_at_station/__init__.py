# SPDX-License-Identifier: Apache-2.0
"""Inform EV users of the tariff while a CS is in operation: what counts at a station for whoever has no tariff of his own.

Clause:     8.4.7
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that keeps its tariffs over every restart, each from its time on, and shows what they say
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.services.tariff_at_station import csms, station
from open63110.usecases.services.tariff_at_station.messages import (
    AskStationTariffs,
    ClearStationTariffs,
    DefaultTariffSet,
    SetDefaultTariff,
    StationTariffsAnswer,
    StationTariffsCleared,
    StationTariffsReported,
    TariffsClearedAnswer,
)

__all__ = [
    "USE_CASE",
    "AskStationTariffs",
    "ClearStationTariffs",
    "DefaultTariffSet",
    "SetDefaultTariff",
    "StationTariffsAnswer",
    "StationTariffsCleared",
    "StationTariffsReported",
    "TariffsClearedAnswer",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.4.7",
    title="Inform EVU about tariff during operation: default tariffs of stations",
    decide={
        (Role.CSMS, SetDefaultTariff): csms.ask,
        (Role.CSMS, AskStationTariffs): csms.look,
        (Role.CSMS, ClearStationTariffs): csms.clear,
        (Role.CSMS, DefaultTariffSet): csms.hear_set,
        (Role.CSMS, StationTariffsReported): csms.hear_report,
        (Role.CSMS, StationTariffsCleared): csms.hear_cleared,
        (Role.STATION, SetDefaultTariff): station.obey,
        (Role.STATION, AskStationTariffs): station.tell,
        (Role.STATION, ClearStationTariffs): station.clear,
    },
    doors=(
        Door(command=SetDefaultTariff, noun="station-tariff", verb="set", roles=_WHO),
        Door(command=AskStationTariffs, noun="station-tariff", verb="ask", roles=_WHO),
        Door(command=ClearStationTariffs, noun="station-tariff", verb="clear", roles=_WHO),
    ),
)
