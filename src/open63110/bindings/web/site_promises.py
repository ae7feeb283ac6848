# SPDX-License-Identifier: Apache-2.0
"""What drivers at a site may count on, why one waits, and what is demanded of its power: each in words (8.2.3, R-7.5-1)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from open63110.bindings.web.offers import SOURCES
from open63110.bindings.web.queries import natural
from open63110.bindings.web.site_picture import who
from open63110.kernel.ids import SessionNumber, StationId, SubjectRef
from open63110.kernel.units import Percent, WattHours, Watts
from open63110.model.constraint import Constraint
from open63110.model.limit import LimitSource
from open63110.model.power import EvsePower, SitePower
from open63110.model.site import Zone
from open63110.model.station import Station

COLUMNS = (
    *("station", "evse", "session", "state", "measured_W", "setpoint_W", "limited_by", "limited_by_who", "why", "delivered_Wh"),
    *("promised_Wh", "wanted_Wh", "departure", "confidence", "soc", "urgent"),
)
"""Of promises as a table."""

BY_ITSELF = {"ev": "the EV", "cable": "the cable", "evse": "the EVSE", "plan": "the plan"}


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """One EV at a site."""

    station: StationId
    evse: int
    session: SessionNumber | None
    subject: SubjectRef | None
    state: str
    measured: Watts | None
    """[W]"""
    setpoint: Watts | None
    """[W]; None: not limited."""
    limited_by: str
    """Where, in words; empty: nowhere."""
    limited_by_who: str
    """Empty: it is what the place carries."""
    why: str
    """Why it waits, in words; empty: it does not."""
    delivered: WattHours
    promised: WattHours | None
    """In it at departure, of what it gets here [Wh]; None: nothing is promised."""
    wanted: WattHours | None
    """[Wh]"""
    departure: datetime | None
    confidence: float | None
    """0 to 1."""
    soc: Percent | None
    urgent: bool

    @property
    def share(self) -> float:
        """Of what was wanted, what is promised."""
        return min(1.0, self.promised / self.wanted) if self.promised is not None and self.wanted else 0.0


def promised(power: SitePower | None, stations: Mapping[StationId, Station]) -> list[Promised]:
    """Say of each EV that charges or would, how it stands; who waits comes first."""
    found = [
        _one(one, stations[one.station]) for one in (power.evses if power else ()) if one.station in stations and _there(one)
    ]
    return sorted(found, key=lambda one: (not one.why, natural(one.station), one.evse))


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All EVs together."""

    active: int
    waiting: int
    dark: int
    promised: WattHours
    """[Wh], of those that are promised anything."""
    wanted: WattHours


def totals(rows: Iterable[Promised]) -> Totals:
    """Count EVs, and add up what they are promised."""
    every = list(rows)
    known = [one for one in every if one.promised is not None and one.wanted]
    return Totals(
        active=sum(one.state == "active" for one in every),
        waiting=sum(one.state == "waiting" for one in every),
        dark=sum(one.state in {"dark", "refused"} for one in every),
        promised=WattHours(sum(min(one.promised or 0.0, one.wanted or 0.0) for one in known)),
        wanted=WattHours(sum(one.wanted or 0.0 for one in known)),
    )


def _there(one: EvsePower) -> bool:
    return bool(one.transfer) or one.state != "idle"


def _one(one: EvsePower, station: Station) -> Promised:
    transfer = station.transfers.get(one.transfer)
    needs = transfer.needs if transfer is not None else None
    register = transfer.imported if transfer is not None else None
    promise = one.promise
    return Promised(
        station=one.station,
        evse=one.evse,
        session=transfer.session if transfer is not None else None,
        subject=transfer.subject if transfer is not None else None,
        state=one.state,
        measured=one.measured,
        setpoint=one.setpoint,
        limited_by=place_words(one.limited_by),
        limited_by_who=who(one.winner),
        why=why_words(one),
        delivered=WattHours(register.last - register.first + register.before_reset if register is not None else 0.0),
        promised=promise.energy if promise is not None else None,
        wanted=promise.wanted if promise is not None else None,
        departure=promise.departure if promise is not None else None,
        confidence=promise.confidence if promise is not None else None,
        soc=transfer.soc if transfer is not None else None,
        urgent=needs.priority if needs is not None else False,
    )


