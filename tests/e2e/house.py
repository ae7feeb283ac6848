# SPDX-License-Identifier: Apache-2.0
"""A real CSMS with all its doors on loopback, for acceptance tests: stations come by WebSocket, people and systems by REST."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx2
import msgspec
from tests.e2e.player import PATIENCE

from open63110.apps.config import Config, Limits, Listener, Web
from open63110.apps.csms import Csms
from open63110.bindings.web.serve import serving
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Query, Where
from open63110.runtime.orders import OURSELVES
from open63110.runtime.principals import NewPrincipal, Principals

N = TypeVar("N")
P = TypeVar("P", bound="Starts")
E = TypeVar("E", bound=Event)

WIRES = ("v16", "v201", "v21")
TRUST = ssl.create_default_context()
"""Of all clients: to make one takes longer than most of what they ask."""
OPEN = {"main": Listener(host="127.0.0.1", port=0, plain=True, password=False)}


class Starts(Protocol):
    """A station that a test plays, on whatever wire."""

    async def boot(self) -> str:
        """Say that it has started; return the CSMS's word for how far it is on board."""

    async def status(self, evse: int, state: str, at: datetime) -> None:
        """Report a connector."""


class House:
    """What a test may do to a CSMS and see of it."""

    def __init__(self, csms: Csms, principals: Principals) -> None:
        self.csms, self._principals = csms, principals
        self.admin: httpx2.AsyncClient
        self.papers: Callable[[str], ssl.SSLContext]
        """Where links are opened: what a station of a name shows, the same whenever it is asked for."""
        self.below: tuple[str, int] | None = None
        """The local CSMS behind which stations stand, and its port; None: they come to this very one."""

    @property
    def port(self) -> int:
        """Where stations connect."""
        return int(self.csms.listeners["main"].port)

    def now(self) -> datetime:
        """The CSMS's clock."""
        return self.csms.clock.now()

    async def pass_by(self, seconds: float) -> None:
        """Let time pass on the CSMS's clock."""
        await asyncio.sleep(self.csms.clock.real(seconds))

    async def client(self, name: str, role: Role, *scope: str) -> httpx2.AsyncClient:
        """Admit somebody and return a browserless client with the key; the caller closes it."""
        new = NewPrincipal(id=name, role=role, scope=scope or ("*",))
        key = (await self._principals.create(ADMIN, new)).key
        base = f"http://127.0.0.1:{self.csms.web_port}/api/v1/"
        return httpx2.AsyncClient(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE, verify=TRUST)

    async def ask(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200, **query: Any) -> Any:
        """Ask something as an administrator; body None means GET."""
        said = await (self.admin.get(path, params=query) if body is None else self.admin.post(path, json=body, params=query))
        assert said.status_code == status, said.text
        return said.json()

    async def token(self, value: str, **more: Any) -> None:
        """Let the operator know a card."""
        token = {"kind": "ISO14443", "value": value} | more
        await self.ask("tokens/put", {"token": token})

    async def register(self, station: str, **more: Any) -> None:
        """Expect a station."""
        await self.ask(f"stations/{station}/register", more)

    async def on_board(self, player: P, evses: int = 1) -> P:
        """Bring a registered station to where it may charge."""
        assert await player.boot() == "Accepted"
        for evse in range(1, evses + 1):
            await player.status(evse, "Available", self.now())
        return player

    def station(self, name: str) -> Station:
        """The station as the CSMS has it in memory."""
        return self.csms.engine.stations[name]  # type: ignore[index] # a literal

    def rows(self, noun: type[N], *where: Where) -> list[N]:
        """What is on the disk of a kind."""
        return self.csms.store.load(noun, *where)

    async def facts(self, kind: type[E], station: str = "") -> list[E]:
        """The journal's facts of a kind, oldest first."""
        found = await self.csms.store.facts(station=station or None, limit=100_000)  # type: ignore[arg-type] # a literal
        return [one.event for one in found if isinstance(one.event, kind)]

    async def query(self, noun: type[N], query: Query) -> list[N]:
        """Rows as doors find them."""
        return await self.csms.store.find(noun, query)

    async def until(self, true: Callable[[], object], within: float = PATIENCE) -> None:
        """Wait for something to become true [s of real time]."""
        try:
            async with asyncio.timeout(within):
                while not true():  # noqa: ASYNC110 - what is waited for has no event
                    await asyncio.sleep(0.005)
        except TimeoutError as late:
            raise AssertionError(f"not within {within} s") from late


ADMIN = msgspec.structs.replace(OURSELVES, role=Role.ADMIN)


def slack(factor: float) -> float:
    """Seconds of a clock that are long enough for an answer on a busy machine."""
    return max(30.0, 15.0 * factor)


@contextlib.asynccontextmanager
async def house(
    folder: Path,
    *,
    factor: float = 1.0,
    listeners: dict[str, Listener] | None = None,
    linger: float = 0.003,
    admin: str = "test-admin",
    rules: dict[str, Any] | None = None,
    **policy: Any,
) -> AsyncIterator[House]:
    """A CSMS in this process, on the real store, over real sockets. Peers have real seconds to answer, however its clock runs.

    Args:
        folder: for its data.
        factor: how much faster its clock runs.
        listeners: None: one without TLS and password, called main.
        linger: least time between two commits [s].
        admin: who asks; somebody new where the folder was used before.
        rules: settings of protected elements.
        policy: settings that differ from their defaults.
    """
    config = Config(
        data=str(folder / "data"),
        clock_factor=factor,
        linger=linger,
        listeners=listeners or OPEN,
        web=Web(port=0),
        policy=Policy(**{"order_deadline": slack(factor)} | policy),
        limits=Limits(answer_timeout=slack(factor)),
        **(rules or {}),
    )
    csms = Csms(config)
    principals = Principals(csms.engine, csms.keys, csms.ids)
    failure: Exception | None = None
    try:
        async with csms.running(), serving(csms.node(), config.web) as csms.web_port:
            here = House(csms, principals)
            async with await here.client(admin, Role.ADMIN) as here.admin:
                try:
                    yield here
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
    finally:
        principals.close()
    if failure is not None:
        raise failure
