# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingNeeds (2.0.1): what an EV wants; kept until 8.2.3 plans with it."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door, find
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply
from open63110.usecases.stations.keep_unplaced import Kept


def answer(replies: Sequence[Reply], _: Door) -> types.NotifyEVChargingNeedsResponse:
    """Promise no schedule: an EV that was told Accepted would wait for one."""
    kept = find(replies, Kept)
    return _rejected("NoPlanner" if kept is not None and kept.running else "NoTransaction")


def refuse(trouble: Trouble, _: Door) -> types.NotifyEVChargingNeedsResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.NotifyEVChargingNeedsResponse:
    return types.NotifyEVChargingNeedsResponse(status="Rejected", status_info=because(code))


NOTIFY_EV_CHARGING_NEEDS = keeping("NotifyEVChargingNeeds", evse="evse_id", answer=answer, refuse=refuse)
