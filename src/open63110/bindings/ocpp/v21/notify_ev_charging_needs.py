# SPDX-License-Identifier: Apache-2.0
"""NotifyEVChargingNeeds (2.1): as in 2.0.1, and what an EV could give back, the least it needs, and who controls (8.2.3)."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v201 import notify_ev_charging_needs as before
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.messages import Message, Reply
from open63110.kernel.units import Percent, WattHours, Watts
from open63110.model.needs import Needs, NeedsStated

CONTROL: Final[dict[Any, Literal["scheduled", "dynamic"]]] = {"ScheduledControl": "scheduled", "DynamicControl": "dynamic"}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read them.

    Raises:
        Malformed: no EV stands there, or an amount is below nothing.
    """
    said, at = request.charging_needs, given(request.timestamp)
    when = door.now if at is None else utc(at)
    needs = replace(_both_ways(before.needs_of(said, door), said), since=when)
    return (NeedsStated(station=door.station, at=when, evse=before.place(request.evse_id), needs=needs),)


def _both_ways(needs: Needs, said: Any) -> Needs:
    modes = (said.requested_energy_transfer, *(given(said.available_energy_transfer) or ()))
    needs = replace(
        needs,
        modes=tuple(dict.fromkeys(modes)),
        control_mode=CONTROL.get(given(said.control_mode), ""),
        discharge_consent=any("BPT" in one for one in modes),
    )
    v2x = given(said.v2x_charging_parameters)
    if v2x is None:
        return needs
    most, least, back = (before.amount(one) for one in (v2x.max_charge_power, v2x.min_charge_power, v2x.max_discharge_power))
    target, low, high = map(_energy, (v2x.ev_target_energy_request, v2x.ev_min_energy_request, v2x.ev_max_energy_request))
    return replace(
        needs,
        p_max=needs.p_max if most is None else Watts(most),
        p_min=needs.p_min if least is None else Watts(least),
        p_discharge_max=None if back is None else Watts(back),
        e_target=needs.e_target if target is None else target,
        e_min=low,
        e_max=high,
        soc_target=None if v2x.target_soc is UNSET else Percent(float(v2x.target_soc)),
    )


def _energy(value: Any) -> WattHours | None:
    """Return an energy request; an EV that has more than it needs wants nothing."""
    return None if value is UNSET else WattHours(max(0.0, float(value)))


def answer(replies: Sequence[Reply], door: Door) -> Any:
    """Promise a schedule only where there will be one; where nobody plans, say so."""
    coming = before.promised(replies, door)
    if coming is None:
        info = types.StatusInfoType(reason_code=because("NoPlanner").reason_code)
        return types.NotifyEVChargingNeedsResponse(status="NoChargingProfile", status_info=info)
    return types.NotifyEVChargingNeedsResponse(status="Accepted" if coming else "Processing")


def to_wire(event: NeedsStated, door: Door) -> Any:
    """Tell them."""
    needs = event.needs
    mode: Any = before.mode_of(needs)
    alternating = mode in before.PHASES_OF
    said = types.ChargingNeedsType(
        requested_energy_transfer=mode,
        available_energy_transfer=needs.modes[1:] or UNSET,  # type: ignore[arg-type]  # they are words of this wire
        control_mode=next((word for word, ours in CONTROL.items() if ours == needs.control_mode), UNSET),
        departure_time=UNSET if needs.departure is None else needs.departure,
        ac_charging_parameters=types.ACChargingParametersType(**before.ac(needs)) if alternating else UNSET,
        dc_charging_parameters=UNSET if alternating else types.DCChargingParametersType(**before.dc(needs)),
        v2x_charging_parameters=_v2x(needs),
    )
    at = UNSET if event.at == door.now else event.at
    return types.NotifyEVChargingNeedsRequest(evse_id=event.evse, timestamp=at, charging_needs=said)


def _v2x(needs: Needs) -> Any:
    """Return what only these parameters can say; nothing if there is none of it."""
    if (needs.p_discharge_max, needs.e_min, needs.e_max, needs.soc_target) == (None, None, None, None):
        return UNSET
    return types.V2XChargingParametersType(
        max_charge_power=_or_unset(needs.p_max),
        min_charge_power=_or_unset(needs.p_min),
        max_discharge_power=_or_unset(needs.p_discharge_max),
        ev_target_energy_request=_or_unset(needs.e_target),
        ev_min_energy_request=_or_unset(needs.e_min),
        ev_max_energy_request=_or_unset(needs.e_max),
        target_soc=UNSET if needs.soc_target is None else int(needs.soc_target),
    )


def _or_unset(value: float | None) -> Any:
    return UNSET if value is None else value


NOTIFY_EV_CHARGING_NEEDS = replace(before.NOTIFY_EV_CHARGING_NEEDS, from_wire=from_wire, answer=answer, to_wire=to_wire)
