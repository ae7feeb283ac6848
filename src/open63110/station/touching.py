# SPDX-License-Identifier: Apache-2.0
"""Which messages of the CSMS are decided with the meter of an EVSE as it stands now: what they may begin, end or ask for."""

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Message
from open63110.model.authorization import StopRemotely
from open63110.model.token import AuthorizationStatus
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import CredentialAnswered
from open63110.usecases.stations.reboot_station import RebootStation
from open63110.usecases.stations.trigger_report import Report, TriggerReport

METERED = frozenset({Report.READINGS, Report.TRANSFER})


def touches(message: Message, evse: EvseNumber, runs: TransferReference | None) -> bool:
    """Tell whether a message has to do with what an EVSE's meter shows.

    Args:
        message: what the CSMS orders or answers.
        evse: whose meter it is.
        runs: the energy transfer there, None if there is none.
    """
    match message:
        case StopRemotely():
            return runs == message.reference
        case RebootStation():
            return runs is not None and message.evse in {None, evse}
        case CredentialAnswered():
            unwanted = runs is not None and message.status is not AuthorizationStatus.ACCEPTED
            return message.evse == evse and (unwanted or runs is None)
        case TriggerReport():
            return message.report in METERED and message.evse in {None, 0, evse}
        case StartRemotely():
            return message.evse == evse
        case _:
            return False
