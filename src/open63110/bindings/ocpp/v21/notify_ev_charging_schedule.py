# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingSchedule (2.1): as in 2.0.1, and whether the EV keeps to the tolerance that it was offered (8.2.3, step 8)."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import notify_ev_charging_schedule as before
from open63110.kernel.messages import Message
from open63110.model.needs import EvPlanStated


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; where it does not say which schedule it chose, its own has that id."""
    chosen, tolerates = given(request.selected_charging_schedule_id), given(request.power_tolerance_acceptance)
    return tuple(
        replace(one, schedule=one.schedule if chosen is None else chosen, tolerates=tolerates)
        for one in before.from_wire(request, door)
        if isinstance(one, EvPlanStated)
    )


def to_wire(event: EvPlanStated, door: Door) -> Any:
    """Tell it."""
    sent = before.to_wire(event, door)
    periods = tuple(types.ChargingSchedulePeriodType(**asdict(one)) for one in sent.charging_schedule.charging_schedule_period)
    schedule = types.ChargingScheduleType(**asdict(sent.charging_schedule) | {"charging_schedule_period": periods})
    return types.NotifyEVChargingScheduleRequest(
        time_base=sent.time_base,
        evse_id=sent.evse_id,
        charging_schedule=schedule,
        selected_charging_schedule_id=UNSET if event.schedule is None else event.schedule,
        power_tolerance_acceptance=UNSET if event.tolerates is None else event.tolerates,
    )


NOTIFY_EV_CHARGING_SCHEDULE = replace(before.NOTIFY_EV_CHARGING_SCHEDULE, from_wire=from_wire, to_wire=to_wire)
