# SPDX-License-Identifier: Apache-2.0
"""What flows at each terminal of an EVSE, told apart."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from open63110.model.reading import Reading

OUTLET: Final = ("", "Outlet")
TERMINALS: Final = {"L1": 0, "L1-N": 0, "L2": 1, "L2-N": 1, "L3": 2, "L3-N": 2}


class Flow(NamedTuple):
    """What flows at the terminals of an EVSE."""

    at: datetime
    currents: tuple[float, ...]
    """Import at each, the first first [A]."""


def flow(at: datetime, readings: Iterable[Reading]) -> Flow | None:
    """Return what readings say last of each terminal; None: nothing that can be told apart."""
    found = {
        place: float(one.value)
        for one in readings
        if one.measurand == "current.import" and one.location in OUTLET and (place := TERMINALS.get(one.phase)) is not None
    }
    if not found or max(found) >= len(found):  # of one in between nobody knows
        return None
    return Flow(at, tuple(found[place] for place in range(len(found))))
