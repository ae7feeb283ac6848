# SPDX-License-Identifier: Apache-2.0
"""Say during an energy transfer in which ways energy may go: consent to discharge that is given, or withdrawn.

Clause:     8.2.8
Asked by:   CSMS, for an operator or a provider of the driver
Done by:    charging station; the CSMS keeps what is allowed until the station has it
Leaves:     a station that negotiates with the EV what is allowed. Setpoints, and discharge by them, are not carried yet
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.energy.v2g_session import csms, station
from open63110.usecases.energy.v2g_session.csms import MUTE
from open63110.usecases.energy.v2g_session.messages import (
    AllowTransfer,
    ReconcileAllowedTransfers,
    TendAllowedTransfers,
    TransferAllowanceAnswered,
    TransferAllowedAnswer,
)

__all__ = [
    "MUTE",
    "USE_CASE",
    "AllowTransfer",
    "ReconcileAllowedTransfers",
    "TendAllowedTransfers",
    "TransferAllowanceAnswered",
    "TransferAllowedAnswer",
]

USE_CASE = UseCase(
    clause="8.2.8",
    title="Actors' relations during a V2G session: what is allowed",
    decide={
        (Role.CSMS, AllowTransfer): csms.put,
        (Role.CSMS, TransferAllowanceAnswered): csms.hear_answer,
        (Role.CSMS, TendAllowedTransfers): csms.tend,
        (Role.CSMS, ReconcileAllowedTransfers): csms.reconcile,
        (Role.STATION, AllowTransfer): station.obey,
    },
    doors=(Door(command=AllowTransfer, noun="transfer", verb="allow", roles=frozenset({Role.OPERATOR, Role.CSP})),),
)
