# SPDX-License-Identifier: Apache-2.0
"""Systems that are no stations, on links of their own to a CSMS with a station in a zone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import LinkStation, Pki, context, url
from tests.e2e.local_house import until

from open63110.apps.site import Capture
from open63110.bindings.link.client import Client
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.party import Party
from open63110.bindings.link.patterns.own_messages import Published, read_publication
from open63110.bindings.link.patterns.subscriber import Subscription
from open63110.bindings.link.patterns.subscriptions import Wish
from open63110.bindings.link.patterns.topics import Topic
from open63110.kernel.address import parse
from open63110.kernel.ids import PrincipalId
from open63110.kernel.roles import Role
from open63110.pki.identity import identity_of
from open63110.runtime.principals import NewPrincipal, PrincipalChange, Principals

NORTH = {"site": "mall", "id": "north", "import_max": 440_000.0}


class Reader:
    """What one subscription has brought."""

    def __init__(self, at: Party, wish: Wish, *, lasting: bool = False) -> None:
        self.values: list[Published] = []
        self.ends: list[Ending] = []
        self.one: Subscription = at.subscriber.subscribe(wish, self._told, self.ends.append, lasting=lasting)

    def _told(self, body: bytes) -> None:
        self.values.append(read_publication(body))

    def newest(self, address: str) -> dict[str, Any]:
        """The value of a thing by now; nothing where it was never told."""
        return next((one.fields for one in reversed(self.values) if str(one.address) == address), {})

    @property
    def refused(self) -> int:
        """With what it ended; 0: it did not."""
        return self.ends[0].status if self.ends else 0


@contextlib.asynccontextmanager
async def party(
    here: House, pki: Pki, name: str, role: Role, *, port: int = 0, until_open: bool = True, to: str = ""
) -> AsyncIterator[Party]:
    """A system that has a certificate, with its link."""
    where = f"wss://localhost:{port}/link" if port else url(here)
    with Capture(None, here.csms.clock) as frames:
        client = Client(frames, here.csms.clock, identity_of, run_id=b"test")
        dialling = Dialling(endpoints=(where,), tls=context(pki.give(name, role, to=to)), first_pause=5.0, longest_pause=10.0)
        made = client.party(name, role, dialling)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(client.run())
            made.dial()
            if until_open:
                await until(lambda: made.open)
            else:
                await until(lambda: client.refusals)
            try:
                yield made
            finally:
                running.cancel()


async def admit(here: House, name: str, role: Role, *places: str) -> None:
    """Let a system come, and say of which places it may know."""
    await with_principals(here, lambda one: one.create(ADMIN, NewPrincipal(id=name, role=role, scope=places)))


async def change(here: House, name: str, **how: Any) -> None:
    """Change what a system may."""
    await with_principals(here, lambda one: one.change(ADMIN, PrincipalId(name), PrincipalChange(**how)))


async def with_principals(here: House, do: Callable[[Principals], Any]) -> None:
    principals = Principals(here.csms.engine, here.csms.keys, here.csms.ids)
    try:
        await do(principals)
    finally:
        principals.close()


async def zoned(at: LinkStation) -> None:
    """Put the station into a zone."""
    await at.here.ask("sites/put", {"id": "mall"})
    await at.here.ask("zones/put", NORTH)
    await at.here.ask("stations/CS-1/place", {"site": "mall", "zone": "north"})


def wish(topic: Topic, place: str = "/mall/north", **more: Any) -> Wish:
    return Wish(address=parse(place), topic=topic, **({"interval": 0.1} | more))
