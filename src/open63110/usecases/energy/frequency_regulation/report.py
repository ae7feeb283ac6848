# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: which grid controls a station says it has, put together and compared with what it should have (8.2.10).

A station may hold what others set: its maker, by the grid code of its country, or another CSMS before this one. That is shown
here, and left alone until somebody clears it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unavailable
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.der import (
    DerControl,
    DerReport,
    DerReportChanged,
    DerStanding,
    ReportedDerControl,
    StationDerControl,
    der_key,
)
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.energy.frequency_regulation.checks import demand_words
from open63110.usecases.energy.frequency_regulation.csms import MOST, gone, kept, next_look, order
from open63110.usecases.energy.frequency_regulation.messages import AskDerControls, DerControlsReported, GiveUpDerReport
from open63110.usecases.energy.frequency_regulation.station import held

WITHIN: Final = timedelta(seconds=60)
"""How long the next part of a report may take, beyond the time that an order may."""

CLOSE: Final = timedelta(seconds=1)
"""Moments are told in full seconds by some."""

_PATIENCE: Final = "der-report"

Told = dict[str, ReportedDerControl]


def ask(command: AskDerControls, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Ask; a report of an earlier question does not count any more.

    Raises:
        NotSupported: the wire has no words for it.
        Unavailable: the station is not there.
    """
    demand_words(station)
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    before = rows.get(DerReport, station.id) or DerReport(station=station.id)
    whole = command.default is None and command.kind is None and not command.id
    asked = replace(before, request=before.request % (2**31 - 1) + 1, since=now, whole=whole, parts=())
    yield _noted(asked, now)
    yield _patience(asked, now, policy)
    yield replace(command, request=asked.request)


def _noted(report: DerReport, now: datetime) -> DerReportChanged:
    return DerReportChanged(station=report.station, at=now, der_report=report)


def _patience(report: DerReport, now: datetime, policy: Policy) -> Wake:
    until = now + timedelta(seconds=policy.order_deadline) + WITHIN
    return Wake(name=_PATIENCE, at=until, command=GiveUpDerReport(station=report.station, request=report.request))


def give_up(command: GiveUpDerReport, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Wait no longer; what was known counts on."""
    report = rows.get(DerReport, station.id)
    if report is not None and report.since is not None and report.request == command.request:
        yield _noted(replace(report, since=None, parts=(), trouble="NoReport"), now)


def hear(event: DerControlsReported, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Keep another part; once all is there, compare. What answers no question of ours is journalled, and counts for nothing."""
    yield event
    report = rows.get(DerReport, station.id)
    if report is None or report.since is None or report.request != event.request:
        return
    parts = {one.control.id: one for one in (*report.parts, *event.controls)}
    if len(parts) > MOST:
        yield _noted(replace(report, since=None, parts=(), trouble="TooMany"), now)
        yield Wake(name=_PATIENCE, at=now, command=None)
        return
    if event.more:
        yield _noted(replace(report, parts=tuple(parts.values())), now)
        yield _patience(report, now, policy)
        return
    yield _noted(replace(report, since=None, parts=(), at=now, trouble=""), now)
    yield Wake(name=_PATIENCE, at=now, command=None)
    yield from _compared(parts, report, station, rows, now)


def _compared(told: Told, report: DerReport, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Bring what is known here in step with what the station says, and tell it what it should have."""
    there, after = held(station, rows), []
    for one in there:
        effects, left = _judged(one, told.get(one.id), report, now)
        yield from effects
        after += [left] if left is not None else []
    own = {one.id for one in there}
    for id, said in told.items():
        if id not in own:
            found = _found(station, said, now)
            yield kept(found, now)
            after.append(found)
    yield next_look(after, station, now)


def _found(station: Station, said: ReportedDerControl, now: datetime) -> StationDerControl:
    control = said.control
    return StationDerControl(
        key=der_key(station.id, control.id),
        station=station.id,
        id=control.id,
        kind=control.kind,
        standing=DerStanding.FOUND,
        at=now,
        control=control,
        superseded=said.superseded,
    )


def _judged(
    one: StationDerControl, said: ReportedDerControl | None, report: DerReport, now: datetime
) -> tuple[list[Effect], StationDerControl | None]:
    """Return what follows for one control that is known here, and what is left of it."""
    if one.sent is not None and report.since is not None and one.sent > report.since:
        return [], one  # told since the question: the report may be older
    if said is None and not report.whole:
        return [], one
    match one.standing:
        case DerStanding.FOUND if said is None:
            return [gone(one, now, "missing")], None
        case DerStanding.LEAVING if said is None:
            return [gone(one, now, "cleared")], None
        case DerStanding.FOUND if said is not None:
            return _noted_of(one, replace(one, control=said.control, superseded=said.superseded), now)
        case DerStanding.SET | DerStanding.WANTED:
            return _of_ours(one, said, now)
        case _:
            return [], one


def _noted_of(one: StationDerControl, after: StationDerControl, now: datetime) -> tuple[list[Effect], StationDerControl | None]:
    return ([], one) if after == one else ([kept(replace(after, at=now), now)], replace(after, at=now))


def _of_ours(
    one: StationDerControl, said: ReportedDerControl | None, now: datetime
) -> tuple[list[Effect], StationDerControl | None]:
    """Tell the station again what it lost, or has otherwise than it was told."""
    if said is not None and same(one.control, said.control):
        return _noted_of(one, replace(one, standing=DerStanding.SET, superseded=said.superseded), now)
    after = replace(one, standing=DerStanding.WANTED, at=now, sent=now)
    return [order(after), kept(after, now)], after


def same(wanted: DerControl, told: DerControl) -> bool:
    """Tell whether a station has a control as it was told; times may have lost their fractions."""
    start, other = wanted.start, told.start
    if start is None or other is None:
        return wanted == told
    return abs(start - other) < CLOSE and replace(told, start=start) == wanted
