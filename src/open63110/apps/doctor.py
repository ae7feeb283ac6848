# SPDX-License-Identifier: Apache-2.0
"""Looks at a machine the way a CSMS will: what is there, what is missing, and what to do about it."""

import ctypes
import importlib.util
import os
import resource
import shutil
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from open63110.apps.config import Config
from open63110.apps.folder import DATABASE
from open63110.kernel.errors import Unavailable
from open63110.store.lock import Lock

SYNCS, SLOW_SYNC = 20, 0.02
"""How many flushes are timed, and above which median [s] a station waits noticeably for each answer."""

ROOM = 1_000_000_000
"""Free bytes below which a few busy weeks fill the disk."""

OLDEST_SQLITE = (3, 37, 0)
CLOCK_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""

FIRST_YEAR = 2026


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at."""

    name: str
    verdict: Literal["ok", "warning", "bad"]
    """warning: it will work, not well; bad: it will not work."""
    found: str
    remedy: str = ""
    """What to do; empty where nothing has to be done."""


def examine(config: Config) -> Iterator[Finding]:
    """Look at everything a CSMS of this configuration needs."""
    yield python()
    yield sqlite()
    yield from disk(Path(config.data))
    yield open_files(config.limits.connections)
    yield clock()
    yield from ports(config)
    yield package("picows", "the portable WebSocket edge is used, which costs several times the CPU")
    yield package("uvloop", "asyncio's own event loop is used, which is slower")
    yield package("aiofastnet", "TLS runs on asyncio's own transport, which is slower")


def _finding(name: str, found: str, remedy: str = "", *, bad: bool = False, warning: bool = False) -> Finding:
    verdict: Literal["ok", "warning", "bad"] = "bad" if bad else "warning" if warning else "ok"
    return Finding(name=name, verdict=verdict, found=found, remedy=remedy if verdict != "ok" else "")


def python() -> Finding:
    """The interpreter."""
    found = f"{sys.implementation.name} {sys.version.split()[0]}"
    return _finding("python", found, "install Python 3.11 or newer", bad=sys.version_info < (3, 11))


def sqlite() -> Finding:
    """The database library that Python brings."""
    remedy = "use a Python built with a newer SQLite"
    return _finding("sqlite", sqlite3.sqlite_version, remedy, bad=sqlite3.sqlite_version_info < OLDEST_SQLITE)


def disk(folder: Path) -> Iterator[Finding]:
    """Whether the data folder can be written, how fast a flush is, and how much room there is."""
    home = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    try:
        flush = flush_time(home)
    except OSError as fault:
        remedy = "give this user the right to write there, or set data to another folder"
        yield _finding("data folder", f"{home} cannot be written: {fault.strerror}", remedy, bad=True)
        return
    yield _finding("data folder", str(folder) if folder.exists() else f"{folder}, to be made in {home}")
    remedy = "put data on a local disk or SSD: every answer to a station waits for a flush"
    yield _finding("flush to disk", f"{flush * 1000:.1f} ms", remedy, warning=flush > SLOW_SYNC)
    free = shutil.disk_usage(home).free
    yield _finding("room on disk", f"{free / 1e9:.1f} GB free", "make room, or set data to a larger disk", warning=free < ROOM)


def flush_time(folder: Path) -> float:
    """Return the median time [s] of a write that reaches the disk.

    Raises:
        OSError: the folder cannot be written.
    """
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            start = time.perf_counter()
            os.write(file.fileno(), bytes(16_384))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    return median(took)


def open_files(connections: int) -> Finding:
    """One socket a station."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + 200
    remedy = f"raise it to {needed} (systemd: LimitNOFILE; else ulimit -Hn), or lower limits.connections"
    unlimited = hard == resource.RLIM_INFINITY
    return _finding("open files", "unlimited" if unlimited else str(hard), remedy, warning=not unlimited and hard < needed)


def clock() -> Finding:
    """Whether the time is plausible, and kept by something better than the machine itself."""
    now = datetime.now(UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now.year < FIRST_YEAR:
        return _finding("clock", found, "set the clock: records would be dated wrong", bad=True)
    synchronised = synchronised_clock()
    if synchronised is None:
        return _finding("clock", f"{found}, synchronisation unknown", "see that it follows a time server", warning=True)
    words = "synchronised" if synchronised else "not synchronised"
    remedy = "let it follow a time server (systemd-timesyncd or chrony): stations take their time from here"
    return _finding("clock", f"{found}, {words}", remedy, warning=not synchronised)


def synchronised_clock() -> bool | None:
    """Return whether the kernel knows its clock to be synchronised; None where it cannot be asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != CLOCK_ERROR)


def ports(config: Config) -> Iterator[Finding]:
    """Whether each port that is configured can be bound."""
    running = _running(Path(config.data))
    doors = {"web": (config.web.host, config.web.port)}
    doors |= {f"listener {name}": (one.host, one.port) for name, one in config.listeners.items()}
    for name, (host, port) in doors.items():
        why = _unbindable(host, port)
        if why and running:
            yield _finding(name, f"{host}:{port}, held by the CSMS that is running")
        else:
            remedy = "end the program that holds it, or configure another port"
            yield _finding(name, f"{host}:{port}{f': {why}' if why else ''}", remedy, bad=bool(why))
    if not config.listeners:
        yield _finding("listeners", "none", "add one as [listeners.<name>]: no station can connect", warning=True)


def _running(folder: Path) -> bool:
    if not (folder / f"{DATABASE}.lock").exists():
        return False
    try:
        Lock(folder / DATABASE).release()
    except Unavailable:
        return True
    return False


def _unbindable(host: str, port: int) -> str:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as fault:
        return fault.strerror or str(fault)
    return ""


def package(name: str, without: str) -> Finding:
    """Whether an optional package for speed is there."""
    if importlib.util.find_spec(name) is not None:
        return _finding(name, "there")
    return _finding(name, f"missing: {without}", f"pip install {name}", warning=True)
