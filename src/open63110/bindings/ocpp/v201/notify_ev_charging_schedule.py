# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingSchedule (2.0.1): how an EV means to charge; kept until 8.2.3 plans with it."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door, find
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply
from open63110.usecases.stations.keep_unplaced import Kept


def answer(replies: Sequence[Reply], _: Door) -> types.NotifyEVChargingScheduleResponse:
    """Take note of it where energy flows; that approves of nothing, as the status by its definition does not."""
    kept = find(replies, Kept)
    if kept is not None and kept.running:
        return types.NotifyEVChargingScheduleResponse(status="Accepted")
    return _rejected("NoTransaction")


def refuse(trouble: Trouble, _: Door) -> types.NotifyEVChargingScheduleResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.NotifyEVChargingScheduleResponse:
    return types.NotifyEVChargingScheduleResponse(status="Rejected", status_info=because(code))


NOTIFY_EV_CHARGING_SCHEDULE = keeping("NotifyEVChargingSchedule", evse="evse_id", answer=answer, refuse=refuse)
