# SPDX-License-Identifier: Apache-2.0
"""A process that puts messages into an outbox until it is killed, and says after each put what is now kept.

Usage: python putting.py FILE HOW-MANY (0: for ever)
"""

import itertools
import os
import sys
from pathlib import Path

from open63110.store.outbox import OutboxFile


def main(path: str, most: int) -> None:
    """Put groups of three."""
    file = OutboxFile(Path(path))
    outbox = file.outbox("csms")
    _, keep = file.seen("csms")
    for turn in itertools.count() if most == 0 else range(most):
        os.write(1, b"staging\n")
        ids = [outbox.next_id() for _ in range(3)]
        outbox.put([(one, b"fact %d" % one) for one in ids])
        keep(b"%d" % turn)
        os.write(1, f"kept {' '.join(map(str, ids))}\n".encode())
        outbox.delivered(ids[:1])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
