# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about logs: it numbers what it asks for, and knows what came of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.logs import OVER, LogKind, LogState, StationLog, changed, log_id
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.retrieve_logs.messages import (
    GiveUpLog,
    LogAnswered,
    LogArrived,
    LogProgressed,
    LogRefused,
    RemoveLog,
    RetrieveLog,
)

LONGEST: Final = 7 * 86_400.0
"""How long a station may have for a log at most [s]."""

MOST_RETRIES: Final = 20
LONGEST_PAUSE: Final = 86_400.0

NOTHING_CAME: Final = "NothingArrived"
"""The station says that it has sent it, and nothing is here."""

APART: Final = frozenset({"ocpp1.6"})
"""Wires on which each kind of log has a request of its own: it takes the place of its own kind only."""


def ask(command: RetrieveLog, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Pass the wish on under a number; that the station accepts it does not promise that anything comes."""
    if command.request:  # a level above has numbered it, and is who waits for it
        yield command
        return
    _check(command)
    request = 1 + max((one.request for one in _logs(rows, station)), default=0)
    until = now + timedelta(seconds=policy.log_within if command.within is None else command.within)
    log = StationLog(
        id=log_id(station.id, request),
        station=station.id,
        request=request,
        kind=command.kind,
        asked=now,
        until=until,
        oldest=command.oldest,
        latest=command.latest,
    )
    yield changed(log, now)
    yield Wake(name=_wake(request), at=until, command=GiveUpLog(station=station.id, request=request))
    yield replace(command, request=request)


def _check(command: RetrieveLog) -> None:
    """Look for what makes no sense.

    Raises:
        Malformed: says where.
    """
    if command.oldest and command.latest and command.oldest >= command.latest:
        raise Malformed("the time ends before it begins", code="InvalidValue", where="latest")
    within = {
        "most": command.most is None or command.most > 0,
        "within": command.within is None or 0 < command.within <= LONGEST,
        "retries": 0 <= command.retries <= MOST_RETRIES,
        "retry_after": 0 <= command.retry_after <= LONGEST_PAUSE,
    }
    for where, right in within.items():
        if not right:
            raise Malformed(f"{where} is out of range", code="InvalidValue", where=where)


def hear_answer(event: LogAnswered, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Note whether it will come, and what was given up for it; a station may begin to send before it answers."""
    log = rows.get(StationLog, log_id(station.id, event.request))
    if log is None or not log.open or log.state is LogState.ACCEPTED:
        return
    asked = log.state is LogState.REQUESTED
    if event.accepted:
        yield changed(replace(log, state=LogState.ACCEPTED if asked else log.state, name=event.name), now)
        yield from _gave_up(log, station, now, rows) if event.canceled else ()
    elif asked:
        yield from _over(log, now, LogState.REJECTED, reason=event.reason)


def _gave_up(log: StationLog, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    for other in _logs(rows, station):
        if other.open and other.request < log.request and (other.kind is log.kind or station.wire not in APART):
            yield from _over(other, now, LogState.CANCELED, reason="another request took its place")


def hear_progress(event: LogProgressed, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Keep what a station says of a log; whether it has come is not for the station to say.

    On OCPP it has been told 201 before it can know that a log has come, and by then the log is here. In band it hears so while
    its file is on its way to the shelf: there the stream itself says what came of it.
    """
    yield event
    log = _meant(event, station, rows)
    if log is None or not log.open or event.state is None or event.state is log.state:
        return
    if event.state is LogState.UPLOADED:
        if station.wire.startswith("ocpp"):
            yield from _over(log, now, LogState.FAILED, reason=NOTHING_CAME)
    elif event.state in OVER:
        yield from _over(log, now, event.state, reason="the station says so")
    elif event.state is LogState.UPLOADING:
        yield changed(replace(log, state=event.state), now)


def _meant(event: LogProgressed, station: Station, rows: Rows) -> StationLog | None:
    if event.request is not None:
        return rows.get(StationLog, log_id(station.id, event.request))
    mine = [one for one in _logs(rows, station) if one.open]
    return max(mine, key=lambda one: (one.kind is LogKind.DIAGNOSTICS, one.request), default=None)


def arrived(event: LogArrived, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Note that it is here.

    Raises:
        Refused: it was given up meanwhile, or has come already.
    """
    log = _named(event.request, station, rows)
    if not log.open:
        raise Refused(f"nothing is awaited any more: it is {log.state}", code="NotAwaited", where="request")
    kept = now + timedelta(days=policy.keep_logs) if policy.keep_logs else None
    told = {"name": event.name, "size": event.size, "sha256": event.sha256, "arrived": now, "kept_until": kept}
    yield event
    yield from _over(log, now, LogState.UPLOADED, **told)


def refused(event: LogRefused, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Wait no longer for what would not be taken."""
    log = _named(event.request, station, rows)
    yield event
    if log.open:
        yield from _over(log, now, LogState.FAILED, reason=event.reason)


def give_up(command: GiveUpLog, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Wait no longer."""
    log = rows.get(StationLog, log_id(station.id, command.request))
    if log is not None and log.open:
        yield from _over(log, now, LogState.EXPIRED, reason="nothing came in time")


def remove(command: RemoveLog, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Note that it goes; whoever keeps the files follows this fact.

    Raises:
        Refused: it has gone already.
    """
    log = _named(command.request, station, rows)
    if log.removed is not None:
        raise Refused("it was thrown away already", code="LogRemoved", where="request")
    if log.open:
        yield from _over(log, now, LogState.CANCELED, reason="it was taken back", removed=now)
    else:
        yield changed(replace(log, removed=now), now)


def _over(log: StationLog, now: datetime, state: LogState, **more: Any) -> Iterator[Effect]:
    over = replace(log, state=state, ended=now, **more)
    yield changed(over, now)
    yield Wake(name=_wake(log.request), at=now, command=None)


def _named(request: int, station: Station, rows: Rows) -> StationLog:
    """Return a log.

    Raises:
        Unknown: nobody asked for it.
    """
    log = rows.get(StationLog, log_id(station.id, request))
    if log is None:
        raise Unknown(f"no log {request} was asked of {station.id}", code="UnknownLog", where="request")
    return log


def _logs(rows: Rows, station: Station) -> list[StationLog]:
    return rows.load(StationLog, Where("station", "=", station.id))


def _wake(request: int) -> str:
    return f"log {request}"
