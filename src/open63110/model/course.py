# SPDX-License-Identifier: Apache-2.0
"""What the limits of a station make of an EVSE over time (8.2.3)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from open63110.kernel.ids import EvseNumber
from open63110.model.limit import WHOLE, Ahead, Limit, Limits, failsafe_due, offered

MOST_TURNS: Final = 4_096
"""How often one limit that begins again and again is looked at in one course."""


class Course(NamedTuple):
    """What the offer of an EVSE becomes, as things are."""

    steps: tuple[Ahead, ...]
    until: datetime | None
    """From when on nothing limits it; None: not as far as was looked."""


def course(limits: Limits, evse: EvseNumber, now: datetime, until: datetime, others: Collection[EvseNumber] = ()) -> Course:
    """Return what the offer of an EVSE becomes after this moment, until another.

    Args:
        limits: the station's.
        evse: which; 0: the station as a whole.
        now: the moment.
        until: how far to look.
        others: as for ``offered``.
    """
    moments = {at for one in limits.desired.values() if one.evse in {evse, WHOLE} for at in _turns(limits, one, now, until)}
    steps: list[Ahead] = []
    before = offered(limits, evse, now, others).limit
    for at in sorted(one for one in moments if now < one < until):
        limit = offered(limits, evse, at, others).limit
        if limit is None:
            return Course(tuple(steps), at)
        if limit != before:
            steps.append(Ahead(since=at, limit=limit))
        before = limit
    return Course(tuple(steps), None)


def _turns(limits: Limits, limit: Limit, now: datetime, until: datetime) -> Iterator[datetime]:
    if limit.cycle is None:
        yield from (step.since for step in limit.ahead)
    else:
        yield from islice(_cycled(limit, now, until), MOST_TURNS)
    yield from (at for at in (limit.until, failsafe_due(limits, limit)) if at is not None)


def _cycled(limit: Limit, now: datetime, until: datetime) -> Iterator[datetime]:
    at = limit.turns(now)
    while at is not None and at < until:
        yield at
        at = limit.turns(at)
