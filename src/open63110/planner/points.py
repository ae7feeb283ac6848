# SPDX-License-Identifier: Apache-2.0
"""What the safety loop knows of each EVSE: what it can, what its EV wants, what it may draw, and whether it can be told."""

import functools
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.authorization import may_be_ordered
from open63110.model.exposure import changes, holds
from open63110.model.external import ExternalLimit
from open63110.model.limit import PHASE, UNRATED, WHOLE, Confirmed, Limit, LimitScope, LimitSource, place
from open63110.model.needs import Needs
from open63110.model.station import CLOCK, Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.pilot import pilot
from open63110.planner.wiring import terminals, used, watts

FRESH: Final = timedelta(seconds=180)
"""How long what a station measured says anything about now."""

SETTLED: Final = timedelta(seconds=20)
"""How long after a limit was confirmed what is measured says how the EV follows it."""

UNSURE: Final = timedelta(seconds=60)
"""How exactly it is known by how much a wrong clock is wrong."""

RIGHT: Final = timedelta()

_ZONE: Final = LimitScope.ZONE  # asking an enumeration for a member costs as much as a call
_OPERATOR: Final = LimitSource.OPERATOR

OVER: Final = 1.05
"""How far above its limit a station may measure before it counts as not keeping to it; meters and EVs are not exact."""

OVER_WATTS: Final = 300.0

BOUNDLESS: Final = 1e4
"""What an EVSE may be given of which nobody said what it can [A]."""


