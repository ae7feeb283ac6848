# SPDX-License-Identifier: Apache-2.0
"""On how many phases a current counts at a place of a station (8.2.3)."""

from collections.abc import Iterable

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.model.limit import PHASES, WHOLE
from open63110.model.station import Station
from open63110.model.wiring import wired


def phases_of(noun: Station | None, evse: EvseNumber, transfer: str = "") -> int:
    """Return on how many phases current counts: those of the wiring, and of them no more than the EV of a transfer uses.

    Between two phases there is one current only.
    """
    if noun is None or not noun.evses:
        return PHASES
    evses = noun.evses.values() if evse == WHOLE else [noun.evses[evse]] if evse in noun.evses else ()
    found = {phase for one in evses for phase in _conductors(one.wiring)}
    known = noun.transfers.get(TransferReference(transfer)) if transfer else None
    used = known.needs.phases if known is not None and known.needs is not None else None
    return min(len(found) or PHASES, used or PHASES)


def _conductors(wiring: str) -> Iterable[int]:
    if not wiring:
        return range(PHASES)
    known = wired(wiring)
    return known.phases[:1] if known.between else known.phases
