# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: which texts a station says it has, put together from its report and compared with what it should have (8.3.8).

A station may show what others set: its maker, another CSMS before this one. That is shown here, and left alone until somebody
clears it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unavailable
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.display import (
    DisplayMessage,
    MessageChanged,
    MessageReport,
    MessageReportChanged,
    MessagesReported,
    Standing,
    StationMessage,
    message_key,
    wire_number,
)
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.set_displayed_information.checks import demand_display
from open63110.usecases.stations.set_displayed_information.csms import gone, next_look, orders
from open63110.usecases.stations.set_displayed_information.messages import AskMessages, GiveUpMessages
from open63110.usecases.stations.set_displayed_information.station import held

WITHIN: Final = timedelta(seconds=60)
"""How long the next part of a report may take, beyond the time that an order may."""

MOST: Final = 1_000
"""Messages of a report; of one with more nothing is kept."""

CLOSE: Final = timedelta(seconds=1)
"""Moments are told in full seconds by some."""

_PATIENCE = "message-report"


def ask(command: AskMessages, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Ask; a report of an earlier question does not count any more.

    Raises:
        NotSupported: the wire has no words for displays.
        Unavailable: the station is not there.
    """
    demand_display(station)
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    before = rows.get(MessageReport, station.id) or MessageReport(station=station.id)
    whole = not command.numbers and command.rank is None and command.state is None
    asked = replace(before, request=before.request % (2**31 - 1) + 1, since=now, whole=whole, parts=())
    yield _noted(asked, now)
    yield _patience(asked, now, policy)
    yield replace(command, request=asked.request)


def _noted(report: MessageReport, now: datetime) -> MessageReportChanged:
    return MessageReportChanged(station=report.station, at=now, message_report=report)


def _patience(report: MessageReport, now: datetime, policy: Policy) -> Wake:
    until = now + timedelta(seconds=policy.order_deadline) + WITHIN
    return Wake(name=_PATIENCE, at=until, command=GiveUpMessages(station=report.station, request=report.request))


def give_up(command: GiveUpMessages, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Wait no longer; what was known counts on."""
    report = rows.get(MessageReport, station.id)
    if report is not None and report.since is not None and report.request == command.request:
        yield _noted(replace(report, since=None, parts=(), trouble="NoReport"), now)


def hear(event: MessagesReported, station: Station, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Keep another part; once all is there, compare. What answers no question of ours is journalled, and counts for nothing."""
    yield event
    report = rows.get(MessageReport, station.id)
    if report is None or report.since is None or report.request != event.request:
        return
    parts = {one.number: one for one in (*report.parts, *event.messages)}
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


def _compared(
    told: dict[int, DisplayMessage], report: MessageReport, station: Station, rows: Rows, now: datetime
) -> Iterator[Effect]:
    """Bring what is known here in step with what the station says, and tell it what it should have."""
    there, after = held(station, rows), []
    own = {wire_number(one.number, part) for one in there for part in range(one.parts)}
    for one in there:
        effects, left = _judged(one, told, report, now)
        yield from effects
        after += [left] if left is not None else []
    for number, message in told.items():
        if number not in own:
            found = _found(station, number, message, now)
            yield MessageChanged(station=station.id, at=now, key=found.key, message=found)
            after.append(found)
    yield next_look(after, station, now)


def _found(station: Station, number: int, message: DisplayMessage, now: datetime) -> StationMessage:
    key = message_key(station.id, number)
    return StationMessage(key=key, station=station.id, number=number, standing=Standing.FOUND, at=now, message=message)


def _judged(
    one: StationMessage, told: dict[int, DisplayMessage], report: MessageReport, now: datetime
) -> tuple[list[Effect], StationMessage | None]:
    """Return what follows for one message that is known here, and what is left of it."""
    reached = tuple(part for part in range(one.parts) if wire_number(one.number, part) in told)
    if one.sent is not None and report.since is not None and one.sent > report.since:
        return [], one  # told since the question: the report may be older
    match one.standing:
        case Standing.FOUND:
            return _of_others(one, told, report, now)
        case Standing.SET | Standing.WANTED:
            right = tuple(part for part in reached if _same(one, part, told[wire_number(one.number, part)]))
            return _of_ours(one, right, report, now)
        case Standing.LEAVING if report.whole and not reached:
            return [gone(one, now, "cleared")], None
        case _:
            return [], one


def _of_others(
    one: StationMessage, told: dict[int, DisplayMessage], report: MessageReport, now: datetime
) -> tuple[list[Effect], StationMessage | None]:
    if one.number not in told:
        return ([gone(one, now, "missing")], None) if report.whole else ([], one)
    if told[one.number] == one.message:
        return [], one
    after = replace(one, message=told[one.number], at=now)
    return [MessageChanged(station=one.station, at=now, key=one.key, message=after)], after


def _of_ours(
    one: StationMessage, right: tuple[int, ...], report: MessageReport, now: datetime
) -> tuple[list[Effect], StationMessage | None]:
    """Tell the station again what it lost, or has otherwise than it was told."""
    if len(right) == one.parts:
        if one.standing is Standing.SET:
            return [], one
        after = replace(one, standing=Standing.SET, reached=right, at=now)
        return [MessageChanged(station=one.station, at=now, key=one.key, message=after)], after
    if not report.whole and not right:
        return [], one
    after = replace(one, standing=Standing.WANTED, reached=right, at=now, sent=now)
    return [*orders(after), MessageChanged(station=one.station, at=now, key=one.key, message=after)], after


def _same(one: StationMessage, part: int, told: DisplayMessage) -> bool:
    """Tell whether a station has a part as it was told; times may have lost their fractions."""
    wanted = one.message
    contents = wanted.contents if one.parts == 1 else wanted.contents[part : part + 1]
    return (
        told.rank is wanted.rank
        and told.state is wanted.state
        and told.transfer == wanted.transfer
        and told.contents == contents
        and _close(told.start, wanted.start)
        and _close(told.end, wanted.end)
    )


def _close(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < CLOSE
