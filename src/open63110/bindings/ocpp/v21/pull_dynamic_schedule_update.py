# SPDX-License-Identifier: Apache-2.0
"""PullDynamicScheduleUpdate (2.1): a station wants to know what a dynamic profile allows by now (8.2.9, K28)."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.profiles import place_of, profile_id
from open63110.bindings.ocpp.translation import Door, Translation, find, given, verdict_of
from open63110.bindings.ocpp.v21.update_dynamic_schedule import held, update_of, updated, worded
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import PulledLimit, PullLimit


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which one."""
    number = request.charging_profile_id
    place = place_of(number)
    ours = place is not None and place.level != 0
    evse, bound = (place.evse, place.bound) if place is not None and ours else (None, False)
    return (PullLimit(station=door.station, evse=evse, transfer=bound, profile=number),)


def answer(replies: Sequence[Reply], door: Door) -> types.PullDynamicScheduleUpdateResponse:
    """Say what it allows."""
    reply = find(replies, PulledLimit)
    if reply is not None and reply.update is not None:
        return types.PullDynamicScheduleUpdateResponse(status="Accepted", schedule_update=worded(reply.update))
    if reply is None or reply.limit is None:
        return _rejected("UnknownProfile")
    return types.PullDynamicScheduleUpdateResponse(status="Accepted", schedule_update=update_of(reply.limit, door))


def refuse(trouble: Trouble, _: Door) -> types.PullDynamicScheduleUpdateResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.PullDynamicScheduleUpdateResponse:
    return types.PullDynamicScheduleUpdateResponse(status="Rejected", status_info=types.StatusInfoType(reason_code=code[:20]))


def to_wire(command: PullLimit, _: Door) -> types.PullDynamicScheduleUpdateRequest:
    """Ask."""
    number = command.profile or profile_id(command.evse or EvseNumber(0), 1, bound=command.transfer)
    return types.PullDynamicScheduleUpdateRequest(charging_profile_id=number)


def heard(response: Any, command: PullLimit, door: Door) -> Verdict:
    """Understand what is allowed now; with no answer that helps what was told before goes on counting, as long as it may.

    Raises:
        Unknown: the profile is gone meanwhile.
        NotSupported: what came is no limit.
    """
    update = given(response.schedule_update)
    if response.status != "Accepted" or update is None:
        return verdict_of(response.status)
    return verdict_of(response.status, updated(held(command.profile, door), update, door))


PULL_DYNAMIC_SCHEDULE_UPDATE = Translation(
    action="PullDynamicScheduleUpdate",
    sender=Role.STATION,
    carries=(PullLimit,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
