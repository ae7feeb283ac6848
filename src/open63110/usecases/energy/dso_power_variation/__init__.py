# SPDX-License-Identifier: Apache-2.0
"""Obey a DSO: its orders for groups of places, the capacity it publishes, and the proof of what came of it (7.8, DD-5).

Clause:     8.2.7
Asked by:   DSO; groups by the operator
Done by:    CSMS
Leaves:     constraints of the DSO at each place, none of which another can take back (8.2.3), and a report with what was measured
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.energy.dso_power_variation import forecasts, groups, orders, told
from open63110.usecases.energy.dso_power_variation.messages import (
    AskDsoCompliance,
    CancelDsoOrder,
    DsoComplianceAnswer,
    DsoLinkAnswer,
    DsoOrderAnswer,
    DsoStationEffect,
    KeepDsoLink,
    PutDsoForecast,
    PutDsoGroup,
    PutDsoOrder,
    RemoveDsoForecast,
    RemoveDsoGroup,
    TendDsoOrders,
)
from open63110.usecases.energy.dso_power_variation.places import Seen, loads, seen
from open63110.usecases.energy.dso_power_variation.tend import tend
from open63110.usecases.energy.dso_power_variation.told import tell

__all__ = [
    "USE_CASE",
    "AskDsoCompliance",
    "CancelDsoOrder",
    "DsoComplianceAnswer",
    "DsoLinkAnswer",
    "DsoOrderAnswer",
    "DsoStationEffect",
    "KeepDsoLink",
    "PutDsoForecast",
    "PutDsoGroup",
    "PutDsoOrder",
    "RemoveDsoForecast",
    "RemoveDsoGroup",
    "Seen",
    "TendDsoOrders",
    "loads",
    "seen",
    "tell",
]

_DSO = frozenset({Role.DSO})
_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.2.7",
    title="Power variation triggered by DSO",
    decide={
        (Role.CSMS, PutDsoGroup): groups.put,
        (Role.CSMS, RemoveDsoGroup): groups.remove,
        (Role.CSMS, PutDsoOrder): orders.put,
        (Role.CSMS, CancelDsoOrder): orders.cancel,
        (Role.CSMS, PutDsoForecast): forecasts.put,
        (Role.CSMS, RemoveDsoForecast): forecasts.remove,
        (Role.CSMS, KeepDsoLink): forecasts.keep,
        (Role.CSMS, AskDsoCompliance): told.tell,
        (Role.CSMS, TendDsoOrders): tend,
    },
    doors=(
        Door(command=PutDsoGroup, noun="dso-group", verb="put", roles=_OPERATOR),
        Door(command=RemoveDsoGroup, noun="dso-group", verb="remove", roles=_OPERATOR),
        Door(command=PutDsoOrder, noun="dso-order", verb="put", roles=_DSO, owned=True),
        Door(command=CancelDsoOrder, noun="dso-order", verb="cancel", roles=_DSO, owned=True),
        Door(command=PutDsoForecast, noun="dso-forecast", verb="put", roles=_DSO, owned=True),
        Door(command=RemoveDsoForecast, noun="dso-forecast", verb="remove", roles=_DSO, owned=True),
        Door(command=KeepDsoLink, noun="dso-link", verb="heartbeat", roles=_DSO, owned=True),
    ),
)
