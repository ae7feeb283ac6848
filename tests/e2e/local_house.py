# SPDX-License-Identifier: Apache-2.0
"""Levels of CSMSs on loopback: an upper one, local ones, taps between them, and simulated stations by link."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from tests.e2e.house import ADMIN, House, slack
from tests.e2e.link_house import Pki, Tap, context, link_house, listener
from tests.e2e.player import PATIENCE

from open63110.apps.config import Limits, Listener, Web
from open63110.apps.csms import Csms
from open63110.apps.local_config import LocalConfig, Say, Upper, ZonePlan
from open63110.apps.local_csms import LocalCsms
from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.station_firmware import Bench
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.ocpp.line import Dialling as OcppDialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.order import OPEN, Order
from open63110.model.policy import Policy, StationPolicy
from open63110.model.station import Registration, Station
from open63110.model.token import Credential
from open63110.pki.folder import Given
from open63110.runtime.orders import Asked
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation

FACTOR = 20.0


async def until(true: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait for something to become true [s of real time]."""
    try:
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.005)
    except TimeoutError as late:
        raise AssertionError(f"not within {within} s") from late


class Local:
    """A local CSMS, and the tap on its link upwards."""

    def __init__(self, csms: LocalCsms, tap: Tap) -> None:
        self.csms, self.tap = csms, tap

    @property
    def port(self) -> int:
        """Where stations and levels below open links."""
        return int(self.csms.listeners["link"].port)

    @property
    def open(self) -> bool:
        """The level above hears."""
        return self.csms.above is not None and self.csms.above.open

    def knows(self, station: str) -> bool:
        """It knows a credential that is good there."""
        return any(station in one.stations for one in self.csms.engine.known.tokens.values())

    def station(self, name: str) -> Station:
        """A station as this level has it."""
        return self.csms.engine.stations[StationId(name)]

    async def cut(self) -> None:
        """Lose the link upwards until `mend`."""
        self.tap.open = False
        self.tap.cut()
        await until(lambda: not self.open)

    async def mend(self) -> None:
        """Have it back."""
        self.tap.open = True
        await until(lambda: self.open, 30.0)

    @property
    def said(self) -> int:
        """Facts that it has told the level above."""
        return self.csms.above.told if self.csms.above is not None else 0

    @property
    def told(self) -> bool:
        """The level above has everything."""
        above = self.csms.above
        return above is not None and above.told > 0 and not above.lines.session.waiting


async def facts(csms: Csms, kind: type[Any], station: str = "") -> list[Any]:
    """The journal's facts of a kind, oldest first."""
    found = await csms.store.facts(station=StationId(station) if station else None, limit=100_000)
    return [one.event for one in found if isinstance(one.event, kind)]


async def only(csms: Csms, kind: type[Any], station: str) -> Any:
    """The one fact of a kind, as soon as it is in the journal."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await facts(csms, kind, station)):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
    (one,) = found
    return one


def given(pki: Pki, identity: str) -> Given:
    """Return the certificate of a local CSMS; it has one, however often it starts."""
    made = MADE.setdefault((str(pki.folder.path), identity), None) or pki.give(identity, Role.LOCAL_CSMS, serves=True)
    MADE[str(pki.folder.path), identity] = made
    return made


MADE: dict[tuple[str, str], Given | None] = {}


async def ended(csms: Csms, asked: Asked) -> Order:
    """Wait until an order has ended, and return it."""

    def found() -> Order | None:
        order = csms.store.get(Order, asked.order.id)
        return order if order is not None and order.outcome not in OPEN else None

    await until(found, 30.0)
    order = found()
    assert order is not None
    return order


@contextlib.asynccontextmanager
async def local_csms(
    folder: Path,
    pki: Pki,
    upper_port: int,
    *,
    identity: str = "mall-lc",
    site: str = "mall",
    zones: dict[str, ZonePlan] | None = None,
    say: dict[str, Say] | None = None,
    factor: float = FACTOR,
    dials: tuple[str, ...] = (),
    **more: Any,
) -> AsyncIterator[Local]:
    """A local CSMS whose link upwards goes through a tap; ``dials``: stations that listen."""
    own = given(pki, identity)
    async with Tap(upper_port).running() as tap:
        config = LocalConfig(
            identity=identity,
            site=site,
            data=str(folder / identity),
            clock_factor=factor,
            listeners={
                "link": listener(pki, own, stations=dials),
                "ocpp": Listener(host="127.0.0.1", port=0, plain=True, password=False),
            },
            web=Web(port=0),
            policy=Policy(order_deadline=Seconds(slack(factor)), unknown_stations="accept", cso=identity),
            limits=Limits(answer_timeout=slack(factor)),
            upper=Upper(
                endpoints=(f"wss://localhost:{tap.port}/link",),
                certificate=str(own.certificate),
                key=str(own.key),
                authorities=str(pki.folder.root_path),
                longest_pause=5.0 * factor / 20.0,
                answer_within=slack(factor) / 3,
            ),
            zones=zones or {},
            say=say or {},
            **more,
        )
        async with LocalCsms(config).running() as csms:
            yield Local(csms, tap)


async def admit_level(here: House | Local, identity: str, place: str) -> None:
    """Let a local CSMS come that answers for a place."""
    csms = here.csms
    principals = Principals(csms.engine, csms.keys, csms.ids)
    try:
        await principals.create(ADMIN, NewPrincipal(id=identity, role=Role.LOCAL_CSMS, scope=(place,)))
    finally:
        principals.close()
    assert PrincipalId(identity) in csms.engine.known.principals


class Stations:
    """Simulated stations of one process."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.hardware: dict[str, SimulatedStation] = {}

    def charge(self, station: str, tag: str, evse: int = 1) -> None:
        """Plug in an EV that takes 11 kW for hours, and hold a card to the reader."""
        self.hardware[station].arrive(evse, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))
        self.hardware[station].present(evse, Credential(kind="ISO14443", value=tag))

    def charging(self, station: str, evse: int = 1) -> bool:
        """Energy flows."""
        return bool(self.hardware[station].charging(evse))

    def accepted(self, station: str) -> bool:
        """It has heard that it may work: until then it turns every card away."""
        noun = self.site.controllers[StationId(station)].noun
        return noun is not None and noun.registration is Registration.ACCEPTED

    def noun(self, station: str) -> Station:
        """A station as it sees itself."""
        noun = self.site.controllers[StationId(station)].noun
        assert noun is not None
        return noun


