# SPDX-License-Identifier: Apache-2.0
"""What the doors of a node need: its engine, its orders, its store, and what only some links can do."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.ports import Clock, Ids, Store
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.orders import Orders


class RawFrames(Protocol):
    """Where raw frames can be looked at."""

    async def recent(self, station: StationId, limit: int = 50) -> list[Any]:
        """Return a station's newest frames, newest first."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One running node, as its doors see it."""

    name: str
    engine: Engine
    orders: Orders
    store: Store
    keys: Keys
    ids: Ids
    clock: Clock
    frames: RawFrames
    raw_call: Callable[[StationId, str, dict[str, Any], bool], Command]
    """(station, action, payload, unchecked) → the command that calls it word by word."""
    replay: Callable[[Any], str]
    """Feeds a quarantined input in again; returns why it failed, empty if it worked."""
    counters: Callable[[], Mapping[str, float]]
    """Plain counters of the links, by metric name."""
    deviations: Callable[[StationId], Mapping[str, int]]
    """How often a station bent which rule of its schema."""
