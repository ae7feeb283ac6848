# SPDX-License-Identifier: Apache-2.0
"""The pages of what stations consist of and how they are set, and of templates and rollouts (8.3.3, 8.3.4)."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.kernel.ids import StationId
from open63110.model.device import (
    AttributeKind,
    DeviceVariable,
    Inventory,
    Mutability,
    variable_address,
)
from open63110.model.inventory import Discovery, InventoryDifference
from open63110.model.settings import (
    HeldSetting,
    Rollout,
    RolloutOutcome,
    RolloutResult,
    SettingState,
    StationSettings,
)
from open63110.model.variables import key_of
from open63110.ports import Query, Where
from open63110.usecases.stations.discover_configuration import limits

View = Callable[[Request, Caller], Awaitable[Response]]

MOST_SHOWN: Final = 1_500
"""Variables on one page; what is searched for is found among all."""

TONES: Final = {
    SettingState.CONFIRMED: "good",
    SettingState.SET: "good",
    SettingState.WANTED: "busy",
    SettingState.AFTER_REBOOT: "warn",
    SettingState.DRIFTED: "warn",
    SettingState.REFUSED: "bad",
}

OUTCOMES: Final = {
    RolloutOutcome.SET: "good",
    RolloutOutcome.AFTER_REBOOT: "warn",
    RolloutOutcome.WAITING: "busy",
    RolloutOutcome.REFUSED: "bad",
}

GRAVEST_FIRST: Final = (RolloutOutcome.REFUSED, RolloutOutcome.WAITING, RolloutOutcome.AFTER_REBOOT, RolloutOutcome.SET)

MOST_RESULTS: Final = 1_000
"""Stations of a rollout on its page, the gravest first; counted are all."""


class ShownVariable(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a variable as a row."""

    address: str
    name: str
    kind: AttributeKind
    value: str | None
    limits: str
    choices: tuple[str, ...]
    """What it can be, where it can be chosen from a list."""
    settable: bool
    secret: bool
    held: HeldSetting | None


class ShownComponent(msgspec.Struct, frozen=True, kw_only=True):
    """A component with its variables."""

    title: str
    rows: tuple[ShownVariable, ...]
    open: bool
    """Something in it is not as it is to be."""


class ShownPlace(msgspec.Struct, frozen=True, kw_only=True):
    """The station itself, one of its EVSEs or one of its connectors."""

    title: str
    components: tuple[ShownComponent, ...]


