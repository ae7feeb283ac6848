# SPDX-License-Identifier: Apache-2.0
"""Where the values of subscriptions come from: what the engine of a CSMS knows, put anew whenever its journal says more.

Only topics that somebody reads are followed, so that a CSMS without readers pays nothing for them.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from open63110.bindings.link.patterns import values
from open63110.bindings.link.patterns.subscriptions import Publisher
from open63110.bindings.link.patterns.tariffs import places_of, tariff_fields
from open63110.bindings.link.patterns.topics import Topic, Value
from open63110.kernel.address import Address, Directory
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.model.limit import WHOLE
from open63110.model.site import SiteChanged, SiteId, StationPlaced, ZoneChanged
from open63110.model.station import ConnectorReported, Station, StationBooted, StationConnected, StationDisconnected
from open63110.model.tariff import TariffChanged, TariffKey
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.engine import Engine
from open63110.usecases.energy.smart_charging import LimitCleared, LimitInForce
from open63110.usecases.stations.monitor_station import StationEventReported

log = structlog.get_logger(__name__)

TOLD_BY: Final[Mapping[type[Event], Topic]] = {
    EnergyTransferStarted: Topic.POWER,
    EnergyTransferUpdated: Topic.POWER,
    EnergyTransferEnded: Topic.POWER,
    StationConnected: Topic.STATE,
    StationDisconnected: Topic.STATE,
    StationBooted: Topic.STATE,
    ConnectorReported: Topic.STATE,
    StationEventReported: Topic.STATE,
    LimitInForce: Topic.LIMIT,
    LimitCleared: Topic.LIMIT,
}
"""Facts of a station, and what changes with them; those of transfers change sessions as well."""

OF_TARIFFS: Final = frozenset({TariffChanged, ZoneChanged, SiteChanged})
"""Facts with which what counts somewhere may change."""

MOST_FAULTS: Final = 16
"""Faults of one station that are remembered from its events."""

GRAVE: Final = 3
"""Events of this severity and below are faults; above are warnings and plain news."""


class Sources:
    """Keeps a publisher in step with an engine."""

    def __init__(self, engine: Engine, places: Directory, publisher: Publisher) -> None:
        """Follow nothing yet.

        Args:
            engine: whose nouns and facts are published.
            places: where its stations are.
            publisher: to whom they are given.
        """
        self._engine, self._places, self._publisher = engine, places, publisher
        self._time = asyncio.get_running_loop().time
        self._followed: frozenset[Topic] = frozenset()
        self._reported: dict[StationId, dict[tuple[int, str], None]] = {}
        self._at: dict[StationId, Address] = {}
        self._sums = values.Sums()
        engine.commit.on_durable.append(self._remember)

    def follow(self, topics: frozenset[Topic]) -> None:
        """Have the values of these topics, and of no others."""
        for topic in self._followed - topics:
            self._publisher.clear(topic)
            self._sums = values.Sums() if topic is Topic.POWER else self._sums
        new, self._followed = topics - self._followed, topics
        if new:
            self._put_all(new)

    def look(self, entries: Iterable[Entry]) -> None:
        """Put what facts have changed."""
        for one in entries if self._followed else ():
            if one.kind in OF_TARIFFS and Topic.TARIFF in self._followed:
                self._of_tariff(one.event)
            if one.kind is ZoneChanged:
                self._of_zone(one.event)
            elif one.kind is StationPlaced:
                self._moved(one.station)
                self._retell(one.station)
            else:
                self._of_fact(one)

    def _of_fact(self, one: Entry) -> None:
        topic = TOLD_BY.get(one.kind)
        noun = self._engine.stations.get(one.station)
        if topic is None or noun is None:
            return
        if topic is Topic.POWER and Topic.SESSION in self._followed:
            self._put_session(noun, one.event)
        if topic in self._followed:
            self._put_station(noun, topic)

    def _remember(self, entries: list[Entry]) -> None:
        """Note which faults stand: a station tells of them once, and perhaps before anybody reads."""
        for one in entries:
            if one.kind is StationEventReported:
                self._note_fault(one.event)
            elif one.kind is StationBooted:
                self._reported.pop(one.station, None)

    def _note_fault(self, fact: Any) -> None:
        known = self._reported.setdefault(fact.station, {})
        which = (fact.evse, fact.code or fact.component)
        if fact.cleared:
            known.pop(which, None)
        elif fact.severity <= GRAVE and not fact.security and len(known) < MOST_FAULTS:
            known[which] = None

    # -- putting --

    def _put_all(self, topics: frozenset[Topic]) -> None:
        for noun in tuple(self._engine.stations.values()):
            self._put_nouns(noun, topics)
        for zone in self._engine.known.all_zones.values() if Topic.LIMIT in topics else ():
            self._put(Address((zone.site, zone.id)), Topic.LIMIT, values.zone_limit(zone))
        for site in tuple(self._engine.known.sites) if Topic.TARIFF in topics else ():
            self._put_tariffs(site)

    def _put_tariffs(self, site: SiteId) -> None:
        """Say what counts at a site and in each of its zones; where nothing does, that."""
        known = self._engine.known
        whole = known.tariff(TariffKey(site))
        for place in places_of(site):
            self._put(place, Topic.TARIFF, tariff_fields(whole))
        for zone in known.zones(site):
            own = known.tariff(TariffKey(zone.key))
            self._put(Address((site, zone.id)), Topic.TARIFF, tariff_fields(own or whole))

    def _of_tariff(self, event: Any) -> None:
        """Follow what counts at a site of which something has changed; places that are no more have no tariff, either."""
        key = event.id if isinstance(event, SiteChanged) else event.key
        site, _, zone = key.partition(":")
        if site in self._engine.known.sites:
            self._put_tariffs(SiteId(site))
        else:
            self._publisher.remove_below(Address((site,)), self._time(), (Topic.TARIFF,))
        if isinstance(event, ZoneChanged) and event.zone is None:
            self._publisher.remove(Address((site, zone)), Topic.TARIFF, self._time())

    def _retell(self, station: StationId) -> None:
        """Tell the tariff of the place where a station stands now: it is no news to others, but to that station."""
        place = self._places.path(station)
        if place is not None and Topic.TARIFF in self._followed:
            self._publisher.retell(place.above, Topic.TARIFF, self._time())

    def _put_nouns(self, noun: Station, topics: frozenset[Topic]) -> None:
        for topic in topics:
            self._put_station(noun, topic)
        for transfer in noun.transfers.values() if Topic.SESSION in topics else ():
            self._put_transfer(noun, transfer)

    def _put_station(self, noun: Station, topic: Topic) -> None:
        place = self._places.path(noun.id)
        if place is None:
            return
        self._at[noun.id] = place
        if topic is Topic.STATE:
            for number, fields in values.states(noun, self._reported.get(noun.id, ())):
                self._put(_part(place, number), topic, fields)
        elif topic is Topic.LIMIT:
            self._put_limits(noun, place)
        elif topic is Topic.POWER:
            self._put_power(noun, place)

    def _put_limits(self, noun: Station, place: Address) -> None:
        found = dict(values.limits(noun))
        for number in {WHOLE, *noun.evses} - found.keys():
            self._publisher.remove(_part(place, number), Topic.LIMIT, self._time())
        for number, fields in found.items():
            self._put(_part(place, number), Topic.LIMIT, fields)

    def _put_power(self, noun: Station, place: Address) -> None:
        above: dict[Address, values.Fields] = {}
        for number in noun.evses.keys() | {one.evse for one in noun.transfers.values() if one.evse}:
            here = place.below(number)
            fields = {**self._publisher.value(here, Topic.POWER), **values.power(_at_evse(noun, number))}
            self._put(here, Topic.POWER, fields)
            above |= self._sums.put(here, fields)
        self._put_sums(above)

    def _put_sums(self, sums: Mapping[Address, values.Fields]) -> None:
        for place, fields in sums.items():
            self._put(place, Topic.POWER, fields)

    def _put_session(self, noun: Station, fact: Any) -> None:
        transfer = noun.transfers.get(fact.reference)
        if transfer is not None:
            self._put_transfer(noun, transfer)

    def _put_transfer(self, noun: Station, transfer: EnergyTransfer) -> None:
        place = self._places.path(noun.id)
        if place is not None:
            fields = values.session(transfer, self._engine.known)
            self._put(place.below(transfer.evse) if transfer.evse else place, Topic.SESSION, fields)

    def _of_zone(self, event: Any) -> None:
        site, _, zone = event.key.partition(":")
        if event.zone is None:
            self._publisher.remove(Address((site, zone)), Topic.LIMIT, self._time())
        elif Topic.LIMIT in self._followed:
            self._put(Address((site, zone)), Topic.LIMIT, values.zone_limit(event.zone))

    def _moved(self, station: StationId) -> None:
        """Let what was told of a station's former place be gone, and tell it of the new one."""
        old, new = self._at.get(station), self._places.path(station)
        if old is None or old == new:
            return
        self._publisher.remove_below(old, self._time())
        self._put_sums(self._sums.remove(old))
        noun = self._engine.stations.get(station)
        if noun is not None:
            self._put_nouns(noun, self._followed)

    def _put(self, address: Address, topic: Topic, fields: Mapping[str, Value]) -> None:
        try:
            self._publisher.put(address, topic, fields, self._engine.clock.now(), self._time())
        except Trouble as trouble:
            log.warning("a value is not published", address=str(address), reason=trouble.message)


def _part(place: Address, number: EvseNumber) -> Address:
    return place.below(number) if number else place


def _at_evse(noun: Station, number: EvseNumber) -> list[EnergyTransfer]:
    return [one for one in noun.transfers.values() if one.evse == number]
