# SPDX-License-Identifier: Apache-2.0
"""On which phases something is wired: L1L2L3, rotated L2L3L1, single L2, two L1L3, or between two phases L1-L2."""

import functools
import re
from typing import NamedTuple

from open63110.kernel.errors import Malformed

PHASE_NAMES = ("L1", "L2", "L3")

_TO_NEUTRAL = re.compile("(?:L[123]){1,3}")
_BETWEEN = re.compile("(L[123])-(L[123])")


class Wiring(NamedTuple):
    """Phases as a wiring names them."""

    phases: tuple[int, ...]
    """Of the place it hangs at, in the order of its own terminals; 0 is L1."""
    between: bool = False
    """It lies between its two phases, without neutral."""


THREE = Wiring((0, 1, 2))
"""What counts where nobody says anything."""


@functools.lru_cache(maxsize=1024)
def wired(text: str, where: str = "wiring") -> Wiring:
    """Read a wiring; empty stands for L1L2L3.

    Raises:
        Malformed: it is none; says what there is.
    """
    phases = tuple(PHASE_NAMES.index(name) for name in re.findall("L[123]", text))
    between = _BETWEEN.fullmatch(text) is not None
    known = not text or between or _TO_NEUTRAL.fullmatch(text)
    if not known or len(set(phases)) != len(phases):
        words = f"{text!r} is no wiring"
        remedy = "L1L2L3 in the order of the terminals (L2L3L1 where it is rotated), L2 for a single phase, L1-L2 between two"
        raise Malformed(words, code="BadWiring", where=where, remedy=remedy)
    return Wiring(phases, between) if text else THREE


def spelled(wiring: Wiring) -> str:
    """Write a wiring as ``wired`` reads it."""
    return ("-" if wiring.between else "").join(PHASE_NAMES[phase] for phase in wiring.phases)