class DevicePages:
    """What is shown of the device model."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._node, self._page = parts, parts.node, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {
            "/stations/{station}/device": self.device,
            "/settings": self.settings,
            "/settings/rollouts/{key}": self.rollout,
        }

    async def device(self, request: Request, caller: Caller) -> Response:
        """The device model of a station as a tree, desired beside reported."""
        station = self._parts.queries.station(caller, request.path_params["station"])
        store, wanted = self._node.store, request.query_params.get("q", "").strip()
        inventory = store.get(Inventory, station.id)
        settings = store.get(StationSettings, station.id) or StationSettings(station=station.id)
        settable = request.query_params.get("only") == "settable"
        rows = [one for one in shown(inventory, settings) if _matches(one, wanted) and (one.settable or not settable)]
        query = Query(where=(Where("station", "=", station.id),), order="-at", limit=10)
        return self._page(
            request,
            "device.html",
            caller,
            station=station,
            inventory=inventory,
            discovery=store.get(Discovery, station.id) or Discovery(station=station.id),
            settings=settings,
            tones=TONES,
            tree=tree(rows[:MOST_SHOWN], unfolded=bool(wanted)),
            total=len(rows),
            most=MOST_SHOWN,
            q=wanted,
            settable=settable,
            differences=await store.find(InventoryDifference, query),
        )

    async def settings(self, request: Request, caller: Caller) -> Response:
        """Templates for models, and what was rolled out lately."""
        templates, _ = await self._parts.queries.page(caller, BY_PLURAL["templates"], {"limit": "200"})
        rollouts, _ = await self._parts.queries.page(caller, BY_PLURAL["rollouts"], {"limit": "20"})
        stations = self._parts.queries.stations(caller, {})
        models = sorted({(one.identity.vendor, one.identity.model) for one in stations if one.identity.model})
        open_ones = await self._node.store.find(StationSettings, Query(where=(Where("open", ">", 0),), limit=100))
        seen: set[StationId] = {one.id for one in stations}
        return self._page(
            request,
            "settings.html",
            caller,
            templates=[(one, sum(one.fits(station.identity) for station in stations)) for one in templates],
            rollouts=rollouts,
            models=models,
            off=[one for one in open_ones if one.station in seen],
            tones=TONES,
        )

    async def rollout(self, request: Request, caller: Caller) -> Response:
        """What came of settings at each of several stations."""
        rollout: Rollout = await self._parts.queries.one(caller, BY_PLURAL["rollouts"], request.path_params["key"])
        listing, results, counts = BY_PLURAL["rollout-results"], list[RolloutResult](), dict[RolloutOutcome, int]()
        for outcome in GRAVEST_FIRST:
            said = {"rollout": rollout.id, "outcome": outcome.value}
            counts[outcome] = await self._parts.queries.count(caller, listing, said)
            room = MOST_RESULTS - len(results)
            if counts[outcome] and room:
                results += (await self._parts.queries.page(caller, listing, said | {"limit": str(room), "order": "station"}))[0]
        return self._page(
            request,
            "rollout.html",
            caller,
            rollout=rollout,
            results=results,
            counts={outcome: count for outcome, count in counts.items() if count},
            total=sum(counts.values()),
            tones=OUTCOMES,
        )


def shown(inventory: Inventory | None, settings: StationSettings) -> Iterable[ShownVariable]:
    """Return what is known of a station as rows, those that are wanted only among them, in the order of addresses."""
    held = {key_of(one): one for one in settings.settings}
    rows = []
    for variable in inventory.variables if inventory is not None else ():
        address = str(variable.address)
        for attribute in variable.attributes:
            secret = variable.address.secret or attribute.mutability is Mutability.WRITE_ONLY
            wanted = held.pop((address.casefold(), attribute.kind), None)
            rows.append(
                ShownVariable(
                    address=address,
                    name=address.partition("/")[2],
                    kind=attribute.kind,
                    value=None if secret else _newest(attribute.value, wanted, inventory),
                    limits=limits(variable),
                    choices=_choices(variable),
                    settable=attribute.mutability is not Mutability.READ_ONLY,
                    secret=secret,
                    held=wanted,
                )
            )
    rows += [_unreported(one) for one in held.values()]
    return sorted(rows, key=lambda one: (variable_address(one.address), one.kind))


def _newest(value: str | None, held: HeldSetting | None, inventory: Inventory | None) -> str | None:
    """Return what a station said last: in its inventory, or when it was asked for this alone."""
    told = held is not None and held.told_at is not None and inventory is not None and held.told_at > inventory.at
    return held.told if told and held is not None else value


def _unreported(one: HeldSetting) -> ShownVariable:
    """Return a row for what is wanted and was not reported."""
    address = str(variable_address(one.variable))
    return ShownVariable(
        address=address,
        name=address.partition("/")[2],
        kind=one.kind,
        value=one.told,
        limits="",
        choices=(),
        settable=True,
        secret=one.value is None,
        held=one,
    )


def _choices(one: DeviceVariable) -> tuple[str, ...]:
    said = one.characteristics
    if said is None:
        return ()
    return ("true", "false") if said.data_type == "boolean" else said.values if said.data_type == "OptionList" else ()


def _matches(one: ShownVariable, wanted: str) -> bool:
    return wanted.lower() in f"{one.address} {one.value or ''}".lower()


def tree(rows: Iterable[ShownVariable], *, unfolded: bool) -> tuple[ShownPlace, ...]:
    """Put variables under their components, and those under where they are."""
    places: dict[tuple[int, int], dict[str, list[ShownVariable]]] = {}
    for one in rows:
        component = variable_address(one.address).component
        title = component.name + (f" {component.instance}" if component.instance else "")
        places.setdefault((component.evse, component.connector), {}).setdefault(title, []).append(one)
    return tuple(
        ShownPlace(
            title=_place(*where), components=tuple(_component(title, found, unfolded=unfolded) for title, found in parts.items())
        )
        for where, parts in sorted(places.items())
    )


def _component(title: str, rows: list[ShownVariable], *, unfolded: bool) -> ShownComponent:
    off = any(one.held is not None and TONES[one.held.state] != "good" for one in rows)
    return ShownComponent(title=title, rows=tuple(rows), open=unfolded or off)


def _place(evse: int, connector: int) -> str:
    if not evse:
        return "Station"
    return f"EVSE {evse}" + (f", connector {connector}" if connector else "")
