# SPDX-License-Identifier: Apache-2.0
"""ClearDisplayMessage (2.1): as in 2.0.1, and a station can say no."""

from typing import Any

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import clear_display_message as before
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble, Unknown


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    status: Any = before.GONE if isinstance(trouble, Unknown) else "Rejected"
    info = types.StatusInfoType(reason_code=because(trouble.code).reason_code)
    return types.ClearDisplayMessageResponse(status=status, status_info=info)


CLEAR_DISPLAY_MESSAGE = replace(before.CLEAR_DISPLAY_MESSAGE, refuse=refuse)
