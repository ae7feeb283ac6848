# SPDX-License-Identifier: Apache-2.0
"""A limit of power: who set it, where it counts, until when, and what a station falls back to when nobody is heard (7.10)."""

import functools
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Seconds, Volts, Watts
from open63110.model.profile import ChargingProfile, Cycle

WHOLE = EvseNumber(0)
"""The EVSE number that stands for a station as a whole."""

PHASE = Volts(230.0)
"""Between a phase and neutral, where nobody says otherwise [V]."""

PHASES = 3
"""How many phases count where nobody says otherwise."""

UNRATED = Watts(22_000.0)
"""What an EVSE may draw of which nobody said what it can [W]."""

LONGEST_SILENCE = Seconds(1e9)
"""The longest fail-safe time, about thirty years [s]: moments so much later are still in the calendar."""


def demand_silence(after: Seconds | None, where: str = "failsafe_after") -> None:
    """Let a fail-safe time be one that ends.

    Raises:
        Malformed: it is longer than LONGEST_SILENCE.
    """
    if after is not None and after > LONGEST_SILENCE:
        words = f"a fail-safe time is at most {LONGEST_SILENCE:.0f} s, not {after:g}"
        raise Malformed(words, code="InvalidValue", where=where, remedy="leave it out for one that never comes")


class LimitSource(StrEnum):
    """Who wants a limit; of two at one place the lower one counts, whoever wants it."""

    DSO = "dso"
    PHYSICAL = "physical"
    CONTRACT = "contract"
    OPERATOR = "operator"
    USER = "user"


class LimitScope(StrEnum):
    """Of what a limit is a part: one of a zone is split over its stations."""

    STATION = "station"
    ZONE = "zone"


