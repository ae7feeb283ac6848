# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does with what stations tell of energy transfers: nothing is refused, nothing is counted twice."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.model.transfer import (
    ESTIMATE,
    ESTIMATED,
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferSettled,
)
from open63110.ports import History, Ids
from open63110.usecases.sessions.energy_transfer.messages import (
    AskTransferStatus,
    EndForgottenTransfer,
    TransferAnswer,
    TransferStatusReported,
)
from open63110.usecases.sessions.energy_transfer.order import is_known, noted

LATE = timedelta(hours=1)
"""An end that is heard later than this after it happened, from a station that was away, is flagged."""
ASK_AGAIN_AT_MOST = 3600.0
"""Longest pause between two questions about missing messages [s]."""
Adoptable = TypeVar("Adoptable", EnergyTransferUpdated, EnergyTransferEnded)
Fact = TypeVar("Fact", EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded)

NO_NUMBER = frozenset({"", "0", "-1"})
"""Transaction ids of OCPP 1.6 stations that never got one."""


def _told_later(event: Fact, station: Station | None) -> Fact:
    """Mark what happened before the link it came over was there; OCPP 1.6, which numbers nothing, has no word for that."""
    since = station.connected if event.seq < 0 and station else None
    return replace(event, offline=True) if since is not None and event.at < since else event


def hear_started(
    event: EnergyTransferStarted, station: Station | None, now: datetime, ids: Ids, policy: Policy
) -> Iterator[Effect]:
    """Name the transfer where the wire leaves that to us; the same start gets the same name for ever (I8)."""
    event = _told_later(event, station)
    if event.seq < 0 and not event.reference:
        yield from _name_start(event, station, now, ids, policy)
        return
    known = station.transfers.get(event.reference) if station else None
    if known is None:
        number = ids.transfer()
        yield replace(event, number=number)
        yield _forget_later(event.station, event.reference, now, policy)
        yield TransferAnswer(reference=event.reference, number=number)
    elif known.began is not None:
        yield TransferAnswer(reference=known.reference, number=known.number, duplicate=True)
    else:
        yield replace(event, number=known.number)
        if ESTIMATED in known.flags:
            yield _forget_later(event.station, event.reference, now, policy)
        yield TransferAnswer(reference=known.reference, number=known.number)


def _name_start(
    event: EnergyTransferStarted, station: Station | None, now: datetime, ids: Ids, policy: Policy
) -> Iterator[Effect]:
    reference = dict(station.starts).get(event.seq) if station else None
    if reference is not None:
        yield TransferAnswer(reference=reference, number=int(reference), duplicate=True)
        return
    number = ids.transfer()
    reference = TransferReference(str(number))
    yield replace(event, reference=reference, number=number, remote_start=_ordered(event, station, policy))
    yield _forget_later(event.station, reference, now, policy)
    yield TransferAnswer(reference=reference, number=number)


def _ordered(event: EnergyTransferStarted, station: Station | None, policy: Policy) -> int | None:
    """Return the order that a start carries out; OCPP 1.6 does not say, but who may charge there now does (AT-8.4.5-1)."""
    evse = station.evses.get(event.evse) if station else None
    grant = evse.grant if evse else None
    if grant is None or grant.subject != event.subject:
        return None
    long_before = event.at < grant.at - timedelta(seconds=policy.clock_tolerance)
    return None if long_before else grant.remote_start


def hear_updated(
    event: EnergyTransferUpdated, station: Station | None, now: datetime, ids: Ids, policy: Policy, history: History
) -> Iterable[Effect]:
    """Take it in; the ordinary case is the next one of a transfer that is known and goes on."""
    known = station.transfers.get(event.reference) if station else None
    if known is not None and event.seq == known.seq + 1 and event.seq >= 0:
        next_one, answer = replace(event, number=known.number), TransferAnswer(reference=known.reference, number=known.number)
        if known.ended is None or ESTIMATED not in known.flags:
            return next_one, answer
        return next_one, _forget_later(event.station, known.reference, now, policy), answer
    if event.seq < 0:
        event = _told_later(event, station)
    if known is None:
        event, known = _adopted(event, station, history)
    return _hear_more(event, known, now, ids, policy, history)


def _hear_more(
    event: EnergyTransferUpdated | EnergyTransferEnded,
    known: EnergyTransfer | None,
    now: datetime,
    ids: Ids,
    policy: Policy,
    history: History,
) -> Iterator[Effect]:
    """Take in what is not simply the next fact of a known transfer."""
    if known is not None and _was_heard(event, known, history):
        if event.seq < 0 or known.newest is None or event.at <= known.newest:
            yield TransferAnswer(reference=known.reference, number=known.number, duplicate=True)
            return
        event = replace(event, seq=known.seq + 1)  # its counter began anew, or it would not tell of a later moment
    number = known.number if known else ids.transfer()
    yield replace(event, number=number)
    if isinstance(event, EnergyTransferEnded):
        yield from _after_end(event, known, now, policy)
    elif known is None or (known.ended is not None and ESTIMATED in known.flags):
        yield _forget_later(event.station, event.reference, now, policy)
    yield TransferAnswer(reference=event.reference, number=number)


def hear_ended(
    event: EnergyTransferEnded, station: Station | None, now: datetime, ids: Ids, policy: Policy, history: History
) -> Iterator[Effect]:
    """Take the end in, however late; an end of what we never heard of is a transfer of its own (I9, I10)."""
    event = _told_later(event, station)
    known = station.transfers.get(event.reference) if station else None
    if known is None:
        event, known = _adopted(event, station, history)
    if _came_late(event, station, now):
        event = replace(event, flags=(*event.flags, "late"))
    yield from _hear_more(event, known, now, ids, policy, history)


