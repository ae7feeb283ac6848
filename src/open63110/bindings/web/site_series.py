# SPDX-License-Identifier: Apache-2.0
"""The power of a site over time as columns: what flows, stacked by zone or station, each limit with its source, the plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from open63110.bindings.web.site_picture import who
from open63110.model.arbitration import claims, least_power
from open63110.model.constraint import Constraint
from open63110.model.power import FORESIGHT, EvsePower, EvseSample, NodePower, PowerSample, SitePower, Winner, planned_at
from open63110.model.site import Site

GAP, OLD_GAP = timedelta(minutes=3), timedelta(minutes=20)
"""Nothing was sampled for longer: nothing is known of that time. Of what is old each quarter of an hour is kept."""

OLD = timedelta(days=1)
"""Whether a sample is old: policies keep minutes for a day at least."""

MOST_PARTS = 7
"""Parts with a colour of their own; the rest is one."""

BESIDE = "beside the stations"
REST = "all others"
BUILT = "what is built there"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line or one layer of a stack: as many values as there are moments; None: nothing is known, or it did not count."""

    name: str
    values: list[float | None]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of equal length."""

    at: list[float]
    """Seconds since 1970 UTC, rising."""
    unit: str
    """W, or A of one phase."""
    now: float
    """From here on it is a plan."""
    parts: list[Line]
    """What flowed, layer by layer."""
    planned: list[Line]
    """The same layers as they are planned ahead."""
    load: list[float | None]
    """What flowed in all."""
    expected: list[float | None]
    """What was to flow at most as it was planned at that moment."""
    foreseen: list[float | None]
    """What was planned for that moment a quarter of an hour before, and no more than was allowed then."""
    limits: list[Line]
    """By who won: a limit counts where its line has a value."""


class _Moment(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    nodes: Mapping[str, NodePower]
    evses: Sequence[EvsePower | EvseSample]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at."""

    site: Site
    node: str = "site"
    phase: int = 0
    """1 to 3; 0: power in all."""
    zones: Mapping[str, str] = {}
    """By station the zone where it stands: a feeder may feed several, and a zone hang at several."""


def series(
    shape: Shape, samples: Sequence[PowerSample], power: SitePower | None, constraints: Sequence[Constraint], now: datetime
) -> Series:
    """Put samples, the present and the plan ahead in order of time.

    Args:
        shape: what is looked at.
        samples: of the site, in order of time.
        power: as it is now; None: nobody knows.
        constraints: of the site, for what limits it later.
        now: the time.
    """
    past = list(_past(samples, power, now))
    ahead = _ahead_moments(power, constraints, now) if power is not None else []
    names = _names(shape, past)
    layers = [_layers(shape, one, names) for one in past]
    after: list[dict[str, float]] = [_planned(shape, power, past[-1], names, one) for one in ahead] if power is not None else []
    none_after: list[float | None] = [None] * len(ahead)
    none_before: list[float | None] = [None] * len(past)
    nodes = [one.nodes.get(shape.node) for one in past]
    limits = [_limits(shape, nodes, _limits_ahead(shape, nodes, constraints, ahead))]
    if shape.node == "site" and len(shape.site.connections) == 1:  # what its one connection carries limits all of it
        only = msgspec.structs.replace(shape, node=shape.site.connections[0].id)
        there = [one.nodes.get(only.node) for one in past]
        limits.append(_limits(only, there, _limits_ahead(only, there, constraints, ahead)))
    return Series(
        at=[one.at.timestamp() for one in past] + [one.timestamp() for one in ahead],
        unit="A" if shape.phase else "W",
        now=now.timestamp(),
        parts=[Line(name=name, values=[row.get(name) for row in layers] + none_after) for name in names],
        planned=_bridged(names, layers, after, none_before) if after else [],
        load=[_load(shape, one) for one in nodes] + none_after,
        expected=[None if one is None or shape.phase else float(one.planned) for one in nodes] + none_after,
        foreseen=_foreseen(shape, past, [one.at for one in past] + ahead),
        limits=_merged(limits),
    )


