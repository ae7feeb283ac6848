# SPDX-License-Identifier: Apache-2.0
"""What the safety loop learns of an EV while it is there: on which phases it charges, how much it takes, if it wants more.

Nothing of it is believed before a meter has shown it for a while, and all of it is forgotten as soon as a meter shows otherwise:
until then an EV counts on all phases, as one that takes all it is offered, and as one that wants energy (I15).
"""

from typing import Final

import msgspec
from msgspec.structs import replace

from open63110.kernel.ids import TransferReference
from open63110.model.flow import Flow
from open63110.planner.points import OVER, OVER_WATTS, SETTLED, Spot
from open63110.planner.wiring import PHASES, terminals

FLOWS: Final = 1.0
"""A phase with more current than this is used [A]."""

FIRM: Final = 4.0
"""Only while a phase carries so much does one without current say that it is not used [A]."""

FOLLOWS: Final = 0.92
"""Share of its offer from which on an EV counts as taking what it is offered."""

MARGIN: Final = 1.09
"""What an EV is offered beside what it takes at most, so that it shows when it could take more; above 1 / `FOLLOWS`."""

MORE: Final = 0.5
"""The same, beside that [A]."""

LOOSE: Final = (0.85, 1.19, 1.0)
"""The same three where power was measured alone: the voltage may be another than is thought."""

QUIET: Final = 60.0
"""For how long an EV takes nothing of what it is offered before it counts as one that wants nothing [s]."""

AGAIN: Final = 900.0
"""After how long it is asked whether it wants something by now [s]; twice as long each time."""

LONGEST: Final = 14_400.0
"""At most [s]."""


class Learned(msgspec.Struct, frozen=True, gc=False):
    """What is known of an EV."""

    transfer: TransferReference
    offers: tuple[tuple[float, float], ...] = ()
    """Since when it was offered how much at least, of late [s, A]."""
    top: float | None = None
    """What it takes at most, with a margin [A]; None: nobody knows."""
    used: frozenset[int] = frozenset()
    """Terminals that have carried current, from 0 on."""
    firm: float | None = None
    """Since when these carry current, enough to tell, and no others do [s]; None: not now."""
    shown: bool = False
    """For so long that the others are not used."""
    quiet: float | None = None
    """Since when it takes nothing of what it is offered [s]; None: it does, or is offered nothing."""
    done: float | None = None
    """Since when it counts as one that wants nothing [s]; None: it wants something."""
    wait: float = AGAIN
    """After how long it is asked next [s]."""


def learn(spot: Spot, shown: Flow | None, before: Learned | None, now: float) -> tuple[Spot, Learned | None]:
    """Look at an EVSE once more; return it as far as its EV is known by now.

    Args:
        spot: as it is.
        shown: what its meter shows of each terminal; None: nothing.
        before: what was known; None: nothing.
        now: the moment, in the terms of turns [s].
    """
    transfer = spot.transfer
    if transfer is None:
        return spot, None
    if not spot.timely:  # nobody knows what it was offered when that was measured
        return spot, Learned(transfer.reference)
    known = before if before is not None and before.transfer == transfer.reference else Learned(transfer.reference)
    offers = _offers(spot, known.offers, now)
    if offers is not known.offers:
        known = replace(known, offers=offers)
    if shown is not None:
        spot, known = _phases(spot, shown, known, min(now, shown.at.timestamp()))
    top = _top(spot, shown, known, now)
    if top != known.top:
        known = replace(known, top=top)
    known = _rested(spot, known, now)
    state = "full" if known.done is not None else "active"
    same = state == spot.state and known.top == spot.top  # as of most of a thousand: nothing was learned of them
    return spot if same else replace(spot, state=state, top=known.top), known


def _offers(spot: Spot, before: tuple[tuple[float, float], ...], now: float) -> tuple[tuple[float, float], ...]:
    """Take note of what it is offered at least; what was replaced before a reading that may still come is forgotten."""
    offer = 0.0 if spot.offered is None else spot.offered
    if before and before[-1][1] == offer:
        return before
    return (*before[-7:], (now, offer))


