# SPDX-License-Identifier: Apache-2.0
"""The planner of sites in a process of its own: a question in, a plan out, over its standard streams, until they end.

Whatever the solver does, it holds up nobody but itself. Both ends are this product, on one machine: what is said is pickled.
"""

import os
import pickle
import struct
import sys
from typing import BinaryIO, Final

from open63110.planner.site_plan import Memory, SitePlan, plan

LENGTH: Final = struct.Struct(">I")
"""Before each message, how long it is [bytes]."""

LONGEST: Final = 1 << 28


def written(what: object) -> bytes:
    """Return a message."""
    body = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Answer until nothing is asked any more; what is kept of a site makes its next plan quicker."""
    memories: dict[str, Memory] = {}
    while len(head := asked.read(LENGTH.size)) == LENGTH.size:
        site, problem = pickle.loads(asked.read(LENGTH.unpack(head)[0]))  # noqa: S301 - of the parent alone
        answer: SitePlan = plan(problem, memories.setdefault(site, Memory()))
        told.write(written(answer))
        told.flush()


def main() -> None:
    """Answer on what was the standard output; what the solver says there of itself is for nobody."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with open(answers, "wb") as told:  # noqa: PTH123 - a descriptor has no path
        serve(sys.stdin.buffer, told)


if __name__ == "__main__":
    main()