def _past(samples: Sequence[PowerSample], power: SitePower | None, now: datetime) -> Iterator[_Moment]:
    """Return what was and what is, with a moment of nothing in each gap."""
    last: datetime | None = None
    every: list[PowerSample | SitePower] = [*samples]
    if power is not None and (not samples or power.at > samples[-1].at):
        every.append(power)
    for one in every:
        if last is not None and one.at - last > (GAP if now - one.at < OLD else OLD_GAP):
            yield _Moment(at=last + timedelta(seconds=1), nodes={}, evses=())
        last = one.at
        yield _Moment(at=one.at, nodes={node.id: node for node in one.nodes}, evses=one.evses)


def _names(shape: Shape, moments: Iterable[_Moment]) -> list[str]:
    """Return the layers: what is beside the stations, then zones, or the stations of a zone; the largest have their own."""
    peak: dict[str, float] = {}
    for one in moments:
        for name, value in _raw_layers(shape, one).items():
            peak[name] = max(peak.get(name, 0.0), abs(value))
    own = sorted((name for name in peak if name != BESIDE), key=lambda name: -peak[name])[:MOST_PARTS]
    beside = [BESIDE] if peak.get(BESIDE, 0.0) > 0.0 else []
    return beside + sorted(own) + ([REST] if len(peak) - (BESIDE in peak) > MOST_PARTS else [])


def _layers(shape: Shape, moment: _Moment, names: Sequence[str]) -> dict[str, float]:
    return _gathered(_raw_layers(shape, moment), names) if moment.nodes else {}


