# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about ways of energy: what is allowed is wanted until its station has confirmed it (8.2.8)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.station import Station
from open63110.model.v2g import AllowedStanding, AllowedTransfer, allowed_key
from open63110.ports import Rows
from open63110.usecases.energy.v2g_session.messages import (
    AllowTransfer,
    ReconcileAllowedTransfers,
    TendAllowedTransfers,
    TransferAllowanceAnswered,
    TransferAllowedAnswer,
)
from open63110.usecases.energy.v2g_session.station import check, demand_transfer, gone, held, kept

MUTE: Final = frozenset({"ocpp1.6", "ocpp2.0.1"})
"""Wires that have no words for it."""

AGAIN: Final = timedelta(seconds=300)
"""When a station is told once more what it has not answered."""

SETTLING: Final = timedelta(seconds=5)
"""A station that has just come has other things to say first."""

_TENDING: Final = "allowed-transfers"


def put(command: AllowTransfer, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep what is allowed, and tell the station if it is there; if not, it is told when it comes.

    Raises:
        Malformed: no way is allowed, or one twice.
        NotSupported: the wire has no words for it.
        Unknown, Refused: no such transfer goes on.
    """
    check(command)
    if station.wire in MUTE:
        words = f"{station.wire} knows nothing of ways back"
        raise NotSupported(words, code="NoAllowedEnergyTransfer", remedy="OCPP 2.1, or the 63110 link")
    demand_transfer(command.reference, station)
    before = rows.get(AllowedTransfer, allowed_key(station.id, command.reference))
    here = may_be_ordered(station)
    wanted = AllowedTransfer(
        key=allowed_key(station.id, command.reference),
        station=station.id,
        reference=command.reference,
        modes=command.modes,
        standing=AllowedStanding.WANTED,
        at=now,
        revision=before.revision + 1 if before else 1,
        sent=now if here else None,
        by=command.by,
    )
    if here:
        yield _order(wanted)
    yield kept(wanted, now)
    yield Wake(name=_TENDING, at=now + AGAIN, command=TendAllowedTransfers(station=station.id))
    yield TransferAllowedAnswer(kept=not here)


def _order(one: AllowedTransfer) -> AllowTransfer:
    return AllowTransfer(station=one.station, reference=one.reference, modes=one.modes, revision=one.revision, by=one.by)


def hear_answer(event: TransferAllowanceAnswered, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that the station took it, or why not. Of an earlier one nothing counts."""
    one = rows.get(AllowedTransfer, allowed_key(station.id, event.reference))
    if one is not None and one.standing is AllowedStanding.WANTED and event.revision == one.revision:
        standing = AllowedStanding.REFUSED if event.reason else AllowedStanding.SET
        yield kept(replace(one, standing=standing, at=now, reason=event.reason), now)


def tend(_: TendAllowedTransfers, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Forget what belongs to transfers that are over, and tell the station what it has not answered."""
    left = []
    for one in held(station, rows):
        transfer = station.transfers.get(one.reference)
        if transfer is None or transfer.ended is not None:
            yield gone(one, now)
        elif one.standing is AllowedStanding.WANTED and may_be_ordered(station) and _due(one, station, now):
            after = replace(one, sent=now)
            yield _order(after)
            yield kept(after, now)
            left.append(after)
        else:
            left.append(one)
    yield Wake(name=_TENDING, at=now + AGAIN, command=TendAllowedTransfers(station=station.id) if left else None)


def _due(one: AllowedTransfer, station: Station, now: datetime) -> bool:
    return one.sent is None or one.sent + AGAIN <= now or (station.connected is not None and one.sent < station.connected)


def reconcile(_: ReconcileAllowedTransfers, station: Station, rows: Rows, now: datetime) -> Iterator[Wake]:
    """Tell a station that has come what it missed."""
    if held(station, rows):
        yield Wake(name=_TENDING, at=now + SETTLING, command=TendAllowedTransfers(station=station.id))
