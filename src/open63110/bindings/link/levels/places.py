# SPDX-License-Identifier: Apache-2.0
"""Where the stations of a level stand: in step with what its engine knows of them, and written down with them."""

import msgspec

from open63110.bindings.link.levels.relay import address_of
from open63110.kernel.address import NONE, ROOT, STATION, Address, Directory, parse
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.model.site import EvsePlan, StationPlaced, ZoneKey
from open63110.model.station import Station, StationConnected
from open63110.runtime.engine import Engine, Turn

_OF_INTEREST = frozenset({StationConnected, StationPlaced})


class Places(Directory):
    """Where the stations of an engine are, kept in step with what it knows of them."""

    def __init__(self, engine: Engine, site: str = NONE) -> None:
        """Place all that are known.

        Args:
            engine: of this level.
            site: of the stations that are in no zone.
        """
        super().__init__()
        self._engine, self._site = engine, site
        for noun in engine.stations.values():
            self.follow(noun)
        engine.commit.on_durable.append(self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            noun = self._engine.stations.get(one.station) if one.kind in _OF_INTEREST else None
            if noun is not None:
                self.follow(noun)

    def follow(self, noun: Station) -> None:
        """Place a station where its zone is, if it has one, or at this site until somebody says more."""
        if noun.zone is None and self.path(noun.id) is not None:
            return
        address = address_of(noun.id, noun.zone, self._site)
        if self.station(address) is None:
            self.place(noun.id, address)


def put_in_zone(engine: Engine, station: StationId, zone: ZoneKey, evses: tuple[EvsePlan, ...] | None = None) -> None:
    """Note where a station stands, and what it has there; None: as before. Within the same zone it stays at its feeder."""
    turn = Turn(engine, station, engine.clock.now())
    known = turn.station or Station(id=station)
    feeder = known.feeder if known.zone == zone else ""
    turn.station = msgspec.structs.replace(known, zone=zone)
    turn.fact(StationPlaced(station=station, at=turn.now, zone=zone, evses=evses, feeder=feeder))
    turn.keep()
    engine.commit.after(lambda _: None)


def places_of_scope(scope: tuple[str, ...]) -> tuple[Address, ...]:
    """Return the places that a principal may speak and read of: its paths and groups of them; ``*``: all. None: nothing."""
    if "*" in scope:
        return (ROOT,)
    found = []
    for one in scope:
        try:
            found += [parse(one)] if one.startswith("/") else []
        except Trouble:
            continue  # no place, so nothing is allowed by it
    return tuple(one for one in found if one.name is None)


def place_of_scope(scope: tuple[str, ...]) -> Address | None:
    """Return the place that the scope of a principal names, ``/*`` for one of several sites; None: none."""
    named = [one for one in scope if one.startswith("/")]
    try:
        found = parse(named[0]) if len(named) == 1 else None
    except Trouble:
        return None
    return found if found is not None and 0 < found.depth < STATION and found.name is None else None
