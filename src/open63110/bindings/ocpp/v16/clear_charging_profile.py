# SPDX-License-Identifier: Apache-2.0
"""ClearChargingProfile (1.6): the CSMS takes back the limit of a place, with what lies below it, one profile, or all that fit."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.profiles import place_of
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.bindings.ocpp.v16.set_charging_profile import WHOLE_PURPOSE
from open63110.bindings.ocpp.v16.whole_profile import PURPOSES, WORDS
from open63110.kernel.errors import NotSupported, Refused, Trouble, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    ClearProfile,
    ClearProfiles,
    LimitCleared,
    ProfileCleared,
    ProfilesCleared,
    WithdrawLimit,
)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which limits are meant.

    Raises:
        Unknown: the station has none of these.
    """
    named = given(request.id)
    if named is not None:
        return _named(named, door)
    connector, kind = given(request.connector_id), given(request.charging_profile_purpose)
    evse = None if connector is None else evse_number(connector)
    level = given(request.stack_level)
    if evse is None or level is not None or kind != (WHOLE_PURPOSE if evse == WHOLE else None):
        return (ClearProfiles(station=door.station, evse=evse, purpose=PURPOSES.get(kind or "", ""), level=level),)
    _demand(evse, door)
    return (WithdrawLimit(station=door.station, evse=evse),)


def _demand(evse: EvseNumber, door: Door) -> None:
    if door.noun is not None and all(one.evse != evse for one in door.noun.limits.desired.values()):
        raise Unknown("there is no such profile", code="UnknownProfile")


def _named(profile: int, door: Door) -> tuple[Message, ...]:
    told = door.noun.limits.desired.values() if door.noun is not None else ()
    place = place_of(profile)
    if place is None or any(one.profile == profile for one in told):
        return (ClearProfile(station=door.station, profile=profile),)
    _demand(place.evse, door)
    return (WithdrawLimit(station=door.station, evse=place.evse),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that they are gone."""
    return types.ClearChargingProfileResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> Any:
    """Say that there was none."""
    return types.ClearChargingProfileResponse(status="Unknown")


def to_wire(command: WithdrawLimit | ClearProfile | ClearProfiles, _: Door) -> Any:
    """Clear everything at one place: at a connector both for it and for its transaction. Or one profile, or all that fit.

    Raises:
        Refused: it is one of this CSMS, which would reckon with it on: 1.6 does not say which there are.
        NotSupported: 1.6 has no such purpose.
    """
    if isinstance(command, ClearProfile):
        if place_of(command.profile) is not None:
            words = f"profile {command.profile} is a limit of this CSMS"
            raise Refused(words, code="LimitCounts", where="profile", remedy="withdraw the limit")
        return types.ClearChargingProfileRequest(id=command.profile)
    if isinstance(command, ClearProfiles):
        return _fitting(command)
    kind: Any = WHOLE_PURPOSE if command.evse == WHOLE else UNSET
    return types.ClearChargingProfileRequest(connector_id=command.evse, charging_profile_purpose=kind)


def _fitting(command: ClearProfiles) -> types.ClearChargingProfileRequest:
    if command.purpose not in {"", *WORDS}:
        raise NotSupported(f"OCPP 1.6 has no {command.purpose}", code="UnsupportedParam", where="purpose")
    kind: Any = WORDS[command.purpose] if command.purpose else UNSET
    connector, level = (UNSET if one is None else one for one in (command.evse, command.level))
    return types.ClearChargingProfileRequest(connector_id=connector, charging_profile_purpose=kind, stack_level=level)


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
