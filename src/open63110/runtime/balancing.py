# SPDX-License-Identifier: Apache-2.0
"""Keeps the power of sites within what they carry: looks at each as soon as something of it changes, and every second (8.2.3).

What happens marks a site, nothing more; a look follows at once, and takes in all that came meanwhile. While many confirm what
they were told, and nobody waits for what they leave, it follows once the last of them has. The numbers are made by the planner,
which is read in once a site needs it: one whose stations could not exceed anything, and of which nobody demands anything, costs
a glance. A look calls no solver and waits for nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import is_not
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command, Event
from open63110.model.constraint import ConstraintChanged
from open63110.model.exposure import rated, rating
from open63110.model.external import ExternalLimitCleared, ExternalLimitSet
from open63110.model.limit import PHASE, WHOLE, LimitScope
from open63110.model.needs import NeedsStated, PriorityChanged
from open63110.model.outlook import OutlookChanged
from open63110.model.power import AssetMeasured, PowerSample, sample_of
from open63110.model.site import SiteChanged, SiteId, StationPlaced, Zone, ZoneChanged, ZoneKey
from open63110.model.station import RegistrationDecided, Station, StationConnected, StationDisconnected
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.ports import Ids
from open63110.runtime.alarms import Alarms
from open63110.runtime.awaited import Awaited
from open63110.runtime.clocks import Clocks
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.orders import Orders
from open63110.runtime.shares import command, shares
from open63110.runtime.terminals import Terminals
from open63110.usecases.energy.arbitrate_constraints import EndConstraints
from open63110.usecases.energy.smart_charging import (
    LimitCleared,
    LimitDiffers,
    LimitInForce,
    LimitRefused,
    SilenceNoted,
    WithdrawLimit,
)

if TYPE_CHECKING:
    from open63110.planner.safety import Look, Safety, View

PAUSE: Final = 0.05
"""Least time between two looks at one site [s]."""

EVERY: Final = 1.0
"""Nothing that changes without a word is seen later than this [s]."""

SHOWN_EVERY: Final = timedelta(seconds=1)
"""How often the picture of a site is made anew at most."""

KEPT_EVERY: Final = timedelta(seconds=10)
"""How often the power of a site is written down at most, as it is."""

SAMPLED_EVERY: Final = timedelta(seconds=60)
"""How often it is written down for looking back, while anything is active."""

_OF_STATIONS: Final = frozenset(
    {
        LimitInForce,
        LimitRefused,
        LimitCleared,
        LimitDiffers,
        SilenceNoted,
        StationConnected,
        StationDisconnected,
        RegistrationDecided,
        StationPlaced,
        EnergyTransferStarted,
        EnergyTransferEnded,
        NeedsStated,
        PriorityChanged,
        ExternalLimitSet,
        ExternalLimitCleared,
    }
)
_OF_SITES: Final = frozenset({ConstraintChanged, AssetMeasured, ZoneChanged, SiteChanged, StationPlaced, OutlookChanged})
_ALL: Final = _OF_STATIONS | _OF_SITES
"""Facts after which a site is looked at. What is measured by stations is not among them: that is looked at every second."""

_NOBODY = StationId("")

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Balancing:
    """The safety loops of all sites of a node."""

    def __init__(self, engine: Engine, ids: Ids, orders: Orders) -> None:
        """Listen to what is decided and to what becomes durable; ``run`` does the work."""
        self._engine, self._ids = engine, ids
        self._alarms = Alarms(engine)
        self._loops: dict[SiteId, Safety] = {}
        self._terminals, self._clocks = Terminals(), Clocks(engine)
        self._dirty: dict[SiteId, None] = {}
        self._strays: set[StationId] = set()
        self._seen: dict[SiteId, tuple[Station, ...]] = {}
        self._again: dict[SiteId, datetime] = {}
        self._awaited = Awaited()
        self._zones: dict[ZoneKey, Zone | None] = {}
        self._looked: dict[SiteId, float] = {}
        self._shown: dict[SiteId, tuple[datetime, datetime, datetime]] = {}
        """When the power of a site was shown, written down and sampled last."""
        self._unshown: dict[SiteId, Look] = {}
        """What came of the last look at a site, where it came too soon after the one before to be shown."""
        self.on_shown: list[Callable[[SiteId], None]] = []
        """Told of each new picture of a site."""
        self._wake = asyncio.Event()
        self.on_look: list[Callable[[SiteId, View, Look], None]] = []
        """Told of each look."""
        self.plans: Callable[[SiteId, Safety], None] | None = None
        """Asked before each look for what a planner says."""
        orders.on_decided.append(self._decided)
        engine.commit.on_durable.append(self._heard)
        engine.commit.on_restored.append(lambda _: self._restored())
        self.mark_all()

    def safety(self, site: SiteId) -> "Safety | None":
        """Return the safety loop of a site; None: it needs none."""
        return self._loops.get(site)

    def mark(self, site: SiteId) -> None:
        """Have a site looked at as soon as may be."""
        self._dirty[site] = None
        self._wake.set()

    def mark_all(self) -> None:
        """Have every site looked at."""
        for site in self._engine.known.sites:
            self.mark(site)

    def _restored(self) -> None:
        self._awaited.clear()
        self.mark_all()

    def _decided(self, facts: Sequence[Event]) -> None:
        """Look at once at what somebody demands: what follows from it is part of the same commit, and is under his name."""
        for one in facts:
            if type(one) is ConstraintChanged:
                self._dirty.pop(_site_of(one), None)
                self.look(_site_of(one))
                self._awaited.looked(one)

    def _heard(self, entries: list[Entry]) -> None:
        now = self._engine.clock.now()
        for one in entries:
            if one.kind is EnergyTransferUpdated:
                if self._terminals.note(one):
                    self._clocks.note(one, now)
            elif one.kind in _ALL:
                self._about(one)

    def _about(self, entry: Entry) -> None:
        if entry.kind is EnergyTransferEnded:
            self._terminals.note(entry)
        station = self._engine.stations.get(entry.station) if entry.station else None
        if station is not None and station.zone is not None:
            site = SiteId(station.zone.partition(":")[0])
            if entry.kind is not LimitInForce or not (self._awaited.seen(site, station) or self._awaited.more(site, station)):
                self.mark(site)
        if entry.kind in _OF_SITES:
            self._site_changed(entry.event)

    def _site_changed(self, event: Event) -> None:
        if isinstance(event, StationPlaced):
            self._strays.add(event.station)
            if event.left is not None:
                self.mark(SiteId(event.left.partition(":")[0]))
        elif isinstance(event, ConstraintChanged):
            if not self._awaited.was_looked(event):
                self.mark(_site_of(event))
        elif isinstance(event, AssetMeasured) and event.meter is not None:
            self.mark(event.meter.site)
        elif isinstance(event, SiteChanged):
            self.mark(event.id)
        elif isinstance(event, OutlookChanged):
            self.mark(event.site)
        elif isinstance(event, ZoneChanged):
            bare = None if event.zone is None else replace(event.zone, limit=None)
            if event.key not in self._zones or self._zones[event.key] != bare:
                self.mark(SiteId(event.key.partition(":")[0]))
            self._zones[event.key] = bare

    # -- looking --

    async def run(self) -> None:
        """Look whenever something changed, and every second, for ever."""
        clock = self._engine.clock
        while True:
            try:
                async with asyncio.timeout(clock.real(EVERY)):
                    await self._wake.wait()
            except TimeoutError:
                self._notice()
            self._wake.clear()
            self._look_at_strays()
            await self._look_at_dirty()

    def _notice(self) -> None:
        """Mark sites of which something changed without a word: what was measured, or the time."""
        known, now = self._engine.known, self._engine.clock.now()
        for site in known.sites:
            again = self._again.get(site)
            if _differ(self._state(site), self._seen.get(site, ())) or (again is not None and now >= again):
                self.mark(site)
            elif site in self._unshown:
                self._show(site, self._unshown.pop(site), now)
                self._engine.commit.after(_nobody_waits)

    def _state(self, site: SiteId) -> tuple[Station, ...]:
        """Return what a look at a site depends on; of the same objects the same comes out."""
        known = self._engine.known
        return tuple([one for zone in known.zones(site) for one in known.members(zone.key)])

    async def _look_at_dirty(self) -> None:
        loop = asyncio.get_running_loop()
        while self._dirty:
            for site in tuple(self._dirty):
                wait = self._looked.get(site, -1.0) + PAUSE - loop.time()
                if wait > 0.0 and len(self._dirty) == 1:
                    await asyncio.sleep(wait)
                elif wait > 0.0:
                    continue
                self._dirty.pop(site, None)
                self.look(site)
                self._looked[site] = loop.time()
                await asyncio.sleep(0)

    def _look_at_strays(self) -> None:
        """Take back the shares of stations that stand nowhere any more."""
        strays, self._strays = self._strays, set()
        for key in strays:
            station = self._engine.stations.get(key)
            if station is not None and station.zone is None:
                self._release((key, evse) for evse in shares(station))

    def look(self, site: SiteId) -> "Look | None":
        """Look at a site, and do what follows; None: it needs nothing."""
        now = self._engine.clock.now()
        self._seen[site] = self._state(site)
        self._awaited.looked_at(site, self._seen[site])
        self._again.pop(site, None)
        self._unshown.pop(site, None)
        if self._engine.known.site(site) is None or not self._needed(site):
            self._loops.pop(site, None)
            self._terminals.watch(site, ())
            self._rest(site, now)
            return None
        return self._looked_at(site, now)

    def _needed(self, site: SiteId) -> bool:
        """Tell whether anything could be exceeded at a site, or anybody demands anything of it."""
        known = self._engine.known
        members = [one for zone in known.zones(site) for one in known.members(zone.key) if not one.via]
        if not members:
            return False
        if known.constraints(site) or any(shares(one) for one in members):
            return True
        return _could_exceed(known, site)

    def _rest(self, site: SiteId, now: datetime) -> None:
        """Leave a site alone that needs nothing."""
        if self._engine.known.power(site) is not None:
            self._alarms.settle(site, (), now)
            self._engine.known.keep("power", site, None)
            self._engine.commit.after(_nobody_waits)
        self._keep_zones({zone.key: None for zone in self._engine.known.zones(site) if zone.limit is not None}, now)

    def _looked_at(self, site: SiteId, now: datetime) -> "Look | None":
        from open63110.planner.safety import Safety, View  # noqa: PLC0415 - numpy is read in once a site needs it

        known = self._engine.known
        safety = self._loops.get(site)
        if safety is None:
            safety = self._loops[site] = Safety(known.power(site))
        if self.plans is not None:
            self.plans(site, safety)
        noun = known.sites[site]
        zones = known.zones(site)
        readings = {one.id: known.meter(site, one.id) for one in noun.assets}
        view = View(
            site=noun,
            zones=zones,
            members={zone.key: [one for one in known.members(zone.key) if not one.via] for zone in zones},
            constraints=known.constraints(site),
            meters={key: one for key, one in readings.items() if one is not None},
            flows=self._terminals.flow,
            outlooks=known.outlooks(site),
        )
        self._terminals.watch(site, (one.id for those in view.members.values() for one in those))
        try:
            found = safety.look(view, now)
        except (
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            Trouble,
        ) as fault:  # whatever is wrong, limits stay as they are
            self._alarms.raised(site, "CheckFailed", site, f"the power of the site could not be shared out: {fault}", now)
            return None
        self._follow(site, found, now)
        self._seen[site] = self._state(site)  # what it does itself is nothing to look at again
        for told in self.on_look:
            told(site, view, found)
        return found

    def _follow(self, site: SiteId, found: "Look", now: datetime) -> None:
        self._again[site] = found.again or now + timedelta(days=1)
        self._keep_zones(found.zones, now)
        self._alarms.settle(site, found.troubles, now)
        for one in found.settings:
            self._order(command(one.station, one.limit))
        self._release(found.releases)
        told = {one.station for one in found.settings}.union(self._awaited.of(site))
        self._awaited.told(site, filter(None, map(self._engine.stations.get, told)), urgent=found.waits)
        if any(one.over(now) for one in self._engine.known.constraints(site)):
            self._engine.hear((EndConstraints(station=_NOBODY, site=site),))
        self._show(site, found, now)
        self._engine.commit.after(_nobody_waits)

    def _keep_zones(self, outcomes: "dict[ZoneKey, Any]", now: datetime) -> None:
        turn = Turn(self._engine, _NOBODY, now)
        for key, limit in outcomes.items():
            zone = self._engine.known.zone(key)
            if zone is not None and zone.limit != limit:
                turn.fact(ZoneChanged(station=_NOBODY, at=now, key=key, zone=replace(zone, limit=limit)))
        if turn.facts:
            turn.keep()
            self._engine.commit.after(_nobody_waits)

    def _release(self, places: Iterable[tuple[StationId, EvseNumber]]) -> None:
        for station, evse in places:
            self._order(WithdrawLimit(station=station, evse=evse, scope=LimitScope.ZONE))

    def _order(self, command: Command) -> None:
        self._engine.elsewhere(command)

    def _show(self, site: SiteId, found: "Look", now: datetime) -> None:
        """Keep the picture in memory, at most once a second; now and then, and not each time, on disk."""
        shown, written, sampled = self._shown.get(site, (_NEVER, _NEVER, _NEVER))
        if now - shown < SHOWN_EVERY and now >= shown:
            self._unshown[site] = found
            return
        known = self._engine.known
        write, sample = now - written >= KEPT_EVERY, found.active and now - sampled >= SAMPLED_EVERY
        if write or sample:
            power = found.power()
            known.show_power(power, write=write)
            if sample:
                row = sample_of(power, self._ids.row(PowerSample), now)
                known.keep("sample", row.id, row)
        else:
            known.show_power_when_asked(site, found.power)
        self._shown[site] = (now, now if write else written, now if sample else sampled)
        for told in self.on_shown:
            told(site)


def _site_of(event: ConstraintChanged) -> SiteId:
    return SiteId(event.site) if event.constraint is None else event.constraint.scope.site


def _differ(one: tuple[Station, ...], other: tuple[Station, ...]) -> bool:
    return len(one) != len(other) or any(map(is_not, one, other))


def _could_exceed(known: Any, site: SiteId) -> bool:
    """Tell whether all stations of a site together could draw more than anything there carries, wherever they hang."""
    noun = known.site(site)
    zones = known.zones(site)
    members = {zone.key: [one for one in known.members(zone.key) if not one.via] for zone in zones}
    if not all(rated(one, WHOLE) for those in members.values() for one in those):
        return True  # nobody knows what it draws
    powers = {key: sum(float(rating(one, WHOLE)) for one in those) for key, those in members.items()}
    whole = sum(powers.values())
    if any(powers[zone.key] > zone.import_max for zone in zones):
        return True
    feeds = [*noun.connections, *noun.feeders]
    if noun.assets and feeds:
        return True  # what is beside the stations changes by itself
    if any(one.import_max is not None and whole > one.import_max for one in feeds):
        return True
    least = min([float(one.volts) for one in feeds if one.volts], default=float(PHASE))  # the lowest gives the most amperes
    return any(whole / least > min(one.amperes) for one in feeds if one.amperes)


def _nobody_waits(_: object) -> None:
    """Wake the writer."""
