# SPDX-License-Identifier: Apache-2.0
"""UpdateDynamicSchedule (2.1): the CSMS sets what a dynamic profile of a station allows anew; the rest of it stays (K28).

Not carried: setpoints, and phases apart from each other.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.profiles import phases_of, place_of, profile_id
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201 import set_charging_profile as whole
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import NotSupported, Trouble, Unknown
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import Limit, power, rate
from open63110.usecases.energy.smart_charging import LimitPower


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it as the limit that the profile becomes.

    Raises:
        Unknown: there is no such dynamic profile.
        NotSupported: it sets something else than a limit.
    """
    return (updated(held(request.charging_profile_id, door), request.schedule_update, door),)


def held(profile: int, door: Door) -> Limit:
    """Return the dynamic limit that a station holds under an id.

    Raises:
        Unknown: it holds none.
    """
    place = place_of(profile)
    if door.noun is None and place is not None:
        return Limit(evse=place.evse, limit=Watts(0.0), since=door.now, level=place.level, dynamic="W", profile=profile)
    told = door.noun.limits.desired.values() if door.noun is not None else ()
    found = next((one for one in told if one.dynamic and one.profile == profile and one.valid(door.now)), None)
    if found is None:
        raise Unknown(f"there is no dynamic profile {profile}", code="UnknownProfile", where="chargingProfileId")
    return found


def updated(known: Limit, update: Any, door: Door) -> LimitPower:
    """Return the limit that a dynamic one becomes; of what an update does not name nothing changes.

    Raises:
        NotSupported: it sets something else than a limit, or one below nothing.
    """
    limit, discharge = given(update.limit), given(update.discharge_limit)
    others = (update.setpoint, update.limit_l2, update.limit_l3, update.setpoint_reactive)
    if any(one is not UNSET for one in others) or (limit is None and discharge is None):
        raise NotSupported("limits of all phases together are all that is taken", code="UnsupportedParam", where="scheduleUpdate")
    if limit is not None and not 0 <= limit < float("inf"):
        raise NotSupported("a limit below nothing", code="InvalidSchedule", where="limit")
    phases = phases_of(door.noun, known.evse, known.transfer)
    return LimitPower(
        station=door.station,
        evse=known.evse,
        limit=known.limit if limit is None else power(limit, known.dynamic, phases),
        export=known.export if discharge is None else Watts(power(-discharge, known.dynamic, phases) + 0.0),
        until=known.until if known.lasts is None else door.now + timedelta(seconds=known.lasts),
        failsafe=known.failsafe,
        failsafe_after=known.failsafe_after,
        level=known.level,
        transfer=known.transfer,
        profile=known.profile,
        dynamic=known.dynamic,
        update=True,
        every=known.every,
        lasts=known.lasts,
    )


def answer(_: Sequence[Reply], __: Door) -> types.UpdateDynamicScheduleResponse:
    """Say yes."""
    return types.UpdateDynamicScheduleResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.UpdateDynamicScheduleResponse:
    """Say why not."""
    info = types.StatusInfoType(reason_code=because(trouble.code).reason_code)
    return types.UpdateDynamicScheduleResponse(status="Rejected", status_info=info)


def to_wire(command: LimitPower, door: Door) -> types.UpdateDynamicScheduleRequest:
    """Update it."""
    return types.UpdateDynamicScheduleRequest(
        charging_profile_id=profile_id(command.evse, command.level, bound=command.transfer != "" and command.evse != 0),
        schedule_update=update_of(command, door),
    )


def update_of(limit: LimitPower | Limit, door: Door) -> types.ChargingScheduleUpdateType:
    """Return what a dynamic profile allows, in the unit in which it was set."""
    phases = phases_of(door.noun, limit.evse, limit.transfer)
    unit = limit.dynamic or "W"
    discharge = UNSET if limit.export is None else -rate(limit.export, (), unit, phases)
    return types.ChargingScheduleUpdateType(limit=rate(limit.limit, limit.amperes, unit, phases), discharge_limit=discharge)


def _is_update(command: Any) -> bool:
    return bool(command.update)


UPDATE_DYNAMIC_SCHEDULE = Translation(
    action="UpdateDynamicSchedule",
    sender=Role.CSMS,
    carries=(LimitPower,),
    only=_is_update,
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=whole.heard,
)
