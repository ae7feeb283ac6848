# SPDX-License-Identifier: Apache-2.0
"""Stations on npm `ocpp-rpc` in strict mode, 1.6 and 2.0.1: every frame of ours is judged by somebody else's schemas.

Its strict mode for 2.1 does not work (it looks up "urn:BootNotification.req").
"""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.clients.door import Operator

SCRIPT = Path(__file__).with_name("ocpp_rpc_station.js")
MODULES = Path(__file__).parents[3] / "build" / "npm" / "node_modules"
"""Where `make test` installs the peers; NODE_PATH goes first."""


class Station:
    """The script in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def at(self, place: str) -> dict[str, Any]:
        """Wait until the script has come to a place."""
        assert self._process.stdout is not None
        text = await asyncio.wait_for(self._process.stdout.readline(), 30)
        assert text, await self._errors()
        said: dict[str, Any] = json.loads(text)
        assert said["at"] == place, said
        return said

    async def _errors(self) -> str:
        assert self._process.stderr is not None
        return (await self._process.stderr.read()).decode()

    async def started(self) -> None:
        await self.at("started")

    async def stopped(self) -> None:
        await self.at("stopped")


@contextlib.asynccontextmanager
async def running(url: str, protocol: str) -> AsyncIterator[Station]:
    """Run the script; a missing program or module fails."""
    node = shutil.which("node")
    assert node, "node is not installed; `make test` installs it"
    paths = os.pathsep.join(one for one in (os.environ.get("NODE_PATH", ""), str(MODULES)) if one)
    process = await asyncio.create_subprocess_exec(
        *(node, str(SCRIPT), url, protocol),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NODE_PATH": paths},
    )
    try:
        yield Station(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@pytest.mark.parametrize(("protocol", "reset"), [("ocpp1.6", "Soft"), ("ocpp2.0.1", "OnIdle")])
async def test_a_strict_station_charges_and_obeys_and_finds_no_fault(operator: Operator, protocol: str, reset: str) -> None:
    async with running(operator.url(), protocol) as station:
        await station.at("waiting")
        await operator.ask("stations/RPC-1/clear-authorization-cache", {})
        await operator.lead("RPC-1", station)
        done = await station.at("done")
    assert done["broken"] == []
    assert (done["list"], done["reset"]) == (5, reset)
    await operator.judge("RPC-1", [2_000.0, 3_000.0])


async def test_the_judge_sees_a_frame_of_ours_that_is_broken_on_purpose(operator: Operator) -> None:
    broken = {"action": "Reset", "payload": {"type": "Whenever"}, "unchecked": True}
    async with running(operator.url(), "ocpp2.0.1") as station:
        await station.at("waiting")
        status, said = await asyncio.to_thread(operator.csms.rest, "POST", "/api/v1/stations/RPC-1/ocpp", broken)
        assert status != 200
        assert said["order"]["outcome"] in {"failed", "rejected"}
        await operator.lead("RPC-1", station)
        done = await station.at("done")
    (fault,) = done["broken"]
    assert fault.startswith("Reset")