@contextlib.asynccontextmanager
async def stations(
    at: Local,
    pki: Pki,
    names: list[str],
    *,
    also: tuple[str, ...] = (),
    factor: float = FACTOR,
    evses: dict[str, int] | None = None,
    ocpp: dict[str, Version] | None = None,
    through: int = 0,
    signed: bool = False,
    bench: Bench | None = None,
    **rules: Any,
) -> AsyncIterator[Stations]:
    """Stations of a local CSMS, by link, or by the OCPP named; ``also``: further endpoints, after it; ``through``: a tap."""
    plain = StationPolicy(answer_within=Seconds(slack(factor)), **rules)
    with Capture(None, at.csms.clock) as capture:
        site = Site(at.csms.clock, capture, plain, seed=1, bench=bench)
        here = Stations(site)
        for name in names:
            plan = StationPlan(
                id=name, version=(ocpp or {}).get(name, Version.V21), evses=(evses or {}).get(name, 1), signed=signed
            )
            here.hardware[name] = site.build(plan, _way(at, pki, name, also, by_ocpp=name in (ocpp or {}), through=through))
        async with site.running():
            for one in here.hardware.values():
                one.switch_on()
            for name in names:
                await until(lambda name=name: _accepted(at, name), 30.0)  # type: ignore[misc] # a lambda's defaults
                await until(lambda name=name: here.accepted(name), 30.0)  # type: ignore[misc] # a lambda's defaults
            yield here


def _way(at: Local, pki: Pki, name: str, also: tuple[str, ...], *, by_ocpp: bool, through: int = 0) -> Dialling | OcppDialling:
    """Return how a station reaches its local CSMS."""
    if by_ocpp:
        port = at.csms.listeners["ocpp"].port
        return OcppDialling(url=f"ws://127.0.0.1:{port}/ocpp", longest_pause=30.0, patience=slack(FACTOR))
    own = context(pki.give(name, to=f"{at.csms.config.identity}-{name}"))
    return Dialling(endpoints=(f"wss://localhost:{through or at.port}/link", *also), tls=own, longest_pause=30.0)


def _accepted(at: Local, name: str) -> bool:
    noun = at.csms.engine.stations.get(StationId(name))
    return noun is not None and noun.registration is Registration.ACCEPTED and noun.connected is not None


@contextlib.asynccontextmanager
async def mall(
    folder: Path,
    names: list[str],
    *,
    tags: tuple[str, ...] = ("ANNA",),
    factor: float = FACTOR,
    evses: dict[str, int] | None = None,
    ocpp: dict[str, Version] | None = None,
    policy: dict[str, Any] | None = None,
    bench: Bench | None = None,
    **more: Any,
) -> AsyncIterator[tuple[House, Local, Stations, Pki]]:
    """An upper CSMS, a local one for the site mall with a zone north, and stations in there; all of them on board."""
    failure: Exception | None = None
    async with link_house(folder, factor=factor, **(policy or {})) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        for tag in tags:
            await here.token(tag)
        zones = more.pop("zones", None) or {"north": ZonePlan(import_max=440_000.0, stations=tuple(names), evse_max=22_000.0)}
        async with local_csms(folder, pki, here.port, zones=zones, factor=factor, **more) as local:
            await until(lambda: local.open)
            async with stations(local, pki, names, factor=factor, evses=evses, ocpp=ocpp, bench=bench) as there:
                for name in names:
                    await until(lambda name=name: _known(here, name), 30.0)  # type: ignore[misc] # a lambda's defaults
                try:
                    yield here, local, there, pki
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
    if failure is not None:
        raise failure


def _known(here: House, name: str) -> bool:
    noun = here.csms.engine.stations.get(StationId(name))
    return noun is not None and noun.registration is Registration.ACCEPTED and noun.connected is not None and bool(noun.evses)
