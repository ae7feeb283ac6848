# SPDX-License-Identifier: Apache-2.0
"""What a station calls its faults: as its CSMS wants it, where that said so (8.3.11)."""

from open63110.kernel.ids import StationId
from open63110.model.fault import FaultMap
from open63110.runtime.engine import Engine


def called(engine: Engine, station: StationId, code: str) -> str:
    """Return by what name a code of the hardware is told; empty stays empty: nothing is wrong any more."""
    names = engine.known.under_way.get(FaultMap, station, {}) if code else None
    return names.name(code) if names is not None else code
