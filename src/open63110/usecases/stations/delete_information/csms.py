# SPDX-License-Identifier: Apache-2.0
"""How the CSMS goes on with a deletion: it looks for holders, waits for sessions, asks stations, then deletes what is here."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import PrincipalId, StationId, SubjectRef
from open63110.kernel.messages import Effect
from open63110.model.deletion import (
    DUE,
    CustomerReport,
    CustomerReportChanged,
    DeletionChanged,
    DeletionItem,
    DeletionItemChanged,
    DeletionRequest,
    Result,
    SubjectErased,
    digest_of,
    item_id,
)
from open63110.model.station import Registration, Station
from open63110.model.token import TokenChanged
from open63110.ports import Rows, Where
from open63110.usecases.stations.delete_information.asking import NOBODY, number_of
from open63110.usecases.stations.delete_information.known import EveryStation, NamedTokens
from open63110.usecases.stations.delete_information.messages import (
    DeleteAgain,
    DeleteAtStation,
    DeletedHere,
    HoldersFound,
    TendDeletions,
)

PERSONAL: Final = "personal-data"
"""What stations hold, whatever that is."""

KEPT_BY_LAW: Final = frozenset({"sessions", "transfers", "records"})
"""What is billed by, and stays without a name."""

AGAIN: Final = timedelta(minutes=5)
"""When a station that is there is ordered once more to delete what it did not."""

AGAIN_WITHIN: Final = timedelta(days=30)
"""Until when what a backup brought back is deleted at stations, too."""

DEADLINE: Final = "Deadline"
"""Why a station that did not come in time holds what it held."""


def found(command: HoldersFound, rows: Rows, sites: EveryStation, now: datetime) -> Iterator[Effect]:
    """Write down who holds something, before anything is deleted."""
    request = rows.get(DeletionRequest, command.request)
    if request is None or request.state != "searching":
        return
    for data, count in sorted(command.counts.items()):
        if count:
            yield _changed(_item(request, "csms", data, now, count=count), now)
    for station in sorted({*command.stations, *_holders(request, sites.every_station())}):
        yield _changed(_item(request, station, PERSONAL, now), now)
    yield _request(replace(request, state="waiting"), now)


def _holders(request: DeletionRequest, stations: Iterable[Station]) -> Iterator[StationId]:
    """Yield the stations that may know the person: by a list, or by whoever was there, or as nobody knows who did."""
    for one in stations:
        listed = one.registration is Registration.ACCEPTED and one.local.digest != 0
        if listed or request.type in {"certificate", "customer"} or _named(request.subjects, one):
            yield one.id


def _named(subjects: tuple[SubjectRef, ...], station: Station) -> bool:
    judged, local = station.local.judged, station.local
    return (
        any(one.subject in subjects for one in station.transfers.values())
        or any(one.subject in subjects for one in station.sessions.values())
        or (judged is not None and judged.subject in subjects)
        or any(one in part for one in subjects for part in (local.entries, local.cache, local.unproven))
        or any(evse.grant is not None and evse.grant.subject in subjects for evse in station.evses.values())
    )


def tend(command: TendDeletions, rows: Rows, tokens: NamedTokens, sites: EveryStation, now: datetime) -> Iterator[Effect]:
    """Take each open request as far as it goes."""
    for request in rows.load(DeletionRequest, Where("state", "in", ("waiting", "stations"))):
        if request.state == "waiting":
            yield from _begin(request, rows, tokens, sites, now)
        else:
            yield from _go_on(request, rows, sites, now)


def _begin(request: DeletionRequest, rows: Rows, tokens: NamedTokens, sites: EveryStation, now: datetime) -> Iterator[Effect]:
    """Begin once no session of the person goes on; then the credential is good for nothing any more, and stations are told."""
    if any(_goes_on(request, station) for station in sites.every_station()) and now < request.deadline:
        return
    for ref in request.subjects:
        if tokens.token(ref) is not None:
            yield TokenChanged(station=NOBODY, at=now, ref=ref, token=None)
    yield _request(replace(request, state="stations"), now)
    for item in _at_stations(rows, request):
        yield DeleteAtStation(station=StationId(item.holder))


def _goes_on(request: DeletionRequest, station: Station) -> bool:
    """Tell whether the person is served at a station right now."""
    charges = any(one.subject in request.subjects and one.ended is None for one in station.transfers.values())
    return charges or any(one.subject in request.subjects for one in station.sessions.values())


def _go_on(request: DeletionRequest, rows: Rows, sites: EveryStation, now: datetime) -> Iterator[Effect]:
    """Order again what did not succeed; at the deadline, report it; when no station is left, what is here is deleted."""
    left = _at_stations(rows, request)
    late = now >= request.deadline
    if late:
        for item in left:
            yield _changed(replace(item, result="failed", at=now, reason=item.reason or DEADLINE), now)
    if late or not left:
        yield _request(replace(request, state="here"), now)
    for item in left:
        station = sites.station(StationId(item.holder))
        if station is None:
            continue
        again = station.connected is not None and (item.tried is None or item.tried + AGAIN <= now)
        if again or (late and DUE in station.flags):  # late: with nothing due any more, it is free for other orders
            yield DeleteAtStation(station=station.id)


def _at_stations(rows: Rows, request: DeletionRequest) -> list[DeletionItem]:
    """Return what stations hold still."""
    here = Where("request", "=", request.id), Where("data", "=", PERSONAL)
    return rows.load(DeletionItem, *here, Where("result", "=", "pending"))


def deleted_here(command: DeletedHere, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Write down what came of it here. With the last of it goes what the references stood for, and the report is made."""
    request = rows.get(DeletionRequest, command.request)
    if request is None or request.state == "closed":
        return
    items = {one.id: one for one in rows.load(DeletionItem, Where("request", "=", request.id))}
    changed = {one.id: one for one in _outcomes(command, request, items, now)}
    for item in changed.values():
        yield _changed(item, now)
    if not command.last:
        return
    for ref in request.subjects:
        yield from _reports_gone(ref, rows, now)
        yield SubjectErased(station=NOBODY, at=now, ref=ref)
    for one in command.tombstones:
        yield SubjectErased(station=NOBODY, at=now, ref=one.ref, subject=one)
    over = replace(request, state="closed", closed=now)
    yield _request(replace(over, digest=digest_of(over, (items | changed).values())), now)


