# SPDX-License-Identifier: Apache-2.0
"""Limits that are updated as a whole: a station asks for the newest when it has heard none for a while (8.2.9, OCPP 2.1 K28)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Effect, Reply, Wake
from open63110.model.limit import Limit
from open63110.model.profile import ScheduleUpdate
from open63110.model.station import Station

_WAKE: Final = "pull-limits"

SOON: Final = timedelta(seconds=1)


class PullLimit(Command, frozen=True, kw_only=True, gc=False):
    """What does the dynamic limit of a place allow by now?"""

    evse: EvseNumber | None
    """0: the station as a whole; None: it is of no place that a CSMS like this gives ids for."""
    transfer: bool = False
    """It is bound to the energy transfer there."""
    profile: int = 0
    """Id by which whoever set it calls it on OCPP; 0: that of a CSMS like this."""


class PulledLimit(Reply, frozen=True, kw_only=True, gc=False):
    """What it allows: as a limit, or as somebody had it updated."""

    limit: Limit | None = None
    update: ScheduleUpdate | None = None


class PullLimits(Command, frozen=True, kw_only=True, gc=False):
    """At a station: look which limits were not updated for as long as they may be."""


def tell(command: PullLimit, station: Station, now: datetime) -> Iterator[Effect]:
    """At the CSMS: say what was sent last, whether it is answered or not: with more than that nobody reckons (I15).

    Raises:
        Unknown: no dynamic limit was sent to that place, or it is over.
    """
    wanted = next((one for one in station.profiles.wanted if one.profile == command.profile), None)
    if wanted is not None and wanted.update is not None:
        yield PulledLimit(update=wanted.update)
        return
    sent = _sent(station, command.evse) if command.evse is not None else None
    if sent is None or not sent.dynamic or not sent.valid(now) or bool(sent.transfer) != command.transfer:
        raise Unknown(f"{station.id} has no such dynamic limit", code="UnknownProfile", where="profile")
    yield PulledLimit(limit=sent)


def _sent(station: Station, evse: EvseNumber) -> Limit | None:
    known = station.limits.in_force.get(evse)
    return station.limits.asked.get(evse) or (known.asked if known is not None else None)


def pull(_: PullLimits, station: Station, now: datetime) -> Iterator[Effect]:
    """At a station: ask for the newest of each limit that is due."""
    for one in _pulled(station, now):
        if _due(one) <= now:
            yield PullLimit(station=station.id, evse=one.evse, transfer=bool(one.transfer), profile=one.profile)
    yield again(station, now)


def again(station: Station, now: datetime) -> Wake:
    """Return when to look again; one that was asked for and did not come is asked for as often as it should be updated."""
    moments = [
        _due(one) if _due(one) > now else now + max(SOON, timedelta(seconds=one.every or 0)) for one in _pulled(station, now)
    ]
    command = PullLimits(station=station.id) if moments else None
    return Wake(name=_WAKE, at=min(moments, default=now), command=command)


def _pulled(station: Station, now: datetime) -> list[Limit]:
    return [one for one in station.limits.desired.values() if one.dynamic and one.every and one.valid(now)]


def _due(limit: Limit) -> datetime:
    return limit.since + timedelta(seconds=limit.every or 0)
