# SPDX-License-Identifier: Apache-2.0
"""How a process of ours runs: the fast event loop where there is one, all the files it may open, a quiet collector."""

import asyncio
import gc
import resource
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

R = TypeVar("R")


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run to the end on uvloop, or on asyncio's own loop where uvloop cannot be had."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - absent on some platforms
    except ImportError:
        return None
    return uvloop.new_event_loop


def open_files() -> int:
    """Allow this process as many open files as the system permits; return how many [sockets and files]."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


YOUNG = 100_000
"""Objects made and not yet freed before the collector looks at the young ones. What a busy node holds between two commits
is not garbage, and we make hardly any cycles; at the default of 700 the collector took a tenth of the time."""


def settle() -> None:
    """Take what was made at start out of the garbage collector's sight: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 50, 100)
