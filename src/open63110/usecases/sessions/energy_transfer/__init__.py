# SPDX-License-Identifier: Apache-2.0
"""The energy transfer session: one EV, one EVSE, one set of parameters; heard in any order, counted once.

Clause:     6.1
Asked by:   charging station (reports), EV user, CSMS
Done by:    charging station; kept by CSMS
Leaves:     a transfer whose energy is end register − begin register, with every doubt flagged
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.session import SessionAdvanced, SessionClosed, SessionRecorded
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated, TransferSettled
from open63110.usecases.sessions.energy_transfer import csms, evolve, station
from open63110.usecases.sessions.energy_transfer.messages import (
    AskTransferStatus,
    EndForgottenTransfer,
    MeterSampled,
    ReportTransfer,
    StartTransfer,
    StopTransfer,
    TransferAnswer,
    TransferStatusAnswer,
    TransferStatusReported,
)

__all__ = [
    "AskTransferStatus",
    "EndForgottenTransfer",
    "MeterSampled",
    "ReportTransfer",
    "StartTransfer",
    "StopTransfer",
    "TransferAnswer",
    "TransferStatusAnswer",
    "TransferStatusReported",
]

USE_CASE = UseCase(
    clause="6.1",
    title="Energy transfer session",
    decide={
        (Role.CSMS, EnergyTransferStarted): csms.hear_started,
        (Role.CSMS, EnergyTransferUpdated): csms.hear_updated,
        (Role.CSMS, EnergyTransferEnded): csms.hear_ended,
        (Role.CSMS, EndForgottenTransfer): csms.end_forgotten,
        (Role.CSMS, AskTransferStatus): csms.ask_status,
        (Role.CSMS, TransferStatusReported): csms.hear_status,
        (Role.STATION, StartTransfer): station.start,
        (Role.STATION, StopTransfer): station.stop,
        (Role.STATION, MeterSampled): station.sample,
        (Role.STATION, ReportTransfer): station.report,
        (Role.STATION, AskTransferStatus): station.tell_status,
    },
    evolve={
        EnergyTransferStarted: evolve.started,
        EnergyTransferUpdated: evolve.heard,
        EnergyTransferEnded: evolve.heard,
        TransferSettled: evolve.settled,
        MeterSampled: evolve.sampled,
        SessionAdvanced: evolve.joined,
        SessionClosed: evolve.session_over,
        SessionRecorded: evolve.session_over,
    },
    doors=(Door(command=AskTransferStatus, noun="station", verb="ask-transfer-status", roles=frozenset({Role.OPERATOR})),),
)
