# SPDX-License-Identifier: Apache-2.0
"""A station far away: a link comes up by itself, with the settings everybody has, where each round trip takes long (B.16)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.e2e.link_house import link_house
from tests.e2e.local_house import until

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.model.policy import StationPolicy

CS1 = StationId("CS-1")
ONE_WAY = 6.0
"""Until what is said is heard [s]."""


async def _late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, later."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(65_536):
        loop.call_later(ONE_WAY, writer.write, data)
    loop.call_later(ONE_WAY, writer.transport.abort)


@contextlib.asynccontextmanager
async def far_away(port: int) -> AsyncIterator[int]:
    """A way to a port on which everything takes its time but opening TCP; yields the port where it begins."""
    writers: list[asyncio.StreamWriter] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writers.extend((writer, back))
        await asyncio.gather(_late(reader, back), _late(there, writer), return_exceptions=True)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in writers:
            one.transport.abort()


async def test_a_link_comes_up_where_a_round_trip_takes_twelve_seconds(tmp_path: Path) -> None:
    async with link_house(tmp_path, unknown_stations="accept") as (here, pki), far_away(here.port) as port:
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            dialling = Dialling(endpoints=(f"wss://localhost:{port}/link",), tls=pki.tls("CS-1"))
            hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1, boot=0.0), dialling)
            async with site.running():
                hardware.switch_on()
                await until(lambda: site.link.lines[CS1].open, 60.0)
                assert site.link.dials == 1, "at the first attempt"
