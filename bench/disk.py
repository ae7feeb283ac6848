# SPDX-License-Identifier: Apache-2.0
"""What the disk itself takes to make a write durable."""

import os
import time
from pathlib import Path

BLOCK = os.urandom(64 * 1024)
"""About what a group commit at 1,000 events/s writes to the log."""
ROOM = 16 * 1024 * 1024
"""Written round and round, as a write-ahead log is between checkpoints."""
PAUSE = 0.003


def fdatasync_ms(folder: Path, seconds: float) -> list[float]:
    """Times [ms] of write and fdatasync of one block, sorted, over so many seconds."""
    times = []
    descriptor = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
    ends, offset = time.monotonic() + seconds, 0
    try:
        while (began := time.monotonic()) < ends:
            os.pwrite(descriptor, BLOCK, offset)
            os.fdatasync(descriptor)
            times.append((time.monotonic() - began) * 1000)
            offset = (offset + len(BLOCK)) % ROOM
            time.sleep(PAUSE)
    finally:
        os.close(descriptor)
    return sorted(times)


def percentile(ordered: list[float], part: float) -> float:
    """The value below which `part` of the sorted list lies."""
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]
