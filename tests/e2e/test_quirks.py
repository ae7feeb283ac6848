# SPDX-License-Identifier: Apache-2.0
"""A model that is not like others is awaited otherwise, by what the configuration says of it (8.3.5)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import WIRES, House, house
from tests.e2e.player import Player

from open63110.apps.quirk_config import QuirkTable

ACME = QuirkTable(vendor="Ac*", model="T*", answer_timeout=1.0, heartbeat=77.0)


async def asked(here: House) -> tuple[dict[str, Any], float]:
    """Ask for what is never answered; return the order, and how long that took [s]."""
    begun = asyncio.get_running_loop().time()
    order = (await here.ask("stations/CS-1/clear-authorization-cache", {}, status=502))["order"]
    return order, asyncio.get_running_loop().time() - begun


@pytest.mark.parametrize("wire", WIRES)
async def test_a_model_has_its_own_heartbeat_and_its_own_time_for_answers(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path, rules={"quirks": {"acme": ACME}}) as here:
        cs = await Player(here.port, "CS-1", wire).connect()
        await here.register("CS-1")
        await here.on_board(cs)
        intervals = [frame[2]["interval"] for way, frame in cs.frames if way == "heard" and "interval" in frame[2]]
        assert intervals == [77]
        cs.mute.add("ClearCache")
        order, seconds = await asked(here)
        assert (order["outcome"], order["reason"]) == ("failed", "NoAnswer")
        assert seconds < 20.0  # all others have thirty
        shown = {one["setting"]: (one["seconds"], one["quirk"]) for one in (await here.ask("stations/CS-1"))["quirks"]}
        assert shown == {"answer_timeout": (1.0, "acme"), "heartbeat": (77.0, "acme")}
        await cs.close()
