# SPDX-License-Identifier: Apache-2.0
"""CPU time of calls, taken in turns so that what else the machine does meets all of them alike."""

import time
from collections.abc import Callable, Mapping


def cpu_ms(calls: Mapping[str, Callable[[], object]], rounds: int = 7) -> dict[str, float]:
    """Return the least CPU time of this process that each call took in so many rounds [ms]."""
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            begun = time.process_time()
            call()
            found[name] = min(found[name], 1e3 * (time.process_time() - begun))
    return found