class Spot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One EVSE, or a station of which no EVSE is known; currents are of each phase it uses [A], powers in all [W]."""

    station: StationId
    evse: EvseNumber
    at: EvseNumber
    """Where its limit is set: 0 where its station has no other."""
    node: str
    """What its station says feeds it; empty: what feeds its zone."""
    wiring: str
    """Of the phases its EV uses."""
    factor: float
    """Power of one ampere on each of them [W/A]."""
    said: float
    """What a limit says in W for one ampere of each phase of the EVSE, whatever its EV uses of them [W/A].

    Stations that take A count with 230 V, those that take W with what they measure; so neither draws more than was meant."""
    can: float
    """What it can give, and the EV can take [A]."""
    rated: float
    """What it is taken to draw where nothing limits it [A]."""
    bound: float
    """What it could draw there: as much as can be where nobody said what it can [A]."""
    pilots: tuple[float, ...]
    least: float
    """Below this the EV stops [A]."""
    most: float
    """What it may draw at most now [A] (I15)."""
    wished: float | None
    """What it is wanted to keep to [A]; None: nothing."""
    usable: bool
    """It can be told something, and does what it is told."""
    refused: str
    state: str
    """idle, active or full."""
    transfer: EnergyTransfer | None
    needs: Needs | None
    measured: float | None
    """What it draws [W], if that was measured lately."""
    settled: bool
    """What was measured says how its EV follows what it was offered."""
    over: bool
    """It draws more than it may."""
    whole: str = ""
    """Wiring of the EVSE, whatever its EV uses of it."""
    offered: float | None = None
    """What it is offered at least now [A]; None: nothing limits it, or nobody knows."""
    top: float | None = None
    """What its EV takes at most, as far as that was seen [A]."""
    timely: bool = True
    """What its station tells bears times that can be believed."""


class _Power(NamedTuple):
    rated: float
    factor: float
    said: float


class Spots(msgspec.Struct, frozen=True, gc=False):
    """The EVSEs of a station, good until something of it changes, or that moment."""

    of: Station
    rows: tuple[Spot, ...]
    until: datetime | None
    volts: float
    shared: bool
    """Its station is told shares alone, and nothing of its own."""


def spots(station: Station, volts: float, now: datetime) -> Spots:
    """Look at a station.

    Args:
        station: which.
        volts: from a phase to neutral where it stands [V].
        now: the moment.
    """
    numbers = sorted(station.evses) or [WHOLE]
    rows = tuple(_spot(station, number, WHOLE if len(numbers) == 1 else number, volts, now) for number in numbers)
    moments = [changes(station, now), *_stale(rows, now, _ahead(station))]
    return Spots(station, rows, min((one for one in moments if one is not None), default=None), volts, _shared(station))


def again(before: Spots, station: Station, now: datetime) -> Spots | None:
    """Look at a station once more of which nothing but its shares has changed, as a thousand do at a time; None: more has.

    Args:
        before: as it was looked at last, not too long ago.
        station: as it is.
        now: the moment.
    """
    if not before.shared or not _shared(station) or _beside_limits(before.of) != _beside_limits(station):
        return None
    ahead = _ahead(station)
    rows = tuple([_told(one, station, ahead, now) for one in before.rows])
    moments = [changes(station, now), *_stale(rows, now, ahead)]
    return Spots(station, rows, min((one for one in moments if one is not None), default=None), before.volts, shared=True)


_beside_limits: Final = attrgetter(
    "evses", "transfers", "connected", "registration", "flags", "clock_ahead", "lacks", "feeder", "external"
)
"""All that a spot is made of, but for what a station was told."""


def _shared(station: Station) -> bool:
    """Tell whether it is told shares alone, and nothing of its own."""
    return all(one.scope is _ZONE for one in station.limits.desired.values())


def _told(one: Spot, station: Station, ahead: timedelta, now: datetime) -> Spot:
    """Return a spot with what it was told, and confirmed, by now."""
    told = _most(station, one.evse, one.bound, one.said, now)
    may = one.rated if told == BOUNDLESS else told
    settled = one.measured is not None and _settled(station, one.at, one.transfer, ahead, now)
    over = _over(station, one.at, one.measured, may * one.factor, settled=settled)
    reached = may_be_ordered(station)
    refused = station.limits.refused.get(one.at, "") if reached else ""
    return replace(
        one,
        most=max(may, one.measured / one.factor) if over and one.measured is not None else may,
        wished=_wished(station, one.at, one.said),
        usable=reached and not refused,
        refused=refused,
        settled=settled,
        over=over,
        offered=_offered(station, one.at, one.said, now),
    )


def _over(station: Station, at: EvseNumber, measured: float | None, may: float, *, settled: bool) -> bool:
    """Tell whether it draws more than so much [W], as far as what was measured says anything of that."""
    return (settled or _untold(station, at)) and measured is not None and measured > OVER * may + OVER_WATTS


def _ahead(station: Station) -> timedelta:
    """Return how far the clock of a station is ahead of ours, as far as that is known."""
    return timedelta(seconds=station.clock_ahead) if CLOCK in station.flags else RIGHT


def _overtaken(transfer: EnergyTransfer, shown: datetime) -> bool:
    """Tell whether what it told last bears a time that its clock, set back meanwhile, has yet to show: newer things went by."""
    return transfer.newest is not None and transfer.newest > shown + UNSURE


def _untold_of(transfer: EnergyTransfer) -> EnergyTransfer:
    """Return an energy transfer of which only is known that it goes on."""
    return replace(transfer, power=None, state=None)


def _stale(rows: tuple[Spot, ...], now: datetime, ahead: timedelta) -> Iterator[datetime]:
    """Yield when what was measured says nothing any more."""
    for one in rows:
        newest = one.transfer.newest if one.transfer is not None else None
        if newest is not None and newest - ahead + FRESH > now:
            yield newest - ahead + FRESH


def _spot(station: Station, number: EvseNumber, at: EvseNumber, volts: float, now: datetime) -> Spot:
    evse = station.evses.get(number) or Evse(number=number)
    transfer = _running(station, number)
    needs = transfer.needs if transfer is not None else evse.needs
    wiring = used(evse.wiring, needs.phases) if needs is not None and needs.phases else evse.wiring
    factor, said = watts(wiring, volts), _said(evse.wiring, volts)
    rated = _rated(evse, watts(evse.wiring, volts))
    bound = rated if _known(evse) else BOUNDLESS
    told = _most(station, number, bound, said, now)
    may = rated if told == BOUNDLESS else told
    ahead = _ahead(station)
    seen = transfer if transfer is None or ahead is RIGHT or not _overtaken(transfer, now + ahead) else _untold_of(transfer)
    measured = _measured(seen, now + ahead)
    settled = measured is not None and _settled(station, at, transfer, ahead, now)
    over = _over(station, at, measured, may * factor, settled=settled)
    reached = may_be_ordered(station)
    refused = station.limits.refused.get(at, "") if reached else ""
    return Spot(
        station=station.id,
        evse=number,
        at=at,
        node=station.feeder,
        wiring=wiring,
        factor=factor,
        said=said,
        can=_can(station, evse, needs, _Power(rated, factor, said), now),
        rated=rated,
        bound=bound,
        pilots=tuple(map(float, evse.pilots)),
        least=pilot(evse.pilots).least,
        most=max(may, measured / factor) if over and measured is not None else may,
        wished=_wished(station, at, said),
        usable=reached and not refused,
        refused=refused,
        state=_state(seen),
        transfer=transfer,
        needs=needs,
        measured=measured,
        settled=settled,
        over=over,
        whole=evse.wiring,
        offered=_offered(station, at, said, now),
        timely=CLOCK not in station.flags,
    )


@functools.lru_cache(maxsize=1024)
def _said(wiring: str, volts: float) -> float:
    """Return what a limit says in W for one ampere: at most what a wire makes of it that turns W into A on each phase (I15)."""
    return min(watts(wiring, volts), PHASE * (1 if "-" in wiring else len(terminals(wiring))))


def share_of(station: Station, at: EvseNumber) -> Limit | None:
    """Return what a station is wanted to keep to as its share of what limits it together with others."""
    return station.limits.desired.get(place(at, _ZONE, _OPERATOR))


def _wished(station: Station, at: EvseNumber, said: float) -> float | None:
    share = share_of(station, at)
    return None if share is None else share.limit / said


def _offered(station: Station, at: EvseNumber, said: float, now: datetime) -> float | None:
    """Return the least that a station may keep to by what it confirmed, and was sent since [A]."""
    known = station.limits.in_force.get(at)
    if known is None:
        return None
    asked = station.limits.asked.get(at)
    least = known.asked.allows(now) if asked is None else min(known.asked.allows(now), asked.allows(now))
    return min(least, known.limit) / said


def _running(station: Station, number: EvseNumber) -> EnergyTransfer | None:
    whole = number == WHOLE
    open_ones = (one for one in station.transfers.values() if one.ended is None and (whole or one.evse in {number, WHOLE}))
    return next(open_ones, None)


def _state(transfer: EnergyTransfer | None) -> str:
    if transfer is None:
        return "idle"
    return "full" if transfer.state in {"suspended-ev", "idle"} and transfer.direction else "active"


def _known(evse: Evse) -> bool:
    """Tell whether anybody said what an EVSE can."""
    return evse.import_max is not None or bool(evse.pilots)


def _rated(evse: Evse, factor: float) -> float:
    """Return what an EVSE is taken to draw on each of its phases where nothing limits it [A]."""
    by_power = (evse.import_max or UNRATED) / factor
    return min(by_power, float(evse.pilots[-1])) if evse.pilots else by_power


def _can(station: Station, evse: Evse, needs: Needs | None, power: _Power, now: datetime) -> float:
    """Return what it can give, the EV can take, and nobody at the station itself forbids [A]."""
    known = power.rated if _known(evse) else BOUNDLESS
    if needs is not None:
        known = min(known, needs.i_max or known, (needs.p_max / power.factor) if needs.p_max else known)
    watts_of_others = min(_others(station, evse.number, now), default=None)
    return known if watts_of_others is None else min(known, watts_of_others / power.said)


def _others(station: Station, number: EvseNumber, now: datetime) -> Iterator[float]:
    """Yield what else limits an EVSE than its share of a place: what was asked of it directly, and what others set [W]."""
    places = {number, WHOLE} if len(station.evses) <= 1 else {number}
    for one in station.limits.desired.values():
        if one.evse in places and one.scope is not _ZONE and one.valid(now):
            yield one.allows(now)
    for other in station.external.values():
        if other.evse in places and not other.generation and (other.until is None or now < other.until):
            yield _external(other, now)


def _external(one: ExternalLimit, now: datetime) -> float:
    limit = one.limit
    for step in one.ahead:
        if step.since <= now:
            limit = step.limit
    return math.inf if limit is None else limit


def _most(station: Station, number: EvseNumber, bound: float, said: float, now: datetime) -> float:
    """Return what it may draw on each phase by its own limit, by that of its station and by what it can [A]."""
    found = bound
    for where in (number, WHOLE) if number != WHOLE else (WHOLE,):
        held = holds(station, where, now)
        if held is not None:
            found = min(found, held / said) if number != WHOLE or station.evses else held / said
    return found


def _measured(transfer: EnergyTransfer | None, now: datetime) -> float | None:
    if transfer is None or transfer.power is None or transfer.newest is None or now - transfer.newest > FRESH:
        return None
    return max(0.0, float(transfer.power))


def _untold(station: Station, at: EvseNumber) -> bool:
    """Tell whether nothing limits it by what it was told: then it may draw more than was said of it, and what it draws counts."""
    limits = station.limits
    return at not in limits.in_force and at not in limits.asked and at not in limits.exposed


def _settled(station: Station, at: EvseNumber, transfer: EnergyTransfer | None, ahead: timedelta, now: datetime) -> bool:
    known = station.limits.in_force.get(at)
    newest = transfer.newest if transfer is not None else None
    if known is None or newest is None or at in station.limits.asked or at in station.limits.exposed:
        return False
    after = SETTLED if ahead is RIGHT else SETTLED + ahead + UNSURE
    return newest >= _turned(known, now) + after


def _turned(known: Confirmed, now: datetime) -> datetime:
    """Return since when a limit is what it is now: since it was confirmed, or its last step."""
    return max([known.at, *(step.since for step in known.asked.ahead if step.since <= now)]) if known.asked.ahead else known.at
