# SPDX-License-Identifier: Apache-2.0
"""At a station: what is relative begins with each energy transfer, and what was meant for the next one is bound to it (8.2.3)."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.limit import Limit
from open63110.model.phases import phases_of
from open63110.model.profile import ChargingProfile
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging.messages import LimitAccepted, LimitWithdrawn
from open63110.usecases.energy.smart_charging.profile_terms import limit_of


def running(station: Station, evse: EvseNumber) -> EnergyTransfer | None:
    """Return the energy transfer that runs at an EVSE; None: none does."""
    return next((one for one in station.transfers.values() if one.evse == evse and one.ended is None), None)


def turned(station: Station, now: datetime) -> Iterator[LimitAccepted | LimitWithdrawn]:
    """Let what is relative begin with the transfer that has begun, or wait for the next one; bind to it what was meant for it."""
    for key, one in station.limits.desired.items():
        if one.cycle is None or one.whole is None:
            continue
        transfer = running(station, one.evse)
        began = None if transfer is None else transfer.began
        if one.cycle.waits and transfer is not None:
            yield LimitWithdrawn(station=station.id, at=now, evse=one.evse, source=one.source, place=key)
            limit = _bound(one.whole, transfer, station, now)
            yield LimitAccepted(station=station.id, at=now, limit=limit, place=f"{one.evse}/{one.level}/transfer")
        elif one.cycle.relative and began != one.cycle.start:
            begun = replace(one, cycle=replace(one.cycle, start=began))
            yield LimitAccepted(station=station.id, at=now, limit=begun, place=key)


def _bound(profile: ChargingProfile, transfer: EnergyTransfer, station: Station, now: datetime) -> Limit:
    """Return a profile as the limit of the transfer that it waited for."""
    phases = phases_of(station, transfer.evse, transfer.reference)
    return limit_of(replace(profile, transfer=transfer.reference), transfer.evse, now, transfer.began, phases)
