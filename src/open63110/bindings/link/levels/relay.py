# SPDX-License-Identifier: Apache-2.0
"""Where a message goes at one level, without I/O: to this level or its stations, on to another level, or back (B.12, B.25).

Every level is a whole CSMS: what it understands it journals, decides and sends on as its own, so that an answer says what a
station did and not what somebody passed on. What it does not understand it passes on untouched: a vendor's message, an
extension, an element that is sealed for somebody else. A message names the levels that it has passed; one that comes back is
refused, and so is one that has passed too many.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from open63110.bindings.link.framing.header import MOST_HOPS, Header
from open63110.kernel.address import NAMED, NONE, ROOT, STATION, Address, Directory
from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import STATION_ID_MAX, StationId
from open63110.kernel.roles import Role
from open63110.model.site import ZoneKey

RELAYED: Final = frozenset({Role.LOCAL_CSMS})
"""Roles whose links lead to others."""

APART: Final = "@"
"""Between the id of a station and its site, where another station has that id here."""


class Here(NamedTuple):
    """It is for this level, or for a station with a link to it."""

    address: Address
    station: StationId | None
    """None: this level itself, its site or a zone of it."""


class Onward(NamedTuple):
    """It goes on over another link, with a header that says so."""

    peer: str
    header: Header


class Spread(NamedTuple):
    """It is for a group."""

    leaves: tuple[tuple[StationId, Address], ...]
    """Those with links to this level, and those that have none to any."""
    branches: Mapping[str, tuple[Address, ...]]
    """Levels below, each with the members behind it; it gets one message."""
    header: Header
    """As it goes on."""


class Relay:
    """What one level knows of the ways."""

    def __init__(
        self,
        name: str,
        place: Address,
        directory: Directory,
        *,
        direct: Callable[[StationId], bool],
        members: Callable[[Address], Iterable[tuple[StationId, Address]]] | None = None,
        upper: str | None = None,
    ) -> None:
        """Know nobody below yet.

        Args:
            name: identity of this level, as messages name it that have passed here.
            place: what it answers for: itself and all below.
            directory: where stations are, those behind other levels included.
            direct: tells whether a station has a link to this very level now.
            members: who belongs to a group; None: by place alone.
            upper: identity of the level above; None: there is none.
        """
        self.name, self.place, self.directory, self.upper = name, place, directory, upper
        self._direct, self._members = direct, members or directory.members
        self.below: dict[str, Address] = {}
        """Levels below with links to this one: identity → what each answers for."""

    def route(self, header: Header, came_from: str) -> Here | Onward | Spread:
        """Decide where a message goes.

        Args:
            header: as it came.
            came_from: identity of the other end of that link; empty: from this level itself.

        Raises:
            Refused: it has passed here before, or too many levels (LoopDetected).
            Unknown: nobody that could be asked knows its destination (UnknownAddress).
            Malformed: its destination is no address.
        """
        self.check_hops(header)
        if not header.dst:
            return Here(self.place, None)
        address = self._resolved(header.dst, came_from)
        if address is None:
            return self._up(header, came_from)
        if address.group:
            return self._spread(header, address, came_from)
        if not address.within(self.place):
            return self._up(header, came_from)
        return self._down(header, address, came_from)

    def check_hops(self, header: Header) -> None:
        """See to it that a message does not run in circles.

        Raises:
            Refused: it has passed here before, or too many levels (LoopDetected).
        """
        if self.name in header.path:
            raise Refused(f"the message has passed {self.name} before", code="LoopDetected", where=self.name)
        if len(header.path) >= MOST_HOPS:
            raise Refused(f"the message has passed {MOST_HOPS} levels", code="LoopDetected", where=self.name)

    def _resolved(self, text: str, came_from: str) -> Address | None:
        """Return the path that is meant; None: it is a name that only a level above may know."""
        try:
            return self.directory.resolve(text)
        except Unknown:
            if self.upper is None or came_from == self.upper:
                raise
            return None

    def _up(self, header: Header, came_from: str) -> Onward:
        if self.upper is None or came_from == self.upper:
            raise _unknown(header.dst)
        return Onward(self.upper, self.passed(header, came_from))

    def _down(self, header: Header, address: Address, came_from: str) -> Here | Onward:
        station = self.directory.station(address)
        if station is not None and self._direct(station):
            return Here(address, station)
        peer = self.behind(address)
        if peer is not None and peer != came_from:
            return Onward(peer, self.passed(msgspec.structs.replace(header, dst=str(address)), came_from))
        if peer is not None or (station is None and address.depth >= STATION):
            raise _unknown(str(address))
        return Here(address, station)

    def _spread(self, header: Header, group: Address, came_from: str) -> Spread:
        leaves: list[tuple[StationId, Address]] = []
        branches: dict[str, list[Address]] = {}
        for station, address in self._members(group):
            peer = None if self._direct(station) else self.behind(address)
            if peer is None:
                leaves.append((station, address))
            elif peer != came_from:
                branches.setdefault(peer, []).append(address)
        onward = self.passed(header, came_from)
        return Spread(tuple(leaves), {peer: tuple(members) for peer, members in branches.items()}, onward)

    def behind(self, address: Address) -> str | None:
        """Return the level below that answers for a place: the one that says so most exactly; None: this one does."""
        ways = [(place.depth, not place.group, peer) for peer, place in self.below.items() if address.within(place)]
        return max(ways)[-1] if ways else None

    def passed(self, header: Header, came_from: str) -> Header:
        """Return the header as it leaves this level; all that is not of the way stays as it was."""
        src = header.src or str(self.below.get(came_from, ROOT if came_from == self.upper else self.place))
        return msgspec.structs.replace(header, src=src, path=(*header.path, self.name))

    def need(self, peer: str, *, connected: bool) -> str:
        """Return a level that a message can go on to now.

        Raises:
            Unavailable: it has no link (Unreachable).
        """
        if not connected:
            raise Unavailable(f"{peer} has no link", code="Unreachable", where=peer)
        return peer


def _unknown(text: str) -> Unknown:
    return Unknown(f"nobody here is called {text[:100]}", code="UnknownAddress", where=text[:100])


# -- what stations behind other levels are called here --


def station_id_for(address: Address, directory: Directory, elsewhere: Callable[[StationId], bool] | None = None) -> StationId:
    """Return what a station behind a level below is called here: as there, unless one of another site is (AT-B.12-3).

    Args:
        address: of the station.
        directory: of this level.
        elsewhere: tells whether a station of which no place is known is another one; None: it never is.
    """
    known = directory.station(address)
    if known is not None:
        return known
    site, name = address.segments[0], StationId(address.segments[STATION - 1])
    other = StationId(f"{name}{APART}{site}"[-STATION_ID_MAX:])
    taken = directory.path(name)
    if directory.path(other) is not None or (taken is not None and taken.segments[0] not in {site, NONE}):
        return other
    return other if elsewhere is not None and elsewhere(name) else name


def address_of(station: StationId, zone: ZoneKey | None, site: str = NONE) -> Address:
    """Return the path of a station: by its zone, else directly at a site; ``station_id_for`` takes it back."""
    own, _, place = (zone or f"{site}:{NONE}").partition(":")
    name = station.removesuffix(f"{APART}{own}") if own else station
    segments = (own or NONE, place or NONE, name if not name.startswith(NAMED) else f"~{name[1:]}")
    return Address(segments)
