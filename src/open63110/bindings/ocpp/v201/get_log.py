# SPDX-License-Identifier: Apache-2.0
"""GetLog (2.0.1): the CSMS fetches diagnostics or the security log."""

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.model.logs import LogKind


def refuse(trouble: Trouble, _: Door) -> types.GetLogResponse:
    """Say why not."""
    return types.GetLogResponse(status="Rejected", status_info=because(trouble.code))


GET_LOG = logs.get_log(types, frozenset({LogKind.DIAGNOSTICS, LogKind.SECURITY}), refuse)
