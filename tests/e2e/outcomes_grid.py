# SPDX-License-Identifier: Apache-2.0
"""Commands about behaviour towards the grid for the catalogue of outcomes: a default curve, and a signal (8.2.10)."""

from collections.abc import Callable
from typing import Any

from tests.e2e.link_player import AnyPlayer, LinkPlayer

from open63110.usecases.energy.frequency_regulation import DerControlAnswer, DerControlsAnswer

CURVE = {"unit": "pct-max-var", "points": [{"x": 92.0, "y": 44.0}, {"x": 108.0, "y": -44.0}]}
VOLT_VAR: dict[str, Any] = {"id": "vv", "kind": "volt-var", "default": True, "curve": CURVE}


def grid_cases(cs: AnyPlayer, case: Callable[..., Any], wires: tuple[str, ...]) -> dict[str, Any]:
    """A station that takes every control and signal."""
    if isinstance(cs, LinkPlayer):
        cs.answers["SetDerControl"] = lambda order: (DerControlAnswer(id=order.id),)
        cs.answers["ClearDerControls"] = lambda _: (DerControlsAnswer(count=1),)
        cs.answers["AskDerControls"] = lambda _: (DerControlsAnswer(count=0),)
        cs.obey("SendGridSignal")
    else:
        cs.obey("SetDERControl", "ClearDERControl", "GetDERControl", "AFRRSignal")
    return {
        "SetDerControl": case(VOLT_VAR, {"kind": "volt-var", "default": True}, wires=wires),
        "AskDerControls": case({}, {}, elsewhere="CS-NONE", wires=wires),
        "ClearDerControls": case({"default": True}, {"id": "none"}, wires=wires, elsewise="rejected"),  # none was ever set
        "SendGridSignal": case({"signal": -50}, {"signal": -50}, elsewhere="CS-NONE", wires=wires),
    }
