# SPDX-License-Identifier: Apache-2.0
"""Which way a line dials: in turn, each until it has failed so often, and round again (8.3.14)."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from open63110.bindings.ocpp.rpc.version import Version
from open63110.model.network import NetworkProfile

D = TypeVar("D", bound=msgspec.Struct)
"""How a line dials."""

SPOKEN = frozenset(Version)


class Ways:
    """The ways of one line."""

    __slots__ = ("_attempts", "_failed", "_place", "_refused", "_ways")

    def __init__(self, ways: Sequence[NetworkProfile | None], attempts: int) -> None:
        """Begin with the first.

        Args:
            ways: in the order in which they are tried; None is the one that it was set up with. Where no OCPP is spoken is left
                out.
            attempts: how often each is tried in a row.
        """
        self._attempts = max(1, attempts)
        self._ways = [one for one in ways if one is None or not one.version or one.version in SPOKEN] or [None]
        self._place = self._failed = self._refused = 0

    def failed(self) -> bool:
        """Note that one dial failed; tell whether it is the turn of another way."""
        self._failed += 1
        return self._failed >= self._attempts and self._turn()

    def refused(self) -> bool:
        """Note that whoever is there does not take the station; tell whether it is the turn of another way."""
        self._refused += 1
        return self._refused >= self._attempts and self._turn()

    def taken(self) -> None:
        """Note that whoever is there takes the station."""
        self._refused = 0

    def _turn(self) -> bool:
        self._failed = self._refused = 0
        self._place = (self._place + 1) % len(self._ways)
        return len(self._ways) > 1

    def reached(self) -> None:
        """Note that somebody is there."""
        self._failed = 0

    def dialling(self, built_in: D) -> D:
        """Return how to dial now, with all that a way does not say as it was set up."""
        way = self._ways[self._place]
        if way is None:
            return built_in
        more: dict[str, Any] = {"password": way.password} if way.password else {}
        more |= {"versions": (Version(way.version),)} if way.version else {}
        return msgspec.structs.replace(built_in, url=way.url, identity=way.identity, patience=float(way.timeout), **more)
