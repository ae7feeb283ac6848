# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: which profiles a station holds, put together from its report and compared with what it should hold (8.2.3).

A station may hold what this CSMS forgot, what another CSMS set before it, and what others set beside it. The first two are
cleared, for they may lie above what counts now; what others set is theirs: it limits further, and is shown.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.exposure import rating
from open63110.model.external import ExternalLimit, ExternalLimitSet
from open63110.model.installed import Installed, Profiles, ProfilesReported
from open63110.model.limit import WHOLE, Confirmed, Limit
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import evolve, external
from open63110.usecases.energy.smart_charging.csms import send_again
from open63110.usecases.energy.smart_charging.messages import LimitDiffers, LimitInForce
from open63110.usecases.energy.smart_charging.profile_messages import (
    AskProfiles,
    ClearProfile,
    ClearProfiles,
    Criteria,
    GiveUpProfiles,
    ProfileCleared,
    ProfilesAsked,
    ProfilesCleared,
    ProfilesUnreported,
)
from open63110.usecases.energy.smart_charging.readback import difference
from open63110.usecases.energy.smart_charging.sending import FAIL_SAFE_VALUE
from open63110.usecases.energy.smart_charging.station import demand, flows

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

OURS: Final = 2
"""So many levels of the stack, from 0 on, are taken by the limits of this CSMS."""

_WAKE = "profiles"


def ask(command: AskProfiles, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Ask; a report of an earlier question does not count any more, but that of all is not given up for that of some.

    Raises:
        Unavailable: the station is not there, or is about to report all it holds.
    """
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    known, partly = station.profiles, command.criteria != Criteria()
    if partly and known.request is not None and not known.partly:
        raise Unavailable(f"{station.id} is reporting all its profiles", code="ReportUnderWay", remedy="wait for it")
    request = known.asked + 1
    yield ProfilesAsked(station=station.id, at=now, request=request, partly=partly)
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
        Unknown: the station did not say that it holds such a profile, although it could.
        Unavailable: it is not there.
    """
    ids = {one.id for one in station.profiles.known} | {one.profile for one in station.profiles.wanted}
    if station.wire in TELLING and command.profile not in ids:
        raise Unknown(f"{station.id} reported no profile {command.profile}", code="UnknownProfile", where="profile")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def clear_some(command: ClearProfiles, station: Station) -> Iterator[Effect]:
    """Pass it on, if it takes no limit away that counts here: that is withdrawn, so that nobody reckons with it any more.

    Raises:
        Refused: it would.
        Unknown: the station has no such EVSE.
        Unavailable: it is not there.
    """
    if command.evse is not None:
        demand(command.evse, station)
    hit = next((evse for evse in (*station.limits.in_force, *station.limits.asked) if _hits(command, evse)), None)
    if hit is not None:
        where = f"EVSE {hit}" if hit else "the station as a whole"
        words = f"a limit of this CSMS counts at {where}"
        raise Refused(words, code="LimitCounts", remedy="withdraw the limit, or name other profiles")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def _hits(command: ClearProfiles, evse: EvseNumber) -> bool:
    purposes = {"", "ChargingStationMaxProfile"} if evse == WHOLE else {"", "TxDefaultProfile", "TxProfile"}
    return command.evse in {None, evse} and command.purpose in purposes and (command.level is None or command.level < OURS)


def hear_some_cleared(event: ProfilesCleared, station: Station) -> Iterator[Effect]:
    """Keep it, if any of them was known."""
    if any(event.criteria.fits(one) for one in station.profiles.known):
        yield event


def hear_cleared(event: ProfileCleared, station: Station) -> Iterator[Effect]:
    """Keep it, if it was known, or wanted."""
    known = station.profiles
    if any(one.id == event.profile for one in known.known) or any(one.profile == event.profile for one in known.wanted):
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
    if station.profiles.partly:
        return
    for one in after.profiles.known:
        if _superfluous(one, after):
            yield ClearProfile(station=station.id, profile=one.id)
    yield from _others(after, now)
    yield from _own(after, now, policy)


def _superfluous(one: Installed, station: Station) -> bool:
    """Tell whether a CSMS set it and it means nothing any more: it is of nobody here, or of a place that is not limited."""
    if one.source != "cso" or one.purpose not in PLAIN:
        return False
    if any(each.profile == one.id for each in station.profiles.wanted):
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
    asked = replace(station.profiles, request=event.request, asked=event.request, since=event.at, parts=(), partly=event.partly)
    return _with(station, asked)


def reported(event: ProfilesReported, station: Station) -> Station:
    """What came before waits for its rest; once all is there it replaces what was known."""
    known = station.profiles
    if known.request != event.request:  # at the station itself nothing is awaited
        return station
    parts = (*known.parts, *event.profiles)
    if event.more:
        return _with(station, replace(known, parts=parts))
    if known.partly:
        told = {_key(one) for one in parts}
        left = tuple(one for one in known.known if _key(one) not in told)
        return _with(station, replace(known, known=(*left, *parts), request=None, since=None, parts=(), partly=False))
    held = {one.id for one in parts}
    wanted = tuple(one for one in known.wanted if one.profile in held)
    return _with(station, Profiles(known=parts, at=event.at, asked=known.asked, wanted=wanted))


def _key(one: Installed) -> tuple[int, EvseNumber, str]:
    return one.id, one.evse, one.source


def unreported(event: ProfilesUnreported, station: Station) -> Station:
    """What was known counts on."""
    return _with(station, replace(station.profiles, request=None, since=None, parts=(), trouble=event.reason, partly=False))


def cleared(event: ProfileCleared, station: Station) -> Station:
    """It is gone."""
    known = station.profiles
    left = tuple(one for one in known.known if one.id != event.profile)
    return _with(station, replace(known, known=left, wanted=tuple(one for one in known.wanted if one.profile != event.profile)))


def some_cleared(event: ProfilesCleared, station: Station) -> Station:
    """They are gone."""
    left = tuple(one for one in station.profiles.known if not event.criteria.fits(one))
    return _with(station, replace(station.profiles, known=left))


def _with(station: Station, profiles: Profiles) -> Station:
    return replace(station, profiles=profiles)
