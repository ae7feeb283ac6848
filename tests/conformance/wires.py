# SPDX-License-Identifier: Apache-2.0
"""Every version of OCPP with its golden frames, for what holds on all of them alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.v201.golden import Case, cases

from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v16.wire import WIRE as V16
from open63110.bindings.ocpp.v21.wire import WIRE as V21
from open63110.bindings.ocpp.v201.wire import WIRE as V201

HERE = Path(__file__).parent
OF_16, OF_201, OF_21 = (cases(HERE / version / "frames") for version in ("v16", "v201", "v21"))
FRAMES: dict[Wire, list[Case]] = {
    V16: OF_16,
    V201: OF_201,
    V21: [*OF_21, *(one for one in OF_201 if "asks_more" not in one.said)],
}
"""On 2.1 every frame of 2.0.1 must mean the same, but for those in which 2.1 asks more."""


def each(chosen: Callable[[Wire, Case], Any]) -> list[Any]:
    """Every case that is chosen, with its wire, as a parameter of a test."""
    pairs = ((wire, case) for wire, found in FRAMES.items() for case in found)
    return [pytest.param(wire, case, id=f"{wire.version} {case}") for wire, case in pairs if chosen(wire, case)]