def _least_offer(known: Learned, newest: float) -> float | None:
    """Return the least it was offered for a while before it was measured [A]; None: not for so long."""
    since = newest - SETTLED.total_seconds()
    if not known.offers or known.offers[0][0] > since:
        return None
    ends = [*(begin for begin, _ in known.offers[1:]), float("inf")]
    counted = [offer for (begin, offer), end in zip(known.offers, ends, strict=True) if begin <= newest and end > since]
    return min(counted, default=None)


def _phases(spot: Spot, shown: Flow, known: Learned, newest: float) -> tuple[Spot, Learned]:
    """Count an EV on the phases that it was shown to use, as long as its station is heard and can be told less."""
    every = terminals(spot.whole)
    if "-" in spot.whole or len(every) == 1:
        return spot, known
    known = _seen(spot, shown, known, newest, len(every))
    inside = {phase for place, phase in enumerate(every) if place in known.used}
    sure = known.shown and spot.usable and bool(inside)
    counted = inside if sure else inside.union(terminals(spot.wiring))
    if counted == set(terminals(spot.wiring)):
        return spot, known
    wiring = "".join(PHASES[phase] for phase in every if phase in counted)
    factor = spot.factor * len(counted) / len(terminals(spot.wiring))
    found = replace(spot, wiring=wiring, factor=factor)
    if sure and spot.settled and spot.measured is not None and spot.measured > OVER * spot.most * factor + OVER_WATTS:
        if not _explained(spot, shown, spot.measured * len(counted) / factor):
            return spot, replace(known, used=frozenset(range(len(every))))  # the rest flows where nobody looks
        found = replace(found, over=True, most=max(spot.most, spot.measured / factor))
    return found, known


def _explained(spot: Spot, shown: Flow, amperes: float) -> bool:
    """Tell whether terminals show all that is drawn, at the same moment."""
    same = spot.transfer is not None and shown.at == spot.transfer.newest
    return same and sum(shown.currents) >= amperes / LOOSE[1]


def _seen(spot: Spot, shown: Flow, known: Learned, newest: float, width: int) -> Learned:
    """Take note of which terminals carry current, and for how long no others have."""
    flowing = {place for place, current in enumerate(shown.currents) if current > FLOWS}
    if not flowing <= known.used:
        known = replace(known, used=known.used | flowing, firm=None)
    if known.shown:
        return known
    if len(shown.currents) < width or max(shown.currents) < FIRM:
        return replace(known, firm=None)
    firm = newest if known.firm is None else known.firm
    proven = newest - firm >= SETTLED.total_seconds() and bool(_least_offer(known, newest))
    return replace(known, firm=firm, shown=proven)


def _top(spot: Spot, shown: Flow | None, known: Learned, now: float) -> float | None:
    """Return what an EV takes at most [A]: told by a reading that is clearly below all it was offered, until one disproves it."""
    if spot.measured is None or spot.transfer is None or spot.transfer.newest is None or known.quiet is not None:
        return known.top
    offer = _least_offer(known, min(now, spot.transfer.newest.timestamp()))
    if offer is None or offer < spot.least:
        return known.top
    exact = shown is not None and shown.at == spot.transfer.newest
    taken = max(shown.currents) if exact and shown is not None else spot.measured / spot.factor
    follows, margin, more = (FOLLOWS, MARGIN, MORE) if exact else LOOSE
    if taken < follows * offer:
        return max(spot.least, taken * margin + more)
    if known.top is not None and offer < 0.98 * known.top:  # it was offered less than it takes: that says nothing
        return known.top
    return None


def _rested(spot: Spot, known: Learned, now: float) -> Learned:
    """Take note of whether it wants energy."""
    drawing = spot.measured is not None and spot.measured >= FLOWS * spot.factor
    if drawing or (spot.transfer is not None and spot.transfer.state == "charging"):
        awake = known.quiet is None and known.done is None and known.wait == AGAIN
        return known if awake else replace(known, quiet=None, done=None, wait=AGAIN)
    if spot.state == "full":
        quiet = now if known.quiet is None else known.quiet
        done = now if known.done is None and now - quiet >= QUIET else known.done
        return replace(known, quiet=quiet, done=done)
    if known.done is not None and now - known.done >= known.wait:
        return replace(known, quiet=None, done=None, wait=min(LONGEST, 2.0 * known.wait))
    return known if known.quiet is None else replace(known, quiet=None)