class Ahead(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a limit becomes at a moment."""

    since: datetime
    limit: Watts
    """Of import [W]."""
    phases: int | None = None
    """On how many the EV charges from then on; None: as before."""


class Limit(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A limit that somebody wants at a station or one of its EVSEs."""

    evse: EvseNumber = WHOLE
    """0: the station as a whole."""
    limit: Watts
    """Of import, grid → EV [W]; 0: nothing may flow."""
    since: datetime
    export: Watts | None = None
    """Of export, EV → grid, as a magnitude [W]; None: this limit says nothing of it."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase, L1 first; none: only the sum is limited."""
    until: datetime | None = None
    """None: until it is withdrawn."""
    source: LimitSource = LimitSource.OPERATOR
    scope: LimitScope = LimitScope.STATION
    failsafe: Watts | None = None
    """What remains once nobody was heard for ``failsafe_after`` [W]; None: what a lower level says, else nothing special."""
    failsafe_after: Seconds | None = None
    """For how long the limit holds without a link [s]; None: for as long as it is valid."""
    emergency: bool = False
    """It goes before everything else on a wire."""
    level: int = 1
    """At one place the valid one of the highest level counts; 0 is what remains when those above it end."""
    ahead: tuple["Ahead", ...] = ()
    """What it becomes later, in order of time; none: it stays as it is."""
    transfer: str = ""
    """Reference of the energy transfer it counts for, and ends with; empty: for whatever happens at its place."""
    actor: str = ""
    """Whose word made it what it is: id of a principal; empty: nobody's, or not known here."""
    constraint: str = ""
    """Id of the constraint that did; empty: none."""
    profile: int = 0
    """At a station: id by which whoever set it calls it on OCPP; 0: it has none."""
    dynamic: str = ""
    """In which unit it is updated as a whole (a dynamic profile), W or A; empty: it is not."""
    update: bool = False
    """It goes out as an update of a dynamic one that is there."""
    every: Seconds | None = None
    """At a station: how long after its last update it asks for another [s]; None: it waits for them."""
    lasts: Seconds | None = None
    """At a station: how long after its last update a dynamic one counts [s]; None: until it ends."""
    phase: int | None = None
    """On which single phase of the station the EV is to charge, 1 to 3; None: the station chooses."""
    cycle: Cycle | None = None
    """At a station: when it counts, and begins its steps again, if not simply from now on; None: it does simply."""
    whole: ChargingProfile | None = None
    """At a station: the profile that it is, where that says more; None: it does not."""
    setpoint: Watts | None = None
    """At a station: what is to be drawn, below 0 given back [W]: it draws no more than that; None: what the limit allows."""

    @property
    def place(self) -> str:
        """By what it is told from the others that the CSMS wants at a station."""
        return place(self.evse, self.scope, self.source)

    def valid(self, now: datetime) -> bool:
        """Tell whether it still counts."""
        return self.until is None or now < self.until

    def counts(self, now: datetime) -> bool:
        """Tell whether it counts at a moment: not before it begins, nor between one time and the next."""
        return self.valid(now) and (self.cycle is None or self.cycle.counts(now))

    def step(self, now: datetime) -> Watts:
        """Return what it is at a moment [W], phases not counted."""
        limit = self.limit
        if self.cycle is not None:
            now = self.cycle.moment(now)
        for step in self.ahead:
            if step.since > now:
                break
            limit = step.limit
        return limit

    def allows(self, now: datetime) -> Watts:
        """Return the import that it allows in all at a moment [W], phases counted."""
        limit = self.step(now) if self.ahead else self.limit
        by_phases = sum(self.amperes) * PHASE if self.amperes else limit
        least = min(limit, by_phases)
        return Watts(least if self.setpoint is None else min(least, max(0.0, self.setpoint)))

    def turns(self, now: datetime) -> datetime | None:
        """Return when it becomes something else next, begins, or ends for a while; None: never, but for its end."""
        if self.cycle is not None:
            return self.cycle.turns(tuple(step.since for step in self.ahead), now)
        return next((step.since for step in self.ahead if step.since > now), None)


@functools.lru_cache(maxsize=1024)
def place(evse: EvseNumber, scope: LimitScope, source: LimitSource) -> str:
    """Return by what a limit is told from the others that the CSMS wants at a station; a zone has one, whoever wants it."""
    return f"{evse}/{scope}" if scope is LimitScope.ZONE else f"{evse}/{scope}/{source}"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station said of a limit that it took."""

    asked: Limit
    limit: Watts
    """In force: what the station keeps to [W]."""
    at: datetime
    by: str = "command"
    """What clips it: command, or cable, ev, hardware, fail-safe."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Everything about limits of one station: desired beside reported."""

    desired: dict[str, Limit] = {}
    """What is wanted, by place; at a station what it was told, by EVSE and level."""
    asked: dict[EvseNumber, Limit] = {}
    """At the CSMS: what was sent last and is not answered yet; it may be in force already."""
    in_force: dict[EvseNumber, Confirmed] = {}
    """What the station confirmed."""
    exposed: dict[EvseNumber, tuple[Watts, ...]] = {}
    """At the CSMS: what was sent after the last one that the station confirmed, oldest first [W]; any of it may be in force."""
    refused: dict[EvseNumber, str] = {}
    """Why a station did not take the last one."""
    unit: str = ""
    """W or A: in what its wire takes limits; empty: nobody knows, and its protocol's usual one is tried first."""
    silent_since: datetime | None = None
    """At a station: since when its CSMS is not heard; None: it is."""
    failsafe_since: datetime | None = None
    """Since when the station works on its fail-safe values; None: it does not."""
    caps: dict[EvseNumber, dict[str, Watts]] = {}
    """At a station: what cable, ev and hardware of an EVSE allow [W]."""
    periods: int | None = None
    """How many steps over time it takes in one limit; None: it did not say."""
    levels: int | None = None
    """The highest level of a limit it takes; None: it did not say."""
    dynamic: bool | None = None
    """It takes limits that are updated as a whole; None: it did not say."""
    switches: bool | None = None
    """It can be told on which phase an EV is to charge; None: it did not say."""


class Offer(NamedTuple):
    """How much an EVSE may give, and because of what."""

    limit: Watts | None
    """[W]; None: nothing limits it."""
    by: str
    """command, fail-safe, cable, ev, hardware; empty: nothing."""


def winner(limits: Limits, evse: EvseNumber, now: datetime) -> Limit | None:
    """Return what counts of all that is wanted at one place: the lowest at each moment, until nothing outlasts it."""
    wanted = [one for one in limits.desired.values() if one.evse == evse and one.valid(now)]
    if len(wanted) < 2:  # as nearly always
        return wanted[0] if wanted else None
    best = min(wanted, key=lambda one: (one.allows(now), one.limit, tuple(LimitSource).index(one.source)))
    outlasted = best.until is not None and any(one.until is None or one.until > best.until for one in wanted)
    safe = [one.failsafe for one in wanted if one.failsafe is not None]
    after = [one.failsafe_after for one in wanted if one.failsafe_after is not None]
    return msgspec.structs.replace(
        best,
        until=None if outlasted else best.until,
        failsafe=min(safe, default=None),
        failsafe_after=min(after, default=None),
        amperes=_least([one.amperes for one in wanted if one.amperes]),
        export=min((one.export for one in wanted if one.export is not None), default=None),
        emergency=any(one.emergency for one in wanted),
        limit=min(one.limit for one in wanted),
        ahead=best.ahead if len(wanted) == 1 else _lowest(wanted),
    )


def _lowest(wanted: list[Limit]) -> tuple[Ahead, ...]:
    """Return what the lowest of several limits becomes; the same whenever it is asked for, so that nothing is sent twice."""
    steps: list[Ahead] = []
    before: tuple[Watts, int | None] = (min(one.limit for one in wanted), None)
    for at in sorted({step.since for one in wanted for step in one.ahead}):
        found = min((_step(one, at) for one in wanted if one.valid(at)), key=lambda step: step.limit, default=None)
        if found is not None and (found.limit, found.phases) != before:
            before = (found.limit, found.phases)
            steps.append(found)
    return tuple(steps)


def _step(limit: Limit, at: datetime) -> Ahead:
    """Return what a limit is at a moment."""
    phases = None
    watts = limit.limit
    for step in limit.ahead:
        if step.since > at:
            break
        watts, phases = step.limit, step.phases or phases
    return Ahead(since=at, limit=watts, phases=phases)


def _least(rows: list[tuple[Amperes, ...]]) -> tuple[Amperes, ...]:
    width = max(map(len, rows), default=0)
    return tuple(min(row[phase] for row in rows if len(row) > phase) for phase in range(width))


def same(one: Limit | None, other: Limit | None) -> bool:
    """Tell whether a station that keeps to one keeps to the other; since when, who wants it, and its form make no difference."""
    if one is None or other is None:
        return one is other
    return bool(_allowed(one) == _allowed(other))


_FORM = frozenset({"since", "source", "scope", "actor", "constraint", "dynamic", "update", "every", "lasts"})
"""What makes no difference to what a limit allows: whose it is, and how it was sent."""

_allowed = attrgetter(*(name for name in Limit.__struct_fields__ if name not in _FORM))


def commanded(limits: Limits, evse: EvseNumber, now: datetime) -> Offer:
    """Return what a station was told for one place, by what it knows at this moment: the fail-safe value once it is due."""
    told = held(limits, evse, now)
    for one in told:
        if not failing_safe(limits, one, now):
            return Offer(one.allows(now), "fail-safe" if one.level == 0 or one is not told[0] else "command")
        if one.failsafe is not None:
            return Offer(Watts(min(one.allows(now), one.failsafe)), "fail-safe")
    return Offer(None, "")


def held(limits: Limits, evse: EvseNumber, now: datetime) -> list[Limit]:
    """Return what a station was told for one place and is still valid: what counts first, then what counts when that ends.

    What is bound to an energy transfer goes before what is not, and a higher level before a lower one, as on OCPP.
    """
    valid = [one for one in limits.desired.values() if one.evse == evse and one.counts(now)]
    return sorted(valid, key=lambda one: (not one.transfer, -one.level))


def failing_safe(limits: Limits, limit: Limit, now: datetime) -> bool:
    """Tell whether nobody was heard for longer than a limit may hold without a link, and it was not told anew since.

    That somebody is heard again does not bring it back: others may have been given what it left (I15).
    """
    due = failsafe_due(limits, limit)
    left = limits.failsafe_since is not None and limit.failsafe_after is not None and limit.since <= limits.failsafe_since
    return left or (due is not None and now >= due)


def failsafe_due(limits: Limits, limit: Limit) -> datetime | None:
    """Return when a station leaves a limit for its fail-safe value; None: not as things are."""
    if limits.silent_since is None or limit.failsafe_after is None:
        return None
    return limits.silent_since + timedelta(seconds=limit.failsafe_after)


def offered(limits: Limits, evse: EvseNumber, now: datetime, others: Collection[EvseNumber] = ()) -> Offer:
    """Return what an EVSE may give: the least of what it was told, its share of the station's, cable, EV and hardware.

    Args:
        limits: the station's.
        evse: which; 0: the station as a whole, which has no cable.
        now: the moment.
        others: at which other EVSEs energy flows; they share the station's limit equally, but for what one may not use itself.
    """
    offers = list(_offers(limits, evse, now, others))
    return min(offers, key=lambda one: one.limit or 0.0) if offers else Offer(None, "")


def _offers(limits: Limits, evse: EvseNumber, now: datetime, others: Collection[EvseNumber]) -> Iterator[Offer]:
    yield from _own(limits, evse, now)
    whole = commanded(limits, WHOLE, now) if evse != WHOLE else Offer(None, "")
    if whole.limit is not None:
        yield Offer(_share(limits, evse, whole.limit, others, now), whole.by)


def _own(limits: Limits, evse: EvseNumber, now: datetime) -> Iterator[Offer]:
    """Yield what limits a place by itself."""
    own = commanded(limits, evse, now)
    if own.limit is not None:
        yield own
    yield from (Offer(cap, by) for by, cap in _caps(limits, evse).items())


def _share(limits: Limits, evse: EvseNumber, whole: Watts, others: Collection[EvseNumber], now: datetime) -> Watts:
    """Return what an EVSE gets of its station's limit [W]: as much as the others, and what they may not use themselves."""
    tops = {one: min((own.limit or 0.0 for own in _own(limits, one, now)), default=whole) for one in {evse, *others}}
    left = float(whole)
    for place, one in enumerate(sorted(tops, key=lambda one: (tops[one], one == evse))):
        if one == evse:
            return Watts(left / (len(tops) - place))
        left -= min(tops[one], left / (len(tops) - place))
    return whole


def _caps(limits: Limits, evse: EvseNumber) -> Mapping[str, Watts]:
    if evse != WHOLE:
        return limits.caps.get(evse, {})
    ratings = [caps["hardware"] for caps in limits.caps.values() if "hardware" in caps]
    return {"hardware": Watts(sum(ratings))} if ratings and len(ratings) == len(limits.caps) else {}


def rate(power: Watts, amperes: tuple[Amperes, ...], unit: str, phases: int = PHASES) -> float:
    """Return a limit in the unit of a wire, W in all or A on each of so many phases, never more than it says, in whole tenths."""
    by_phases = min((power / (PHASE * phases), *amperes)) if unit == "A" else sum(amperes) * PHASE
    whole = by_phases if unit == "A" or (amperes and by_phases < power) else power
    return int(whole * 10 + 1e-6) / 10


def power(rate: float, unit: str, phases: int = PHASES) -> Watts:
    """Return the power that a wire's limit allows [W]; one in A counts on so many phases."""
    return Watts(round(rate * PHASE * phases, 1) if unit == "A" else rate)
