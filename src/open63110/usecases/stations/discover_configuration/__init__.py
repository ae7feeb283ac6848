# SPDX-License-Identifier: Apache-2.0
"""Discover the configuration of a charging station.

Clause:     8.3.3
Asked by:   CSMS: after the first boot, after one with other firmware, for an operator
Done by:    charging station
Leaves:     a snapshot of what the station consists of and how it is set, and in what it differs from the one before
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.inventory import InventoryReported, TakeInventory
from open63110.model.variables import ReadVariables
from open63110.usecases.stations.discover_configuration import csms, station
from open63110.usecases.stations.discover_configuration.messages import AskInventory, GiveUpInventory, LookAtInventory
from open63110.usecases.stations.discover_configuration.snapshot import limits

__all__ = ["USE_CASE", "AskInventory", "GiveUpInventory", "LookAtInventory", "limits"]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.3",
    title="Discover CS configuration",
    decide={
        (Role.CSMS, TakeInventory): csms.ask,
        (Role.CSMS, InventoryReported): csms.hear,
        (Role.CSMS, LookAtInventory): csms.look,
        (Role.CSMS, AskInventory): csms.ask_soon,
        (Role.CSMS, GiveUpInventory): csms.give_up,
        (Role.CSMS, ReadVariables): csms.read,
        (Role.STATION, TakeInventory): station.tell,
        (Role.STATION, ReadVariables): station.read,
    },
    doors=(
        Door(command=TakeInventory, noun="station", verb="take-inventory", roles=_OPERATOR),
        Door(command=ReadVariables, noun="station", verb="read-variables", roles=_OPERATOR),
    ),
)
