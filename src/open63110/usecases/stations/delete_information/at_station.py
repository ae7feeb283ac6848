# SPDX-License-Identifier: Apache-2.0
"""What the CSMS orders of one station that holds something, and what it makes of the answers (8.3.12 steps 4 and 5)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.model.authorization import may_be_ordered
from open63110.model.deletion import (
    DUE,
    FIRST,
    CustomerReport,
    CustomerReportChanged,
    DeletionChanged,
    DeletionItem,
    DeletionItemChanged,
    DeletionRequest,
    DeletionsDone,
    DeletionsDue,
    DeletionsPaused,
    StationDeletes,
    SubjectErased,
    report_id,
)
from open63110.model.station import Station
from open63110.ports import Ids, Rows, Where
from open63110.usecases.stations.delete_information.asking import NOBODY, number_of
from open63110.usecases.stations.delete_information.csms import AGAIN, AGAIN_WITHIN, PERSONAL
from open63110.usecases.stations.delete_information.messages import (
    AskCustomerInformation,
    CustomerInformationReported,
    DeleteAtStation,
    DeletionStepEnded,
)

CACHE, LIST, CUSTOMER = "cache", "list", "customer"
"""Steps: remembered answers are cleared, the list goes out without the person, all else that names him is cleared."""

SENT, DONE, ABSENT = "sent", "done", "absent"
"""absent: it has no such thing, or its wire has no words for it."""

HERE: Final = "csms"
"""Who asks when nobody did but this CSMS itself."""

MOST_PAGES: Final = 200
"""Of a report about one customer."""


def begin(command: DeleteAtStation, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Order all that is pending there; one that is not there does it when it comes, before anything else."""
    due = _due(station.id, rows)
    if not due:
        if DUE in station.flags:
            yield DeletionsDone(station=station.id, at=now)
        return
    if not may_be_ordered(station):
        if DUE not in station.flags:
            yield DeletionsDue(station=station.id, at=now)
        return
    if FIRST in station.flags and all(_under_way(item, now) for item, _ in due):
        return
    yield StationDeletes(station=station.id, at=now, requests=tuple(request.id for _, request in due))
    for item, request in due:
        questions = [request.number + place for place in range(len(request.subjects))]
        steps = [CACHE, LIST] if keeps_list(station) else [CACHE]
        named = dict.fromkeys((*steps, *(f"{CUSTOMER} {number}" for number in questions)), SENT)
        yield _changed(replace(item, steps=named, tried=now, reason=""), now)
        for number, subject in zip(questions, request.subjects, strict=True):
            yield AskCustomerInformation(station=station.id, subject=subject, report=False, clear=True, request=number)


def _under_way(item: DeletionItem, now: datetime) -> bool:
    """Tell whether an answer can still come; an order that nobody remembers, after a restart, gets none."""
    return SENT in item.steps.values() and item.tried is not None and now < item.tried + AGAIN


def keeps_list(station: Station) -> bool:
    """Tell whether a station has a local list, or was offered one."""
    return station.local.version > 0 or (station.local.version == 0 and station.local.digest != 0)


def _due(station: StationId, rows: Rows) -> list[tuple[DeletionItem, DeletionRequest]]:
    here = Where("holder", "=", station), Where("data", "=", PERSONAL), Where("result", "=", "pending")
    found = [(item, rows.get(DeletionRequest, item.request)) for item in rows.load(DeletionItem, *here)]
    return [(item, request) for item, request in found if request is not None and request.state == "stations"]


def ended(command: DeletionStepEnded, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note how a step ended; once none is under way any more, the station is asked other things again."""
    name = command.step if command.number is None else f"{command.step} {command.number}"
    word = DONE if command.done else ABSENT if not command.supported else command.reason or "Refused"
    under_way, left = False, False
    for known, _ in _due(station.id, rows):
        item = known
        if item.steps.get(name) == SENT and item.tried is not None and (command.asked or now) >= item.tried:
            item = _judged(replace(known, steps={**known.steps, name: word}), now)
            yield _changed(item, now)
        under_way = under_way or SENT in item.steps.values()
        left = left or item.result == "pending"
    if under_way or FIRST not in station.flags:
        return
    yield DeletionsPaused(station=station.id, at=now) if left else DeletionsDone(station=station.id, at=now)


def _judged(item: DeletionItem, now: datetime) -> DeletionItem:
    """Say what the steps come to, if all have ended. Who has cleared all of a customer need not have a cache that it clears."""
    if SENT in item.steps.values():
        return item
    cleared = any(name.startswith(CUSTOMER) and word == DONE for name, word in item.steps.items())
    wrong = [
        f"{name}: {word}" for name, word in item.steps.items() if word not in {DONE, ABSENT} and not (cleared and name == CACHE)
    ]
    if wrong:
        return replace(item, reason=wrong[0], at=now)
    if DONE not in item.steps.values():
        return replace(item, reason="NotSupported", at=now)
    return replace(item, result="deleted", reason="", at=now)


def ask(command: AskCustomerInformation, station: Station, rows: Rows, ids: Ids, now: datetime) -> Iterator[Effect]:
    """Pass a question on, and remember to whom its answer belongs.

    Raises:
        Malformed: nothing is wanted.
        Unavailable: the station is not there.
    """
    if not (command.report or command.clear):
        raise Malformed("have it report, clear, or both", code="InvalidValue", where="report")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    number = command.request or number_of(str(ids.order()))
    if command.report:
        key = report_id(station.id, number)
        asked = CustomerReport(id=key, station=station.id, subject=command.subject, request=number, asked=now)
        yield CustomerReportChanged(station=station.id, at=now, id=key, customer_report=asked)
    if command.clear and command.role == Role.CSMS and command.by != HERE:
        yield from _here_too(command, rows, number, now)
    yield replace(command, request=number)


def _here_too(command: AskCustomerInformation, rows: Rows, number: int, now: datetime) -> Iterator[Effect]:
    """Delete at this level, too, what the level above has one of its stations delete; it is one request for all stations."""
    name = f"above-{number}"
    if rows.get(DeletionRequest, name) is None:
        request = DeletionRequest(
            id=name,
            by=PrincipalId(command.by),
            type="token",
            subjects=(command.subject,),
            asked=now,
            deadline=now + AGAIN_WITHIN,
            legal_basis="asked by the level above",
            number=number,
        )
        yield DeletionChanged(station=NOBODY, at=now, id=name, deletion=request)


def hear_report(event: CustomerInformationReported, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Put a page where it belongs, in whatever order they come; what nobody asked for, or not any more, is not kept."""
    known = rows.get(CustomerReport, report_id(station.id, event.request))
    if known is None or event.page in known.pages or not 0 <= event.page < MOST_PAGES:
        if event.text is not None and (known is None or event.text not in known.pages.values()):
            yield SubjectErased(station=NOBODY, at=now, ref=event.text)
        return
    pages, last = {**known.pages, event.page: event.text}, known.last if event.more else event.page
    report = replace(known, pages=pages, lines=(*known.lines, *event.lines), last=last)
    yield event
    yield CustomerReportChanged(station=station.id, at=now, id=known.id, customer_report=report)


def _changed(item: DeletionItem, now: datetime) -> DeletionItemChanged:
    return DeletionItemChanged(station=NOBODY, at=now, id=item.id, deletion_item=item)
