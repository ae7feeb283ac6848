# SPDX-License-Identifier: Apache-2.0
"""Visits of a site that are over, read from its rows, for whoever estimates the next ones: so a restart forgets nothing."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.register import imported
from open63110.model.site import SiteId
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine

if TYPE_CHECKING:
    from open63110.planner.estimate import Visit
    from open63110.planner.points import Spot
    from open63110.planner.prospects import Prospect

MOST: Final = 1_000
"""Of the newest ones."""

AT_ONCE: Final = 10
"""EVs that are looked into before the loop may turn to others: each is held against a thousand visits."""

READ_EVERY: Final = timedelta(minutes=15)

SHORTEST: Final = 60.0
"""Who stays for less was no visit [s]."""


class Earlier:
    """Those of all sites of a node."""

    def __init__(self, engine: Engine) -> None:
        """Read nothing yet."""
        self._engine = engine
        self._read: dict[SiteId, tuple[datetime, tuple[StationId, ...], list[Visit]]] = {}

    async def of(self, site: SiteId, members: Iterable[StationId]) -> "list[Visit]":
        """Return the newest visits of some stations, as they were a quarter of an hour ago at most."""
        stations, now = tuple(members), self._engine.clock.now()
        known = self._read.get(site)
        if known is not None and known[1] == stations and timedelta() <= now - known[0] < READ_EVERY:
            return known[2]
        over = (Where("station", "in", stations), Where("ended", "not null"))
        rows = await self._engine.store.find(EnergyTransfer, Query(where=over, order="-number", limit=MOST))
        found = [one for row in rows if (one := visit(row)) is not None]
        self._read[site] = (now, stations, found)
        return found


def visit(transfer: EnergyTransfer, now: datetime | None = None) -> "Visit | None":
    """Return an energy transfer as a visit; None: it was none.

    Args:
        transfer: which.
        now: the moment, of one that is not over; hours and days are those of UTC.
    """
    from open63110.planner.estimate import Visit  # noqa: PLC0415 - numpy is read in once a site is planned

    began, end, needs = transfer.began, transfer.ended or now, transfer.needs
    if began is None or end is None or (now is None and (end - began).total_seconds() < SHORTEST):
        return None
    stated = needs.e_target if needs is not None else None
    departure = needs.departure if needs is not None else None
    return Visit(
        user=transfer.subject or "",
        station=transfer.station,
        weekday=began.weekday(),
        hour=began.hour + began.minute / 60.0,
        stay=max(0.0, (end - began).total_seconds()),
        energy=float(imported(transfer)),
        stated=None if not stated else float(stated),
        meant=None if departure is None else (departure - began).total_seconds(),
    )


async def prospects(
    history: "Sequence[Visit]", spots: "Sequence[Spot]", delivered: "Callable[[Spot], float]", now: datetime
) -> "dict[tuple[StationId, EvseNumber], Prospect]":
    """Return what is expected of EVs, by EVSE, a few at a time: nobody else has to wait for all of a large site.

    Args:
        history: visits that are over, of their site.
        spots: EVSEs where they are.
        delivered: tells what each has got since its needs were stated [Wh].
        now: the moment.
    """
    from open63110.planner.prospects import prospect  # noqa: PLC0415 - numpy is read in once a site is planned

    found: dict[tuple[StationId, EvseNumber], Prospect] = {}
    for count, spot in enumerate(spots, 1):
        here = visit(spot.transfer, now) if spot.transfer is not None else None
        if here is not None:
            found[spot.station, spot.evse] = prospect(history, here, spot.needs, delivered(spot), now)
        if count % AT_ONCE == 0:
            await asyncio.sleep(0)
    return found
