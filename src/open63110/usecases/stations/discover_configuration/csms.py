# SPDX-License-Identifier: Apache-2.0
"""How the CSMS finds out what stations consist of and how they are set.

A report comes in parts, in any order, some of them twice; each part is a row until all are there. A report that is cut off, or of
which a part never comes, is asked for again from its beginning: OCPP cannot go on in the middle.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.device import DeviceVariable, Inventory, InventoryScope
from open63110.model.inventory import (
    Discovery,
    DiscoveryChanged,
    InventoryDiffered,
    InventoryDifference,
    InventoryReported,
    InventoryTaken,
    ReportPage,
    ReportPageKept,
    TakeInventory,
    VariableDifference,
    demand_filter,
)
from open63110.model.policy import Policy
from open63110.model.station import Identity, Station
from open63110.model.variables import ReadVariables, demand_names
from open63110.ports import Rows
from open63110.usecases.stations.discover_configuration import snapshot
from open63110.usecases.stations.discover_configuration.messages import AskInventory, GiveUpInventory, LookAtInventory

PATIENCE = timedelta(seconds=60)
"""How long the next part of a report may take."""

MOST_TRIES: Final = 5
"""How often one inventory is asked for before somebody has to look into it."""

MOST_PARTS: Final = 2_000

MOST_VARIABLES: Final = 20_000
"""Of a station; one that tells more is not believed."""

KEPT_DIFFERENCES: Final = 20
"""Of each station the newest."""

UNHURRIED: Final = 60
"""So many times as long as after a boot a station may wait that is asked without one."""

_WAKE, _SOON = "inventory", "inventory-soon"


def ask(command: TakeInventory, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Ask; parts of an earlier report do not count any more.

    Raises:
        Malformed: a filter that means nothing.
    """
    demand_filter(command)
    known = _known(station.id, rows)
    yield from _begin(replace(known, tries=0), command, station, now, policy)


