# SPDX-License-Identifier: Apache-2.0
"""Tell stations how they behave towards the grid by themselves: controls that are kept there, and signals they follow.

Clause:     8.2.10
Asked by:   CSMS, for an operator or a flexibility operator
Done by:    charging station; the CSMS keeps what is wanted until the station has it
Leaves:     controls in force at their time, known on both sides; alarms of the grid. Power by frequency is not followed yet
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.energy.frequency_regulation import csms, report, station, tending
from open63110.usecases.energy.frequency_regulation.checks import MUTE, field_of
from open63110.usecases.energy.frequency_regulation.messages import (
    AskDerControls,
    ClearDerControls,
    DerControlAnswer,
    DerControlAnswered,
    DerControlsAnswer,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
    GiveUpDerReport,
    GridAlarmReported,
    GridSignalTaken,
    ReconcileDerControls,
    SendGridSignal,
    SetDerControl,
    TendDerControls,
)
from open63110.usecases.energy.frequency_regulation.station import TENDING

__all__ = [
    "MUTE",
    "TENDING",
    "USE_CASE",
    "AskDerControls",
    "ClearDerControls",
    "DerControlAnswer",
    "DerControlAnswered",
    "DerControlSwitched",
    "DerControlsAnswer",
    "DerControlsCleared",
    "DerControlsReported",
    "GiveUpDerReport",
    "GridAlarmReported",
    "GridSignalTaken",
    "ReconcileDerControls",
    "SendGridSignal",
    "SetDerControl",
    "TendDerControls",
    "field_of",
]

_WHO = frozenset({Role.OPERATOR, Role.FO})

USE_CASE = UseCase(
    clause="8.2.10",
    title="Providing frequency regulation service by means of decentralized frequency measurements",
    decide={
        (Role.CSMS, SetDerControl): csms.put,
        (Role.CSMS, ClearDerControls): csms.clear,
        (Role.CSMS, AskDerControls): report.ask,
        (Role.CSMS, DerControlAnswered): csms.hear_answer,
        (Role.CSMS, DerControlsCleared): csms.hear_cleared,
        (Role.CSMS, DerControlsReported): report.hear,
        (Role.CSMS, DerControlSwitched): csms.hear_switched,
        (Role.CSMS, GridAlarmReported): csms.hear_alarm,
        (Role.CSMS, SendGridSignal): csms.send_signal,
        (Role.CSMS, GridSignalTaken): csms.hear_signal,
        (Role.CSMS, TendDerControls): tending.tend,
        (Role.CSMS, ReconcileDerControls): tending.reconcile,
        (Role.CSMS, GiveUpDerReport): report.give_up,
        (Role.STATION, SetDerControl): station.obey,
        (Role.STATION, ClearDerControls): station.clear,
        (Role.STATION, AskDerControls): station.tell,
        (Role.STATION, TendDerControls): station.tend,
        (Role.STATION, GridAlarmReported): station.feel,
        (Role.STATION, SendGridSignal): station.follow,
    },
    doors=(
        Door(command=SetDerControl, noun="der-control", verb="set", roles=_WHO),
        Door(command=ClearDerControls, noun="der-control", verb="clear", roles=_WHO),
        Door(command=AskDerControls, noun="der-control", verb="ask", roles=_WHO),
        Door(command=SendGridSignal, noun="station", verb="send-grid-signal", roles=_WHO),
    ),
)
