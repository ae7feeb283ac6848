# SPDX-License-Identifier: Apache-2.0
"""NotifyChargingLimit (2.1): as in 2.0.1, and it may say how much local generation adds, or how much may be given back (K27)."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v21.report_charging_profiles import at_soc
from open63110.bindings.ocpp.v201 import notify_charging_limit as before
from open63110.bindings.ocpp.whole_profile import phrased, schedule_words
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit, ExternalLimitSet
from open63110.model.limit import power
from open63110.model.phases import phases_of


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    generation, schedules = bool(given(request.charging_limit.is_local_generation)), given(request.charging_schedule)
    phases = phases_of(door.noun, EvseNumber(given(request.evse_id) or 0))
    told = schedules or ()
    export = min((back for one in told if (back := _export(one)) is not None), default=None)
    soc = next((most for one in told if (most := at_soc(one, phases)) is not None), None)
    return tuple(
        replace(one, limit=replace(one.limit, generation=generation, export=export, at_soc=soc))
        for one in before.from_wire(request, door)
        if isinstance(one, ExternalLimitSet)
    )


def _export(schedule: Any) -> Watts | None:
    """Return how much may be given back by the first period; None: nothing is said of it."""
    discharge = given(schedule.charging_schedule_period[0].discharge_limit)
    return None if discharge is None or discharge > 0 else Watts(power(-discharge, schedule.charging_rate_unit) + 0.0)


def to_wire(event: ExternalLimitSet, door: Door) -> Any:
    """Tell it."""
    limit, sent = event.limit, before.to_wire(replace(event, limit=replace(event.limit, schedules=())), door)
    said = types.ChargingLimitType(
        charging_limit_source=before.WORDS[limit.source],
        is_local_generation=limit.generation or UNSET,
        is_grid_critical=limit.critical or UNSET,
    )
    schedules = given(sent.charging_schedule)
    told: Any = UNSET if schedules is None else (_schedule(schedules[0], limit),)
    if limit.schedules:
        told = tuple(phrased(schedule_words(one), types.ChargingScheduleType) for one in limit.schedules)
    return types.NotifyChargingLimitRequest(evse_id=limit.evse, charging_limit=said, charging_schedule=told)


def _schedule(schedule: Any, limit: ExternalLimit) -> types.ChargingScheduleType:
    discharge = UNSET if limit.export is None else -limit.export
    return types.ChargingScheduleType(
        id=schedule.id,
        start_schedule=schedule.start_schedule,
        duration=schedule.duration,
        charging_rate_unit=schedule.charging_rate_unit,
        charging_schedule_period=tuple(
            types.ChargingSchedulePeriodType(
                start_period=one.start_period, limit=one.limit, number_phases=one.number_phases, discharge_limit=discharge
            )
            for one in schedule.charging_schedule_period
        ),
    )


NOTIFY_CHARGING_LIMIT = replace(before.NOTIFY_CHARGING_LIMIT, from_wire=from_wire, to_wire=to_wire)