def place_words(node: str) -> str:
    """Say what a node is called for people."""
    if node.startswith("zone:"):
        return f"zone {node.removeprefix('zone:')}"
    return BY_ITSELF.get(node, "the site" if node == "site" else node)


def why_words(one: EvsePower) -> str:
    """Say why an EV waits; empty: it does not."""
    place, winner = place_words(one.limited_by) or "what feeds it", who(one.winner)
    limited = f", limited by {winner}" if winner else ""
    begin = next((step.since for step in one.ahead if step.limit > 0), None)
    return {
        "": "",
        "NodeFull": f"{place} is full{limited}",
        "Minimum": f"less than it needs at least is left at {place}{limited}",
        "Rotates": f"takes turns with others at {place}{limited}",
        "Planned": (f"is planned from {begin:%H:%M} UTC on" if begin is not None else "is planned for later")
        + (f": {place} is full{limited}" if one.limited_by else ""),
        "Unconfirmed": "its station has not confirmed yet",
        "Unreachable": f"its station is not reached, and counts with {one.most / 1000:.1f} kW",
    }.get(one.why, one.why)


def cells(one: Promised) -> list[Any]:
    """Write a promise as a row under ``COLUMNS``."""
    values = [getattr(one, name.rpartition("_")[0] if name.endswith(("_W", "_Wh")) else name) for name in COLUMNS]
    return ["" if one is None else one.isoformat().replace("+00:00", "Z") if isinstance(one, datetime) else one for one in values]


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """A demand on the power of a site, in words."""

    id: str
    source: str
    actor: str
    where: str
    node: str
    """As the tree names it."""
    now: Watts | None
    """Of import [W]; None: nothing now, or only phases."""
    amperes: tuple[float, ...]
    counts: bool
    """It says something now."""
    wins: bool
    """It is what limits its place now."""
    silent: bool
    critical: bool
    until: datetime | None
    changes: datetime | None
    withdrawn_by: str = ""
    """By what an operator takes it back: constraint, zone; empty: it is not his to take."""


def demands(constraints: Iterable[Constraint], zones: Iterable[Zone], power: SitePower | None, now: datetime) -> Iterator[Demand]:
    """Say who demands what of the power of a site, the highest sources first; limits of zones among them."""
    winning = (
        {node.winner.constraint for node in power.nodes} | {one.winner.constraint for one in power.evses} if power else set()
    )
    order = list(SOURCES)
    shown = [one for one in constraints if not one.over(now)]
    for one in sorted(shown, key=lambda one: (order.index(one.source), one.id)):
        step, scope = one.step(now), one.scope
        evse = f", EVSE {scope.evse}" if scope.evse else ""
        node = f"zone:{scope.zone}" if scope.zone else scope.feeder or "site"
        yield Demand(
            id=one.id,
            source=SOURCES[one.source],
            actor=one.actor,
            where=f"station {scope.station}{evse}" if scope.station else place_words(node),
            node=node,
            now=step.import_max if step else None,
            amperes=step.amperes if step else (),
            counts=step is not None,
            wins=one.id in winning,
            silent=one.silent(now),
            critical=one.critical,
            until=one.until,
            changes=one.changes(now),
            withdrawn_by="" if one.source is LimitSource.DSO else "constraint",
        )
    known = {one.id for one in shown}
    for zone in zones:
        limit = zone.limit.asked if zone.limit is not None and zone.limit.asked.valid(now) else None
        if limit is not None and not any(str(zone.key) in one for one in known):
            yield Demand(
                id=str(zone.key),
                source=SOURCES[limit.source],
                actor="",
                where=f"zone {zone.id}",
                node=f"zone:{zone.id}",
                now=limit.limit,
                amperes=limit.amperes,
                counts=True,
                wins=power is None,
                silent=False,
                critical=limit.emergency,
                until=limit.until,
                changes=limit.until,
                withdrawn_by="" if limit.source is LimitSource.DSO else "zone",
            )
