# SPDX-License-Identifier: Apache-2.0
"""A site as a tree with what flows against what may: connections, feeders, zones, stations, EVSEs, assets (8.2.3, 4.3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from open63110.bindings.web.offers import SOURCES
from open63110.bindings.web.queries import natural, state_of
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Watts
from open63110.model.power import AssetReading, EvsePower, NodePower, SitePower, Winner
from open63110.model.site import Asset, Feeder, GridConnection, Site, Zone
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer

PHASES = ("L1", "L2", "L3")

ROOT = "site"
"""What the whole is called."""


class Bar(NamedTuple):
    """What flows on a phase, or in all, against what may."""

    name: str
    """L1, L2, L3; empty: in all."""
    load: float | None
    limit: float | None
    """None: not limited."""
    unit: str
    most: float | None = None
    """What could flow by all that stations keep to (I15)."""

    @property
    def share(self) -> float:
        """Of what may, what flows; 0 where nobody knows."""
        return max(0.0, (self.load or 0.0) / self.limit) if self.limit else 0.0

    @property
    def reach(self) -> float:
        """Of what may, what could flow by all that stations keep to; 0 where nobody knows."""
        return max(0.0, (self.most or 0.0) / self.limit) if self.limit else 0.0

    @property
    def over(self) -> bool:
        """More flows than may."""
        return self.limit is not None and self.load is not None and self.load > self.limit + 1e-6

    @property
    def words(self) -> str:
        """Both, for people."""
        load = "–" if self.load is None else _amount(self.load, self.unit)
        if self.unit == "A" and self.limit is not None:
            return f"{load}/{_amount(self.limit, self.unit)} A"
        return load if self.limit is None else f"{load} of {_amount(self.limit, self.unit)} {self.unit}"


def _amount(value: float, unit: str) -> str:
    return f"{value / 1000:.1f}" if unit == "kW" else f"{value:.0f}"


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the tree."""

    name: str
    """As ``site_edit`` names it: ``feeder:T1``."""
    kind: str
    title: str
    about: str = ""
    """What it is built for, in words."""
    bar: Bar | None = None
    phases: tuple[Bar, ...] = ()
    by: str = ""
    """Who limits it; empty: what it carries, or nobody."""
    note: str = ""
    """What people should know of it now."""
    tone: str = ""
    state: str = ""
    link: str = ""
    below: "tuple[Drawn, ...]" = ()

    @property
    def deep(self) -> bool:
        """Something hangs at it."""
        return bool(self.below)


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a site at a moment."""

    site: Site
    zones: Sequence[Zone]
    stations: Mapping[str, Sequence[Station]]
    """By key of their zone."""
    power: SitePower | None
    """None: nobody plans there."""
    meters: Mapping[str, AssetReading]
    """By asset."""
    now: datetime


def drawn(scene: Scene) -> Drawn:
    """Draw a site."""
    return _Drawing(scene).whole()


class _Drawing:
    def __init__(self, scene: Scene) -> None:
        self._scene, site = scene, scene.site
        self._first = site.connections[0].id if site.connections else ""
        power = scene.power
        self._nodes: dict[str, NodePower] = {one.id: one for one in power.nodes} if power else {}
        self._evses: dict[tuple[StationId, EvseNumber], EvsePower] = (
            {(one.station, one.evse): one for one in power.evses} if power else {}
        )

    def whole(self) -> Drawn:
        site = self._scene.site
        below = [self._place(one) for one in site.connections] or list(self._fed(""))
        what = Drawn(name=ROOT, kind="site", title=str(site.id), about=site.address, below=tuple(below))
        whole = self._with_power(what, ROOT, None, ())
        if len(below) == 1 and site.connections and whole.bar is not None and whole.bar.limit is None:
            only = below[0]  # what holds for its one connection holds for all of it
            return msgspec.structs.replace(whole, bar=only.bar, by=only.by, phases=())
        return whole

    def _place(self, one: GridConnection | Feeder) -> Drawn:
        kind = "connection" if isinstance(one, GridConnection) else "feeder"
        about = [_volts(one), "transformer" if isinstance(one, Feeder) and one.winding else ""]
        what = Drawn(
            name=f"{kind}:{one.id}",
            kind="transformer" if isinstance(one, Feeder) and one.winding else kind,
            title=one.id,
            about=", ".join(filter(None, about[:1])),
            below=tuple(self._fed(one.id)),
        )
        return self._with_power(what, one.id, one.import_max, one.amperes)

    def _fed(self, name: str) -> Iterator[Drawn]:
        """Draw what hangs at a feeder or a connection, in the order in which people look for it."""
        site = self._scene.site
        yield from (self._asset(one) for one in site.assets if (one.feeder or self._first) == name)
        yield from (self._place(one) for one in site.feeders if (one.parent or self._first) == name)
        yield from (self._zone(one) for one in self._scene.zones if (one.feeder or self._first) == name)

    def _asset(self, one: Asset) -> Drawn:
        reading = self._scene.meters.get(one.id)
        fresh = reading is not None and (self._scene.now - reading.at).total_seconds() <= one.stale_after
        load = sum(reading.power) if reading is not None and fresh else (sum(one.assumed) if one.assumed else None)
        soc = f", {reading.soc:.0f} %" if reading is not None and reading.soc is not None else ""
        most = one.export_max if one.kind == "pv" else one.import_max
        rated = "" if most is None else f"up to {_amount(most, 'kW')} kW"
        holds = "" if one.capacity is None else f"{one.capacity / 1000:g} kWh"
        return Drawn(
            name=f"asset:{one.id}",
            kind=one.kind,
            title=one.id,
            about=", ".join(filter(None, (one.wiring, rated, holds))),
            bar=Bar("", load, None, "kW"),
            note="" if fresh else (f"assumed{soc}" if one.assumed else "nobody has measured it"),
            tone="" if fresh or one.assumed else "warn",
            state=soc.lstrip(", ") if fresh else "",
        )

    def _zone(self, zone: Zone) -> Drawn:
        stations = sorted(self._scene.stations.get(zone.key, ()), key=lambda one: natural(one.id))
        what = Drawn(
            name=f"zone:{zone.id}", kind="zone", title=str(zone.id), below=tuple(self._station(one, zone) for one in stations)
        )
        limit = zone.limit.asked if zone.limit is not None and zone.limit.asked.valid(self._scene.now) else None
        found = self._with_power(what, f"zone:{zone.id}", zone.import_max, ())
        if found.bar is not None and limit is not None and f"zone:{zone.id}" not in self._nodes:
            return msgspec.structs.replace(found, bar=found.bar._replace(limit=limit.limit), by=SOURCES[limit.source])
        return found

    def _with_power(self, what: Drawn, node: str, rated: Watts | None, amperes: tuple[Amperes, ...]) -> Drawn:
        """Add what flows there and what may; where nobody plans, the sum of what is metered below."""
        known = self._nodes.get(node)
        if known is None:
            load = sum(_load(one) for one in what.below)
            return msgspec.structs.replace(what, bar=Bar("", load, rated, "kW"))
        phases = tuple(
            Bar(name, _at(known.load_amperes, place), _at(known.amperes or amperes, place), "A", _at(known.most_amperes, place))
            for place, name in enumerate(PHASES)
            if (known.amperes or amperes or known.load_amperes)
        )
        note = f"{_amount(known.excess, 'kW')} kW more than may be" if known.excess > 0 else ""
        return msgspec.structs.replace(
            what,
            bar=Bar("", known.load, known.limit, "kW", known.most),
            phases=phases,
            by=who(known.winner),
            note=note,
            tone="bad" if known.excess > 0 else what.tone,
        )

    def _station(self, station: Station, zone: Zone) -> Drawn:
        below = tuple(self._evse(station, number) for number in sorted(station.evses))
        elsewhere = station.feeder and station.feeder != (zone.feeder or self._first)
        return Drawn(
            name=f"station:{station.id}",
            kind="station",
            title=str(station.id),
            about=f"at {station.feeder}" if elsewhere else "",
            bar=Bar("", sum(_load(one) for one in below), None, "kW"),
            state=state_of(station),
            link=f"/stations/{station.id}",
            below=below,
        )

    def _evse(self, station: Station, number: EvseNumber) -> Drawn:
        evse, power = station.evses[number], self._evses.get((station.id, number))
        running = [one for one in station.transfers.values() if one.evse == number and one.ended is None]
        load = power.measured if power is not None and power.measured is not None else _flows(running)
        limit = power.setpoint if power is not None and power.state != "idle" else None
        pilots = f"{'/'.join(f'{each:g}' for each in evse.pilots)} A" if evse.pilots else ""
        return Drawn(
            name=f"evse:{station.id}/{number}",
            kind="evse",
            title=evse.evse_id or f"EVSE {number}",
            about=", ".join(filter(None, (evse.wiring, _most(evse.import_max), pilots))),
            bar=Bar("", load, limit, "kW"),
            by=who(power.winner) if power is not None and limit is not None else "",
            state=power.state if power is not None and power.state != "idle" else "",
            tone=TONES.get(power.state, "") if power is not None else "",
        )


TONES = {"active": "busy", "waiting": "warn", "dark": "bad", "refused": "bad"}


def who(winner: Winner) -> str:
    """Say who limits something; empty: it is what it carries by itself."""
    if not winner.actor and not winner.constraint:
        return ""
    source = SOURCES[winner.source]
    return f"{source} ({winner.actor})" if winner.actor else source


def _flows(transfers: Iterable[EnergyTransfer]) -> float:
    return sum(one.power or 0.0 for one in transfers)


def _load(one: Drawn) -> float:
    return (one.bar.load if one.bar is not None else None) or 0.0


def _at(row: Sequence[Any], place: int) -> float | None:
    return float(row[place]) if len(row) > place else None


def _most(watts: Watts | None) -> str:
    return "" if watts is None else f"up to {_amount(watts, 'kW')} kW"


def _volts(one: GridConnection | Feeder) -> str:
    return "" if one.volts in {None, 230.0} else f"{one.volts:g} V"


def flat(tree: Drawn) -> Iterator[Drawn]:
    """Return a thing and all below it."""
    yield tree
    for one in tree.below:
        yield from flat(one)
