# SPDX-License-Identifier: Apache-2.0
"""What a charging station says of the limits it was told, one by one, and how it drops one of them (8.2.3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.messages import Effect
from open63110.model.external import ExternalLimit
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.limit import WHOLE, Limit
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import evolve
from open63110.usecases.energy.smart_charging.messages import LimitCleared, LimitWithdrawn
from open63110.usecases.energy.smart_charging.profile_messages import AskProfiles, ClearProfile, ClearProfiles, ProfilesAnswer
from open63110.usecases.energy.smart_charging.profile_terms import upcoming
from open63110.usecases.energy.smart_charging.station import settle

NO_PROFILES: Final = "NoProfiles"

EXTERNAL_PURPOSE: Final = "ChargingStationExternalConstraints"


def tell(command: AskProfiles, station: Station, now: datetime) -> Iterator[Effect]:
    """Report what it holds of what was asked for, a part for each place and whoever set it.

    Raises:
        Unknown: it holds nothing of that.
    """
    criteria = command.criteria
    held = sorted((one for one in _held(station, now) if criteria.fits(one)), key=lambda one: (one.evse, one.source, one.id))
    if not held:
        raise Unknown(f"{station.id} holds no such profile", code=NO_PROFILES)
    places = sorted({(one.evse, one.source) for one in held})
    for place in places:
        part = tuple(one for one in held if (one.evse, one.source) == place)
        more = place != places[-1]
        yield ProfilesReported(station=station.id, at=now, request=command.request, profiles=part, more=more)
    yield ProfilesAnswer(count=len(held))


def _held(station: Station, now: datetime) -> Iterator[Installed]:
    for one in station.limits.desired.values():
        if one.valid(now):
            yield _told(one, now)
    for number, other in enumerate(station.external.values(), start=1):
        if other.limit is not None:
            yield _external(other, -number)


def _told(one: Limit, now: datetime) -> Installed:
    return Installed(
        id=one.profile,
        evse=one.evse,
        source="cso",
        purpose=_purpose(one),
        level=one.level if one.whole is None else one.whole.level,
        transfer=one.transfer,
        limit=one.allows(now) if one.counts(now) else None,
        ahead=upcoming(one, now),
        until=one.until,
        safe=one.level == 0,
        dynamic=one.dynamic != "",
        updated=one.since if one.dynamic else None,
        phase=one.phase,
        whole=one.whole,
    )


def _purpose(one: Limit) -> str:
    if one.whole is not None:
        return one.whole.purpose
    return "ChargingStationMaxProfile" if one.evse == WHOLE else "TxProfile" if one.transfer else "TxDefaultProfile"


def _external(one: ExternalLimit, number: int) -> Installed:
    """Return what others set; ids below 0 are theirs (OCPP 2.1)."""
    return Installed(
        id=number,
        evse=one.evse,
        source=one.source,
        purpose="LocalGeneration" if one.generation else EXTERNAL_PURPOSE,
        level=0,
        limit=one.limit,
        ahead=one.ahead,
        until=one.until,
    )


def clear(command: ClearProfile, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep to it no more; what else it was told at the same place goes on counting.

    Raises:
        Unknown: it holds none of this id.
    """
    meant = [(key, one) for key, one in station.limits.desired.items() if one.profile == command.profile]
    if not meant or not command.profile:
        raise Unknown(f"{station.id} holds no profile {command.profile}", code="UnknownProfile", where="profile")
    yield from _dropped(meant, station, now)


def clear_some(command: ClearProfiles, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep to none of them any more. What was set for all EVSEs at once is held by each of them.

    Raises:
        Unknown: it holds nothing that fits.
    """
    everywhere = command.evse == WHOLE and command.purpose == "TxDefaultProfile"
    criteria = replace(command, evse=None).criteria if everywhere else command.criteria
    meant = [(key, one) for key, one in station.limits.desired.items() if criteria.fits(_told(one, now))]
    if not meant:
        raise Unknown(f"{station.id} holds no such profile", code="UnknownProfile")
    yield from _dropped(meant, station, now)


def _dropped(meant: Sequence[tuple[str, Limit]], station: Station, now: datetime) -> Iterator[Effect]:
    after = station
    for key, one in meant:
        gone = LimitWithdrawn(station=station.id, at=now, evse=one.evse, source=one.source, place=key)
        yield gone
        after = evolve.withdrawn(gone, after)
        if one.evse in after.limits.in_force and not any(left.evse == one.evse for left in after.limits.desired.values()):
            cleared = LimitCleared(station=station.id, at=now, evse=one.evse)
            yield cleared
            after = evolve.cleared(cleared, after)
    yield from settle(after, now, enter=False)
