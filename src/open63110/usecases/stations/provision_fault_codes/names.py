# SPDX-License-Identifier: Apache-2.0
"""How a station is to call its faults: what the operator wants, at the CSMS and at the station (8.3.11, the other reading)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.fault import CodeName, FaultMap, FaultMapChanged, MapStanding, check_code
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.provision_fault_codes.messages import (
    FaultMapAnswered,
    FaultMapPlanned,
    MapFaultCodes,
    ReconcileFaultMap,
)

OCPP: Final = "ocpp"
"""Begin of the names of wires that have no words for this."""

MOST: Final = 1_000
"""Names of one station."""


def want(command: MapFaultCodes, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want a station to use other names, and tell it if it is there; if not, it is told when it comes.

    Raises:
        Malformed: a code that cannot be, or one with two names.
        NotSupported: the wire of its last connection has no words for it.
    """
    _check(command.names)
    _demand_words(station)
    before = rows.get(FaultMap, station.id)
    wanted = FaultMap(
        station=station.id,
        names=command.names,
        standing=MapStanding.WANTED,
        revision=before.revision + 1 if before else 1,
        at=now,
        by=command.by,
    )
    yield FaultMapChanged(station=station.id, at=now, fault_map=wanted)
    if may_be_ordered(station):
        yield replace(command, revision=wanted.revision)
    else:
        yield FaultMapPlanned()


def _check(names: Iterable[CodeName]) -> None:
    taken = list(names)
    if len(taken) > MOST or len({one.code for one in taken}) < len(taken):
        raise Malformed(f"a station has at most {MOST} names, and one for each code", code="InvalidValue", where="names")
    for place, one in enumerate(taken):
        check_code(one.code, f"names[{place}].code")
        check_code(one.called, f"names[{place}].called")


def _demand_words(station: Station) -> None:
    if station.wire.startswith(OCPP):
        words = f"{station.wire} has no message that tells a station how to call its faults"
        raise NotSupported(words, code="NoMessage", remedy="give this CSMS a catalogue of its codes instead")


def hear_answer(event: FaultMapAnswered, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note that a station does so, or why not."""
    known = rows.get(FaultMap, station.id)
    if known is None or known.revision != event.revision or known.standing is not MapStanding.WANTED:
        return
    standing = MapStanding.REFUSED if event.reason else MapStanding.SET
    after = replace(known, standing=standing, reason=event.reason, at=now)
    yield FaultMapChanged(station=station.id, at=now, fault_map=after)


def reconcile(_: ReconcileFaultMap, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell a station what it has not heard yet."""
    known = rows.get(FaultMap, station.id)
    if known is None or known.standing is not MapStanding.WANTED:
        return
    if station.wire.startswith(OCPP):
        after = replace(known, standing=MapStanding.REFUSED, reason="NoMessage", at=now)
        yield FaultMapChanged(station=station.id, at=now, fault_map=after)
    else:
        yield MapFaultCodes(station=station.id, names=known.names, revision=known.revision, by=known.by)


def obey(command: MapFaultCodes, station: Station, now: datetime) -> Iterator[Effect]:
    """At the station: call faults that appear from now on by these names.

    Raises:
        Malformed: a code that cannot be, or one with two names.
    """
    _check(command.names)
    kept = FaultMap(station=station.id, names=command.names, at=now) if command.names else None
    yield FaultMapChanged(station=station.id, at=now, fault_map=kept)
