# SPDX-License-Identifier: Apache-2.0
"""A local CSMS, the real program, is killed: nothing that it has confirmed is missing above, nothing is there twice (B.17)."""

import asyncio
import contextlib
import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Raw, link_house, raw
from tests.e2e.local_house import admit_level, facts, until
from tests.e2e.local_process import LocalProcess, module

from open63110.apps.folder import DATABASE
from open63110.bindings.link.framing.frames import Delivered
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.ids import StationId
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS1")


def event(code: str, at: object) -> StationEventReported:
    """A fact that has no natural key."""
    return StationEventReported(station=CS1, at=at, component="Lock", severity=3, code=code)  # type: ignore[arg-type] # a moment


async def confirmed(peer: Raw, number: int) -> None:
    """Wait until a message is confirmed."""
    while (await peer.next(Delivered)).ids[-1][-1] < number:
        pass


@pytest.mark.at("AT-B.17-2", "link")
async def test_a_level_killed_between_outbox_and_mark_tells_every_fact_once(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        tls = pki.tls("CS1")
        local = LocalProcess(tmp_path / "local", pki, here.port)
        plain, local.program = local.program, module("tests.e2e.killed_local_csms")
        codes = [*(f"E{number}" for number in range(2, 8)), "KILL-HERE"]
        moments = [here.now() for _ in codes]
        outbox = b"12345678"

        async def tell(peer: Raw, *, first: int = 2) -> None:
            for number, (code, at) in enumerate(zip(codes, moments, strict=True), 2):
                if number >= first:
                    said = event(code, at)
                    await peer.say(number, Header(type=CODEC.number(said)), said)

        await asyncio.to_thread(local.start)
        try:
            async with raw(here, tls, "CS1", local.port) as peer:
                peer.outbox = outbox
                await peer.greet()
                await peer.boot()
                await tell(peer)
                await until(lambda: not local.alive())
            local.kill()
            local.program = plain
            await asyncio.to_thread(local.start)
            async with raw(here, tls, "CS1", local.port) as peer:
                peer.outbox = outbox
                heard = await peer.greet()
                had = next((one.contiguous for one in heard.resume if one.outbox == outbox), 1)
                await tell(peer, first=max(2, had + 1))
                last = event("LAST", here.now())
                await peer.say(20, Header(type=CODEC.number(last)), last)
                await confirmed(peer, 20)
            await until(lambda: "CS1" in here.csms.engine.stations)
            async with asyncio.timeout(30):
                while "LAST" not in (told := [one.code for one in await facts(here.csms, StationEventReported, "CS1")]):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.05)
            assert told == [*codes, "LAST"]
        finally:
            local.kill()


KILLS, FACTS, PORTION, PAUSE = 6, 3000, 40, 0.2
"""Of facts so many are kept at a time, with a pause after each [s]."""


@pytest.mark.at("AT-B.17-2", "link")
@pytest.mark.at("AT-B.25-2", "link")
@pytest.mark.timeout(300)
async def test_a_level_killed_again_and_again_under_load_loses_and_doubles_nothing_that_it_confirmed(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        local = LocalProcess(tmp_path / "local", pki, here.port)
        await asyncio.to_thread(local.start)
        papers = tmp_path / "papers"
        shutil.copytree(pki.give("CS1").certificate.parent, papers / "CS1")
        (papers / "authority").mkdir()
        shutil.copy(pki.folder.root_path, papers / "authority" / "authority.pem")
        folder = tmp_path / "teller"
        folder.mkdir()
        url = f"wss://localhost:{local.port}/link"
        command = (
            *module("tests.e2e.link_teller"),
            str(folder),
            url,
            str(papers),
            str(FACTS),
            str(PORTION),
            str(PAUSE),
            "mall-lc",
        )
        teller = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        chance, under_load = random.Random(7), 0
        try:
            await until(lambda: "CS1" in here.csms.engine.stations, 60.0)
            for _ in range(KILLS):
                before = above(here)
                await until(lambda before=before: above(here) > before or teller.returncode is not None, 60.0)  # type: ignore[misc] # a lambda's defaults
                await asyncio.sleep(chance.uniform(0.0, 0.3))
                under_load += teller.returncode is None
                await asyncio.to_thread(local.kill)
                await asyncio.to_thread(local.start)
            assert under_load >= KILLS // 2
            assert await asyncio.wait_for(teller.wait(), 120.0) == 0  # everything that it told was confirmed
            await until(lambda: above(here) >= FACTS, 60.0)
        finally:
            if teller.returncode is None:
                teller.kill()
                await teller.wait()
            local.kill()
        heard = [int(one.code) for one in await facts(here.csms, StationEventReported, "CS1")]
        assert Counter(heard) == Counter(range(1, FACTS + 1))
        assert heard == sorted(heard)


def above(here: House) -> int:
    """How many facts of the station are on the disk of the level above."""
    path = Path(here.csms.config.data) / DATABASE
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)) as connection:
        query = "SELECT count(*) FROM journal JOIN kinds ON kinds.id = kind WHERE kinds.name = 'StationEventReported'"
        return int(connection.execute(query).fetchone()[0])
