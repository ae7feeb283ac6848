# SPDX-License-Identifier: Apache-2.0
"""GetLog (2.1): as in 2.0.1, and there is a log of what a station measured (8.3.9)."""

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.model.logs import LogKind


def refuse(trouble: Trouble, _: Door) -> types.GetLogResponse:
    """Say why not."""
    return types.GetLogResponse(status="Rejected", status_info=types.StatusInfoType(reason_code=logs.because(trouble)))


GET_LOG = logs.get_log(types, frozenset(LogKind), refuse)
