# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about log criteria: it checks them, knows what was asked for, and what the station makes of it."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.messages import Effect
from open63110.model.log_criteria import CriteriaState, LogCriteria, LogCriteriaChanged, StationCriteria, criteria_key
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.set_log_criteria.checks import check
from open63110.usecases.stations.set_log_criteria.messages import (
    AskLogCriteria,
    ClearLogCriteria,
    LogCriteriaAnswered,
    LogCriteriaReported,
    SetLogCriteria,
)


def ask(command: SetLogCriteria, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Pass the wish on; what the station makes of it is in its answer."""
    check(command.criteria)
    id = command.criteria.id
    known = rows.get(StationCriteria, criteria_key(station.id, id)) or _new(station, id, now)
    yield _changed(replace(known, at=now, state=CriteriaState.ASKED, asked=command.criteria, reason=""), now)
    yield command


def clear(command: ClearLogCriteria, station: Station, rows: Rows) -> Iterator[Effect]:
    """Pass the wish on.

    Raises:
        Unknown: the station has no such criteria, as far as is known here.
    """
    if rows.get(StationCriteria, criteria_key(station.id, command.id)) is None:
        raise Unknown(f"{station.id} has no log criteria {command.id!r}", code="UnknownCriteria", where="id")
    yield command


def look(command: AskLogCriteria, station: Station) -> Iterator[Effect]:
    """Pass the question on."""
    yield command


def hear_answer(event: LogCriteriaAnswered, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Note what the station does; what it refused it does as before."""
    key = criteria_key(station.id, event.id)
    known = rows.get(StationCriteria, key)
    if known is None:
        return
    if not event.accepted:
        yield _changed(replace(known, at=now, state=CriteriaState.REFUSED, reason=event.reason), now)
    elif event.effective is None:
        yield LogCriteriaChanged(station=station.id, at=now, key=key, log_criteria=None)
    else:
        active = replace(known, at=now, state=CriteriaState.ACTIVE, effective=event.effective, reduced=event.reduced, reason="")
        yield _changed(active, now)


def hear_report(event: LogCriteriaReported, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Believe the station: what it does not name it does not do."""
    said = {one.id: one for one in event.criteria}
    known = {one.id: one for one in rows.load(StationCriteria, Where("station", "=", station.id))}
    for id in sorted(said.keys() | known.keys()):
        was = known.get(id) or _new(station, id, now)
        effective = said.get(id)
        if effective == was.effective:
            continue
        yield _changed(replace(was, at=now, state=_standing(was, effective), effective=effective), now)


def _standing(was: StationCriteria, effective: LogCriteria | None) -> CriteriaState:
    if effective is not None:
        return CriteriaState.ACTIVE
    return CriteriaState.CLEARED if was.state is CriteriaState.ACTIVE else was.state


def _new(station: Station, id: str, now: datetime) -> StationCriteria:
    return StationCriteria(key=criteria_key(station.id, id), station=station.id, id=id, at=now, state=CriteriaState.ASKED)


def _changed(row: StationCriteria, now: datetime) -> LogCriteriaChanged:
    return LogCriteriaChanged(station=row.station, at=now, key=row.key, log_criteria=row)
