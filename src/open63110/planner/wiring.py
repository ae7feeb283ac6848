# SPDX-License-Identifier: Apache-2.0
"""What an ampere at a point is in the conductors above it: phases, two phases, delta-wye transformers [A, V]."""

import cmath
import math

import numpy as np

from open63110.kernel.errors import Malformed
from open63110.planner.network import Phasors

PHASES = ("L1", "L2", "L3")
ANGLES = np.exp(1j * np.radians([0.0, -120.0, 120.0]))
"""Of the voltages from phases to neutral, L1 first."""
ALL = "L1L2L3"


def terminals(wiring: str) -> tuple[int, ...]:
    """Return the phases of a wye wiring in the order of its terminals, 0 for L1; of one between two phases, both.

    Raises:
        Malformed: it is none of L1L2L3 (any order), one or two phases, or two with a dash between them.
    """
    text = (wiring or ALL).replace("-", "", 1)
    found = tuple(PHASES.index(text[at : at + 2]) for at in range(0, len(text), 2) if text[at : at + 2] in PHASES)
    between = "-" in wiring
    if not found or 2 * len(found) != len(text) or len(set(found)) < len(found) or (between and len(found) != 2):
        raise Malformed(f"{wiring} is no wiring", code="BadWiring", remedy="L1L2L3, L2L3L1, L3 or L1-L2")
    return found


def used(wiring: str, phases: int) -> str:
    """Return the wiring of an EV that uses only some of the phases it is offered: the first terminals."""
    if "-" in wiring:
        return wiring
    return "".join(PHASES[one] for one in terminals(wiring)[: max(1, phases)])


def conductors(wiring: str) -> Phasors:
    """Return the currents in L1, L2 and L3 of one ampere at a point, in phase with its voltage, (3) [A/A]."""
    found = terminals(wiring)
    currents = np.zeros(3, dtype=np.complex128)
    if "-" not in wiring:
        currents[list(found)] = ANGLES[list(found)]
        return currents
    one, other = found
    between = cmath.exp(1j * cmath.phase(ANGLES[one] - ANGLES[other]))
    currents[one], currents[other] = between, -between
    return currents


def watts(wiring: str, volts: float) -> float:
    """Return the power of one ampere at a point [W/A].

    Args:
        wiring: of the point.
        volts: from a phase to neutral there [V].
    """
    return math.sqrt(3.0) * volts if "-" in wiring else len(terminals(wiring)) * volts


def before_delta_wye(currents: Phasors, volts_above: float, volts_below: float) -> Phasors:
    """Return the line currents before a delta-wye transformer, (3) [A].

    Args:
        currents: behind it, (3) [A].
        volts_above: from a phase to neutral before it [V].
        volts_below: from a phase to neutral behind it [V].
    """
    ratio = math.sqrt(3.0) * volts_above / volts_below  # each winding of the delta lies between two lines
    return (currents - currents[[2, 0, 1]]) / ratio
