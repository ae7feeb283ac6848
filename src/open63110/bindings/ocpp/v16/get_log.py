# SPDX-License-Identifier: Apache-2.0
"""GetLog (1.6, security whitepaper): the CSMS fetches the security log; diagnostics have an older action of their own."""

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.model.logs import LogKind


def refuse(_: Trouble, __: Door) -> types.GetLogResponse:
    """Say no; 1.6 has no word for why."""
    return types.GetLogResponse(status="Rejected")


GET_LOG = logs.get_log(types, frozenset({LogKind.DIAGNOSTICS, LogKind.SECURITY}), refuse)
