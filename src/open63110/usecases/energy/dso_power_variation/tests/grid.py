# SPDX-License-Identifier: Apache-2.0
"""Sites under a DSO for tests: what decisions yield is kept here, as a CSMS would keep it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, OrderId, SessionNumber, StationId, SubjectRef, TransferNumber
from open63110.kernel.messages import Command, Effect, Event, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint, ConstraintScope
from open63110.model.dso import Compliance, DsoForecast, DsoGroup, DsoLink, DsoOrder, DsoSample
from open63110.model.limit import Confirmed, Limit, Limits
from open63110.model.outlook import Outlook
from open63110.model.policy import Policy
from open63110.model.power import AssetReading, EvsePower, EvseState, NodePower, PowerAlarm, SitePower
from open63110.model.site import Feeder, GridConnection, Site, SiteId, Zone, ZoneId, ZoneKey, zone_key
from open63110.model.station import Registration, Station
from open63110.runtime.table import decider
from open63110.usecases.energy.dso_power_variation import (
    USE_CASE,
    DsoOrderAnswer,
    PutDsoGroup,
    PutDsoOrder,
    TendDsoOrders,
)
from open63110.usecases.energy.dso_power_variation.messages import NOBODY

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
NORTH, SOUTH = ConstraintScope(site=SiteId("north")), ConstraintScope(site=SiteId("south"))


def seconds(count: float) -> timedelta:
    """So long."""
    return timedelta(seconds=count)


def kw(power: float) -> Watts:
    """Kilowatts in watts."""
    return Watts(power * 1_000.0)


class Numbers:
    """Ids in order."""

    def __init__(self) -> None:
        self._last = 0

    def _next(self) -> int:
        self._last += 1
        return self._last

    def transfer(self) -> TransferNumber:
        return TransferNumber(self._next())

    def session(self) -> SessionNumber:
        return SessionNumber(self._next())

    def order(self) -> OrderId:
        return OrderId(f"o{self._next()}")

    def subject(self) -> SubjectRef:
        return SubjectRef(f"s{self._next()}")

    def row(self, noun: type[Any]) -> int:
        del noun
        return self._next()


class Grid:
    """Two sites with a zone, a feeder and stations each, and one DSO, whose principal is ``grid``."""

    def __init__(self) -> None:
        self.now, self.policy, self.ids = NOON, Policy(), Numbers()
        self.stations: dict[StationId, Station] = {}
        self.powers: dict[SiteId, SitePower] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        self.facts: list[Event] = []
        self.samples: list[DsoSample] = []
        self.last = NOON

    # -- what decisions may know --

    def site(self, key: SiteId) -> Site | None:
        if key not in {"north", "south"}:
            return None
        feeders = (Feeder(id="F1"), Feeder(id="F2", parent="F1"))
        return Site(id=key, connections=(GridConnection(id="g", import_max=kw(500)),), feeders=feeders)

    def zone(self, key: ZoneKey) -> Zone | None:
        site, _, zone = key.partition(":")
        known = self.site(SiteId(site)) is not None and zone == "deck"
        return Zone(id=ZoneId("deck"), site=SiteId(site), import_max=kw(200), feeder="F2") if known else None

    def zones(self, site: SiteId) -> Sequence[Zone]:
        zone = self.zone(zone_key(site, "deck"))
        return [zone] if zone is not None else []

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        return [one for _, one in sorted(self.stations.items()) if one.zone == zone]

    def station(self, key: StationId) -> Station | None:
        return self.stations.get(key)

    def power(self, site: SiteId) -> SitePower | None:
        return self.powers.get(site)

    def meter(self, site: SiteId, asset: str) -> AssetReading | None:
        del site, asset
        return None

    def _all(self, kind: str) -> list[Any]:
        return [one for _, one in sorted(self.kept.get(kind, {}).items())]

    def constraint(self, key: str) -> Constraint | None:
        return self.kept.get("constraint", {}).get(key)

    def constraints(self, site: SiteId) -> Sequence[Constraint]:
        return [one for one in self.every_constraint() if one.scope.site == site]

    def every_constraint(self) -> Sequence[Constraint]:
        return self._all("constraint")

    def alarms(self, site: SiteId) -> Sequence[PowerAlarm]:
        return [one for one in self._all("alarm") if one.site == site and one.cleared is None]

    def outlooks(self, site: SiteId) -> Sequence[Outlook]:
        return [one for one in self._all("outlook") if one.site == site]

    def dso_group(self, key: str) -> DsoGroup | None:
        return self.kept.get("dso_group", {}).get(key)

    def dso_groups(self) -> Sequence[DsoGroup]:
        return self._all("dso_group")

    def dso_order(self, key: str) -> DsoOrder | None:
        return self.kept.get("dso_order", {}).get(key)

    def dso_orders(self) -> Sequence[DsoOrder]:
        return [one for one in self._all("dso_order") if one.state != "over"]

    def report(self, key: str) -> Compliance | None:
        return self.kept.get("compliance", {}).get(key)

    def compliance(self, order_id: str) -> Compliance | None:
        return self.kept.get("compliance", {}).get(order_id)

    def dso_forecast(self, key: str) -> DsoForecast | None:
        return self.kept.get("dso_forecast", {}).get(key)

    def dso_link(self, dso: str) -> DsoLink | None:
        return self.kept.get("dso_link", {}).get(dso)

    def role_of(self, principal: str) -> Role | None:
        return {"grid": Role.DSO, "other": Role.DSO, "ann": Role.OPERATOR}.get(principal)

    # -- what happens --

    @property
    def known(self) -> "Grid":
        """What deciders are given as sites."""
        return self

    def ask(self, command: Command, by: str = "grid", role: Role = Role.DSO) -> list[Effect]:
        """Have a command decided, and keep what it yields."""
        asked = command.asked_by(by, role)
        found = decider(USE_CASE.decide[Role.CSMS, type(asked)])
        effects = list(found.function(asked, *found.gather(self)))
        for one in effects:
            self._keep(one)
        return effects

    def _keep(self, effect: Effect) -> None:
        if not isinstance(effect, Event):
            return
        self.facts.append(effect)
        noun = getattr(effect, effect.about)
        key = getattr(effect, "order_id" if effect.about in {"dso_order", "compliance"} else "id")
        self.kept.setdefault(effect.about, {})[key] = noun
        if noun is None:
            del self.kept[effect.about][key]
        if isinstance(noun, DsoSample):
            self.samples.append(noun)

    def shares(self, prefix: str = "dso/order/") -> dict[str, Watts | None]:
        """What counts at each place now by constraints whose id begins so."""
        found = [(one, one.step(self.now)) for one in self.every_constraint() if one.id.startswith(prefix)]
        return {one.id.removeprefix(prefix): step.import_max if step else None for one, step in found}

    # -- how sites are --

    def stand(self, site: str, count: int, each: float, *, dark: int = 0, base: float = 0.0) -> None:
        """Let so many stations charge at a site, the last of them dark; each draws so many kilowatts."""
        key = SiteId(site)
        names = [StationId(f"{site[0].upper()}{number:03d}") for number in range(count)]
        states: list[EvseState] = ["dark" if number >= count - dark else "active" for number in range(count)]
        for name in names:
            self.stations[name] = Station(
                id=name, zone=zone_key(site, "deck"), connected=NOON, registration=Registration.ACCEPTED
            )
        evses = tuple(
            EvsePower(
                station=name,
                evse=EvseNumber(1),
                node="zone:deck",
                state=state,
                setpoint=kw(each),
                most=kw(each),
                measured=kw(each),
            )
            for name, state in zip(names, states, strict=True)
        )
        drawn = kw(count * each + base)
        top = NodePower(id="site", kind="site", limit=kw(500), load=drawn, most=drawn, planned=drawn, base=kw(base))
        deck = NodePower(id="zone:deck", kind="zone", parent="site", limit=kw(200), load=kw(count * each), most=kw(count * each))
        self.powers[key] = SitePower(site=key, at=self.now, nodes=(top, deck), evses=evses)

    def seen(self) -> None:
        """Let every site be looked at once more, at which nothing has changed."""
        self.powers = {key: replace(one, at=self.now) for key, one in self.powers.items()}

    def obey(self, site: str, *, silent: Iterable[str] = (), limit: float | None = None) -> None:
        """Let every station of a site that is not silent confirm an equal part of what counts there, and draw it."""
        key = SiteId(site)
        power, quiet = self.powers[key], set(silent)
        lowest = [share for name, share in self.shares().items() if name.endswith(f"/{site}") and share is not None]
        total = kw(limit) if limit is not None else min(lowest)
        dark = sum(one.most for one in power.evses if one.state == "dark" or one.station in quiet)
        free = [one for one in power.evses if one.state != "dark" and one.station not in quiet]
        part = Watts(max(0.0, total - dark - power.nodes[0].base) / max(1, len(free)))
        evses = tuple(self._obeyed(one, part) if one in free else one for one in power.evses)
        load = Watts(sum(one.measured or 0.0 for one in evses) + power.nodes[0].base)
        most = Watts(sum(one.most for one in evses) + power.nodes[0].base)
        over = Watts(max(0.0, most - total))
        top = replace(power.nodes[0], limit=total, load=load, most=most, planned=most, excess=over)
        self.powers[key] = replace(power, at=self.now, nodes=(top, power.nodes[1]), evses=evses)

    def _obeyed(self, one: EvsePower, part: Watts) -> EvsePower:
        asked = Limit(limit=part, since=self.now)
        limits = Limits(in_force={EvseNumber(0): Confirmed(asked=asked, limit=part, at=self.now)})
        self.stations[one.station] = replace(self.stations[one.station], limits=limits)
        return replace(one, setpoint=part, most=part, measured=part)


def replies(effects: Iterable[Effect]) -> list[Reply]:
    """What the asker is told."""
    return [one for one in effects if isinstance(one, Reply)]


def with_groups() -> Grid:
    """Fifty stations in the north and ten in the south, alone and together in groups of the DSO; another has the south."""
    made = Grid()
    made.ask(PutDsoGroup(id="feeder-12", dso="grid", places=(NORTH,), station=StationId("")), "ann", Role.OPERATOR)
    made.ask(PutDsoGroup(id="both", dso="grid", places=(NORTH, SOUTH), station=StationId("")), "ann", Role.OPERATOR)
    made.ask(PutDsoGroup(id="theirs", dso="other", places=(SOUTH,), station=StationId("")), "ann", Role.OPERATOR)
    made.stand("north", 50, 7.0)
    made.stand("south", 10, 7.0)
    return made


def put(grid: Grid, order_id: str = "o-1", **said: Any) -> DsoOrderAnswer:
    """Order something for a group; return what the DSO is told."""
    said.setdefault("group", "feeder-12")
    (answer,) = replies(grid.ask(PutDsoOrder(station=NOBODY, order_id=order_id, **said)))
    assert isinstance(answer, DsoOrderAnswer)
    return answer


def tick(grid: Grid, count: float = 1.0, seed: int = 7) -> None:
    """Let so many seconds pass, one after another."""
    for _ in range(max(1, int(count))):
        grid.now += seconds(min(count, 1.0))
        grid.seen()
        tend(grid, seed)


def tend(grid: Grid, seed: int = 7) -> None:
    """Let the CSMS look at its orders."""
    grid.ask(TendDsoOrders(last=grid.last, seed=seed))
    grid.last = grid.now


def order(grid: Grid, order_id: str = "o-1") -> DsoOrder:
    """An order as it is kept."""
    found = grid.dso_order(order_id)
    assert found is not None
    return found
