# SPDX-License-Identifier: Apache-2.0
"""A start at an EVSE ends what ran there before: one EVSE has at most one energy transfer session at a time (6.1, I13).

The service session of the last one waits for it as it would for an EV to be unplugged; those before it close.

The end that was never told is made by rule, from what was heard last. Should the real one come after all, it takes its place.
"""

from collections.abc import Iterator

from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferStarted
from open63110.usecases.sessions.energy_transfer import EndForgottenTransfer
from open63110.usecases.sessions.service_session import CloseSession


def then(event: EnergyTransferStarted, station: Station) -> Iterator[Message]:
    """Ask for the end of the older ones; a start that is told late may itself be older than what runs."""
    others = [
        one
        for one in station.transfers.values()
        if one.evse == event.evse and one.evse and one.ended is None and one.reference != event.reference
    ]
    for one in others:
        newest = one.newest or one.began
        if one.began is not None and newest is not None and newest <= event.at:
            yield _over(station, one.reference)
    if any(one.began is not None and one.began > event.at for one in others):
        yield _over(station, event.reference)
    before = sorted(one.number for one in station.sessions.values() if one.evse == event.evse)[:-1]
    for number in before:
        yield CloseSession(station=station.id, session=number)


def _over(station: Station, reference: TransferReference) -> EndForgottenTransfer:
    return EndForgottenTransfer(station=station.id, reference=reference, reason="Other", superseded=True)


FLOW = Flow(role=Role.CSMS, on=(EnergyTransferStarted,), then=then)