def _after_end(event: EnergyTransferEnded, known: EnergyTransfer | None, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Stop waiting for the end; ask for what is missing before it."""
    yield Wake(name=_forget(event.reference), at=now, command=None)
    seq, gaps = (known.seq, known.gaps) if known else (-1, ())
    if noted(seq, gaps, event.seq)[1]:
        ask = AskTransferStatus(station=event.station, reference=event.reference)
        yield Wake(name=_ask(event.reference), at=now + timedelta(seconds=policy.retry), command=ask)


def _was_heard(event: EnergyTransferUpdated | EnergyTransferEnded, known: EnergyTransfer, history: History) -> bool:
    """Tell whether a fact of this natural key is in; without sequence numbers a transfer ends once (I8)."""
    if event.seq >= 0:
        return is_known(known, event.seq)
    if isinstance(event, EnergyTransferEnded) and known.ended is not None and ESTIMATED not in known.flags:
        return True
    if known.newest is None or event.at > known.newest:
        return False
    return any(one.seq == event.seq for one in known.loose) or history.heard(known.number, event.seq)


def _adopted(event: Adoptable, station: Station | None, history: History) -> tuple[Adoptable, EnergyTransfer | None]:
    """Give a transfer of its own to what names none that we know; OCPP 1.6 only, for there the names are ours."""
    if event.seq >= 0:
        return event, None
    transfers = station.transfers if station else {}
    if event.reference not in NO_NUMBER:
        name = f"unknown-{event.reference}"
    elif isinstance(event, EnergyTransferEnded):
        name = f"unknown-{-event.seq}"
    else:
        running = (one for one in transfers.values() if event.evse and one.evse == event.evse and one.ended is None)
        name = next((one.reference for one in running), f"unknown-e{event.evse}")
    known = transfers.get(TransferReference(name)) or history.transfer(event.station, TransferReference(name))
    if known is not None and name not in transfers and not _was_heard(event, known, history):
        name, known = f"{name}-{-event.seq}", None
    event = replace(event, reference=TransferReference(name))
    if isinstance(event, EnergyTransferEnded):
        event = replace(event, flags=(*event.flags, "unknown-reference"))
    return event, known


def _came_late(event: EnergyTransferEnded, station: Station | None, now: datetime) -> bool:
    away = event.offline or station is None or station.connected is None or station.connected > event.at
    return away and now - event.at > LATE


def _forget(reference: TransferReference) -> str:
    return f"forgotten:{reference}"


def _ask(reference: TransferReference) -> str:
    return f"status:{reference}"


def _forget_later(station: StationId, reference: TransferReference, now: datetime, policy: Policy) -> Wake:
    """End by rule what nobody speaks of any more (I13)."""
    command = EndForgottenTransfer(station=station, reference=reference, reason="Other")
    return Wake(name=_forget(reference), at=now + timedelta(seconds=policy.offline_end), command=command)


def end_forgotten(command: EndForgottenTransfer, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Close it with what is known, unless it was spoken of lately; a real end that comes after all replaces this one."""
    transfer = station.transfers.get(command.reference)
    if transfer is None or transfer.ended is not None:
        return
    newest = transfer.newest or transfer.began
    due = now if newest is None or newest > now else newest + timedelta(seconds=policy.offline_end)
    if due > now and not command.superseded:
        yield Wake(name=_forget(command.reference), at=due, command=command)
        return
    yield Wake(name=_forget(command.reference), at=now, command=None)
    yield _estimate(transfer, command.reason, now)


def _estimate(transfer: EnergyTransfer, reason: str, now: datetime) -> EnergyTransferEnded:
    return EnergyTransferEnded(
        station=transfer.station,
        at=min(transfer.newest or now, now),
        reference=transfer.reference,
        seq=ESTIMATE,
        reason=reason,
        number=transfer.number,
        flags=(ESTIMATED,),
    )


def ask_status(command: AskTransferStatus, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Ask for missing messages until they come or the station has had its time; of a running transfer, ask once.

    Without a transfer it is a question to the station whether messages of any wait there: whoever asked hears the answer.

    Raises:
        Unavailable: the station is not there to answer that.
    """
    if not command.reference:
        if not may_be_ordered(station):
            raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
        yield command
        return
    transfer = station.transfers.get(command.reference)
    if transfer is None or transfer.complete:
        return
    if station.connected is not None:
        yield command
    if transfer.ended is None:
        return
    if policy.retry * command.asked > policy.offline_end or ASK_AGAIN_AT_MOST * (command.asked - 6) > policy.offline_end:
        yield TransferSettled(station=station.id, at=now, reference=command.reference, flags=("gap",), number=transfer.number)
        return
    again = replace(command, asked=command.asked + 1)
    pause = min(policy.retry * 2 ** min(command.asked, 10), ASK_AGAIN_AT_MOST)
    yield Wake(name=_ask(command.reference), at=now + timedelta(seconds=pause), command=again)


def hear_status(event: TransferStatusReported, station: Station, now: datetime) -> Iterator[Effect]:
    """Stop waiting for messages that the station does not hold; what it says of all together is for whoever asked."""
    if not event.reference:
        yield event
        return
    transfer = station.transfers.get(event.reference)
    if transfer is None or event.waiting:
        return
    yield event
    if transfer.ended is None and event.ongoing is False:
        transfer = replace(transfer, ended=now)
        yield _estimate(transfer, "Other", now)
    if transfer.ended is not None and transfer.gaps and "gap" not in transfer.flags:
        yield TransferSettled(station=station.id, at=now, reference=event.reference, flags=("gap",), number=transfer.number)
        yield Wake(name=_ask(event.reference), at=now, command=None)