def _outcomes(
    command: DeletedHere, request: DeletionRequest, items: dict[str, DeletionItem], now: datetime
) -> Iterator[DeletionItem]:
    for data in sorted({*command.counts, *command.left}):
        known, reason = items.get(item_id(request.id, "csms", data)), command.left.get(data, "")
        count = command.counts.get(data, 0) + (known.count if known is not None else 0)
        result: Result = "failed" if reason else "deleted"
        yield _item(request, "csms", data, now, result=result, count=count, reason=reason)
    for item in items.values() if command.last else ():
        if item.result == "pending" and item.data in KEPT_BY_LAW:
            yield replace(item, result="restricted", at=now, reason="RetainedByLaw")


def again(command: DeleteAgain, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Delete once more what a backup brought back, in the name of this CSMS, and set the tombstones anew."""
    for one in command.tombstones:
        yield SubjectErased(station=NOBODY, at=now, ref=one.ref, subject=one)
    if not command.subjects or rows.get(DeletionRequest, command.request) is not None:
        return
    request = DeletionRequest(
        id=command.request,
        by=PrincipalId("csms"),
        type="token",
        subjects=command.subjects,
        asked=now,
        deadline=now + AGAIN_WITHIN,
        legal_basis="deleted before; came back with a backup",
        number=number_of(command.request),
    )
    yield _request(request, now)


def _reports_gone(ref: SubjectRef, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Forget what stations told of somebody."""
    for report in rows.load(CustomerReport, Where("subject", "=", ref)):
        for text in report.pages.values():
            if text is not None:
                yield SubjectErased(station=NOBODY, at=now, ref=text)
        yield CustomerReportChanged(station=report.station, at=now, id=report.id, customer_report=None)


def _item(
    request: DeletionRequest,
    holder: str,
    data: str,
    now: datetime,
    *,
    result: Result = "pending",
    count: int = 0,
    reason: str = "",
) -> DeletionItem:
    return DeletionItem(
        id=item_id(request.id, holder, data),
        request=request.id,
        holder=holder,
        data=data,
        result=result,
        at=now,
        count=count,
        reason=reason,
    )


def _changed(item: DeletionItem, now: datetime) -> DeletionItemChanged:
    return DeletionItemChanged(station=NOBODY, at=now, id=item.id, deletion_item=item)


def _request(request: DeletionRequest, now: datetime) -> DeletionChanged:
    return DeletionChanged(station=NOBODY, at=now, id=request.id, deletion=request)
