# SPDX-License-Identifier: Apache-2.0
"""What many stations are told at once, texts (8.3.8), moves (8.3.14), tariffs (8.4.7): each by itself, for whoever asks."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.commands import Commands, Patience
from open63110.bindings.web.operations import JsonResponse, Operation
from open63110.bindings.web.shapes import show
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.usecase import Door
from open63110.model.order import Order
from open63110.model.station import Registration, Station
from open63110.runtime.node import Node
from open63110.runtime.permissions import may_use
from open63110.runtime.table import Table
from open63110.usecases.services.tariff_at_station import ClearStationTariffs, SetDefaultTariff
from open63110.usecases.stations.migrate_station import CancelMigration, MigrateStation
from open63110.usecases.stations.set_displayed_information import ClearMessage, SetMessage

MOST: Final = 5_000
"""Stations of one request."""

AT_ONCE: Final = 100
"""Of them so many are asked at a time."""


class Which(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stations: all conditions that are said hold for each."""

    stations: tuple[str, ...] = ()
    """Ids, or prefixes that end in an asterisk; none: of any id."""
    vendor: str = ""
    model: str = ""
    site: str = ""
    zone: str = ""
    """Of the site."""


class ForMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command for each of some stations; without a condition it is refused: say stations ["*"] to mean all."""

    which: Which
    message: dict[str, Any]
    """As for one station."""

    @property
    def said(self) -> dict[str, Any]:
        """What is said to each."""
        return self.message


class MoveMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A move for each of some stations."""

    which: Which
    move: dict[str, Any]
    """As for one station, without identity and password, which each has of its own."""

    @property
    def said(self) -> dict[str, Any]:
        """What is said to each.

        Raises:
            Malformed: it is for one of them.
        """
        own = {"identity", "password"} & self.move.keys()
        if own:
            name = min(own)
            raise Malformed(f"each station has its own {name}", code="InvalidValue", where=f"move.{name}", remedy="move it alone")
        return self.move


class OfMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some stations, of which there is no more to say."""

    which: Which

    @property
    def said(self) -> dict[str, Any]:
        """What is said to each: nothing."""
        return {}


class TariffMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tariff for each of some stations."""

    which: Which
    tariff: dict[str, Any]
    """As for one station."""
    evse: int = 0
    """At this EVSE of each; 0: at all of them."""

    @property
    def said(self) -> dict[str, Any]:
        """What is said to each."""
        return {"evse": self.evse, "tariff": self.tariff}


class TariffsOfMany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tariffs that each of some stations is to let go."""

    which: Which
    ids: tuple[str, ...] = ()
    """What they are called; none: all of them."""

    @property
    def said(self) -> dict[str, Any]:
        """What is said to each."""
        return {"ids": self.ids}


Body = ForMany | MoveMany | OfMany | TariffMany | TariffsOfMany

_OFFERED: Final[tuple[tuple[str, str, type[Any], type[Any], str], ...]] = (
    ("setMessageAtMany", "messages/set", SetMessage, ForMany, "Show a text to users of many stations (8.3.8)"),
    ("clearMessageAtMany", "messages/clear", ClearMessage, ForMany, "Show a text no more at many stations (8.3.8)"),
    ("migrateMany", "migrations/start", MigrateStation, MoveMany, "Move many stations to another CSMS (8.3.14)"),
    ("cancelMigrationOfMany", "migrations/cancel", CancelMigration, OfMany, "Call many moves off, until each leaves (8.3.14)"),
    ("setTariffAtMany", "station-tariffs/set", SetDefaultTariff, TariffMany, "Have a tariff count at many stations (8.4.7)"),
    ("clearTariffsAtMany", "station-tariffs/clear", ClearStationTariffs, TariffsOfMany, "Have many let tariffs go (8.4.7)"),
)
"""Name, path, command, body, summary."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it, station by station."""

    stations: int
    orders: tuple[Order, ...]
    """As they stand at once; look them up for their outcomes."""
    refused: dict[str, str]
    """Station → why it was not even asked."""


