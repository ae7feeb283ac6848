# SPDX-License-Identifier: Apache-2.0
"""What changed of a station's transfers and sessions, and how much of each row has to be written for it."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from open63110.kernel.journal import written
from open63110.model.session import ServiceSession
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Batch

Parts = dict[Any, Any]
"""The transfers or the sessions of a station."""
Changes = list[tuple[Any, Any]]
"""Of parts: what each was, None if it is new, and what it is now."""


def changes_of(before: Parts, after: Parts) -> Changes:
    """Return which transfers or sessions are others than before, each with what it was; None: new."""
    return [(was, now) for key, now in after.items() if (was := before.get(key)) is not now]


def put_station(batch: Batch, was: Station | None, now: Station) -> None:
    """Put what changed of a station but its transfers and sessions into the batch."""
    key = now.id
    batch.removes.discard(("station", key))
    bodies, noun = batch.bodies.setdefault("station", {}), replace(now, transfers={}, sessions={})
    if was is None or not _station_stands(was, now) or ("station", key) in batch.puts:
        bodies.pop(key, None)
        batch.puts["station", key] = noun
    else:
        bodies[key] = written(noun)


def put_changes(batch: Batch, kind: str, changes: Changes) -> bool:
    """Put what changed into the batch; most changes touch nothing that one can search by. Tell whether anything is settled."""
    stands = _STANDS[kind]
    bodies, puts, settled = batch.bodies.setdefault(kind, {}), batch.puts, False
    for was, now in changes:
        key = now.number
        if was is None or not stands(was, now) or (puts and (kind, key) in puts):
            bodies.pop(key, None)
            puts[kind, key] = now
        else:
            bodies[key] = written(now)
        settled = settled or now.settled
    return settled


def _station_stands(was: Station, now: Station) -> bool:
    """Tell whether its searchable columns hold the very same objects."""
    return (
        was.connected is now.connected and was.registration is now.registration and was.wire is now.wire and was.zone is now.zone
    )


def _transfer_stands(was: EnergyTransfer, now: EnergyTransfer) -> bool:
    """Tell whether the searchable columns hold the very same objects: where equal ones are others, the row is written whole."""
    return (
        was.state is now.state
        and was.session is now.session
        and was.began is now.began
        and was.ended is now.ended
        and was.subject is now.subject
        and was.settled is now.settled
    )


def _session_stands(was: ServiceSession, now: ServiceSession) -> bool:
    return (
        was.state is now.state
        and was.evse is now.evse
        and was.opened is now.opened
        and was.closed is now.closed
        and was.subject is now.subject
        and was.settled is now.settled
    )


def unsettled(parts: Parts) -> Parts:
    """Return what stays in memory."""
    return {key: part for key, part in parts.items() if not part.settled}


_STANDS: dict[str, Callable[[Any, Any], bool]] = {"transfer": _transfer_stands, "session": _session_stands}
