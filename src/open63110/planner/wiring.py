# SPDX-License-Identifier: Apache-2.0
"""What an ampere at a point is in the conductors above it: phases, two phases, delta-wye transformers [A, V]."""

import cmath
import functools
import math

import numpy as np

from open63110.model.wiring import PHASE_NAMES, Wiring, spelled, wired
from open63110.planner.network import Phasors

PHASES = PHASE_NAMES
ANGLES = np.exp(1j * np.radians([0.0, -120.0, 120.0]))
"""Of the voltages from phases to neutral, L1 first."""


def terminals(wiring: str) -> tuple[int, ...]:
    """Return the phases of a wiring in the order of its terminals, 0 for L1; of one between two phases, both.

    Raises:
        Malformed: it is none.
    """
    return wired(wiring).phases


def used(wiring: str, phases: int) -> str:
    """Return the wiring of an EV that uses only some of the phases it is offered: the first terminals."""
    found = wired(wiring)
    return wiring if found.between else spelled(Wiring(found.phases[: max(1, phases)]))


def conductors(wiring: str) -> Phasors:
    """Return the currents in L1, L2 and L3 of one ampere at a point, in phase with its voltage, (3) [A/A]."""
    found = wired(wiring)
    currents = np.zeros(3, dtype=np.complex128)
    if not found.between:
        currents[list(found.phases)] = ANGLES[list(found.phases)]
        return currents
    one, other = found.phases
    between = cmath.exp(1j * cmath.phase(ANGLES[one] - ANGLES[other]))
    currents[one], currents[other] = between, -between
    return currents


@functools.lru_cache(maxsize=1024)
def watts(wiring: str, volts: float) -> float:
    """Return the power of one ampere at a point [W/A].

    Args:
        wiring: of the point.
        volts: from a phase to neutral there [V].
    """
    found = wired(wiring)
    return math.sqrt(3.0) * volts if found.between else len(found.phases) * volts


def before_delta_wye(currents: Phasors, volts_above: float, volts_below: float) -> Phasors:
    """Return the line currents before a delta-wye transformer, (3) [A].

    Args:
        currents: behind it, (3) [A].
        volts_above: from a phase to neutral before it [V].
        volts_below: from a phase to neutral behind it [V].
    """
    ratio = math.sqrt(3.0) * volts_above / volts_below  # each winding of the delta lies between two lines
    return (currents - currents[[2, 0, 1]]) / ratio
