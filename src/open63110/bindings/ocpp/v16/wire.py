# SPDX-License-Identifier: Apache-2.0
"""OCPP 1.6: every message that has a file here. coverage.toml beside it tells of each action how far it is carried."""

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire, found_in

WIRE = Wire(Version.V16, types.ACTIONS, found_in("open63110.bindings.ocpp.v16"))
