# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingNeeds (2.0.1): how much energy an EV wants, until when, within which currents (8.2.3).

Not carried: how many schedules the EV takes, its voltage, and from which state of charge on it is full. A current counts on the
phases of the mode that the EV asks for.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find, given, stored
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Percent, WattHours, Watts
from open63110.model.limit import PHASE
from open63110.model.needs import Needs, NeedsAnswer, NeedsStated

PHASES_OF: Final = {"AC_single_phase": 1, "AC_two_phase": 2, "AC_three_phase": 3}
"""On how many phases an EV charges that asks for this."""

LEAST: Final = 6
"""What an EV takes at least on each phase where nobody said [A]."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read them; they are about the transfer that runs at the EVSE, or the next one there.

    Raises:
        Malformed: no EV stands at a station as a whole, or an amount is below nothing.
    """
    needs = needs_of(request.charging_needs, door)
    return (NeedsStated(station=door.station, at=door.now, evse=place(request.evse_id), needs=needs),)


def place(number: int) -> EvseNumber:
    """Return where the EV stands.

    Raises:
        Malformed: no EV stands there.
    """
    if number:
        return evse_number(number)
    raise Malformed("no EV stands at a station as a whole", code="OutOfRange", where="evseId")


def needs_of(said: Any, door: Door) -> Needs:
    """Return what an EV said.

    Raises:
        Malformed: an amount is below nothing.
    """
    ac, dc = given(said.ac_charging_parameters), given(said.dc_charging_parameters)
    phases = PHASES_OF.get(said.requested_energy_transfer)
    on = float(PHASE * (phases or 3))
    departure = given(said.departure_time)
    energy = amount(ac.energy_amount if ac is not None else None if dc is None else dc.energy_amount)
    most = amount(ac.ev_max_current if ac is not None else None if dc is None else dc.ev_max_current)
    least = amount(None if ac is None else ac.ev_min_current)
    power = amount(None if dc is None else dc.ev_max_power) if ac is None else None if most is None else most * on
    return Needs(
        source="ev",
        since=door.now,
        departure=None if departure is None else utc(departure),
        e_target=None if energy is None else WattHours(energy),
        soc_now=None if dc is None or dc.state_of_charge is UNSET else Percent(float(dc.state_of_charge)),
        p_max=None if power is None else Watts(power),
        p_min=None if least is None else Watts(least * on),
        i_max=None if most is None or ac is None else Amperes(most),
        phases=phases,
        modes=(said.requested_energy_transfer,),
    )


def amount(value: Any) -> float | None:
    """Return a number that may be absent.

    Raises:
        Malformed: it is below nothing.
    """
    if value is None or value is UNSET:
        return None
    if 0 <= value < float("inf"):
        return float(value)
    raise Malformed("an amount below nothing", code="OutOfRange", where="chargingNeeds")


def promised(replies: Sequence[Reply], door: Door) -> bool | None:
    """Tell whether a schedule is on its way (True), is being looked for (False), or nobody plans at this station (None)."""
    reply, noun = find(replies, NeedsAnswer), door.noun
    if reply is not None and reply.planned:
        return True
    plans = noun is not None and (noun.zone is not None or bool(noun.limits.desired))
    return False if reply is not None and plans else None


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Promise a schedule only where there will be one: an EV that was told Accepted waits for it."""
    coming = promised(replies, door)
    if coming is None:
        return _rejected("NoPlanner")
    return types.NotifyEVChargingNeedsResponse(status="Accepted" if coming else "Processing")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.NotifyEVChargingNeedsResponse:
    return types.NotifyEVChargingNeedsResponse(status="Rejected", status_info=because(code))


def to_wire(event: NeedsStated, _: Door) -> Any:
    """Tell them."""
    needs = event.needs
    mode: Any = mode_of(needs)
    said = types.ChargingNeedsType(
        requested_energy_transfer=mode if mode in PHASES_OF or mode == "DC" else "DC",
        departure_time=UNSET if needs.departure is None else needs.departure,
        ac_charging_parameters=types.ACChargingParametersType(**ac(needs)) if mode in PHASES_OF else UNSET,
        dc_charging_parameters=UNSET if mode in PHASES_OF else types.DCChargingParametersType(**dc(needs)),
    )
    return types.NotifyEVChargingNeedsRequest(evse_id=event.evse, charging_needs=said)


def mode_of(needs: Needs) -> str:
    """Return the energy transfer mode that an EV asks for."""
    words = {phases: mode for mode, phases in PHASES_OF.items()}
    return needs.modes[0] if needs.modes else words.get(needs.phases or 3, "AC_three_phase")


def ac(needs: Needs) -> dict[str, Any]:
    """Return the parameters of AC."""
    on = float(PHASE * (needs.phases or 3))
    most = needs.i_max if needs.i_max is not None else (needs.p_max or 0.0) / on
    least = LEAST if needs.p_min is None else ceil(needs.p_min / on - 1e-9)
    energy = ceil(needs.e_target or 0.0)
    return {"energy_amount": energy, "ev_min_current": least, "ev_max_current": int(most + 1e-9), "ev_max_voltage": int(PHASE)}


def dc(needs: Needs) -> dict[str, Any]:
    """Return the parameters of DC."""
    return {
        "ev_max_current": int(needs.i_max or 0),
        "ev_max_voltage": 0,
        "energy_amount": UNSET if needs.e_target is None else ceil(needs.e_target),
        "ev_max_power": UNSET if needs.p_max is None else int(needs.p_max),
        "state_of_charge": UNSET if needs.soc_now is None else int(needs.soc_now),
    }


NOTIFY_EV_CHARGING_NEEDS = Translation(
    action="NotifyEVChargingNeeds",
    sender=Role.STATION,
    carries=(NeedsStated,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=stored,
)
