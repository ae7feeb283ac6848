# SPDX-License-Identifier: Apache-2.0
"""Work that goes on until Ctrl-C or SIGTERM."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from open63110.apps.process import open_files, run, settle

R = TypeVar("R")


def until_told(work: Callable[[asyncio.Event], Awaitable[R]]) -> R:
    """Run work that ends itself well once the event it is given is set."""

    async def told() -> R:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, stop.set)
        settle()
        return await work(stop)

    open_files()
    return run(told())
