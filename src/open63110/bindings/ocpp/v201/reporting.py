# SPDX-License-Identifier: Apache-2.0
"""What GetBaseReport and GetReport have in common: how a station says that a report follows, that it is empty, or why not."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, find
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.messages import Reply
from open63110.model.inventory import InventoryAnswer, InventoryReported, TakeInventory
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict

EMPTY = "EmptyResultSet"


def status_of(replies: Sequence[Reply]) -> Any:
    """Return the status of an answer."""
    reply = find(replies, InventoryAnswer)
    return EMPTY if reply is not None and reply.empty else "Accepted"


def refused(code: str) -> Any:
    """Return the status of a refusal."""
    return "NotSupported" if code in {"NotSupported", "NoInventory"} else "Rejected"


def heard(response: Any, command: TakeInventory, door: Door) -> Verdict:
    """Understand whether a report follows; of nothing there is none, and that is a report, too."""
    if response.status == EMPTY:
        nothing = InventoryReported(station=command.station, at=door.now, request=command.request)
        return Verdict(outcome=Outcome.ACCEPTED, reason=EMPTY, messages=(nothing,))
    return judged(response)


Response = types.GetBaseReportResponse | types.GetReportResponse