def _gathered(raw: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    found = dict.fromkeys(names, 0.0)
    for name, value in raw.items():
        own = name if name in found else REST
        if own in found:
            found[own] += value
    return found


def _raw_layers(shape: Shape, moment: _Moment) -> dict[str, float]:
    node = moment.nodes.get(shape.node)
    if node is None:
        return {}
    if node.kind == "zone":
        found = _by_station(shape, moment)
    else:
        below = (one for one in moment.nodes.values() if one.kind == "zone" and _under(moment.nodes, one, shape.node))
        found = {one.id.removeprefix("zone:"): _load(shape, one) or 0.0 for one in below}
    whole = _load(shape, node)
    unknown = 0.0 if shape.phase else node.base
    beside = unknown if whole is None else whole - sum(found.values())
    return {BESIDE: beside if abs(beside) > 1.0 / (230.0 if shape.phase else 1.0) else 0.0, **found}


def _by_station(shape: Shape, moment: _Moment) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in moment.evses:
        if _inside(shape, moment.nodes, one):
            found[str(one.station)] = found.get(str(one.station), 0.0) + _on(shape, one.measured, one.phases)
    return found


def _on(shape: Shape, watts: float | None, phases: Sequence[int]) -> float:
    """Return what of a power counts here: all of it, or the current on one phase."""
    if not shape.phase:
        return watts or 0.0
    used = phases or (1, 2, 3)
    return (watts or 0.0) / len(used) / volts_of(shape.site, shape.node) if shape.phase in used else 0.0


def volts_of(site: Site, node: str) -> float:
    """Return the voltage from a phase to neutral at a feeder or a connection, as far as anybody said [V]."""
    feeders = {one.id: one for one in site.feeders}
    seen = 0
    while node in feeders and seen <= len(feeders):
        if feeders[node].volts is not None:
            return float(feeders[node].volts or 0.0)
        node, seen = feeders[node].parent, seen + 1
    return next((float(one.volts) for one in site.connections if one.id == node), _first_volts(site))


def _first_volts(site: Site) -> float:
    return float(site.connections[0].volts) if site.connections else 230.0


def _under(nodes: Mapping[str, NodePower], node: NodePower, top: str) -> bool:
    for _ in range(len(nodes)):
        if node.parent == top:
            return True
        if node.parent not in nodes:
            return False
        node = nodes[node.parent]
    return False


def _load(shape: Shape, node: NodePower | None) -> float | None:
    if node is None:
        return None
    if not shape.phase:
        return node.load
    return float(node.load_amperes[shape.phase - 1]) if len(node.load_amperes) >= shape.phase else None


# -- the plan ahead --


def _ahead_moments(power: SitePower, constraints: Iterable[Constraint], now: datetime) -> list[datetime]:
    """Return when anything is planned to change, with a last moment that shows for how long."""
    plans = {step.since for one in power.evses for step in one.ahead if step.since > now}
    last = max(plans, default=now)
    changes = {at for one in constraints for at in _moments_of(one) if now < at <= last}
    found = sorted({*plans, *changes})
    return [max(now, power.at) + timedelta(seconds=1), *found, found[-1] + timedelta(minutes=5)] if found else []


def _moments_of(constraint: Constraint) -> list[datetime]:
    return [one.since for one in constraint.profile] + [at for at in (constraint.until,) if at is not None]


def _planned(shape: Shape, power: SitePower, present: _Moment, names: Sequence[str], at: datetime) -> dict[str, float]:
    raw: dict[str, float] = {BESIDE: _raw_layers(shape, present).get(BESIDE, 0.0)}
    top = present.nodes.get(shape.node)
    for one in power.evses:
        if top is None or not _inside(shape, present.nodes, one):
            continue
        name = str(one.station) if top.kind == "zone" else _zone_of(shape, present.nodes, one)
        raw[name] = raw.get(name, 0.0) + _on(shape, planned_at(one, at), one.phases)
    return _gathered(raw, names)


def _foreseen(shape: Shape, past: Sequence[_Moment], moments: Sequence[datetime]) -> list[float | None]:
    """Return for each moment what had been planned for it, as far as somebody looked then."""
    told = [(one.at + FORESIGHT, _told(shape, one)) for one in past if one.nodes]
    found: list[float | None] = []
    place = -1
    for at in moments:
        while place + 1 < len(told) and told[place + 1][0] <= at:
            place += 1
        found.append(told[place][1] if place >= 0 and at - told[place][0] <= GAP else None)
    return found


def _told(shape: Shape, moment: _Moment) -> float | None:
    """Return what a plan had for a place, together with what was drawn there beside the stations; None: there was none."""
    top = moment.nodes.get(shape.node)
    plans = [one for one in moment.evses if isinstance(one, EvseSample) and one.foreseen is not None]
    if top is None or not plans:
        return None
    here = [one for one in plans if _inside(shape, moment.nodes, one)]
    beside = _raw_layers(shape, moment).get(BESIDE, 0.0) if shape.phase else top.base
    planned = sum(_on(shape, one.foreseen, one.phases) for one in here) + beside
    limits = [_limit(shape, one)[0] for one in (top, _only_connection(shape, moment.nodes)) if one is not None]
    return min([planned, *(one for one in limits if one is not None)])


def _only_connection(shape: Shape, nodes: Mapping[str, NodePower]) -> NodePower | None:
    """Return what alone carries the whole site; None: the site is not what is looked at, or there are several."""
    connections = shape.site.connections
    return nodes.get(connections[0].id) if shape.node == "site" and len(connections) == 1 else None


def _inside(shape: Shape, nodes: Mapping[str, NodePower], one: EvsePower | EvseSample) -> bool:
    """Tell whether an EVSE is part of what is looked at."""
    known = shape.zones.get(str(one.station))
    return shape.node in {one.node, f"zone:{known}"} or _beneath(nodes, one.node, shape.node)


def _beneath(nodes: Mapping[str, NodePower], node: str, top: str) -> bool:
    return node in nodes and _under(nodes, nodes[node], top)


def _zone_of(shape: Shape, nodes: Mapping[str, NodePower], one: EvsePower) -> str:
    known, node = shape.zones.get(str(one.station)), nodes.get(one.node)
    if known is not None or node is None:
        return known or REST
    for _ in range(len(nodes)):
        if node.kind == "zone":
            return node.id.removeprefix("zone:")
        if node.parent not in nodes:
            break
        node = nodes[node.parent]
    return REST


def _bridged(
    names: Sequence[str], layers: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]], before: list[float | None]
) -> list[Line]:
    """Let each planned layer begin where the measured one ends."""
    found = []
    for name in names:
        values = list(before)
        if layers:
            values[-1] = layers[-1].get(name)
        found.append(Line(name=name, values=values + [row.get(name) for row in after]))
    return found


