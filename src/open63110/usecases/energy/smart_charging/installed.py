# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: which profiles a station holds, put together from its report and compared with what it should hold (8.2.3).

A station may hold what this CSMS forgot, what another CSMS set before it, and what others set beside it. The first two are
cleared, for they may lie above what counts now; what others set is theirs: it limits further, and is shown.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.exposure import rating
from open63110.model.external import ExternalLimit, ExternalLimitSet
from open63110.model.installed import Installed, Profiles, ProfilesReported
from open63110.model.limit import Confirmed, Limit
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import evolve, external
from open63110.usecases.energy.smart_charging.csms import send_again
from open63110.usecases.energy.smart_charging.messages import LimitDiffers, LimitInForce
from open63110.usecases.energy.smart_charging.profile_messages import (
    AskProfiles,
    ClearProfile,
    GiveUpProfiles,
    ProfileCleared,
    ProfilesAsked,
    ProfilesUnreported,
)
from open63110.usecases.energy.smart_charging.readback import difference
from open63110.usecases.energy.smart_charging.sending import FAIL_SAFE_VALUE
from open63110.usecases.energy.smart_charging.station import flows

TELLING: Final = frozenset({"ocpp2.0.1", "ocpp2.1"})
"""Wires on which a station can say which profiles it holds."""

PLAIN: Final = frozenset({"ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"})
"""Purposes of limits, of which a CSMS has one; others of 2.1 lie beside them."""

WITHIN: Final = timedelta(seconds=60)
"""How long the next part of a report may take, beyond the time that an order may."""

MOST: Final = 1_000
"""Profiles of a report; of one with more nothing is kept."""

MOST_STEPS: Final = 4_096
"""Later steps of all profiles of a report together: they are written with the station, and four schedules may have so many."""

_WAKE = "profiles"


