# SPDX-License-Identifier: Apache-2.0
"""Set what is presented to users of a charging station: texts, prices, QR codes on its display.

Clause:     8.3.8
Asked by:   CSMS, for an operator
Done by:    charging station; the CSMS keeps what is wanted until the station has it
Leaves:     a display that shows each text in its state, at its time and in the user's language, and nothing that is over
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.display import MessagesReported
from open63110.usecases.stations.set_displayed_information import csms, report, station, tending
from open63110.usecases.stations.set_displayed_information.checks import (
    LONG_TEXTS,
    MORE_STATES,
    MUTE,
    QR_CODES,
    SEVERAL_CONTENTS,
    SHORTER_TEXT,
)
from open63110.usecases.stations.set_displayed_information.messages import (
    AskMessages,
    ClearMessage,
    ForgetMessagesOf,
    GiveUpMessages,
    MessageAnswer,
    MessageAnswered,
    MessageCleared,
    MessagesAnswer,
    ReconcileMessages,
    SetMessage,
    TendMessages,
)
from open63110.usecases.stations.set_displayed_information.screen import shown
from open63110.usecases.stations.set_displayed_information.station import TENDING

__all__ = [
    "LONG_TEXTS",
    "MORE_STATES",
    "MUTE",
    "QR_CODES",
    "SEVERAL_CONTENTS",
    "SHORTER_TEXT",
    "TENDING",
    "USE_CASE",
    "AskMessages",
    "ClearMessage",
    "ForgetMessagesOf",
    "GiveUpMessages",
    "MessageAnswer",
    "MessageAnswered",
    "MessageCleared",
    "MessagesAnswer",
    "ReconcileMessages",
    "SetMessage",
    "TendMessages",
    "shown",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.8",
    title="The CSMS sets the information to be presented to the user",
    decide={
        (Role.CSMS, SetMessage): csms.put,
        (Role.CSMS, ClearMessage): csms.clear,
        (Role.CSMS, AskMessages): report.ask,
        (Role.CSMS, MessageAnswered): csms.hear_answer,
        (Role.CSMS, MessageCleared): csms.hear_cleared,
        (Role.CSMS, MessagesReported): report.hear,
        (Role.CSMS, TendMessages): tending.tend,
        (Role.CSMS, ReconcileMessages): tending.reconcile,
        (Role.CSMS, ForgetMessagesOf): tending.forget,
        (Role.CSMS, GiveUpMessages): report.give_up,
        (Role.STATION, SetMessage): station.obey,
        (Role.STATION, ClearMessage): station.clear,
        (Role.STATION, AskMessages): station.tell,
        (Role.STATION, TendMessages): station.tend,
        (Role.STATION, ForgetMessagesOf): station.forget,
    },
    doors=(
        Door(command=SetMessage, noun="message", verb="set", roles=_WHO),
        Door(command=ClearMessage, noun="message", verb="clear", roles=_WHO),
        Door(command=AskMessages, noun="message", verb="ask", roles=_WHO),
    ),
)
