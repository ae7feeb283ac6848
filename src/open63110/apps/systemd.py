# SPDX-License-Identifier: Apache-2.0
"""What systemd is told (Type=notify, WatchdogSec=); where nothing of it is in the environment, nobody is told anything."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator

import structlog

log = structlog.get_logger(__name__)

PATIENCE = 1.0
"""How long systemd may take to read a word before the loop goes on without having said it [s]."""


def notify(state: str) -> None:
    """Tell systemd one thing, say READY=1; that it was not heard is logged, since stations matter more."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(PATIENCE)
            channel.connect("\0" + address[1:] if address.startswith("@") else address)
            channel.sendall(state.encode())
    except OSError as fault:
        log.warning("systemd was not told", state=state, reason=str(fault))


def watchdog() -> float | None:
    """Return how long systemd waits for a sign of life before it kills this process [s]; None: it waits for none of ours."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
    return int(microseconds) / 1e6 if meant and microseconds.isdecimal() and int(microseconds) else None


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[None]:
    """Give signs of life as long as the block lasts, from the event loop: one that hangs gives none and is restarted.

    They come at three times the rate that is asked for, so that one which is late or lost does no harm.
    """
    limit, loop = watchdog(), asyncio.get_running_loop()
    if limit is None:
        yield
        return

    timer: asyncio.Handle

    def sign() -> None:
        nonlocal timer
        notify("WATCHDOG=1")
        timer = loop.call_later(limit / 3, sign)

    timer = loop.call_soon(sign)
    try:
        yield
    finally:
        timer.cancel()
