# SPDX-License-Identifier: Apache-2.0
"""Commands that came with OCPP 2.1 for the catalogue of outcomes: a default curve, a signal, ways back, payments, batteries."""

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
        cs.obey("SendGridSignal", "AllowTransfer", "AnnounceWebPayment", "RequestBatterySwap")
    else:
        cs.obey("SetDERControl", "ClearDERControl", "GetDERControl", "AFRRSignal")
        cs.obey("NotifyAllowedEnergyTransfer", "RequestBatterySwap")
        cs.answers["NotifyWebPaymentStarted"] = lambda _: {}
    modes = {"modes": ["DC", "DC_BPT"]}
    card = {"kind": "ISO14443", "value": "ANNA"}
    return {
        "SetDerControl": case(VOLT_VAR, {"kind": "volt-var", "default": True}, wires=wires),
        "AskDerControls": case({}, {}, elsewhere="CS-NONE", wires=wires),
        "ClearDerControls": case({"default": True}, {"id": "none"}, wires=wires, elsewise="rejected"),  # none was ever set
        "SendGridSignal": case({"signal": -50}, {"signal": -50}, elsewhere="CS-NONE", wires=wires),
        "AllowTransfer": case(modes | {"reference": cs.transactions[2]}, modes | {"reference": "no such"}, wires=wires),
        "AnnounceWebPayment": case({"evse": 1}, {"evse": 9}, wires=wires),
        "RequestBatterySwap": case({"subject": card}, {"subject": card | {"value": "NOBODY"}}, wires=wires),
    }
