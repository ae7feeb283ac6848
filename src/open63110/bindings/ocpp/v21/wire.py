# SPDX-License-Identifier: Apache-2.0
"""OCPP 2.1: every message that has a file here, and for all others the file of 2.0.1 (decision 0003).

coverage.toml beside it tells of each action how far it is carried.
"""

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire, found_in
from open63110.bindings.ocpp.v201.wire import WIRE as BEFORE

SENDS = {action: (kind, kind) for action, kind in types.SENDS.items()}
"""Messages without a response; the second type of the pair is never looked at."""

WIRE = Wire(
    Version.V21,
    {**types.ACTIONS, **SENDS},
    tuple({**BEFORE.by_action, **{one.action: one for one in found_in("open63110.bindings.ocpp.v21")}}.values()),
)
