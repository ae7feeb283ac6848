# SPDX-License-Identifier: Apache-2.0
"""Move a charging station to another CSMS without anybody going there.

Clause:     8.3.14
Asked by:   CSMS, for its operator, with the mandate of the other one
Done by:    CSMS, charging station
Leaves:     a station at the other CSMS, or one that is back here with its ways as they were, and an operator who knows why
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.stations.migrate_station import csms, evolve, station
from open63110.usecases.stations.migrate_station.csms import MIGRATED
from open63110.usecases.stations.migrate_station.messages import (
    CancelMigration,
    FinishMigration,
    LeaveNow,
    MigrateStation,
    MoveChanged,
    NetworkProfileKept,
    NoteLink,
    NoteWays,
    OrderWays,
)

__all__ = [
    "MIGRATED",
    "USE_CASE",
    "CancelMigration",
    "FinishMigration",
    "LeaveNow",
    "MigrateStation",
    "MoveChanged",
    "NetworkProfileKept",
    "NoteLink",
    "NoteWays",
    "OrderWays",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.14",
    title="Migration of the CS",
    decide={
        (Role.CSMS, MigrateStation): csms.ask,
        (Role.CSMS, MoveChanged): csms.hear_moved,
        (Role.CSMS, OrderWays): csms.order_ways,
        (Role.CSMS, NoteWays): csms.note_ways,
        (Role.CSMS, LeaveNow): csms.leave,
        (Role.CSMS, NoteLink): csms.note_link,
        (Role.CSMS, CancelMigration): csms.cancel,
        (Role.CSMS, FinishMigration): csms.finish,
        (Role.STATION, MigrateStation): station.obey,
    },
    evolve={MoveChanged: evolve.moved, NetworkProfileKept: evolve.kept},
    doors=(
        Door(command=MigrateStation, noun="station", verb="migrate", roles=_OPERATOR),
        Door(command=CancelMigration, noun="station", verb="cancel-migration", roles=_OPERATOR),
        Door(command=FinishMigration, noun="station", verb="finish-migration", roles=_OPERATOR),
    ),
)
