# SPDX-License-Identifier: Apache-2.0
"""A local CSMS that dies once a fact that says so was kept in the outbox of its link upwards, before anything else."""

import os
import signal
import sys
from collections.abc import Iterable

from open63110.cli import main
from open63110.store.outbox import OutboxFile

KILL_HERE = b"KILL-HERE"

_write = OutboxFile.write


def _write_and_die(
    self: OutboxFile, changes: Iterable[tuple[str, Iterable[tuple[object, ...]]]], *, lasting: bool = True
) -> None:
    kept = [(statement, list(rows)) for statement, rows in changes]
    _write(self, kept, lasting=lasting)
    if any(type(value) is bytes and KILL_HERE in value for _, rows in kept for row in rows for value in row):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    OutboxFile.write = _write_and_die  # type: ignore[method-assign] # that is the point
    sys.argv[1:1] = ["local-csms"]
    main()
