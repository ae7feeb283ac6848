# SPDX-License-Identifier: Apache-2.0
"""Retrieve log information from the CS.

Clause:     8.3.10
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a log of the station at the CSMS, whole and with its hash, until retention throws it away; or the reason why not
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.stations.retrieve_logs import csms, station
from open63110.usecases.stations.retrieve_logs.csms import NOTHING_CAME
from open63110.usecases.stations.retrieve_logs.messages import (
    GiveUpLog,
    LogAnswered,
    LogArrived,
    LogProgressed,
    LogPromised,
    LogRefused,
    RemoveLog,
    RetrieveLog,
)

__all__ = [
    "NOTHING_CAME",
    "USE_CASE",
    "GiveUpLog",
    "LogAnswered",
    "LogArrived",
    "LogProgressed",
    "LogPromised",
    "LogRefused",
    "RemoveLog",
    "RetrieveLog",
]

USE_CASE = UseCase(
    clause="8.3.10",
    title="Retrieve log information from the CS",
    decide={
        (Role.CSMS, RetrieveLog): csms.ask,
        (Role.CSMS, LogAnswered): csms.hear_answer,
        (Role.CSMS, LogProgressed): csms.hear_progress,
        (Role.CSMS, LogArrived): csms.arrived,
        (Role.CSMS, LogRefused): csms.refused,
        (Role.CSMS, GiveUpLog): csms.give_up,
        (Role.CSMS, RemoveLog): csms.remove,
        (Role.STATION, RetrieveLog): station.obey,
        (Role.STATION, LogProgressed): station.tell,
    },
    doors=(
        Door(command=RetrieveLog, noun="log", verb="retrieve", roles=frozenset({Role.OPERATOR})),
        Door(command=RemoveLog, noun="log", verb="remove", roles=frozenset({Role.OPERATOR})),
    ),
)
