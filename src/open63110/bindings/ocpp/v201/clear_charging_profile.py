# SPDX-License-Identifier: Apache-2.0
"""ClearChargingProfile (2.0.1): the CSMS takes back the limit of a place, with what lies below it, or one profile."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import MOST
from open63110.bindings.ocpp.profiles import place_of
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.set_charging_profile import WHOLE_PURPOSE, purpose
from open63110.kernel.errors import Trouble, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import ClearProfile, LimitCleared, ProfileCleared, WithdrawLimit

EVERY = tuple(EvseNumber(number) for number in range(MOST + 1))
"""Where a limit may be at a station of which nothing is known."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which limits are meant.

    Raises:
        Unknown: the station has none of these.
    """
    told = door.noun.limits.desired.values() if door.noun else ()
    held = {one.evse for one in told} if door.noun else set(EVERY)
    named, criteria = given(request.charging_profile_id), given(request.charging_profile_criteria)
    if named and (door.noun is None or any(one.profile == named for one in told)):
        return (ClearProfile(station=door.station, profile=named),)
    meant = sorted(held & set(_named(named) if named is not None else _matching(criteria, held)))
    if not meant:
        raise Unknown("there is no such profile", code="UnknownProfile")
    return tuple(WithdrawLimit(station=door.station, evse=evse) for evse in meant)


def _named(profile: int) -> Iterator[EvseNumber]:
    place = place_of(profile)
    if place is not None:
        yield place.evse


def _matching(criteria: Any, held: set[EvseNumber]) -> Iterator[EvseNumber]:
    evse = None if criteria is None else given(criteria.evse_id)
    kind = None if criteria is None else given(criteria.charging_profile_purpose)
    for one in held:
        if kind in {None, purpose(one), purpose(one, bound=True)} and (evse is None or evse_number(evse) == one):
            yield one


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that they are gone."""
    return types.ClearChargingProfileResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> Any:
    """Say that there was none."""
    return types.ClearChargingProfileResponse(status="Unknown")


def to_wire(command: WithdrawLimit | ClearProfile, _: Door) -> Any:
    """Clear everything at one place: at an EVSE both for it and for its transaction. Or one profile."""
    if isinstance(command, ClearProfile):
        return types.ClearChargingProfileRequest(charging_profile_id=command.profile)
    kind: Any = WHOLE_PURPOSE if command.evse == WHOLE else UNSET
    criteria = types.ClearChargingProfileType(evse_id=command.evse, charging_profile_purpose=kind)
    return types.ClearChargingProfileRequest(charging_profile_criteria=criteria)


def heard(_: Any, command: WithdrawLimit | ClearProfile, door: Door) -> Verdict:
    """Know that none is left, whether there was one or not."""
    if isinstance(command, ClearProfile):
        gone = ProfileCleared(station=command.station, at=door.now, profile=command.profile)
        return Verdict(outcome=Outcome.ACCEPTED, messages=(gone,))
    cleared = LimitCleared(station=command.station, at=door.now, evse=command.evse)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(cleared,))


CLEAR_CHARGING_PROFILE = Translation(
    action="ClearChargingProfile",
    sender=Role.CSMS,
    carries=(WithdrawLimit, ClearProfile),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
