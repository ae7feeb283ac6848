# SPDX-License-Identifier: Apache-2.0
"""What the CSMS that lets a station go does: give it the way, put that first, let it start again when idle, see what comes of it.

A station that does not reach the other CSMS comes back; then its ways are as they were before, and the operator is told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.network import ATTEMPTS, PRIORITY, Move, MoveState
from open63110.model.station import Registration, RegistrationDecided, Station
from open63110.model.variables import ReadVariables, Setting, SetVariables, VariableWish
from open63110.usecases.stations.migrate_station.checks import demand_address
from open63110.usecases.stations.migrate_station.messages import (
    CancelMigration,
    FinishMigration,
    LeaveNow,
    MigrateStation,
    MoveChanged,
    NoteLink,
    NoteWays,
    OrderWays,
)

MIGRATED: Final = "migrated"
"""Reason of a station that has left, and of one that is let in no more."""

ANSWERS = timedelta(minutes=3)
"""How long a station may take to say in which order it tries its ways, and to take another."""

AGAIN = timedelta(seconds=30)
"""When to look again whether a station may leave."""

_WAKE: Final = "migration"


def ask(command: MigrateStation, station: Station) -> Iterator[Effect]:
    """Give the station the way; all else follows when it has taken it.

    Raises:
        Malformed: the address is none, or nobody says who agreed at the other end.
        Refused: it is moving already.
        Unavailable: the station is not there.
    """
    demand_address(command)
    if not command.mandate.strip():
        words = "say who at the other operator agreed, and where that is written"
        raise Malformed(words, code="NoMandate", where="mandate")
    if not 0 < command.attempts <= 100 or command.timeout < 1:
        raise Malformed("attempts from 1 to 100, and a timeout", code="OutOfRange", where="attempts")
    if station.move is not None and station.move.open:
        raise Refused(f"{station.id} is on its way to {station.move.url}", code="Moving", remedy="cancel that first")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def hear_moved(event: MoveChanged, station: Station, now: datetime) -> Iterator[Effect]:
    """Hear that it took the way; ask in which order it tries its ways, and wait for that so long."""
    yield event
    if event.move.state is MoveState.OFFERED:
        yield Wake(name=_WAKE, at=now + ANSWERS, command=LeaveNow(station=station.id))
        yield ReadVariables(station=station.id, variables=(VariableWish(variable=PRIORITY),))


def order_ways(command: OrderWays, station: Station, now: datetime) -> Iterator[Effect]:
    """Put the new way before all others."""
    move = station.move
    if move is None or move.state is not MoveState.OFFERED or move.before:
        return
    before = [one.strip() for one in command.ways.split(",") if one.strip()]
    if not before:
        yield _now(station, move, now, MoveState.FAILED, reason="it does not say in which order it tries its ways")
        return
    yield MoveChanged(station=station.id, at=now, move=replace(move, before=",".join(before)))
    ways = ",".join([str(move.slot), *(one for one in before if one != str(move.slot))])
    yield _settings(station, ways, move.attempts)


def _settings(station: Station, ways: str, attempts: int | None) -> SetVariables:
    wanted = [Setting(variable=PRIORITY, value=ways)]
    wanted += [Setting(variable=ATTEMPTS, value=str(attempts))] if attempts is not None else []
    return SetVariables(station=station.id, settings=tuple(wanted), readable=(PRIORITY, ATTEMPTS))


def note_ways(command: NoteWays, station: Station, now: datetime) -> Iterator[Effect]:
    """Wait for the moment."""
    move = station.move
    if move is None or move.state is not MoveState.OFFERED or not move.before:
        return
    if not command.taken:
        yield _now(station, move, now, MoveState.FAILED, reason=command.reason)
        return
    yield _now(station, move, now, MoveState.READY)
    yield Wake(name=_WAKE, at=max(now, move.switch or now), command=LeaveNow(station=station.id))


def leave(command: LeaveNow, station: Station, now: datetime) -> Iterator[Effect]:
    """Let it start again once it is idle: a flow asks for that. One that is away, or busy with firmware, is waited for.

    One that is not ready by then never said what it was asked.
    """
    move = station.move
    if move is not None and move.state is MoveState.OFFERED:
        yield _now(station, move, now, MoveState.FAILED, reason="it did not say or take in which order it tries its ways")
    if move is not None and move.state is MoveState.LEAVING:
        yield from _stays(command, move, station, now)
    if move is None or move.state is not MoveState.READY:
        return
    if not may_be_ordered(station) or station.blocked_by:
        yield Wake(name=_WAKE, at=now + AGAIN, command=LeaveNow(station=station.id))
        return
    yield _now(station, move, now, MoveState.LEAVING)
    yield Wake(name=_WAKE, at=now + ANSWERS, command=LeaveNow(station=station.id))


def _stays(command: LeaveNow, move: Move, station: Station, now: datetime) -> Iterator[Effect]:
    """Give it up if it is idle for some time and has not gone: it would not start again."""
    idle = all(one.ended is not None for one in station.transfers.values())
    if not (idle and command.idle):
        yield Wake(name=_WAKE, at=now + ANSWERS, command=LeaveNow(station=station.id, idle=idle))
        return
    yield _now(station, move, now, MoveState.FAILED, reason="it did not start again")
    yield _settings(station, move.before, None)


def note_link(command: NoteLink, station: Station, now: datetime) -> Iterator[Effect]:
    """Take it for gone; take it for failed if it starts here again."""
    move = station.move
    if move is None:
        return
    if not command.back:
        if move.state is MoveState.LEAVING:
            yield _now(station, move, now, MoveState.LEFT, reason=MIGRATED)
    elif move.state in {MoveState.LEFT, MoveState.LEAVING}:
        yield _now(station, move, now, MoveState.RETURNED, reason=f"it did not reach {move.url}")
        yield _settings(station, move.before, None)


def cancel(command: CancelMigration, station: Station, now: datetime) -> Iterator[Effect]:
    """Put its ways back in the order they were in.

    Raises:
        Unknown: it is not moving.
        Refused: it is leaving already.
        Unavailable: it was told other ways and is away: it may be at the other CSMS, or go there when it starts again.
    """
    move = station.move
    if move is None or not move.open:
        raise Unknown(f"{station.id} is not moving", code="NotMoving", where="station")
    if move.state is MoveState.LEAVING:
        raise Refused(f"{station.id} is leaving", code="TooLate", where="station")
    if move.before and not may_be_ordered(station):
        remedy = "ask again when it is here, or finish the migration if it is there"
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station", remedy=remedy)
    yield _now(station, move, now, MoveState.CANCELLED)
    yield Wake(name=_WAKE, at=now, command=None)
    if move.before:
        yield _settings(station, move.before, None)


def finish(command: FinishMigration, station: Station, now: datetime) -> Iterator[Effect]:
    """Let it in no more. One that started again by itself once it had the new ways has left without being told to.

    Raises:
        Unknown: it has not left.
    """
    move = station.move
    if move is None or not (move.state is MoveState.LEFT or (move.open and station.connected is None)):
        raise Unknown(f"{station.id} has not left", code="NotMoving", where="station")
    if move.open:
        yield _now(station, move, now, MoveState.LEFT, reason=MIGRATED)
        yield Wake(name=_WAKE, at=now, command=None)
    yield RegistrationDecided(station=station.id, at=now, registration=Registration.REJECTED, reason=MIGRATED)


def _now(station: Station, move: Move, now: datetime, state: MoveState, **more: Any) -> MoveChanged:
    return MoveChanged(station=station.id, at=now, move=replace(move, state=state, since=now, **more))
