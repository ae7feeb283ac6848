# SPDX-License-Identifier: Apache-2.0
"""Commands through the web: a path for each door of the use-case table, and the wait for what becomes of an order."""

import asyncio
import contextlib
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from open63110.bindings.web import intake
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.shapes import show
from open63110.bindings.web.spread import spread
from open63110.kernel.errors import Malformed, NotAuthorized, Unavailable, Unknown
from open63110.kernel.ids import OrderId, StationId, station_id
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.authorization import StopRemotely
from open63110.model.order import OPEN, Order
from open63110.model.register import imported
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.ports import BY_NAME, Query, Where
from open63110.runtime.engine import decode_command
from open63110.runtime.node import Node
from open63110.runtime.orders import Asked
from open63110.runtime.permissions import PERSONAL, may_use
from open63110.usecases.energy.smart_charging import LimitZone
from open63110.usecases.services.authorize_externally import StartRemotely

DEFAULT_WAIT = 30.0
MOST_WAIT = 120.0
"""How long a request may wait for the outcome of its order [s]."""

MOST_DEADLINE = 7 * 86_400.0
"""[s]"""


class RawCallBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any call of OCPP, word by word."""

    action: str
    """As the station's version calls it: Reset, GetVariables, SetChargingProfile …"""
    payload: dict[str, Any] = msgspec.field(default_factory=dict)
    unchecked: bool = False
    """Send it even if it breaks the schema: for testing stations."""


