# SPDX-License-Identifier: Apache-2.0
"""UpdateDynamicSchedule (2.1): the CSMS sets what a dynamic profile of a station allows anew; the rest of it stays (K28).

Limits and setpoints are of all phases together, or of L1, L2 and L3 apart. A station of this product draws at most what a
setpoint says; it takes none of reactive power.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.profiles import amperes_of, by_phase, place_of, profile_id
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201 import set_charging_profile as whole
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble, Unknown
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Watts
from open63110.model.limit import PHASE, PHASES, Limit, power, rate
from open63110.model.phases import phases_of
from open63110.model.profile import ScheduleUpdate
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.energy.smart_charging.profile_messages import ProfileUpdated, UpdateProfile

NOT_TAKEN: Final = (
    *("setpoint_reactive", "setpoint_reactive_l2", "setpoint_reactive_l3"),
    *("discharge_limit_l2", "discharge_limit_l3"),
)
"""What an update may say that no station of this product does."""


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
    rates, discharge = [given(one) for one in (update.limit, update.limit_l2, update.limit_l3)], given(update.discharge_limit)
    setpoint = _setpoint(known, update, door)
    named = rates != [None] * PHASES or discharge is not None or setpoint != known.setpoint
    if any(getattr(update, name) is not UNSET for name in NOT_TAKEN) or not (named or update.setpoint is not UNSET):
        words = "limits and setpoints are all that is taken"
        raise NotSupported(words, code="UnsupportedParam", where="scheduleUpdate")
    if any(one is not None and not 0 <= one < float("inf") for one in rates):
        raise NotSupported("a limit below nothing", code="InvalidSchedule", where="limit")
    phases = phases_of(door.noun, known.evse, known.transfer)
    limit, amperes = _limited(known, rates, phases)
    return LimitPower(
        station=door.station,
        evse=known.evse,
        limit=limit,
        amperes=amperes,
        setpoint=setpoint,
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


def _setpoint(known: Limit, update: Any, door: Door) -> Watts | None:
    """Return what is to be drawn in all [W]; of phases apart the least counts on each."""
    told = [one for one in map(given, (update.setpoint, update.setpoint_l2, update.setpoint_l3)) if one is not None]
    if not told:
        return known.setpoint
    phases = phases_of(door.noun, known.evse, known.transfer) if len(told) == 1 else len(told)
    return power(min(told) * (1 if known.dynamic == "A" or len(told) == 1 else phases), known.dynamic, phases)


def _limited(known: Limit, rates: Sequence[float | None], phases: int) -> tuple[Watts, tuple[Amperes, ...]]:
    """Return the power in all, and the current of each phase, that an update allows; phases it does not name stay as they are."""
    first, *others = rates
    if others == [None] * len(others):
        return (known.limit, known.amperes) if first is None else (power(first, known.dynamic, phases), ())
    before = known.amperes if len(known.amperes) == PHASES else (Amperes(known.limit / PHASE / phases),) * PHASES
    told = (None if one is None else amperes_of((one,), known.dynamic)[0] for one in rates)
    amperes = tuple(old if new is None else new for old, new in zip(before, told, strict=True))
    return Watts(round(sum(amperes) * PHASE, 1)), amperes


def answer(_: Sequence[Reply], __: Door) -> types.UpdateDynamicScheduleResponse:
    """Say yes."""
    return types.UpdateDynamicScheduleResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.UpdateDynamicScheduleResponse:
    """Say why not."""
    info = types.StatusInfoType(reason_code=because(trouble.code).reason_code)
    return types.UpdateDynamicScheduleResponse(status="Rejected", status_info=info)


def to_wire(command: LimitPower | UpdateProfile, door: Door) -> types.UpdateDynamicScheduleRequest:
    """Update it."""
    if isinstance(command, UpdateProfile):
        return types.UpdateDynamicScheduleRequest(charging_profile_id=command.profile, schedule_update=worded(command.update))
    return types.UpdateDynamicScheduleRequest(
        charging_profile_id=profile_id(command.evse, command.level, bound=command.transfer != "" and command.evse != 0),
        schedule_update=update_of(command, door),
    )


def worded(update: ScheduleUpdate) -> types.ChargingScheduleUpdateType:
    """Return an update that somebody wants, in the words of the wire."""
    limits, exports = _three(update.limit, update.others), _three(update.export, update.other_exports)
    setpoints, reactives = _three(update.setpoint, update.other_setpoints), _three(update.reactive, update.other_reactives)
    back = [one if one is UNSET else -one for one in exports]
    return types.ChargingScheduleUpdateType(
        limit=limits[0],
        limit_l2=limits[1],
        limit_l3=limits[2],
        discharge_limit=back[0],
        discharge_limit_l2=back[1],
        discharge_limit_l3=back[2],
        setpoint=setpoints[0],
        setpoint_l2=setpoints[1],
        setpoint_l3=setpoints[2],
        setpoint_reactive=reactives[0],
        setpoint_reactive_l2=reactives[1],
        setpoint_reactive_l3=reactives[2],
    )


def _three(first: float | None, others: Sequence[float]) -> list[Any]:
    return [UNSET if first is None else first, *others, UNSET, UNSET][:PHASES]


def heard(response: Any, command: LimitPower | UpdateProfile, door: Door) -> Verdict:
    """Understand whether the station goes by it."""
    if isinstance(command, UpdateProfile):
        said = ProfileUpdated(station=command.station, at=door.now, profile=command.profile, update=command.update)
        return judged(response, said)
    return whole.heard(response, command, door)


def update_of(limit: LimitPower | Limit, door: Door) -> types.ChargingScheduleUpdateType:
    """Return what a dynamic profile allows, in the unit in which it was set."""
    phases = phases_of(door.noun, limit.evse, limit.transfer)
    unit = limit.dynamic or "W"
    discharge = UNSET if limit.export is None else -rate(limit.export, (), unit, phases)
    apart = by_phase(limit, unit)
    if not apart:
        return types.ChargingScheduleUpdateType(limit=rate(limit.limit, limit.amperes, unit, phases), discharge_limit=discharge)
    return types.ChargingScheduleUpdateType(limit=apart[0], limit_l2=apart[1], limit_l3=apart[2], discharge_limit=discharge)


def _is_update(command: Any) -> bool:
    return bool(command.update)


UPDATE_DYNAMIC_SCHEDULE = Translation(
    action="UpdateDynamicSchedule",
    sender=Role.CSMS,
    carries=(LimitPower, UpdateProfile),
    only=_is_update,
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
