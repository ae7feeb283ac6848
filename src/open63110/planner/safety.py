# SPDX-License-Identifier: Apache-2.0
"""One site under the safety loop, from nouns to orders; what it remembers between two looks is here."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber
from open63110.kernel.units import Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.constraint import Constraint
from open63110.model.flow import Flow
from open63110.model.limit import PHASE, WHOLE, Limit, LimitScope, same
from open63110.model.outlook import Outlook
from open63110.model.power import AssetReading, SitePower
from open63110.model.site import Site, Zone, ZoneKey, ZoneLimit
from open63110.model.station import Station
from open63110.planner.claimed import Claimed, claimed
from open63110.planner.frame import SITE, Frame, base_of, frame, nodes, zone_place
from open63110.planner.learned import Learned, learn
from open63110.planner.loop import Given, Key, Step, after, step
from open63110.planner.meters import Metered, Meters
from open63110.planner.network import Floats
from open63110.planner.outcome import outcomes
from open63110.planner.picture import Plans, Turned, moment, picture
from open63110.planner.points import Spot, Spots, again, share_of, spots
from open63110.planner.serve import Rhythm, Turns
from open63110.planner.setting import Setting, safe_values, settings, weights_of
from open63110.planner.tree import volts_at
from open63110.planner.troubles import Trouble, of_clocks, of_demands, of_meters, of_places, of_silence, of_spots, unheard_from

URGENT: Final = 1
"""Rank of a driver who asked for priority, above others of the same zone."""

SHORTLY: Final = timedelta(seconds=1)

BEGINS: Final = 30.0
"""Within this time who got his turn may not have begun to charge [s]."""

NO_PLAN: Final = Plans("", None, {}, {})


def _nobody_knows(_: TransferNumber) -> Flow | None:
    return None


class View(NamedTuple):
    """A site as it is."""

    site: Site
    zones: Sequence[Zone]
    members: Mapping[ZoneKey, Sequence[Station]]
    constraints: Sequence[Constraint]
    meters: Mapping[str, AssetReading]
    """By asset."""
    flows: Callable[[TransferNumber], Flow | None] = _nobody_knows
    """Tells what the terminals of an EVSE carried last, by the transfer there."""
    outlooks: Sequence[Outlook] = ()
    """What is expected there."""


class Look(NamedTuple):
    """What comes of a look."""

    settings: tuple[Setting, ...]
    """What stations are to be told now."""
    releases: tuple[tuple[StationId, EvseNumber], ...]
    """Which shares are to be taken back."""
    zones: dict[ZoneKey, ZoneLimit | None]
    """How far the limits of zones have come."""
    power: Callable[[], SitePower]
    """How all that looks; made when somebody wants to see it."""
    troubles: tuple[Trouble, ...]
    again: datetime | None
    """When something changes by itself; None: never."""
    active: bool
    """Somebody charges, or waits to."""
    waits: bool
    """Somebody gets more only once others have confirmed less."""


class Safety:
    """The safety loop of one site."""

    def __init__(self, left: SitePower | None = None) -> None:
        """Go on from how the power was shown last; None: with nothing known."""
        self._spots: dict[StationId, Spots] = {}
        self._signature: object = None
        self._volts: tuple[Site, dict[str, float]] | None = None
        self._frame: Frame | None = None
        self._meters = Meters()
        self._turns: dict[Key, Turned] = {}
        self._learned: dict[Key, Learned] = {}
        self._over: dict[str, str] = {}
        self._begun: datetime | None = None
        self._left = left
        self.given: Given | None = None
        """What the last look started from."""
        self.plans: Plans = NO_PLAN
        """What a planner says; its targets cap what EVSEs get."""
        self.caps: Mapping[Key, float] = {}
        """What a planner has for EVSEs now [A]."""
        self.without_plan: Final = NO_PLAN

    def look(self, view: View, now: datetime) -> Look:
        """Decide what every EVSE of a site may draw from now on."""
        self._begun = self._begun or now
        rows, zone_of = self._rows(view, now)
        if self._left is not None:
            self._resume(rows, self._left)
            self._left = None
        made = self._compiled(view, rows, zone_of)
        read = self._meters.read(view.site, made, view.meters.get, _drawn(rows), now, sure=_settled(rows))
        found = claimed(made, view.constraints, rows, now)
        given = self._given(view, made, rows, found, read, now)
        self.given = given
        taken = self._explained(given, step(given))
        breach = taken.breach or after(made.network, given, taken)
        if breach is not None and taken.breach is None:  # what lowers may be sent all the same
            taken = taken._replace(send=taken.send & (taken.target <= np.array([one.most for one in rows])))
        self._remember(rows, taken)
        safe = safe_values(made, rows, view.zones, found)
        wanted = settings(given, taken, safe, self.plans.told, now)
        stations = {one.id: one for those in view.members.values() for one in those}
        new = tuple(one for one in wanted if _is_new(stations[one.station], one, taken))
        return Look(
            settings=new,
            releases=tuple(_releases(stations, rows, taken)),
            zones=outcomes(view.zones, made, rows, found, taken, stations),
            power=functools.partial(
                picture,
                view.site,
                view.zones,
                given,
                found=taken,
                read=read,
                plans=self.plans,
                turns=self._turns,
                now=now,
            ),
            troubles=(
                *self._troubles(view, given, taken, read, now),
                *((Trouble("CheckFailed", view.site.id, f"what was planned would not have fitted: {breach}"),) if breach else ()),
            ),
            again=self._again(view, rows, now),
            active=any(one.state == "active" for one in rows),
            waits=bool(taken.waits.any()),
        )

    def _rows(self, view: View, now: datetime) -> tuple[list[Spot], list[int]]:
        rows: list[Spot] = []
        zone_of: list[int] = []
        known: dict[StationId, Spots] = {}
        at = self._voltage(view.site)
        for position, zone in enumerate(view.zones):
            for station in view.members.get(zone.key, ()):
                seen = self._spots.get(station.id)
                volts = at.get(station.feeder or zone.feeder) or at[""]
                late = seen is None or (seen.until is not None and now >= seen.until)
                if seen is None or late or seen.volts != volts:
                    seen = spots(station, volts, now)
                elif seen.of is not station:
                    seen = again(seen, station, now) or spots(station, volts, now)
                known[station.id] = seen
                rows += seen.rows
                zone_of += [position] * len(seen.rows)
        self._spots = known
        return self._learn(rows, view, moment(now)), zone_of

    def _learn(self, rows: list[Spot], view: View, now: float) -> list[Spot]:
        """Return EVSEs as far as the EVs that are there are known by now."""
        before, self._learned = self._learned, {}
        found: list[Spot] = []
        for one in rows:
            key = (one.station, one.evse)
            shown = view.flows(one.transfer.number) if one.transfer is not None else None
            spot, known = learn(one, shown, before.get(key), now)
            if known is not None:
                self._learned[key] = known
            found.append(spot)
        return found

    def _voltage(self, site: Site) -> dict[str, float]:
        """Return the voltage behind each node of a site, by id; empty: where nobody says what feeds it [V]."""
        if self._volts is None or self._volts[0] is not site:
            first = float(site.connections[0].volts) if site.connections else float(PHASE)
            self._volts = site, {**volts_at(nodes(site)), "": first}
        return self._volts[1]

    def _compiled(self, view: View, rows: list[Spot], zone_of: list[int]) -> Frame:
        feeds = tuple((zone.key, zone.import_max, zone.feeder) for zone in view.zones)
        points = tuple((one.station, one.evse, one.at, one.node, one.wiring) for one in rows)
        signature = (view.site, feeds, points, tuple(zone_of))
        if self._frame is None or signature != self._signature:
            self._frame, self._signature = frame(view.site, view.zones, rows, zone_of), signature
        return self._frame

    def _given(self, view: View, made: Frame, rows: list[Spot], found: Claimed, read: Metered, now: datetime) -> Given:
        self._over = self._meters.correct(view.site, made, found.limits, read)
        at = moment(now)
        turns = [self._turns.get((one.station, one.evse), Turned(on=False, since=at, had=0.0)) for one in rows]
        return Given(
            frame=made,
            spots=rows,
            claimed=found,
            limits=self._meters.trimmed(made, found.limits),
            base=base_of(made, read.loads),
            share=_weights(view.zones, made, rows, found),
            rank=np.array(
                [
                    2 * _priority(view.zones, zone) + URGENT * _urgent(one)
                    for one, zone in zip(rows, made.zone_of.tolist(), strict=True)
                ],
                dtype=np.intp,
            ),
            caps=self.caps,
            turns=Turns(
                on=np.array([one.on for one in turns], dtype=np.bool_),
                since=np.array([one.since for one in turns]),
                had=np.array([one.had for one in turns]),
            ),
            seconds=at,
            rhythm=_rhythm(view.site),
            pauses=np.array([one.pauses for one in turns], dtype=np.intp),
            loads=read.loads,
        )

    def _explained(self, given: Given, taken: Step) -> Step:
        """Return a step with what stands in the way of those who have what a plan has for them: the row that the plan felt."""
        stops, row_of = taken.stops.copy(), given.frame.row_of
        for at, one in enumerate(given.spots if self.plans.rows else ()):
            line = self.plans.rows.get((one.station, one.evse))
            if line is not None and stops[at] < 0:
                stops[at] = row_of.get(line, -1)
        return taken._replace(stops=stops)

    def _remember(self, rows: list[Spot], taken: Step) -> None:
        turns = taken.served.turns
        kept: dict[Key, Turned] = {}
        for at, one in enumerate(rows):
            if one.state == "active":
                key, on = (one.station, one.evse), bool(turns.on[at])
                before, since = self._turns.get(key), float(turns.since[at])
                if before is not None and before.on and not on and _never_began(one, since - before.since):
                    kept[key] = before._replace(on=False, since=since)
                    continue
                pauses = 0 if before is None else before.pauses + (before.on and not on)
                kept[key] = Turned(on, since, float(turns.had[at]), pauses)
        self._turns = kept

    def _resume(self, rows: list[Spot], left: SitePower) -> None:
        """Go on with whose turn it was, where the same EVs are there still, and with what was taken back."""
        turns = {(one.station, one.evse): one for one in left.evses if one.since is not None}
        for one in rows:
            known = turns.get((one.station, one.evse))
            same = known is not None and one.transfer is not None and known.transfer == one.transfer.reference
            if known is not None and known.since is not None and same:
                turn = Turned(known.on, moment(known.since), float(known.had), known.pauses)
                self._turns[one.station, one.evse] = turn
        for node in left.nodes:
            self._meters.withheld.trims.update({(node.id, phase): trim for phase, trim in node.withheld.items()})

    def _troubles(self, view: View, given: Given, taken: Step, read: Metered, now: datetime) -> Iterator[Trouble]:
        yield from of_meters(read, self._over)
        yield from of_places(given, taken)
        yield from of_spots(given.spots)
        stations = [one for those in view.members.values() for one in those]
        yield from of_silence(given, taken, stations, self._begun or now, now)
        yield from of_clocks(stations)
        yield from of_demands(view.constraints, now)

    def _again(self, view: View, rows: list[Spot], now: datetime) -> datetime | None:
        moments = [one.until for one in self._spots.values()] + [one.changes(now) for one in view.constraints]
        moments += [one.until for one in view.outlooks if one.valid(now)]
        if any(one.state == "active" for one in rows):
            moments.append(now + timedelta(seconds=60))
        silent = (unheard_from(one.of, self._begun or now) for one in self._spots.values())
        moments += [one for one in silent if one is not None and one > now]
        return min((one for one in moments if one is not None), default=None)


def _never_began(spot: Spot, seconds: float) -> bool:
    """Tell whether an EV that loses its turn has not begun to charge since it got it: then it was not stopped, and rests not."""
    charges = spot.transfer is not None and spot.transfer.state == "charging"
    return seconds < BEGINS and not charges and not spot.measured


def _settled(rows: list[Spot]) -> bool:
    """Tell whether what every EVSE draws was measured, or is nothing."""
    return all(one.settled or (one.usable and (one.state != "active" or one.most < one.least)) for one in rows)


def _rhythm(site: Site) -> Rhythm:
    rules = site.rules
    return Rhythm() if rules is None else Rhythm(on=float(rules.on), off=float(rules.off), pauses=rules.pauses)


def _drawn(rows: list[Spot]) -> Floats:
    """Return what EVSEs are taken to draw [A]: what was measured once they have settled, else all they may while active."""
    return np.array(
        [
            (one.measured or 0.0) / one.factor if one.settled else (min(one.most, one.can) if one.state == "active" else 0.0)
            for one in rows
        ],
        dtype=np.float64,
    )


def _weights(zones: Sequence[Zone], made: Frame, rows: list[Spot], found: Claimed) -> Floats:
    by_zone = [weights_of(found.places.get(zone_place(one.id), ())) for one in zones]
    whole = weights_of(found.places.get(SITE, ()))
    if not whole and not any(by_zone):
        return np.ones(len(rows))
    return np.array(
        [
            (by_zone[zone] if zone >= 0 and by_zone[zone] else whole).get(one.station, 1.0)
            for one, zone in zip(rows, made.zone_of.tolist(), strict=True)
        ]
    )


def _priority(zones: Sequence[Zone], position: int) -> int:
    return zones[position].priority if position >= 0 else 0


def _urgent(spot: Spot) -> bool:
    return spot.needs is not None and spot.needs.priority


def _is_new(station: Station, wanted: Setting, taken: Step) -> bool:
    """Tell whether a station is to be told something now; one that is away only if it is to have less once it is back."""
    known: Limit | None = share_of(station, wanted.limit.evse)
    if same(known, wanted.limit):
        return False
    if wanted.at < 0:
        return may_be_ordered(station) and (known is None or wanted.limit.limit <= known.limit or _all_have(station))
    if bool(taken.send[wanted.at]):
        return True
    if known is None or bool(taken.waits[wanted.at]):
        return False
    if station.connected is None:
        return wanted.limit.limit < known.limit
    return may_be_ordered(station) and wanted.limit.limit == known.limit and not _alike(known, wanted.limit)


def _alike(known: Limit, wanted: Limit) -> bool:
    """Tell whether a station that was told one limit does what another one says: it takes steps by itself.

    That one went before everything else on the wire, and another need not, is nothing to be told.
    """
    plain, other = (replace(one, ahead=(), emergency=False) for one in (known, wanted))
    return _effect(known) == _effect(wanted) and same(plain, other)


def _effect(limit: Limit) -> list[tuple[datetime, Watts]]:
    """Return when a limit becomes what: where amperes count as well a step up is none, for they count for all of it."""
    moments = [one.since for one in limit.ahead]
    powers = [limit.allows(at) for at in (moments[0] - SHORTLY, *moments)] if moments else []
    return [(at, after) for at, (before, after) in zip(moments, pairwise(powers), strict=True) if after != before]


def _releases(stations: Mapping[StationId, Station], rows: list[Spot], taken: Step) -> list[tuple[StationId, EvseNumber]]:
    """Return shares that nothing needs any more."""
    needed = {
        (one.station, place)
        for one, here in zip(rows, taken.controlled.tolist(), strict=True)
        if here
        for place in {one.at, WHOLE}
    }
    shares = ((key, one) for key, station in stations.items() for one in station.limits.desired.values())
    return [(key, one.evse) for key, one in shares if one.scope is LimitScope.ZONE and (key, one.evse) not in needed]


def _all_have(station: Station) -> bool:
    """Tell whether each EVSE keeps to a limit of its own."""
    return all(number in station.limits.in_force and share_of(station, number) is not None for number in station.evses)