def ask(command: AskProfiles, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Ask; a report of an earlier question does not count any more.

    Raises:
        Unavailable: the station is not there.
    """
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    request = station.profiles.asked + 1
    yield ProfilesAsked(station=station.id, at=now, request=request)
    yield _patience(station, request, now, policy)
    yield replace(command, request=request)


def _patience(station: Station, request: int, now: datetime, policy: Policy) -> Wake:
    until = now + timedelta(seconds=policy.order_deadline) + WITHIN
    return Wake(name=_WAKE, at=until, command=GiveUpProfiles(station=station.id, request=request))


def give_up(command: GiveUpProfiles, station: Station, now: datetime) -> Iterator[Effect]:
    """Wait no longer; the station is asked again when it comes back, or when somebody wants to know."""
    if station.profiles.request == command.request:
        yield ProfilesUnreported(station=station.id, at=now, request=command.request)


def clear(command: ClearProfile, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Unknown: the station did not say that it holds such a profile.
        Unavailable: it is not there.
    """
    if command.profile not in {one.id for one in station.profiles.known}:
        raise Unknown(f"{station.id} reported no profile {command.profile}", code="UnknownProfile", where="profile")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def hear_cleared(event: ProfileCleared, station: Station) -> Iterator[Effect]:
    """Keep it, if it was known."""
    if any(one.id == event.profile for one in station.profiles.known):
        yield event


def hear(event: ProfilesReported, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep another part; once all is there, compare. What answers no question of ours says nothing of now.

    One that does not end is given up: what is compared in parts would be taken for lost.
    """
    if station.profiles.request != event.request:
        return
    so_far = (*station.profiles.parts, *event.profiles)
    if len(so_far) > MOST or sum(len(one.ahead) for one in so_far) > MOST_STEPS:
        yield ProfilesUnreported(station=station.id, at=now, request=event.request, reason="TooMany")
        yield Wake(name=_WAKE, at=now, command=None)
        return
    yield event
    after = reported(event, station)
    if event.more:
        yield _patience(station, event.request, now, policy)
        return
    yield Wake(name=_WAKE, at=now, command=None)
    for one in after.profiles.known:
        if _superfluous(one, after):
            yield ClearProfile(station=station.id, profile=one.id)
    yield from _others(after, now)
    yield from _own(after, now, policy)


def _superfluous(one: Installed, station: Station) -> bool:
    """Tell whether a CSMS set it and it means nothing any more: it is of nobody here, or of a place that is not limited."""
    if one.source != "cso" or one.purpose not in PLAIN:
        return False
    if not one.ours:
        return True
    limits = station.limits
    over = bool(one.transfer) and not flows(station, one.evse, one.transfer)
    return over or (one.evse not in limits.in_force and one.evse not in limits.asked)


def _others(station: Station, now: datetime) -> Iterator[Effect]:
    """Take note of what others allow: of several profiles of one of them at one place the least."""
    least: dict[str, ExternalLimit] = {}
    for one in station.profiles.known:
        if one.source == "cso" or one.limit is None:
            continue
        said = _external(one, station, now)
        known = least.get(said.place)
        if known is None or said.limit is None or known.limit is None or said.limit < known.limit:
            least[said.place] = said
    for said in least.values():
        yield from external.hear_set(ExternalLimitSet(station=station.id, at=now, limit=said), station)


def _external(one: Installed, station: Station, now: datetime) -> ExternalLimit:
    generation = one.purpose == "LocalGeneration"
    said = ExternalLimit(
        evse=one.evse,
        source=one.source,
        since=now,
        limit=one.limit,
        ahead=one.ahead,
        until=one.until,
        generation=generation,
        at_soc=one.at_soc,
    )
    known = station.external.get(said.place)
    return said if known is None else replace(said, critical=known.critical, export=known.export)


def _own(station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Tell a station again what it confirmed and does not hold, or holds otherwise."""
    for evse, known in station.limits.in_force.items():
        if evse in station.limits.asked or not known.asked.valid(now):
            continue
        wrong = _wrong(station, evse, known, now)
        if wrong is not None:
            yield wrong
            yield from send_again(evolve.differs(wrong, station), evse, now, policy)
        elif not _safe_is_there(station, evse, known.asked):
            yield from send_again(station, evse, now, policy)


def _wrong(station: Station, evse: EvseNumber, known: Confirmed, now: datetime) -> LimitDiffers | None:
    bound = known.asked.transfer
    held = next((one for one in _ours(station, evse) if not one.safe and one.transfer == bound), None)
    if held is None or held.limit is None:
        allows = max(rating(station, evse), known.asked.limit)
        return LimitDiffers(station=station.id, at=now, evse=evse, since=now, limit=allows, asked=known.asked.allows(now))
    said = LimitInForce(station=station.id, at=now, evse=evse, limit=held.limit, ahead=held.ahead)
    return difference(said, station, now)


def _safe_is_there(station: Station, evse: EvseNumber, asked: Limit) -> bool:
    if asked.failsafe is None or FAIL_SAFE_VALUE not in station.lacks or station.limits.levels == 0:
        return True
    return any(one.safe for one in _ours(station, evse))


def _ours(station: Station, evse: EvseNumber) -> Iterator[Installed]:
    return (one for one in station.profiles.known if one.ours and one.evse == evse)


# -- what the facts change --


def asked(event: ProfilesAsked, station: Station) -> Station:
    """An answer is awaited."""
    return _with(station, replace(station.profiles, request=event.request, asked=event.request, since=event.at, parts=()))


def reported(event: ProfilesReported, station: Station) -> Station:
    """What came before waits for its rest; once all is there it replaces what was known."""
    known = station.profiles
    if known.request != event.request:  # at the station itself nothing is awaited
        return station
    parts = (*known.parts, *event.profiles)
    if event.more:
        return _with(station, replace(known, parts=parts))
    return _with(station, Profiles(known=parts, at=event.at, asked=known.asked))


def unreported(event: ProfilesUnreported, station: Station) -> Station:
    """What was known counts on."""
    return _with(station, replace(station.profiles, request=None, since=None, parts=(), trouble=event.reason))


def cleared(event: ProfileCleared, station: Station) -> Station:
    """It is gone."""
    left = tuple(one for one in station.profiles.known if one.id != event.profile)
    return _with(station, replace(station.profiles, known=left))


def _with(station: Station, profiles: Profiles) -> Station:
    return replace(station, profiles=profiles)
