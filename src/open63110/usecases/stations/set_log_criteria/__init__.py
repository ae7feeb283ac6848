# SPDX-License-Identifier: Apache-2.0
"""The CSMS sets log criteria.

Clause:     8.3.9
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that logs what somebody may want to look into later, as it said it can, over every restart
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.stations.set_log_criteria import csms, station
from open63110.usecases.stations.set_log_criteria.messages import (
    AskLogCriteria,
    ClearLogCriteria,
    LogCriteriaAnswer,
    LogCriteriaAnswered,
    LogCriteriaListed,
    LogCriteriaReported,
    SetLogCriteria,
)

__all__ = [
    "USE_CASE",
    "AskLogCriteria",
    "ClearLogCriteria",
    "LogCriteriaAnswer",
    "LogCriteriaAnswered",
    "LogCriteriaListed",
    "LogCriteriaReported",
    "SetLogCriteria",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.9",
    title="The CSMS sets log criteria",
    decide={
        (Role.CSMS, SetLogCriteria): csms.ask,
        (Role.CSMS, ClearLogCriteria): csms.clear,
        (Role.CSMS, AskLogCriteria): csms.look,
        (Role.CSMS, LogCriteriaAnswered): csms.hear_answer,
        (Role.CSMS, LogCriteriaReported): csms.hear_report,
        (Role.STATION, SetLogCriteria): station.obey,
        (Role.STATION, ClearLogCriteria): station.clear,
        (Role.STATION, AskLogCriteria): station.tell,
    },
    doors=(
        Door(command=SetLogCriteria, noun="log", verb="set-criteria", roles=_WHO),
        Door(command=ClearLogCriteria, noun="log", verb="clear-criteria", roles=_WHO),
        Door(command=AskLogCriteria, noun="log", verb="ask-criteria", roles=_WHO),
    ),
)
