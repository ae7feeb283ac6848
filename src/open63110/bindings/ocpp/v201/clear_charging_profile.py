# SPDX-License-Identifier: Apache-2.0
"""ClearChargingProfile (2.0.1): the CSMS takes back the limit of a place, one profile, or all that fit."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.profiles import place_of
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.set_charging_profile import NEWER, WHOLE_PURPOSE, purpose_named
from open63110.kernel.errors import Trouble, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.model.profile import Purpose
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    ClearProfile,
    ClearProfiles,
    LimitCleared,
    ProfileCleared,
    ProfilesCleared,
    WithdrawLimit,
)

CRITERIA: Final = ("evse_id", "charging_profile_purpose", "stack_level")


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which limits are meant.

    Raises:
        Unknown: the station has none of these.
    """
    named, criteria = given(request.charging_profile_id), given(request.charging_profile_criteria)
    if named is not None:
        return _named(named, door)
    evse, kind, level = (None if criteria is None else given(getattr(criteria, name)) for name in CRITERIA)
    place = None if evse is None else evse_number(evse)
    return taken_back(place, kind or "", level, door)


def taken_back(evse: EvseNumber | None, kind: Purpose, level: int | None, door: Door) -> tuple[Message, ...]:
    """Return what is cleared: as a limit what is cleared as this CSMS does it, everything at one place.

    Raises:
        Unknown: the station has none of these.
    """
    if evse is None or level is not None or kind != (WHOLE_PURPOSE if evse == WHOLE else ""):
        return (ClearProfiles(station=door.station, evse=evse, purpose=kind, level=level),)
    _demand(evse, door)
    return (WithdrawLimit(station=door.station, evse=evse),)


def _demand(evse: EvseNumber, door: Door) -> None:
    if door.noun is not None and all(one.evse != evse for one in door.noun.limits.desired.values()):
        raise Unknown("there is no such profile", code="UnknownProfile")


def _named(profile: int, door: Door) -> tuple[Message, ...]:
    told = door.noun.limits.desired.values() if door.noun is not None else ()
    if profile and (door.noun is None or any(one.profile == profile for one in told)):
        return (ClearProfile(station=door.station, profile=profile),)
    place = place_of(profile)
    if place is None:
        raise Unknown("there is no such profile", code="UnknownProfile")
    _demand(place.evse, door)
    return (WithdrawLimit(station=door.station, evse=place.evse),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that they are gone."""
    return types.ClearChargingProfileResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> Any:
    """Say that there was none."""
    return types.ClearChargingProfileResponse(status="Unknown")


def to_wire(command: WithdrawLimit | ClearProfile | ClearProfiles, _: Door, newer: frozenset[str] = NEWER) -> Any:
    """Clear everything at one place: at an EVSE both for it and for its transaction. Or one profile, or all that fit.

    Raises:
        NotSupported: this version has no such purpose.
    """
    if isinstance(command, ClearProfile):
        return types.ClearChargingProfileRequest(charging_profile_id=command.profile)
    if isinstance(command, ClearProfiles):
        return _fitting(command, newer)
    kind: Any = WHOLE_PURPOSE if command.evse == WHOLE else UNSET
    criteria = types.ClearChargingProfileType(evse_id=command.evse, charging_profile_purpose=kind)
    return types.ClearChargingProfileRequest(charging_profile_criteria=criteria)


def _fitting(command: ClearProfiles, newer: frozenset[str]) -> types.ClearChargingProfileRequest:
    purpose = purpose_named(command.purpose, newer)
    evse, level = (UNSET if one is None else one for one in (command.evse, command.level))
    if (evse, purpose, level) == (UNSET, UNSET, UNSET):
        return types.ClearChargingProfileRequest()
    criteria = types.ClearChargingProfileType(evse_id=evse, charging_profile_purpose=purpose, stack_level=level)
    return types.ClearChargingProfileRequest(charging_profile_criteria=criteria)


def heard(_: Any, command: WithdrawLimit | ClearProfile | ClearProfiles, door: Door) -> Verdict:
    """Know that none is left, whether there was one or not."""
    if isinstance(command, ClearProfiles):
        fitting = ProfilesCleared(station=command.station, at=door.now, criteria=command.criteria)
        return Verdict(outcome=Outcome.ACCEPTED, messages=(fitting,))
    if isinstance(command, ClearProfile):
        gone = ProfileCleared(station=command.station, at=door.now, profile=command.profile)
        return Verdict(outcome=Outcome.ACCEPTED, messages=(gone,))
    cleared = LimitCleared(station=command.station, at=door.now, evse=command.evse)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(cleared,))


CLEAR_CHARGING_PROFILE = Translation(
    action="ClearChargingProfile",
    sender=Role.CSMS,
    carries=(WithdrawLimit, ClearProfile, ClearProfiles),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
