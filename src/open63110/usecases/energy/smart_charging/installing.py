# SPDX-License-Identifier: Apache-2.0
"""Charging profiles whole: the CSMS has a station hold one, and a station keeps to it when it counts (8.2.3).

They lie beside the limits of this CSMS, and only ever lower what may flow. Where such a limit counts, no profile of the same kind
may lie above it; and when one is set, profiles that could are cleared.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.installed import Wanted
from open63110.model.limit import WHOLE, Limit
from open63110.model.phases import phases_of
from open63110.model.policy import StationPolicy
from open63110.model.profile import PLAIN_PURPOSES, WHOLE_PURPOSE, ChargingProfile, ScheduleUpdate, demand_profile
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import evolve
from open63110.usecases.energy.smart_charging.messages import LimitAccepted, LimitAnswer, LimitWithdrawn
from open63110.usecases.energy.smart_charging.profile_messages import (
    InstallProfile,
    ProfileInstalled,
    ProfileUpdated,
    UpdateProfile,
)
from open63110.usecases.energy.smart_charging.profile_terms import limit_of
from open63110.usecases.energy.smart_charging.station import demand, flows, offer, settle
from open63110.usecases.energy.smart_charging.turning import running

OF_THE_WHOLE: Final = frozenset({WHOLE_PURPOSE, "LocalGeneration"})
"""Purposes of profiles that say how much a station as a whole may draw."""


def ask(command: InstallProfile, station: Station) -> Iterator[Effect]:
    """Pass it on, if no limit of this CSMS counts there that it could lie above.

    Raises:
        Malformed: it is none.
        Unknown: the station has no such EVSE, or the transfer does not run there.
        Refused: such a limit counts there.
        Unavailable: the station is not there.
    """
    demand_profile(command.profile, command.evse)
    demand(command.evse, station)
    profile = command.profile
    if profile.purpose == "TxProfile" and not flows(station, command.evse, profile.transfer):
        raise Unknown(f"no transfer {profile.transfer} runs at EVSE {command.evse}", code="TxNotFound", where="transfer")
    counts = next((one for one in (*station.limits.in_force, *station.limits.asked) if _above(command, one)), None)
    if counts is not None:
        words = f"a limit of this CSMS counts at {f'EVSE {counts}' if counts else 'the station as a whole'}"
        raise Refused(words, code="LimitCounts", where="evse", remedy="withdraw the limit")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def _above(command: InstallProfile, limited: EvseNumber) -> bool:
    if command.profile.purpose in OF_THE_WHOLE:
        return limited == WHOLE
    return limited != WHOLE and command.evse in {WHOLE, limited}


def hear(event: ProfileInstalled | ProfileUpdated) -> Iterator[Effect]:
    """Keep that it is wanted: it is not taken for what an earlier CSMS left."""
    yield event


def installed(event: ProfileInstalled, station: Station) -> Station:
    """It is wanted."""
    others = tuple(one for one in station.profiles.wanted if one.profile != event.profile)
    wanted = (*others, Wanted(profile=event.profile, evse=event.evse, whole=event.purpose in OF_THE_WHOLE, update=event.update))
    return replace(station, profiles=replace(station.profiles, wanted=wanted))


def ask_update(command: UpdateProfile, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed: it updates nothing.
        Unknown: nobody had the station hold such a dynamic profile through this CSMS.
        Unavailable: the station is not there.
    """
    if command.update == ScheduleUpdate():
        raise Malformed("an update says what changes", code="InvalidValue", where="update")
    if all(one.profile != command.profile or one.update is None for one in station.profiles.wanted):
        raise Unknown(f"{station.id} holds no dynamic profile {command.profile}", code="UnknownProfile", where="profile")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def updated(event: ProfileUpdated, station: Station) -> Station:
    """It allows that from now on."""
    wanted = tuple(
        replace(one, update=event.update.onto(one.update)) if one.profile == event.profile else one
        for one in station.profiles.wanted
    )
    return replace(station, profiles=replace(station.profiles, wanted=wanted))


# -- at a station --


def obey(command: InstallProfile, station: Station, now: datetime, policy: StationPolicy) -> Iterator[Effect]:
    """Hold it, in place of another with its id, or of the same level there; keep to it while it counts.

    Raises:
        Malformed: it is none.
        Unknown: there is no such EVSE, or the energy transfer that it is for does not run there.
        Expired: it would have ended already.
        NotSupported: it wants what no station of this product does.
    """
    demand_profile(command.profile, command.evse)
    demand(command.evse, station)
    if command.profile.purpose not in PLAIN_PURPOSES:
        raise NotSupported(f"{command.profile.purpose} is no limit", code="UnsupportedParam", where="purpose")
    places = tuple(station.evses) if command.evse == WHOLE and command.profile.purpose != WHOLE_PURPOSE else (command.evse,)
    taken = dict(_taken(command.profile, evse, station, now, policy) for evse in places)
    after = station
    for key, one in station.limits.desired.items():
        if one.profile == command.profile.id and key not in taken:
            gone = LimitWithdrawn(station=station.id, at=now, evse=one.evse, source=one.source, place=key)
            yield gone
            after = evolve.withdrawn(gone, after)
    for key, limit in taken.items():
        accepted = LimitAccepted(station=station.id, at=now, limit=limit, place=key)
        yield accepted
        after = evolve.accepted(accepted, after)
    yield from settle(after, now, enter=False)
    found = offer(after, command.evse, now)
    yield LimitAnswer(evse=command.evse, limit=found.limit, by=found.by or "command")


def _taken(
    profile: ChargingProfile, evse: EvseNumber, station: Station, now: datetime, policy: StationPolicy
) -> tuple[str, Limit]:
    transfer = station.transfers.get(profile.transfer) if profile.transfer else running(station, evse)
    if profile.purpose == "TxProfile" and transfer is not None:
        profile = replace(profile, transfer=transfer.reference)
    if profile.transfer and not flows(station, evse, profile.transfer):
        raise Unknown(f"no transfer {profile.transfer} runs at EVSE {evse}", code="TxNotFound", where="transfer")
    limit = limit_of(profile, evse, now, None if transfer is None else transfer.began, phases_of(station, evse, profile.transfer))
    if limit.cycle is not None and limit.cycle.waits:
        limit = replace(limit, until=now + timedelta(seconds=policy.connection_timeout))
    if not limit.valid(now):
        raise Expired("it would have ended already", code="InvalidSchedule", where="until")
    kind = "/next" if limit.cycle is not None and limit.cycle.waits else "/transfer" if limit.transfer else ""
    return f"{evse}/{limit.level}{kind}", limit