# -- limits --


def _limits(shape: Shape, nodes: Sequence[NodePower | None], ahead: Sequence[tuple[float | None, str]]) -> list[Line]:
    """Return a line for each who won at some time; where another wins from a moment on, the line still reaches it."""
    won = [_limit(shape, one) for one in nodes] + list(ahead)
    found: dict[str, list[float | None]] = {}
    before: tuple[float | None, str] = (None, "")
    for place, (value, name) in enumerate(won):
        if value is not None:
            found.setdefault(name, [None] * len(won))[place] = value
        if before[0] is not None and before[1] != name and (value is not None or place >= len(nodes)):
            found[before[1]][place] = before[0]
        before = (value, name)
    return [Line(name=name, values=values) for name, values in found.items()]


def _merged(every: Iterable[list[Line]]) -> list[Line]:
    """Draw one line for each who limits: the lowest where he does so at two places."""
    found: dict[str, list[float | None]] = {}
    for one in (line for lines in every for line in lines):
        before = found.get(one.name, [None] * len(one.values))
        found[one.name] = [_lower(*pair) for pair in zip(before, one.values, strict=True)]
    return [Line(name=name, values=values) for name, values in found.items()]


def _lower(one: float | None, other: float | None) -> float | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _limit(shape: Shape, node: NodePower | None) -> tuple[float | None, str]:
    if node is None:
        return None, ""
    if not shape.phase:
        return node.limit, _name(node.winner)
    value = float(node.amperes[shape.phase - 1]) if len(node.amperes) >= shape.phase else None
    return value, _name(node.phase_winner)


def _name(winner: Winner) -> str:
    return who(winner) or BUILT


def _limits_ahead(
    shape: Shape, nodes: Sequence[NodePower | None], constraints: Iterable[Constraint], ahead: Sequence[datetime]
) -> list[tuple[float | None, str]]:
    """Return what is known already of limits to come at this very place."""
    present = next((one for one in reversed(nodes) if one is not None), None)
    if present is None or shape.phase:
        return [_limit(shape, present)] * len(ahead)
    mine = [one for one in constraints if _about(one, shape.node, shape.site)]
    built = _built(shape, present)
    found: list[tuple[float | None, str]] = []
    for at in ahead:
        value, winner = least_power(claims(mine, at))
        by_itself = built is not None and (value is None or built <= value)
        found.append((built, BUILT) if by_itself else (value, _name(winner)))
    return found


def _about(constraint: Constraint, node: str, site: Site) -> bool:
    scope = constraint.scope
    if scope.site != site.id or scope.station is not None:
        return False
    if scope.zone is not None:
        return node == f"zone:{scope.zone}"
    return node == (scope.feeder if scope.feeder is not None else "site")


def _built(shape: Shape, present: NodePower) -> float | None:
    """Return what the thing itself carries in all [W]; None: nobody said."""
    rated: dict[str, float | None] = {one.id: one.import_max for one in shape.site.feeders}
    rated.update({one.id: one.import_max for one in shape.site.connections})
    if shape.node in rated:
        return rated[shape.node]
    return present.limit if present.winner == Winner() else None
