# SPDX-License-Identifier: Apache-2.0
"""Grid controls in the words of OCPP 2.1: one field for each kind of what they say, with priority and times inside."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import given
from open63110.kernel.errors import Malformed
from open63110.model.der import (
    Cessation,
    CurvePoint,
    DerControl,
    DerCurve,
    DerKind,
    DerUnit,
    DischargeLimit,
    EnterService,
    FixedPowerFactor,
    FixedVar,
    FrequencyDroop,
    RampGradient,
)

DROPPED = ("priority and times of the curve within a limit of discharge", "empty groups of parameters of a curve")
"""From the wire; a curve within a limit has those of the limit."""

KINDS: dict[DerKind, Any] = {
    DerKind.ENTER_SERVICE: "EnterService",
    DerKind.FREQUENCY_DROOP: "FreqDroop",
    DerKind.FREQUENCY_WATT: "FreqWatt",
    DerKind.FIXED_PF_ABSORB: "FixedPFAbsorb",
    DerKind.FIXED_PF_INJECT: "FixedPFInject",
    DerKind.FIXED_VAR: "FixedVar",
    DerKind.GRADIENTS: "Gradients",
    DerKind.HF_MUST_TRIP: "HFMustTrip",
    DerKind.HF_MAY_TRIP: "HFMayTrip",
    DerKind.HV_MUST_TRIP: "HVMustTrip",
    DerKind.HV_MOMENTARY_CESSATION: "HVMomCess",
    DerKind.HV_MAY_TRIP: "HVMayTrip",
    DerKind.LIMIT_MAX_DISCHARGE: "LimitMaxDischarge",
    DerKind.LF_MUST_TRIP: "LFMustTrip",
    DerKind.LV_MUST_TRIP: "LVMustTrip",
    DerKind.LV_MOMENTARY_CESSATION: "LVMomCess",
    DerKind.LV_MAY_TRIP: "LVMayTrip",
    DerKind.POWER_MONITORING_MUST_TRIP: "PowerMonitoringMustTrip",
    DerKind.VOLT_VAR: "VoltVar",
    DerKind.VOLT_WATT: "VoltWatt",
    DerKind.WATT_PF: "WattPF",
    DerKind.WATT_VAR: "WattVar",
}
OF_KIND = {wire: ours for ours, wire in KINDS.items()}
UNITS: dict[DerUnit, Any] = {
    DerUnit.NONE: "Not_Applicable",
    DerUnit.PCT_MAX_W: "PctMaxW",
    DerUnit.PCT_MAX_VAR: "PctMaxVar",
    DerUnit.PCT_W_AVAILABLE: "PctWAvail",
    DerUnit.PCT_VAR_AVAILABLE: "PctVarAvail",
    DerUnit.PCT_EFFECTIVE_V: "PctEffectiveV",
}
OF_UNIT = {wire: ours for ours, wire in UNITS.items()}
CESSATIONS: dict[Cessation, Any] = {Cessation.ACTIVE: "Active", Cessation.REACTIVE: "Reactive"}
OF_CESSATION = {wire: ours for ours, wire in CESSATIONS.items()}

SETTINGS = ("curve", "enter_service", "fixed_pf_absorb", "fixed_pf_inject", "fixed_var", "freq_droop", "gradient")
"""Fields of a request of which one says what a control is; limit_max_discharge is another."""


def said(value: Any) -> Any:
    """Return what goes on the wire, nothing for None."""
    return UNSET if value is None else value


# -- towards the wire --


def settings(control: DerControl) -> dict[str, Any]:
    """Return what a control says, by the field that it stands in."""
    times = {"start_time": said(control.start), "duration": said(control.duration)}
    rank = {"priority": control.priority}
    if control.curve is not None:
        return {"curve": curve_type(control.curve, rank | times)}
    if control.enter_service is not None:
        return {"enter_service": _enter_service(control.enter_service, rank)}
    if control.gradient is not None:
        one = control.gradient
        steady = types.GradientType(priority=control.priority, gradient=one.usual, soft_gradient=one.soft_start)
        return {"gradient": steady}
    return _scheduled(control, rank | times)


def _scheduled(control: DerControl, common: dict[str, Any]) -> dict[str, Any]:
    if control.fixed_pf is not None:
        name = "fixed_pf_absorb" if control.kind is DerKind.FIXED_PF_ABSORB else "fixed_pf_inject"
        one = control.fixed_pf
        return {name: types.FixedPFType(**common, displacement=one.displacement, excitation=one.absorbs)}
    if control.fixed_var is not None:
        var = control.fixed_var
        return {"fixed_var": types.FixedVarType(**common, setpoint=var.setpoint, unit=UNITS[var.unit])}
    if control.droop is not None:
        return {"freq_droop": _droop(control.droop, common)}
    if control.discharge is not None:
        limit = control.discharge
        trip = UNSET if limit.trip is None else curve_type(limit.trip, common)
        percent = said(limit.percent)
        kind = types.LimitMaxDischargeType
        return {"limit_max_discharge": kind(**common, pct_max_discharge_power=percent, power_monitoring_must_trip=trip)}
    return {}


def _enter_service(one: EnterService, rank: dict[str, Any]) -> types.EnterServiceType:
    return types.EnterServiceType(
        **rank,
        high_voltage=one.high_voltage,
        low_voltage=one.low_voltage,
        high_freq=one.high_frequency,
        low_freq=one.low_frequency,
        delay=said(one.delay),
        random_delay=said(one.random_delay),
        ramp_rate=said(one.ramp),
    )


def _droop(one: FrequencyDroop, common: dict[str, Any]) -> types.FreqDroopType:
    return types.FreqDroopType(
        **common,
        over_freq=one.over_frequency,
        under_freq=one.under_frequency,
        over_droop=one.over_droop,
        under_droop=one.under_droop,
        response_time=one.response,
    )


def curve_type(one: DerCurve, common: dict[str, Any]) -> types.DERCurveType:
    """Write a curve."""
    hysteresis = types.HysteresisType(
        hysteresis_high=said(one.high),
        hysteresis_low=said(one.low),
        hysteresis_delay=said(one.delay),
        hysteresis_gradient=said(one.gradient),
    )
    reactive = types.ReactivePowerParamsType(
        v_ref=said(one.v_ref),
        autonomous_v_ref_enable=said(one.v_ref_adjusts),
        autonomous_v_ref_time_constant=said(one.v_ref_time),
    )
    voltage = types.VoltageParamsType(
        hv10_min_mean_value=said(one.mean_limit),
        hv10_min_mean_trip_delay=said(one.mean_delay),
        power_during_cessation=UNSET if one.cessation is None else CESSATIONS[one.cessation],
    )
    return types.DERCurveType(
        **common,
        curve_data=tuple(types.DERCurvePointsType(x=point.x, y=point.y) for point in one.points),
        y_unit=UNITS[one.unit],
        response_time=said(one.response),
        hysteresis=UNSET if hysteresis == types.HysteresisType() else hysteresis,
        reactive_power_params=UNSET if reactive == types.ReactivePowerParamsType() else reactive,
        voltage_params=UNSET if voltage == types.VoltageParamsType() else voltage,
    )


# -- from the wire --


def read(id: str, kind: DerKind, name: str, setting: Any, *, default: bool) -> DerControl:
    """Read a control.

    Args:
        id: what it is called.
        kind: what it is about.
        name: the field of the request in which it stands.
        setting: what stands there.
        default: it holds always.
    """
    start = given(getattr(setting, "start_time", UNSET))
    return DerControl(
        id=id,
        kind=kind,
        default=default,
        priority=setting.priority,
        start=None if start is None else utc(start),
        duration=given(getattr(setting, "duration", UNSET)),
        **_READERS[name](setting),
    )


def setting_of(request: Any) -> tuple[str, Any]:
    """Return in which field a request says what a control is, and what stands there.

    Raises:
        Malformed: in none, or in several.
    """
    found = [(name, one) for name in (*SETTINGS, "limit_max_discharge") if (one := given(getattr(request, name))) is not None]
    if len(found) != 1:
        raise Malformed("a control says one thing", code="OneSetting", where="controlType")
    return found[0]


def read_curve(one: Any) -> DerCurve:
    """Read a curve."""
    hysteresis = given(one.hysteresis) or types.HysteresisType()
    reactive = given(one.reactive_power_params) or types.ReactivePowerParamsType()
    voltage = given(one.voltage_params) or types.VoltageParamsType()
    cessation = given(voltage.power_during_cessation)
    return DerCurve(
        points=tuple(CurvePoint(x=point.x, y=point.y) for point in one.curve_data),
        unit=OF_UNIT[one.y_unit],
        response=given(one.response_time),
        high=given(hysteresis.hysteresis_high),
        low=given(hysteresis.hysteresis_low),
        delay=given(hysteresis.hysteresis_delay),
        gradient=given(hysteresis.hysteresis_gradient),
        v_ref=given(reactive.v_ref),
        v_ref_adjusts=given(reactive.autonomous_v_ref_enable),
        v_ref_time=given(reactive.autonomous_v_ref_time_constant),
        mean_limit=given(voltage.hv10_min_mean_value),
        mean_delay=given(voltage.hv10_min_mean_trip_delay),
        cessation=None if cessation is None else OF_CESSATION[cessation],
    )


def _read_enter_service(one: Any) -> EnterService:
    return EnterService(
        high_voltage=one.high_voltage,
        low_voltage=one.low_voltage,
        high_frequency=one.high_freq,
        low_frequency=one.low_freq,
        delay=given(one.delay),
        random_delay=given(one.random_delay),
        ramp=given(one.ramp_rate),
    )


def _read_droop(one: Any) -> FrequencyDroop:
    return FrequencyDroop(
        over_frequency=one.over_freq,
        under_frequency=one.under_freq,
        over_droop=one.over_droop,
        under_droop=one.under_droop,
        response=one.response_time,
    )


def _read_discharge(one: Any) -> DischargeLimit:
    trip = given(one.power_monitoring_must_trip)
    return DischargeLimit(percent=given(one.pct_max_discharge_power), trip=None if trip is None else read_curve(trip))


def _read_factor(one: Any) -> dict[str, Any]:
    return {"fixed_pf": FixedPowerFactor(displacement=one.displacement, absorbs=one.excitation)}


_READERS: dict[str, Any] = {
    "curve": lambda one: {"curve": read_curve(one)},
    "enter_service": lambda one: {"enter_service": _read_enter_service(one)},
    "fixed_pf_absorb": _read_factor,
    "fixed_pf_inject": _read_factor,
    "fixed_var": lambda one: {"fixed_var": FixedVar(setpoint=one.setpoint, unit=OF_UNIT[one.unit])},
    "freq_droop": lambda one: {"droop": _read_droop(one)},
    "gradient": lambda one: {"gradient": RampGradient(usual=one.gradient, soft_start=one.soft_gradient)},
    "limit_max_discharge": lambda one: {"discharge": _read_discharge(one)},
}