class ToMany:
    """Tells many stations the same."""

    def __init__(self, node: Node, access: Access, commands: Commands) -> None:
        """Ask as the doors for one station do."""
        self._node, self._access, self._commands = node, access, commands

    def operations(self) -> Iterator[Operation]:
        """Return what REST offers."""
        for name, path, kind, body, words in _OFFERED:
            yield self._operation(name, path, kind, body, words)

    def _operation(self, name: str, path: str, kind: type[Any], body: type[Any], words: str) -> Operation:
        async def handler(request: Request, caller: Caller) -> Response:
            said: Body = intake.read(await request.body(), body)
            done, seer = await self.spread(caller, kind, said), self._access.seer(caller)
            orders = [show(one, seer) for one in done.orders]
            return JsonResponse({"stations": done.stations, "orders": orders, "refused": done.refused}, 202)

        return Operation(
            id=name,
            method="POST",
            path=path,
            summary=words,
            tag="commands",
            roles="operator, admin",
            handler=handler,
            body=body,
            answer=Spread,
            status=202,
        )

    async def spread(self, caller: Caller, kind: Any, said: Body) -> Spread:
        """Ask each station; what is kept for who is not there is told when it comes.

        Raises:
            Malformed: no condition, too many stations, or what is to be told will not do.
        """
        door = door_of(self._node.engine.table, kind)
        body = intake.read(msgspec.json.encode(said.said), intake.body_of(kind))
        found = [one for one in self._chosen(said.which) if may_use(caller.principal, door, one.id)]
        if len(found) > MOST:
            raise Malformed(f"{len(found)} stations are more than {MOST}", code="TooMany", where="which", remedy="say fewer")
        orders: list[Order] = []
        refused: dict[str, str] = {}
        for place in range(0, len(found), AT_ONCE):
            some = found[place : place + AT_ONCE]
            for one, order in zip(some, await self._asked(caller, door, body, some), strict=True):
                if isinstance(order, Order):
                    orders.append(order)
                else:
                    refused[one.id] = order.code
        return Spread(stations=len(found), orders=tuple(orders), refused=refused)

    async def _asked(self, caller: Caller, door: Door, body: Any, stations: Sequence[Station]) -> list[Order | Trouble]:
        at_once = Patience(wait=0.0)
        tasks = [self._commands.ask(caller, door, one.id, body, at_once) for one in stations]
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return [_order(one) for one in found]

    def _chosen(self, which: Which) -> list[Station]:
        """Return the stations meant, by id; those that were never admitted are told nothing.

        Raises:
            Malformed: no condition is said.
        """
        if which == Which():
            raise Malformed("say which stations", code="NoStations", where="which", remedy='all of them: "stations": ["*"]')
        stations = sorted(self._node.engine.stations.values(), key=lambda one: one.id)
        return [one for one in stations if one.registration is Registration.ACCEPTED and meant(which, one)]


def _order(asked: Any) -> Order | Trouble:
    if isinstance(asked, Trouble):
        return asked
    if isinstance(asked, BaseException):
        raise asked
    order: Order = asked.order
    return order


def meant(which: Which, station: Station) -> bool:
    """Tell whether a station fulfils every condition."""
    identity = station.identity
    site, _, zone = (station.zone or "").partition(":")
    return (
        (not which.stations or any(_covers(one, station.id) for one in which.stations))
        and which.vendor in {"", identity.vendor}
        and which.model in {"", identity.model}
        and which.site in {"", site}
        and which.zone in {"", zone}
    )


def _covers(pattern: str, station: str) -> bool:
    return station.startswith(pattern[:-1]) if pattern.endswith("*") else station == pattern


def door_of(table: Table, kind: type[Any]) -> Door:
    """Return the door of a command that has one."""
    return next(door for door in table.doors if door.command is kind)