def _begin(known: Discovery, command: TakeInventory, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    yield from _drop_parts(known, now)
    asked = replace(
        known,
        request=known.request + 1,
        since=now,
        scope=command.scope,
        places=command.places,
        criteria=command.criteria,
        parts=(),
        last=None,
        variables=0,
        tries=known.tries + 1,
        heard=None,
        trouble="",
    )
    yield DiscoveryChanged(station=station.id, at=now, discovery=asked)
    yield _patience(station.id, asked.request, now + timedelta(seconds=policy.order_deadline))
    yield replace(command, request=asked.request)


def _patience(station: StationId, request: int, since: datetime) -> Wake:
    return Wake(name=_WAKE, at=since + PATIENCE, command=GiveUpInventory(station=station, request=request))


def _drop_parts(known: Discovery, now: datetime) -> Iterator[Effect]:
    for seq in snapshot.places(known.parts):
        gone = _page_id(known, seq)
        yield ReportPageKept(station=known.station, at=now, report_page=None, id=gone)


def _page_id(known: Discovery, seq: int) -> str:
    return f"{known.station}/{known.request}/{seq:05}"


def look(command: LookAtInventory, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Ask again for what was cut off; ask for the first time, or because it may be another, some time after a boot.

    One that was never asked, because it was away when its time came or has not booted since such questions are asked, is asked
    in the course of the next hour or so: that may be a whole fleet.
    """
    known = _known(station.id, rows)
    if known.since is not None and station.connected is not None and known.since < station.connected:
        yield from _again(known, station, now, policy, "ConnectionLost")
    elif command.booted and _is_due(known, station, policy):
        yield Wake(name=_SOON, at=now + _apart(station.id, policy), command=AskInventory(station=station.id))
    elif not known.request and policy.inventory != "never" and _SOON not in station.wakeups:
        yield Wake(name=_SOON, at=now + UNHURRIED * _apart(station.id, policy), command=AskInventory(station=station.id))


def _is_due(known: Discovery, station: Station, policy: Policy) -> bool:
    if policy.inventory == "never" or known.since is not None:
        return False
    return policy.inventory == "each-boot" or known.firmware != device_of(station.identity)


def _apart(station: StationId, policy: Policy) -> timedelta:
    """Return how long after its boot a station is asked: another time for each, so that a thousand do not tell all at once."""
    part = sum(place * ord(one) for place, one in enumerate(station, 1)) % 97 / 97
    return timedelta(seconds=policy.inventory_within * (0.1 + 0.6 * part))


def device_of(identity: Identity) -> str:
    """Return what an inventory is of: the device, and its firmware."""
    return f"{identity.vendor}|{identity.model}|{identity.serial}|{identity.firmware}"


def ask_soon(command: AskInventory, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Ask for all there is; a station that left meanwhile is asked after its next boot, or if it never was, once it is back."""
    known = _known(station.id, rows)
    if may_be_ordered(station) and _is_due(known, station, policy):
        yield from _begin(replace(known, tries=0), TakeInventory(station=station.id), station, now, policy)


def give_up(command: GiveUpInventory, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Go on waiting while parts come; else ask again, for all that can be set where all cannot be told, or let it be."""
    known = _known(station.id, rows)
    if known.since is None or known.request != command.request:
        return
    if not command.reason and known.heard is not None and known.heard + PATIENCE > now:
        yield _patience(station.id, known.request, known.heard)
    elif command.refused and known.scope is InventoryScope.FULL and command.reason == "NotSupported":
        settable = TakeInventory(station=station.id, scope=InventoryScope.CONFIGURATION)
        yield from _begin(replace(known, firmware=""), settable, station, now, policy)  # as whole as it will be
    elif command.refused:
        yield from _over(known, command.reason, now)
    elif may_be_ordered(station):
        yield from _again(known, station, now, policy, command.reason or "NoAnswer")


def _again(known: Discovery, station: Station, now: datetime, policy: Policy, why: str) -> Iterator[Effect]:
    if known.tries >= MOST_TRIES:
        yield from _over(known, why, now)
        return
    same = TakeInventory(station=station.id, scope=known.scope, places=known.places, criteria=known.criteria)
    yield from _begin(known, same, station, now, policy)


def _over(known: Discovery, why: str, now: datetime) -> Iterator[Effect]:
    """Wait no longer; what was known counts on."""
    yield from _drop_parts(known, now)
    yield DiscoveryChanged(
        station=known.station, at=now, discovery=replace(known, since=None, parts=(), last=None, variables=0, trouble=why)
    )
    yield Wake(name=_WAKE, at=now, command=None)


def hear(event: InventoryReported, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Keep another part, once; when all is there, put it together. What answers no question of ours says nothing of now."""
    known = _known(station.id, rows)
    if known.since is None or known.request != event.request or snapshot.there(known.parts, event.seq):
        return
    parts = snapshot.joined(known.parts, event.seq)
    last = known.last if event.more else event.seq
    told = known.variables + len(event.variables)
    if told > MOST_VARIABLES or event.seq >= MOST_PARTS or (last is not None and parts[-1][1] > last):
        yield from _over(known, "TooMany" if told > MOST_VARIABLES or event.seq >= MOST_PARTS else "Confused", now)
        return
    variables = tuple(map(snapshot.without_values, event.variables))
    heard = replace(known, parts=parts, last=last, variables=told, heard=now)
    if last is not None and parts == ((0, last),):
        yield from _complete(heard, variables, station, now, rows)
        return
    page = ReportPage(id=_page_id(known, event.seq), station=station.id, variables=variables)
    yield ReportPageKept(station=station.id, at=now, report_page=page, id=page.id)
    yield DiscoveryChanged(station=station.id, at=now, discovery=heard)


def _complete(
    known: Discovery, newest: tuple[DeviceVariable, ...], station: Station, now: datetime, rows: Rows
) -> Iterator[Effect]:
    before = rows.get(Inventory, station.id)
    pages = [rows.get(ReportPage, _page_id(known, seq)) for seq in snapshot.places(known.parts)]
    told = [one for page in pages if page is not None for one in page.variables]
    variables = snapshot.put_together(known.scope, (*told, *newest), before)
    found = () if before is None else snapshot.differences(before.variables, variables)
    taken = snapshot.inventory(variables, before, station, now, differs=bool(found))
    yield InventoryTaken(station=station.id, at=now, inventory=taken)
    if found:
        yield from _differed(taken, found, now)
    for page in pages:
        if page is not None:
            yield ReportPageKept(station=station.id, at=now, report_page=None, id=page.id)
    whole = known.scope is InventoryScope.FULL or (known.scope is InventoryScope.CONFIGURATION and not known.firmware)
    yield DiscoveryChanged(
        station=station.id,
        at=now,
        discovery=replace(
            known,
            since=None,
            parts=(),
            last=None,
            tries=0,
            at=now,
            trouble="",
            firmware=device_of(station.identity) if whole else known.firmware,
            version=taken.version,
            most=snapshot.at_most(variables),
            secrets=snapshot.secrets(variables),
        ),
    )
    yield Wake(name=_WAKE, at=now, command=None)


def _differed(taken: Inventory, found: tuple[VariableDifference, ...], now: datetime) -> Iterator[Effect]:
    difference = InventoryDifference(
        id=difference_id(taken.station, taken.version),
        station=taken.station,
        at=now,
        version=taken.version,
        firmware=taken.firmware,
        differences=found,
    )
    yield InventoryDiffered(station=taken.station, at=now, inventory_difference=difference, id=difference.id)
    oldest = taken.version - KEPT_DIFFERENCES
    if oldest > 1:
        gone = difference_id(taken.station, oldest)
        yield InventoryDiffered(station=taken.station, at=now, inventory_difference=None, id=gone)


def difference_id(station: StationId, version: int) -> str:
    """Return what the difference that led to a version is known by."""
    return f"{station}/{version:06}"


def read(command: ReadVariables, station: Station, rows: Rows) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed: none, too many, or something that names no variable.
    """
    demand_names([one.variable for one in command.variables], "variables")
    most, most_bytes = _known(station.id, rows).at_most("GetVariables")
    yield replace(command, per_message=most, per_bytes=most_bytes)


def _known(station: StationId, rows: Rows) -> Discovery:
    return rows.get(Discovery, station) or Discovery(station=station)
