# SPDX-License-Identifier: Apache-2.0
"""What an EV means to take: kept where it stays below what it was offered, else it is offered the same anew (8.2.3, A3)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Effect
from open63110.kernel.units import Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.limit import WHOLE, Limit
from open63110.model.needs import EvPlanAnswer, EvPlanStated
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.csms import send_again
from open63110.usecases.energy.smart_charging.messages import EvPlanRefused
from open63110.usecases.energy.smart_charging.readback import AROUND, ROUNDING


def hear(event: EvPlanStated, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Compare it with what the station was sent, or has confirmed; one that is above is never kept as the transfer's.

    Raises:
        Unknown: no energy flows there.
    """
    found = _named(event, station)
    above = next((said for limit in _limits(found, station, now) if (said := _above(found, limit)) is not None), None)
    if above is None:
        yield found
        yield EvPlanAnswer(accepted=True)
        return
    since, limit = above
    yield EvPlanRefused(
        station=station.id, at=now, evse=found.evse, reference=found.reference, since=since, limit=limit, periods=found.periods
    )
    if may_be_ordered(station):
        yield from send_again(station, found.evse, now, policy)
    yield EvPlanAnswer(accepted=False)


def _named(event: EvPlanStated, station: Station) -> EvPlanStated:
    """Return it with the transfer it is about: the one that runs at its EVSE, where it names none."""
    running = (one.reference for one in station.transfers.values() if one.evse == event.evse and one.ended is None)
    reference = event.reference or next(running, TransferReference(""))
    if reference in station.transfers:
        return replace(event, reference=reference)
    raise Unknown(f"no transfer runs at EVSE {event.evse}", code="NoTransaction", where="evse")


def _limits(event: EvPlanStated, station: Station, now: datetime) -> Iterator[Limit]:
    limits = station.limits
    for evse in (event.evse, WHOLE):
        known = limits.in_force.get(evse)
        limit = limits.asked.get(evse) or (known.asked if known else None)
        if limit is not None and limit.valid(now):
            yield limit


def _above(event: EvPlanStated, limit: Limit) -> tuple[datetime, Watts] | None:
    """Return when a plan is above a limit first, and what is allowed then; None: it never is."""
    first = event.periods[0].start if event.periods else limit.since
    later = (one.since + AROUND for one in limit.ahead if one.since > first)
    for at in sorted(chain((one.start for one in event.periods), later)):
        if not limit.valid(at):
            return None
        allowed = max(limit.allows(at), limit.allows(at + AROUND), limit.allows(at - AROUND))
        if _planned(event, at) > allowed * ROUNDING + 1.0:
            return at, allowed
    return None


def _planned(event: EvPlanStated, at: datetime) -> Watts:
    power = Watts(0.0)
    for one in event.periods:
        if one.start <= at:
            power = one.power
    return power


def stated(event: EvPlanStated, station: Station) -> Station:
    """Its transfer goes by it."""
    transfer = station.transfers[event.reference]
    base = None if transfer.base is None else replace(transfer.base, plan=event.periods)
    return replace(station, transfers={**station.transfers, event.reference: replace(transfer, plan=event.periods, base=base)})
