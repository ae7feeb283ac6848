# SPDX-License-Identifier: Apache-2.0
"""Every contract runs on picows and on the portable edge, on asyncio's own loop and on uvloop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from open63110.wire.tests.ground import EDGES, House, Raw


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops, for the tests of this folder."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=sorted(EDGES))
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A house that is not open yet; it is closed at the end."""
    house = House(str(request.param))
    yield house
    await Raw.leave_all()
    if hasattr(house, "listener"):
        await house.listener.stop()
