# SPDX-License-Identifier: Apache-2.0
"""The memory of a large node in pages of 2 MB: thousands of stations lie all over it, and a processor knows where few pages are.

Linux gives large pages only to whoever asks, and Python does not. Two thousand busy stations take 4 % less CPU time with them.
"""

import contextlib
import ctypes
import os
import re
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

SIZE = 1 << 21
"""Of a large page [B]."""
LEAST = 32
"""Large pages that a node must fill before they are worth anything: a station program never does."""
GROWN = 8
"""So many more of them are worth another look."""
EVERY = 10.0
"""Between two looks [s]."""
FULL = 15 / 16
"""Of a large page: with less in it than that, it would take memory that nobody uses."""

_MADV_COLLAPSE = 25  # Linux 6.1 and later
_OURS = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 *(\[heap\])?")
_SMALL = os.sysconf("SC_PAGE_SIZE")
_PRESENT = 1 << 63  # of an entry of proc_pid_pagemap(5)

Advise = Callable[[int, int, int], int]


def look_after() -> None:
    """Keep what this process uses in large pages from now on, by a thread that rests nearly always."""
    if sys.platform == "linux":
        threading.Thread(target=_keep, args=(madvise(),), name="large pages", daemon=True).start()


def _keep(advise: Advise) -> None:
    known = 0
    with contextlib.suppress(OSError):  # without /proc there are none
        while True:
            time.sleep(EVERY)
            places = list(full(stretches(Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace"))))
            if len(places) < max(LEAST, known + GROWN):
                continue
            known = len(places)
            if not collapse(places, advise):
                return  # this system has none


def stretches(maps: str) -> Iterator[int]:
    """Read proc_pid_maps(5); return where large pages could lie in memory that is of no file: addresses, in their order."""
    for line in maps.splitlines():
        found = _OURS.fullmatch(line)
        if found:
            begin, end = int(found[1], 16), int(found[2], 16)
            yield from range(-(-begin // SIZE) * SIZE, end // SIZE * SIZE, SIZE)


def full(places: Iterable[int]) -> Iterator[int]:
    """Return those of which nearly all is in use."""
    with Path("/proc/self/pagemap").open("rb", buffering=0) as pages:
        for place in places:
            pages.seek(place // _SMALL * 8)
            entries = array("Q", pages.read(SIZE // _SMALL * 8))
            if sum(entry >= _PRESENT for entry in entries) >= FULL * SIZE / _SMALL:
                yield place


def collapse(places: Iterable[int], advise: Advise) -> int:
    """Put each of these stretches into one page; return how many are in one now. Where there is no room for more, they stay."""
    return sum(advise(place, SIZE, _MADV_COLLAPSE) == 0 for place in places)


def madvise() -> Advise:
    """Find the system call; other threads run while it is at work."""
    advise: Advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)  # type: ignore[attr-defined]  # a function of C
    return advise