class LedTo(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever ordered a start may know of the energy transfer that came of it: its name, to stop it, and how it stands."""

    reference: str
    state: str
    began: datetime | None
    ended: datetime | None
    energy: float
    """[Wh]"""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long an order may take, and how long the asker waits to hear of it."""

    deadline: float | None = None
    """[s]; None: the policy's."""
    wait: float = DEFAULT_WAIT
    """[s]"""

    @classmethod
    def of(cls, query: dict[str, str]) -> "Patience":
        """Read it off a query string.

        Raises:
            Malformed: not a number of seconds within reason.
        """
        said: dict[str, float] = {name: _seconds(name, query[name]) for name in ("deadline", "wait") if name in query}
        return cls(deadline=min(said["deadline"], MOST_DEADLINE) if "deadline" in said else None, wait=_wait(said))


def _wait(said: dict[str, float]) -> float:
    return min(said.get("wait", DEFAULT_WAIT), MOST_WAIT)


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as fault:
        raise Malformed(f"{name} is a number of seconds, not {text!r}", where=name) from fault
    if not math.isfinite(seconds) or seconds < 0:
        raise Malformed(f"{name} is a number of seconds, not {text!r}", where=name)
    return seconds


def path_of(door: Door) -> str:
    """Return the path of a door below /api/v1.

    A station: ``stations/{station}/{verb}``. A noun that belongs to a station: ``stations/{station}/{noun}s/{verb}``.
    Any other: ``{noun}s/{verb}``, and its command names no station.
    """
    kept = BY_NAME.get(door.noun.replace("-", "_"))
    if kept is not None and kept.noun is Station:
        return f"stations/{{station}}/{door.verb}"
    belongs = kept is not None and "station" in kept.columns
    return f"stations/{{station}}/{door.noun}s/{door.verb}" if belongs else f"{door.noun}s/{door.verb}"


class Commands:
    """Asks on behalf of callers."""

    def __init__(self, node: Node, access: Access) -> None:
        """Serve the doors of the node's table."""
        self._node, self._access = node, access
        self.doors: dict[str, Door] = {path_of(door): door for door in node.engine.table.doors}

    async def ask(self, caller: Caller, door: Door, station: str, body: Any, patience: Patience) -> Asked:
        """Give an order through a door.

        Args:
            caller: who asks.
            door: through which.
            station: from the path; empty where the command names none.
            body: of the type that ``intake.body_of`` derives from the command.
            patience: how long for.

        Raises:
            NotAuthorized: the caller may not; audited.
            Malformed: the station's id or a credential will not do.
            Unavailable: the order could not be stored.
        """
        target = self.demand(caller, door, station)
        command = intake.command(door.command, body, target, self._node.engine.known)
        await self._demand_own(caller, command)
        return await self._ask(command, caller, patience, roles=None)

    async def call_raw(self, caller: Caller, station: str, body: RawCallBody, patience: Patience) -> Asked:
        """Send any call word by word; administrators only, and audited whatever comes of it."""
        target = _station(station)
        command = self._node.raw_call(target, body.action, body.payload, body.unchecked)
        return await self._ask(command, caller, patience, roles=frozenset())

    @contextlib.contextmanager
    def audited(self, caller: Caller, door: Door, station: str) -> Iterator[None]:
        """Write what is asked here and cannot be understood into the audit: no order comes of it that would stand there (7.1)."""
        try:
            yield
        except Malformed as fault:
            self._access.reject(caller.principal, door.command.__name__, station, fault)
            raise

    def demand(self, caller: Caller, door: Door, said: str) -> StationId:
        """Return the station a caller may ask something of, before anything else it says is looked at.

        Raises:
            NotAuthorized: the caller may not; audited.
            Malformed: that is no id of a station.
        """
        principal, station = caller.principal, _station(said)
        if may_use(principal, door, station):
            return station
        words = f"{principal.id} ({principal.role}) may not ask {door.command.__name__} of {station or 'this CSMS'}"
        self._access.refuse(principal.id, principal.role, door.command.__name__, station, words)
        raise NotAuthorized(words)

    async def _demand_own(self, caller: Caller, command: Command) -> None:
        """Let those who speak for EV users end only what they started themselves."""
        if not isinstance(command, StopRemotely) or caller.principal.role in PERSONAL:
            return
        station = self._node.engine.stations.get(command.station)
        transfer = station.transfers.get(command.reference) if station else None
        started = transfer.remote_start if transfer else None
        if started is not None and started in await self._starts_of(caller, command.station):
            return
        words = f"{caller.principal.id} did not start {command.reference}"
        self._access.refuse(caller.principal.id, caller.principal.role, "StopRemotely", command.station, words)
        raise NotAuthorized(words, where="reference")

    async def _starts_of(self, caller: Caller, station: StationId) -> set[int]:
        where = (Where("station", "=", station), Where("by", "=", caller.principal.id), Where("kind", "=", "StartRemotely"))
        orders = await self._node.store.find(Order, Query(where=where, order="-asked", limit=1000))
        return {getattr(decode_command(order.body.encode()), "remote_start", 0) for order in orders}

    async def _ask(self, command: Command, caller: Caller, patience: Patience, *, roles: frozenset[Role] | None) -> Asked:
        now = self._node.clock.now()
        deadline: datetime | None = None if patience.deadline is None else now + timedelta(seconds=patience.deadline)
        future = self._node.orders.ask(command, caller.principal, deadline=deadline, roles=roles)
        await asyncio.wait((future,))
        if future.cancelled():
            raise Unavailable("the order could not be stored", remedy="try again once there is room on the disk")
        asked = future.result()
        if isinstance(command, LimitZone):
            return await spread(self._node, asked, command, patience.wait)
        if asked.order.outcome not in OPEN or not patience.wait:
            return asked
        return msgspec.structs.replace(asked, order=await self._outcome(asked.order, patience.wait))

    async def _outcome(self, order: Order, wait: float) -> Order:
        """Wait until an order has ended and that is durable, or for so long."""
        ended: asyncio.Future[Order] = asyncio.get_running_loop().create_future()
        self._node.orders.watch(order.id, lambda last: None if ended.done() else ended.set_result(last))
        if order.id not in self._node.engine.known.orders:  # it ended already, and perhaps nobody will tell again
            stored = self._node.store.get(Order, order.id)
            if stored is not None and stored.outcome not in OPEN:
                return stored
        await asyncio.wait((ended,), timeout=self._node.clock.real(wait))
        return ended.result() if ended.done() else self._node.engine.known.orders.get(order.id, order)

    async def order(self, caller: Caller, key: str) -> Order:
        """Return an order to whoever gave it, and to readers.

        Raises:
            Unknown: there is none that this caller may see.
        """
        order = self._node.engine.known.orders.get(OrderId(key))
        if order is None:
            found = await self._node.store.find(Order, Query(where=(Where("id", "=", key),), limit=1))
            order = found[0] if found else None
        if order is not None and order.by != caller.principal.id:
            self._access.demand_reader(caller, order.station)
        if order is None:
            raise Unknown(f"there is no order {key}", code="UnknownOrder", where="id")
        return order

    async def led_to(self, order: Order) -> "LedTo | None":
        """Return the energy transfer that a start from outside led to; None while there is none, and of other orders."""
        if order.kind != StartRemotely.__name__ or not isinstance(start := decode_command(order.body.encode()), StartRemotely):
            return None
        station = self._node.engine.stations.get(order.station)
        open_ones = tuple(station.transfers.values()) if station else ()
        lately = Where("began", ">=", order.asked - timedelta(days=1))
        query = Query(where=(Where("station", "=", order.station), lately), order="-began", limit=1000)
        for one in (*open_ones, *await self._node.store.find(EnergyTransfer, query)):
            if start.remote_start and one.remote_start == start.remote_start:
                return LedTo(reference=one.reference, state=one.state, began=one.began, ended=one.ended, energy=imported(one))
        return None

    def shown(self, caller: Caller, asked: Asked) -> dict[str, Any]:
        """Show an order with what the use cases replied."""
        seer = self._access.seer(caller)
        order: dict[str, Any] = show(asked.order, seer)
        return {**order, "replies": [{"kind": type(reply).__name__, **show(reply, seer)} for reply in asked.replies]}


def _station(text: str) -> StationId:
    if not text:
        return StationId("")
    try:
        return station_id(text)
    except ValueError as fault:
        raise Malformed(str(fault), code="BadStationId", where="station") from fault
