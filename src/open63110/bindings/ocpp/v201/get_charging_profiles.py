# SPDX-License-Identifier: Apache-2.0
"""GetChargingProfiles (2.0.1): which profiles a station holds, all of them or some; ReportChargingProfiles says so."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.notify_charging_limit import SOURCES, WORDS
from open63110.bindings.ocpp.v201.set_charging_profile import NEWER, purpose_named
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.installed import ProfilesReported
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import NO_PROFILES, AskProfiles


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the question; a source with another name than those that all know is somebody else."""
    criteria, evse = request.charging_profile, given(request.evse_id)
    sources = (SOURCES.get(one, "other") for one in given(criteria.charging_limit_source) or ())
    return (
        AskProfiles(
            station=door.station,
            request=request.request_id,
            evse=None if evse is None else evse_number(evse),
            purpose=given(criteria.charging_profile_purpose) or "",
            level=given(criteria.stack_level),
            profiles=given(criteria.charging_profile_id) or (),
            sources=tuple(dict.fromkeys(sources)),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that a report follows."""
    return types.GetChargingProfilesResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say that there is none, or why none is reported: there is no other word for no."""
    info = because(trouble.code)
    return types.GetChargingProfilesResponse(status=NO_PROFILES, status_info=info)


def to_wire(command: AskProfiles, _: Door, newer: frozenset[str] = NEWER) -> Any:
    """Ask for all, or for those that fit.

    Raises:
        NotSupported: this version has no such purpose.
    """
    criteria = types.ChargingProfileCriterionType(
        charging_profile_purpose=purpose_named(command.purpose, newer),
        stack_level=UNSET if command.level is None else command.level,
        charging_profile_id=command.profiles or UNSET,
        charging_limit_source=tuple(WORDS[one] for one in command.sources) or UNSET,
    )
    evse = UNSET if command.evse is None else command.evse
    return types.GetChargingProfilesRequest(request_id=command.request, evse_id=evse, charging_profile=criteria)


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
