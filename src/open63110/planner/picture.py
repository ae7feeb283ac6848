# SPDX-License-Identifier: Apache-2.0
"""How the power of a site is shown: node by node and EVSE by EVSE, with who limits what and why somebody waits."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

import numpy as np
from msgspec.structs import replace

from open63110.kernel.ids import TransferReference
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.arbitration import least_export
from open63110.model.limit import Ahead
from open63110.model.power import EvsePower, EvseState, NodePower, Promise, SitePower, Winner
from open63110.model.site import Site, Zone
from open63110.planner.claimed import winner_of
from open63110.planner.frame import ROOT, SITE, zone_place
from open63110.planner.loop import Given, Key, Step
from open63110.planner.meters import Metered
from open63110.planner.network import Floats, Line, use
from open63110.planner.points import Spot
from open63110.planner.serve import Reason
from open63110.planner.setting import winner_for
from open63110.planner.wiring import PHASES, terminals

WHY: Final = {Reason.ROW: "NodeFull", Reason.TURN: "Rotates", Reason.REST: "Rotates", Reason.LIMITED: "NodeFull"}

_NOBODY: Final = Winner()


class Turned(NamedTuple):
    """Whose turn it is at an EVSE, from one look to the next."""

    on: bool
    """It has its minimum."""
    since: float
    """When it got or lost it, or came [s]."""
    had: float
    """For how long it had it in all, before it got it last [s]."""
    pauses: int = 0
    """How often it lost its minimum."""


class Plans(NamedTuple):
    """What a planner says of EVSEs, for showing it."""

    state: Literal["", "on", "away"]
    made: datetime | None
    promises: Mapping[Key, Promise]
    ahead: Mapping[Key, tuple[Ahead, ...]]
    """What is planned for later."""
    told: Mapping[Key, tuple[Ahead, ...]] = {}
    """What stations are told of that: of a plan before, as long as that is nearly the same, and fits (I18)."""
    rows: Mapping[Key, Line] = {}
    """Which row of the site stands in the way of an EVSE now."""


def picture(
    site: Site,
    zones: Sequence[Zone],
    given: Given,
    *,
    found: Step,
    read: Metered,
    plans: Plans,
    turns: Mapping[Key, Turned],
    now: datetime,
) -> SitePower:
    """Show a site."""
    drawn = np.array([(one.measured or 0.0) / one.factor for one in given.spots])
    load = use(given.frame.network, drawn, given.base)
    nodes = [_node(given, found, read, load, one) for one in _places(site, zones)]
    evses = [_evse(given, found, at, plans, turns) for at in range(len(given.spots))]
    return SitePower(site=site.id, at=now, nodes=tuple(nodes), evses=tuple(evses), planner=plans.state, planned=plans.made)


Kind = Literal["site", "connection", "feeder", "zone"]


_Place = tuple[str, Kind, str]


def _places(site: Site, zones: Sequence[Zone]) -> list[_Place]:
    """Return places with their kind and what is above them."""
    first = site.connections[0].id if site.connections else ROOT
    found: list[_Place] = [(SITE, "site", "")]
    found += [(one.id, "connection", SITE) for one in site.connections] or [(ROOT, "connection", SITE)]
    found += [(one.id, "feeder", one.parent or first) for one in site.feeders]
    return found + [(zone_place(one.id), "zone", one.feeder or first) for one in zones]


def _node(given: Given, found: Step, read: Metered, load: Floats, at: _Place) -> NodePower:
    frame, (place, kind, parent) = given.frame, at
    whole, phases = frame.row_of.get((place, "W"), -1), [frame.row_of.get((place, phase), -1) for phase in PHASES]
    limit = _value(given.claimed.limits, whole)
    lowest = min((row for row in phases if row >= 0), key=lambda row: given.claimed.limits[row], default=-1)
    meter = _meter(place, read)
    measured = read.fresh[meter].at if meter else None
    shown = sum(read.fresh[meter].power) if meter else None
    excess = max(0.0, float(found.planned[whole] - given.claimed.limits[whole])) if limit is not None and whole >= 0 else 0.0
    return NodePower(
        id=place,
        kind=kind,
        parent=parent,
        limit=None if limit is None else Watts(limit),
        winner=winner_of(given.claimed, whole) if limit is not None else _NOBODY,
        amperes=tuple(
            Amperes(float(given.claimed.limits[row])) for row in phases if row >= 0 and np.isfinite(given.claimed.limits[row])
        ),
        phase_winner=winner_of(given.claimed, lowest) if lowest >= 0 else _NOBODY,
        load=Watts(float(shown) if shown is not None else round(_value(load, whole) or 0.0, 1)),
        load_amperes=tuple(Amperes(round(float(load[row]), 2)) for row in phases if row >= 0),
        measured=measured,
        base=Watts(round(float(given.base[whole].real), 1) if whole >= 0 else 0.0),
        most=Watts(round(_value(found.most, whole) or 0.0, 1)),
        most_amperes=tuple(Amperes(round(float(found.most[row]), 2)) for row in phases if row >= 0),
        planned=Watts(round(_value(found.planned, whole) or 0.0, 1)),
        excess=Watts(round(excess, 1)),
        export_limit=least_export(given.claimed.places.get(place, ())),
        withheld={phase: round(trim, 3) for (where, phase), trim in read.withheld.items() if where == place},
    )


def _value(values: Floats, row: int) -> float | None:
    return float(values[row]) if row >= 0 and np.isfinite(values[row]) else None


def _meter(place: str, read: Metered) -> str:
    """Return the asset that measures a place; empty: none does."""
    return next((asset for asset, one in read.places.items() if one == place and asset in read.fresh), "")


def _evse(given: Given, found: Step, at: int, plans: Plans, turns: Mapping[Key, Turned]) -> EvsePower:
    spot, key = given.spots[at], (given.spots[at].station, given.spots[at].evse)
    controlled, target = bool(found.controlled[at]), float(found.target[at])
    row = int(found.stops[at])
    state, turn = _state(spot, target), turns.get(key)
    return EvsePower(
        station=spot.station,
        evse=spot.evse,
        node=given.frame.node_of[at],
        state=state,
        setpoint=Watts(round(target * spot.factor, 1)) if controlled else None,
        amperes=Amperes(round(target, 2)) if controlled else None,
        most=Watts(round(spot.most * spot.factor, 1)),
        measured=None if spot.measured is None else Watts(spot.measured),
        winner=winner_for(given, found, at) if controlled else _NOBODY,
        limited_by=given.frame.network.lines[row].place if controlled and row >= 0 else "",
        why=_why(given, found, at, state),
        since=of_moment(turn.since) if turn is not None else None,
        transfer=spot.transfer.reference if spot.transfer is not None else TransferReference(""),
        priority=float(given.share[at]),
        phases=tuple(one + 1 for one in terminals(spot.wiring)),
        promise=plans.promises.get(key),
        ahead=_ahead(spot, plans.ahead.get(key, ())),
        on=turn is not None and turn.on,
        had=Seconds(turn.had if turn is not None else 0.0),
        pauses=turn.pauses if turn is not None else 0,
    )


def _ahead(spot: Spot, told: tuple[Ahead, ...]) -> tuple[Ahead, ...]:
    """Return a plan as what will be drawn: an EV that uses fewer phases than its EVSE has draws less than its limits say."""
    if spot.factor >= spot.said:
        return told
    return tuple([replace(one, limit=Watts(round(one.limit * spot.factor / spot.said, 1))) for one in told])


def _state(spot: Spot, target: float) -> EvseState:
    if not spot.usable:
        return "refused" if spot.refused else "dark"
    if spot.state == "idle":
        return "idle"
    return "waiting" if spot.state == "active" and target < spot.least - 1e-6 else "active"


def _why(given: Given, found: Step, at: int, state: str) -> str:
    if state == "dark":
        return "Unreachable"
    if state == "refused":
        return "Refused"
    if bool(found.waits[at]):
        return "Unconfirmed"
    if state != "waiting":
        return ""
    spot = given.spots[at]
    if given.caps.get((spot.station, spot.evse), spot.least) < spot.least:
        return "Planned"
    return WHY.get(Reason(int(found.served.reasons[at])), "Minimum")


def moment(at: datetime) -> float:
    """Return a moment in the terms of turns [s]."""
    return at.timestamp()


def of_moment(seconds: float) -> datetime:
    """Return the moment that turns mean."""
    return datetime.fromtimestamp(seconds, UTC)
