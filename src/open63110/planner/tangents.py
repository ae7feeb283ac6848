# SPDX-License-Identifier: Apache-2.0
"""Rows of phasors as straight lines, and points that count alike as one: what makes a programme of a network small.

|Σ w x + b| ≤ L lies within Re(e^(-jθ) (Σ w x + b)) ≤ L for every angle θ. Only angles between those of the weights can bind while
no current is negative. With steps of 6° a load exceeds its limit by at most 0.14 %, which `phasors.shrink` takes away exactly.
"""

import msgspec
import numpy as np

from open63110.planner.network import Bools, Floats, Ints, Network, Phasors

STEP = 6.0
"""Between two tangents [degrees]."""
SAME = 9
"""Digits to which weights are compared."""


class Tangents(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Rows of a network as planes over classes of points; C classes, H planes."""

    class_of: Ints
    """(N) class of each point: all of a class load every row alike."""
    watts: Floats
    """(C) [W/A]"""
    row: Ints
    """(H) the row of the network behind each plane."""
    turn: Phasors
    """(H) what a load is multiplied with; its real part is what the plane limits."""
    weights: Floats
    """(H, C) per ampere of the class [A/A or W/A]."""


def tangents(
    network: Network, watts: Floats, base: Phasors, limited: Bools, *, signed: bool = False, step: float = STEP
) -> Tangents:
    """Return the planes of rows, in their order.

    Args:
        network: of N points and R rows.
        watts: (N) of an ampere at each point [W/A].
        base: (R, n) loads that are not planned, at any moments; only their angles count.
        limited: (R) which rows are; the others have no planes.
        signed: whether currents may be negative.
        step: [degrees].
    """
    whole = np.zeros((len(network.points), len(network.lines) + 1), dtype=np.complex128)
    whole[network.columns, network.rows] = network.weights
    whole[:, -1] = watts
    kinds, class_of = np.unique(np.round(whole, SAME), axis=0, return_inverse=True)
    loads, rows, turns = kinds[:, :-1].T, [], []
    for row in np.flatnonzero(limited).tolist():
        weights = loads[row]
        for angle in [0.0] if network.plain[row] else _angles(np.concatenate((weights, base[row])), signed=signed, step=step):
            rows.append(row)
            turns.append(np.exp(-1j * np.radians(angle)))
    row_of, turn = np.array(rows, dtype=np.intp), np.array(turns, dtype=np.complex128)
    planes = (loads[row_of] * turn[:, None]).real
    planes[np.abs(planes) < 1e-9] = 0.0
    return Tangents(class_of=class_of.reshape(-1).astype(np.intp), watts=kinds[:, -1].real, row=row_of, turn=turn, weights=planes)


def _angles(phasors: Phasors, *, signed: bool, step: float) -> list[float]:
    """Return angles [degrees] all over the smallest arc that holds all phasors."""
    present = phasors[np.abs(phasors) > 1e-9]
    if not len(present):
        return [0.0]
    angles = np.unique(np.round(np.degrees(np.angle(np.concatenate((present, -present)) if signed else present)), 6) % 360.0)
    gaps = np.diff(np.append(angles, angles[0] + 360.0))
    widest = int(np.argmax(gaps))
    first, width = float(angles[(widest + 1) % len(angles)]), 360.0 - float(gaps[widest])
    if width > 180.0:
        first, width = 0.0, 360.0 - step
    count = int(np.ceil(width / step - 1e-9))
    return [first + width * at / max(count, 1) for at in range(count + 1)]
