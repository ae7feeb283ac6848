# SPDX-License-Identifier: Apache-2.0
"""Every version of OCPP that is spoken."""

from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v16.wire import WIRE as V16
from open63110.bindings.ocpp.v21.wire import WIRE as V21
from open63110.bindings.ocpp.v201.wire import WIRE as V201

WIRES: dict[Version, Wire] = {one.version: one for one in (V21, V201, V16)}
