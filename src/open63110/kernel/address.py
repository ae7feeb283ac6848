# SPDX-License-Identifier: Apache-2.0
"""Addresses: the path of everything that can be spoken to, groups of them, and other names for them (R-7.3-1, B.11, B.12).

A path is ``/{site}/{zone}/{station}/{evse}/{connector or component}``, as deep as it needs to be; ``/`` is the uppermost level
and ``-`` stands for a site or zone that there is not. A station's id has to be unique within its path only: two sites may both
have a ``CS1``. What a CSMS calls a station, and what it is called on OCPP, is its StationId; the directory knows which path it
is at. A path with ``*`` for a segment is a group, and so is one that ends in a name such as ``@model:…`` or ``@tariff:…``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import EvseNumber, StationId

SEGMENT_MAX: Final = 48
"""Characters of a segment."""

DEPTH_MAX: Final = 5
"""Segments of a path: site, zone, station, EVSE, and connector or component."""

SITE, ZONE, STATION, EVSE, PART = range(1, DEPTH_MAX + 1)
"""Depths."""

NONE: Final = "-"
"""A site or zone that there is not."""

ANY: Final = "*"
"""Every segment."""

NAMED: Final = "@"
"""First letter of a named group."""


class Address(msgspec.Struct, frozen=True, gc=False, order=True):
    """A path, or a group of paths; `parse` makes one from text."""

    segments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "/" + "/".join(self.segments)

    @property
    def depth(self) -> int:
        """How many segments it has; 0 is the uppermost level."""
        return len(self.segments)

    @property
    def group(self) -> bool:
        """It stands for others."""
        return ANY in self.segments or self.name is not None

    @property
    def name(self) -> str | None:
        """The named group at its end; None: it ends in none."""
        last = self.segments[-1] if self.segments else ""
        return last if last.startswith(NAMED) else None

    @property
    def station(self) -> "Address | None":
        """The path of its station; None: it is above."""
        return Address(self.segments[:STATION]) if self.depth >= STATION else None

    @property
    def evse(self) -> EvseNumber:
        """The EVSE it names; 0: none, or the station as a whole."""
        number = self.segments[EVSE - 1] if self.depth >= EVSE else ""
        return EvseNumber(int(number) if number.isascii() and number.isdecimal() else 0)

    @property
    def above(self) -> "Address":
        """One level up; the uppermost is above itself."""
        return Address(self.segments[:-1])

    def below(self, *segments: str | int) -> "Address":
        """Return the path of something inside.

        Raises:
            Malformed: that is no path.
        """
        return _checked((*self.segments, *map(str, segments)))

    def within(self, prefix: "Address") -> bool:
        """Tell whether it is, or lies below, another one; of a group: whether all that it stands for does."""
        if prefix.depth > self.depth:
            return False
        mine = self.segments[: prefix.depth]
        return all(
            own == theirs or (theirs == ANY and not own.startswith(NAMED))
            for own, theirs in zip(mine, prefix.segments, strict=True)
        )

    def covers(self, address: "Address", member: Callable[[str, "Address"], bool] | None = None) -> bool:
        """Tell whether a message to this one is for an address.

        Args:
            address: of one thing, not a group.
            member: says what belongs to a named group, such as ``@model:X``; None: nothing does.
        """
        name = self.name
        place = self.above if name is not None else self
        if name is not None:
            return address.depth > place.depth and address.within(place) and member is not None and member(name, address)
        return address.depth == place.depth and address.within(place)


ROOT: Final = Address()
"""The uppermost level."""


def parse(text: str) -> Address:
    """Read a path.

    Raises:
        Malformed: it does not begin with a slash, is too deep, or a segment is empty, too long, or holds what no segment may.
    """
    if not text.startswith("/"):
        raise _bad(text, "begins with a slash")
    return _checked(tuple(text[1:].split("/"))) if text != "/" else ROOT


def _checked(segments: tuple[str, ...]) -> Address:
    if len(segments) > DEPTH_MAX:
        raise _bad("/".join(segments), f"has at most {DEPTH_MAX} segments")
    for place, one in enumerate(segments, 1):
        if not 0 < len(one) <= SEGMENT_MAX:
            raise _bad(one, f"has segments of 1 to {SEGMENT_MAX} characters")
        if "/" in one or not one.isprintable() or one != one.strip():
            raise _bad(one, "has segments without slashes, control characters and blanks at their ends")
        if one.startswith(NAMED) and (place != len(segments) or not all(one[1:].partition(":")[::2])):
            raise _bad(one, "names a group at its end only, as @kind:name")
    return Address(segments)


def _bad(shown: str, rule: str) -> Malformed:
    return Malformed(f"an address {rule}", code="BadAddress", where=shown[:SEGMENT_MAX])


class Directory:
    """Where stations are, and what else things are called."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._paths: dict[StationId, Address] = {}
        self._stations: dict[Address, StationId] = {}
        self._aliases: dict[str, Address] = {}

    def place(self, station: StationId, address: Address) -> None:
        """Say where a station is; it is nowhere else from then on.

        Raises:
            Malformed: that is no path of a station.
            Refused: another station is there.
        """
        if address.depth != STATION or address.group:
            raise Malformed("a station is at /{site}/{zone}/{station}", code="BadAddress", where=str(address))
        if self._stations.get(address, station) != station:
            raise Refused(f"{self._stations[address]} is at {address}", code="AddressTaken", where=str(address))
        self.remove(station)
        self._paths[station], self._stations[address] = address, station

    def remove(self, station: StationId) -> None:
        """Forget where a station is, and what else it and its parts are called."""
        gone = self._paths.pop(station, None)
        if gone is not None:
            del self._stations[gone]
            self._aliases = {name: one for name, one in self._aliases.items() if not one.within(gone)}

    def alias(self, scheme: str, name: str, address: Address) -> None:
        """Give something another name: its EVSEID, its id in OCPI."""
        self._aliases[_alias(scheme, name)] = address

    def path(self, station: StationId) -> Address | None:
        """Return where a station is; None: nobody knows."""
        return self._paths.get(station)

    def station(self, address: Address) -> StationId | None:
        """Return the station that an address is, or is a part of; None: nobody knows one there."""
        place = address.station
        return self._stations.get(place) if place is not None else None

    def resolve(self, text: str) -> Address:
        """Return the path that a path or another name means.

        Another name is ``scheme:name``, for parts of it with their path behind: ``evseid:DE*ABC*E1``, ``ocpp:CS-7/1/2``.

        Raises:
            Malformed: it is neither.
            Unknown: nobody here is called that.
        """
        if text.startswith("/"):
            return parse(text)
        whole, *parts = text.split("/")
        scheme, colon, name = whole.partition(":")
        if not colon or not name:
            raise _bad(text, "is a path or scheme:name")
        found = self._paths.get(StationId(name)) if scheme == "ocpp" else self._aliases.get(_alias(scheme, name))
        if found is None:
            raise Unknown(f"nothing here is called {text[:100]}", code="UnknownAddress", where=text[:100])
        return found.below(*parts)

    def members(
        self, group: Address, member: Callable[[str, Address], bool] | None = None
    ) -> Iterator[tuple[StationId, Address]]:
        """Yield the stations that a message to a group is for, or for parts of which it is.

        Args:
            group: a group, or a path above stations, for all below it.
            member: says what belongs to a named group.
        """
        for address, station in sorted(self._stations.items()):
            named = group.name is not None
            if group.covers(address, member) if named else address.within(Address(group.segments[:STATION])):
                yield station, address

    def known(self) -> Mapping[StationId, Address]:
        """Return all stations with their paths."""
        return dict(self._paths)


def _alias(scheme: str, name: str) -> str:
    """Return the one spelling by which names are compared; EVSEIDs are, with and without their separators, one name."""
    return f"{scheme}:{name.upper().replace('*', '').replace('-', '')}" if scheme == "evseid" else f"{scheme}:{name}"
