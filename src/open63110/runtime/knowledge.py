# SPDX-License-Identifier: Apache-2.0
"""What a node holds in memory: nouns by key, kept in step with their rows, restored when a commit fails."""

from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec

from open63110.kernel.ids import OrderId, PrincipalId, SessionNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.constraint import Constraint
from open63110.model.dso import ALIVE
from open63110.model.order import OPEN, Order
from open63110.model.power import AssetReading, PowerAlarm, SitePower, meter_id
from open63110.model.principal import Principal
from open63110.model.session import ServiceSession
from open63110.model.site import Site, SiteId, Zone, ZoneKey
from open63110.model.station import Station
from open63110.model.tariff import Tariff, TariffKey
from open63110.model.token import Subject, Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports import KEPT, Ids, Store, Where
from open63110.runtime.changes import Changes, Parts, changes_of, put_changes, put_station, unsettled
from open63110.runtime.commit import MISSING, GroupCommit
from open63110.runtime.grid_knowledge import GridKnowledge
from open63110.runtime.known_subjects import KnownSubjects
from open63110.runtime.rows import RowsUnderWay


class Knowledge(GridKnowledge, KnownSubjects):
    """Stations with their open sessions, tokens, principals, open orders, and the names of subjects."""

    def __init__(self, store: Store, commit: GroupCommit, ids: Ids) -> None:
        """Read everything that has to be in memory."""
        super().__init__(commit, ids)
        self._store, self._commit = store, commit
        self.under_way = RowsUnderWay(store, commit)
        """Kinds that are not in memory, with what the store does not know yet."""
        self.stations: dict[StationId, Station] = {station.id: station for station in store.load(Station)}
        self.tokens: dict[SubjectRef, Token] = {token.ref: token for token in store.load(Token)}
        self.principals: dict[PrincipalId, Principal] = {one.id: one for one in store.load(Principal)}
        open_orders = store.load(Order, Where("outcome", "in", tuple(OPEN)))
        self.orders: dict[OrderId, Order] = {order.id: order for order in open_orders}
        self.sites: dict[SiteId, Site] = {one.id: one for one in store.load(Site)}
        self.all_zones: dict[ZoneKey, Zone] = {one.key: one for one in store.load(Zone)}
        self.tariffs: dict[TariffKey, Tariff] = {one.key: one for one in store.load(Tariff)}
        self.all_constraints: dict[str, Constraint] = {one.id: one for one in store.load(Constraint)}
        self.meters: dict[str, AssetReading] = {one.id: one for one in store.load(AssetReading)}
        self.powers: dict[SiteId, SitePower] = {one.site: one for one in store.load(SitePower)}
        self.all_alarms: dict[str, PowerAlarm] = {one.id: one for one in store.load(PowerAlarm, Where("cleared", "null"))}
        self._load_grid(store)
        self._pictures: dict[SiteId, Callable[[], SitePower]] = {}
        """How newer ones are made, once somebody wants to see them."""
        self.on_power: list[Callable[[], None]] = []
        """Told when the power of a site is another: the journal says nothing of that."""
        self._uses: dict[SubjectRef, int] = {}
        self._registers: dict[str, MutableMapping[Any, Any]] = {
            "token": self.tokens,
            "principal": self.principals,
            "orders": self.orders,
            "site": self.sites,
            "zone": self.all_zones,
            "tariff": self.tariffs,
            "constraint": self.all_constraints,
            "meter": self.meters,
            "power": self.powers,
            "alarm": self.all_alarms,
            **self._grid_registers(),
        }
        self._gone: dict[Any, Any] = {}
        self._places: dict[ZoneKey, list[StationId]] | None = None
        """By zone the stations that stand there; None: to be looked up again."""
        self._zones: dict[SiteId, list[Zone]] | None = None
        self._constraints: dict[SiteId, list[Constraint]] | None = None
        for subject in store.load(Subject):
            self.learn(subject)
        self._load_open()
        commit.on_restored.append(lambda _: self._restored())

    def _load_open(self) -> None:
        for transfer in self._store.load(EnergyTransfer, Where("settled", "=", False)):  # noqa: FBT003 - a value
            self._attach(transfer.station, transfers={transfer.reference: transfer})
        for session in self._store.load(ServiceSession, Where("settled", "=", False)):  # noqa: FBT003 - a value
            self._attach(session.station, sessions={session.number: session})
        self._recount()

    def _restored(self) -> None:
        self._places = self._zones = self._constraints = None
        self._gone.clear()
        self._recount()

    def _recount(self) -> None:
        self._uses.clear()
        for station in self.stations.values():
            self._count({}, station.transfers, changes_of({}, station.transfers))

    def _attach(self, key: StationId, **parts: dict[Any, Any]) -> None:
        station = self.stations.get(key) or Station(id=key)
        more = {name: {**getattr(station, name), **part} for name, part in parts.items()}
        self.stations[key] = msgspec.structs.replace(station, **more)

    # -- readers that decisions are given --

    def token(self, ref: SubjectRef) -> Token | None:
        """Return the token, None if the operator does not know it."""
        return self.tokens.get(ref)

    def in_use(self, ref: SubjectRef) -> int:
        """Return how many open energy transfers run on it."""
        return self._uses.get(ref, 0)

    def of_contract(self, contract: str) -> list[Token]:
        """Return the tokens of a contract, written in whatever case."""
        return [one for _, one in sorted(self.tokens.items()) if one.contract.upper() == contract.upper()]

    def local_tokens(self) -> tuple[Token, ...]:
        """Return the tokens that may be on local lists, in the order of their references."""
        return tuple(self.tokens[ref] for ref in sorted(self.tokens) if self.tokens[ref].local)

    def site(self, key: SiteId) -> Site | None:
        """Return a site, None if there is none."""
        return self.sites.get(key)

    def zone(self, key: ZoneKey) -> Zone | None:
        """Return a zone, None if there is none."""
        return self.all_zones.get(key)

    def zones(self, site: SiteId) -> tuple[Zone, ...]:
        """Return the zones of a site, in the order of their keys."""
        if self._zones is None:
            self._zones = {}
            for _, one in sorted(self.all_zones.items()):
                self._zones.setdefault(one.site, []).append(one)
        return tuple(self._zones.get(site, ()))

    def members(self, zone: ZoneKey) -> tuple[Station, ...]:
        """Return the stations of a zone, in the order of their ids."""
        if self._places is None:
            self._places = {}
            for key in sorted(self.stations):
                where = self.stations[key].zone
                if where is not None:
                    self._places.setdefault(where, []).append(key)
        found = map(self.stations.get, self._places.get(zone, ()))
        return tuple([one for one in found if one is not None])

    def fleet(self) -> tuple[Station, ...]:
        """Return all stations, in the order of their ids."""
        return tuple(self.stations[key] for key in sorted(self.stations))

    def constraint(self, key: str) -> Constraint | None:
        """Return a constraint, None if there is none."""
        return self.all_constraints.get(key)

    def constraints(self, site: SiteId) -> tuple[Constraint, ...]:
        """Return what is demanded of the power of a site, in the order of their ids."""
        if self._constraints is None:
            self._constraints = {}
            for _, one in sorted(self.all_constraints.items()):
                self._constraints.setdefault(one.scope.site, []).append(one)
        return tuple(self._constraints.get(site, ()))

    def every_constraint(self) -> tuple[Constraint, ...]:
        """Return what is demanded of all sites, in the order of their ids."""
        return tuple(one for _, one in sorted(self.all_constraints.items()))

    def meter(self, site: SiteId, asset: str) -> AssetReading | None:
        """Return what was measured of an asset last, None if nothing was."""
        return self.meters.get(meter_id(site, asset))

    def power(self, site: SiteId) -> SitePower | None:
        """Return how its power is, None if nobody looked."""
        made = self._pictures.pop(site, None)
        if made is not None:
            self.powers[site] = made()
        return self.powers.get(site)

    def alarms(self, site: SiteId) -> tuple[PowerAlarm, ...]:
        """Return the alarms about its power that last, in the order of their ids."""
        return tuple(one for _, one in sorted(self.all_alarms.items()) if one.site == site)

    def tariff(self, key: TariffKey) -> Tariff | None:
        """Return the tariff of a zone, or of a whole site; None: there is none of its own."""
        return self.tariffs.get(key)

    def transfer(self, station: StationId, reference: TransferReference) -> EnergyTransfer | None:
        """Return a settled transfer."""
        gone: EnergyTransfer | None = self._gone.get((station, reference))
        return gone or self._store.first(EnergyTransfer, Where("station", "=", station), Where("reference", "=", reference))

    def session(self, number: SessionNumber) -> ServiceSession | None:
        """Return a closed session."""
        gone: ServiceSession | None = self._gone.get(number)
        return gone or self._store.get(ServiceSession, number)

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the journal, or a batch on its way there, holds this fact of this transfer."""
        waiting = any(one.number == number and one.seq == seq for one in self._commit.under_way)
        return waiting or self._store.heard(number, seq)

    def every_station(self) -> tuple[Station, ...]:
        """Return all stations, as they are now."""
        return tuple(self.stations.values())

    # -- writing, within the turn's batch --

    def recall(self, station: Station, reference: TransferReference) -> Station:
        """Bring a settled transfer and its session back, because a late fact names it (I9).

        They come back settled: what changes nothing lets them go again.
        """
        transfer = self.transfer(station.id, reference)
        if transfer is None:
            return station
        transfers = {**station.transfers, reference: transfer}
        sessions = station.sessions
        if transfer.session is not None and transfer.session not in sessions:
            session = self.session(transfer.session)
            sessions = {**sessions, session.number: session} if session else sessions
        return msgspec.structs.replace(station, transfers=transfers, sessions=sessions)

    def show_power(self, power: SitePower, *, write: bool) -> None:
        """Have the power of a site be as somebody found it; ``write``: its row, too. It changes each second, and is no fact."""
        if write:
            self.keep("power", power.site, power)
        else:
            self.powers[power.site] = power
            self._pictures.pop(power.site, None)
        self._tell_power()

    def show_power_when_asked(self, site: SiteId, made: Callable[[], SitePower]) -> None:
        """The same, of a picture that is dear: most are never seen, for a newer one follows within a second."""
        self._pictures[site] = made
        self._tell_power()

    def _tell_power(self) -> None:
        for one in self.on_power:
            one()

    def keep(self, kind: str, key: Any, noun: Any) -> None:
        """Put a noun other than a station into memory and batch; None removes it."""
        batch = self._commit.batch
        register = self._registers.get(kind)
        if kind == "power":
            self._pictures.pop(key, None)
        if kind in _ASKED:
            self.under_way.note(kind, key, noun)
        elif kind == "subject":
            self.keep_subject(key, noun)
        elif register is not None:
            self._forget_indexes(kind)
            self._commit.undoable(register, key, register.get(key, MISSING))
            if noun is None or _over(kind, noun):
                register.pop(key, None)
                if kind == "dso_order" and noun is not None:
                    self._remember({(kind, key): noun})
            else:
                register[key] = noun
        if noun is None:
            batch.puts.pop((kind, key), None)
            batch.bodies.get(kind, {}).pop(key, None)
            batch.removes.add((kind, key))
        else:
            batch.removes.discard((kind, key))
            batch.puts[kind, key] = noun

    def _forget_indexes(self, kind: str) -> None:
        if kind == "zone":
            self._zones = None
        elif kind == "constraint":
            self._constraints = None

    def keep_station(self, old: Station | None, new: Station) -> None:
        """Put a changed station into memory, and just the rows that changed into the batch."""
        batch = self._commit.batch
        if old is None or old.zone is not new.zone:
            self._places = None
        limits = old is not None and old.limits is not new.limits  # of a thousand at once: they need no closer look
        if old is None or limits or old != msgspec.structs.replace(new, transfers=old.transfers, sessions=old.sessions):
            put_station(batch, old, new)
        if old is None or old.transfers is not new.transfers:
            before = old.transfers if old is not None else {}
            changes = changes_of(before, new.transfers)
            self._count(before, new.transfers, changes)
            if put_changes(batch, "transfer", changes):
                new = self._let_go(new, msgspec.structs.replace(new, transfers=unsettled(new.transfers)))
        if old is None or old.sessions is not new.sessions:
            changes = changes_of(old.sessions if old is not None else {}, new.sessions)
            if put_changes(batch, "session", changes):
                new = self._let_go(new, msgspec.structs.replace(new, sessions=unsettled(new.sessions)))
        self._commit.undoable(self.stations, new.id, MISSING if old is None else old)
        self.stations[new.id] = new

    def _let_go(self, whole: Station, left: Station) -> Station:
        """Remember what goes from memory until it can be read from the store for sure."""
        gone: dict[Any, Any] = {(one.station, one.reference): one for one in whole.transfers.values() if one.settled}
        gone.update({one.number: one for one in whole.sessions.values() if one.settled})
        self._remember(gone)
        return left

    def _remember(self, gone: dict[Any, Any]) -> None:
        self._gone.update(gone)
        self._commit.once_settled(lambda _: self._forget(gone))

    def _forget(self, gone: dict[Any, Any]) -> None:
        for key, one in gone.items():
            if self._gone.get(key) is one:
                del self._gone[key]

    def _count(self, before: Parts, after: Parts, changes: Changes) -> None:
        """Keep the number of open transfers per subject; most facts change none."""
        new = 0
        for was, now in changes:
            new += was is None
            if was is None or was.subject != now.subject or was.began is not now.began or was.ended is not now.ended:
                self._add(_user(was), -1)
                self._add(_user(now), 1)
        if len(before) + new > len(after):
            for reference in before.keys() - after.keys():
                self._add(_user(before[reference]), -1)

    def _add(self, subject: SubjectRef | None, step: int) -> None:
        if subject is not None:
            self._uses[subject] = self._uses.get(subject, 0) + step


_ASKED = frozenset(one.name for one in KEPT if one.asked)


def _over(kind: str, noun: Any) -> bool:
    """Tell whether nothing is to be done about a noun any more, so that it need not be in memory."""
    if kind == "orders":
        return noun.outcome not in OPEN
    if kind == "dso_order":
        return noun.state not in ALIVE
    return (kind == "alarm" and noun.cleared is not None) or (kind == "compliance" and noun.closed)


def _user(transfer: EnergyTransfer | None) -> SubjectRef | None:
    """Return on whose credential energy flows; None if it does not, or on nobody's."""
    if transfer is None or transfer.began is None or transfer.ended is not None:
        return None
    return transfer.subject
