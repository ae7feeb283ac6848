# SPDX-License-Identifier: Apache-2.0
"""GetChargingProfiles (2.0.1): which profiles a station holds, all of them; ReportChargingProfiles says so."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.installed import ProfilesReported
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import NO_PROFILES, AskProfiles

CRITERIA = ("charging_profile_purpose", "stack_level", "charging_profile_id", "charging_limit_source")


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the question.

    Raises:
        NotSupported: only some are wanted.
    """
    criteria = request.charging_profile
    if any(getattr(criteria, name) for name in CRITERIA) or request.evse_id:
        raise NotSupported("all profiles are reported, or none", code="UnsupportedParam", where="chargingProfile")
    return (AskProfiles(station=door.station, request=request.request_id),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that a report follows."""
    return types.GetChargingProfilesResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say that there is none, or why none is reported: there is no other word for no."""
    info = because(trouble.code)
    return types.GetChargingProfilesResponse(status=NO_PROFILES, status_info=info)


def to_wire(command: AskProfiles, _: Door) -> Any:
    """Ask for all."""
    return types.GetChargingProfilesRequest(request_id=command.request, charging_profile=types.ChargingProfileCriterionType())


def heard(response: Any, command: AskProfiles, door: Door) -> Verdict:
    """Understand whether a report follows; that there is nothing to report is one."""
    if response.status != NO_PROFILES:
        return judged(response)
    nothing = ProfilesReported(station=command.station, at=door.now, request=command.request)
    return Verdict(outcome=Outcome.ACCEPTED, reason=NO_PROFILES, messages=(nothing,))


GET_CHARGING_PROFILES = Translation(
    action="GetChargingProfiles",
    sender=Role.CSMS,
    carries=(AskProfiles,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
