# SPDX-License-Identifier: Apache-2.0
"""ClearChargingProfile (1.6): the CSMS takes the limit of a station or a connector back, with what lies below it."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import MOST
from open63110.bindings.ocpp.profiles import place_of
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.bindings.ocpp.v16.set_charging_profile import WHOLE_PURPOSE, purpose
from open63110.kernel.errors import Trouble, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.limit import WHOLE
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import LimitCleared, WithdrawLimit

EVERY = tuple(EvseNumber(number) for number in range(MOST + 1))
"""Where a limit may be at a station of which nothing is known."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which limits are meant.

    Raises:
        Unknown: the station has none of these.
    """
    held = {one.evse for one in door.noun.limits.desired.values()} if door.noun else set(EVERY)
    meant = sorted(_meant(request, held))
    if not meant:
        raise Unknown("there is no such profile", code="UnknownProfile")
    return tuple(WithdrawLimit(station=door.station, evse=evse) for evse in meant)


def _meant(request: Any, held: set[EvseNumber]) -> Iterator[EvseNumber]:
    named, connector, kind = (given(one) for one in (request.id, request.connector_id, request.charging_profile_purpose))
    for one in held:
        if named is not None:
            place = place_of(named)
            fits = place is not None and place.evse == one
        else:
            kinds = {None, purpose(one), purpose(one, bound=True)}
            fits = kind in kinds and (connector is None or evse_number(connector) == one)
        if fits:
            yield one


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that they are gone."""
    return types.ClearChargingProfileResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> Any:
    """Say that there was none."""
    return types.ClearChargingProfileResponse(status="Unknown")


def to_wire(command: WithdrawLimit, _: Door) -> Any:
    """Clear everything at one place: at a connector both for it and for its transaction."""
    kind: Any = WHOLE_PURPOSE if command.evse == WHOLE else UNSET
    return types.ClearChargingProfileRequest(connector_id=command.evse, charging_profile_purpose=kind)


def heard(_: Any, command: WithdrawLimit, door: Door) -> Verdict:
    """Know that none is left, whether there was one or not."""
    cleared = LimitCleared(station=command.station, at=door.now, evse=command.evse)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(cleared,))


CLEAR_CHARGING_PROFILE = Translation(
    action="ClearChargingProfile",
    sender=Role.CSMS,
    carries=(WithdrawLimit,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
