# SPDX-License-Identifier: Apache-2.0
"""Any message about behaviour towards the grid that OCPP 2.1 can carry, for properties."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conformance.v201.golden import CS, NOW

from open63110.bindings.ocpp.v21.notify_der_alarm import FAULTS
from open63110.model.der import (
    SINGLE,
    TIMELESS,
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
    ReportedDerControl,
)
from open63110.usecases.energy.frequency_regulation import (
    AskDerControls,
    ClearDerControls,
    DerControlsReported,
    DerControlSwitched,
    GridAlarmReported,
    SendGridSignal,
    SetDerControl,
)

number = st.floats(-1e6, 1e6, allow_nan=False)
maybe = st.none() | number
ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=36)
moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
kinds = st.sampled_from(DerKind)
request = st.integers(0, 2**31)

curves = st.builds(
    DerCurve,
    points=st.lists(st.builds(CurvePoint, x=number, y=number), min_size=1, max_size=10).map(tuple),
    unit=st.sampled_from(DerUnit),
    cessation=st.none() | st.sampled_from(Cessation),
    v_ref_adjusts=st.none() | st.booleans(),
    **dict.fromkeys(("response", "high", "low", "delay", "gradient", "v_ref", "v_ref_time", "mean_limit", "mean_delay"), maybe),
)
SAYS: dict[str, st.SearchStrategy[Any]] = {
    "curve": curves,
    "enter_service": st.builds(
        EnterService,
        high_voltage=number,
        low_voltage=number,
        high_frequency=number,
        low_frequency=number,
        delay=maybe,
        random_delay=maybe,
        ramp=maybe,
    ),
    "fixed_pf": st.builds(FixedPowerFactor, displacement=number, absorbs=st.booleans()),
    "fixed_var": st.builds(FixedVar, setpoint=number, unit=st.sampled_from(DerUnit)),
    "droop": st.builds(
        FrequencyDroop,
        over_frequency=number,
        under_frequency=number,
        over_droop=number,
        under_droop=number,
        response=number,
    ),
    "gradient": st.builds(RampGradient, usual=number, soft_start=number),
    "discharge": st.builds(DischargeLimit, percent=maybe, trip=st.none() | curves),
}


@st.composite
def controls(draw: st.DrawFn) -> DerControl:
    """Any control; of a kind without times only a default."""
    kind = draw(kinds)
    default = kind in TIMELESS or draw(st.booleans())
    name = SINGLE.get(kind, "curve")
    return DerControl(
        id=draw(ids),
        kind=kind,
        default=default,
        priority=draw(st.integers(0, 99)),
        start=None if default else draw(moment),
        duration=None if default else draw(st.floats(0, 1e6)),
        **{name: draw(SAYS[name])},
    )


def ordered(control: DerControl) -> SetDerControl:
    """The control as an order."""
    fields = {name: getattr(control, name) for name in SAYS}
    times: dict[str, Any] = {"start": control.start, "duration": control.duration}
    return SetDerControl(
        station=CS,
        id=control.id,
        kind=control.kind,
        default=control.default,
        rank=control.priority,
        **times,
        **fields,
    )


def _sorted(found: list[ReportedDerControl]) -> tuple[ReportedDerControl, ...]:
    """Bring controls into the order in which the lists of a report are read, without what a list cannot say."""

    def place(one: ReportedDerControl) -> tuple[int, bool]:
        name = SINGLE.get(one.control.kind, "curve")
        return tuple(SAYS).index(name), one.control.kind is DerKind.FIXED_PF_INJECT

    shown = [replace(one, superseded=False) if one.control.kind in TIMELESS else one for one in found]
    return tuple(sorted(shown, key=place))


GRID: dict[Any, st.SearchStrategy[Any]] = {
    SetDerControl: controls().map(ordered),
    ClearDerControls: st.builds(
        ClearDerControls, station=st.just(CS), default=st.booleans(), kind=st.none() | kinds, id=st.just("") | ids
    ),
    AskDerControls: st.builds(
        AskDerControls,
        station=st.just(CS),
        default=st.none() | st.booleans(),
        kind=st.none() | kinds,
        id=st.just("") | ids,
        request=request,
    ),
    DerControlsReported: st.builds(
        DerControlsReported,
        station=st.just(CS),
        at=st.just(NOW),
        request=request,
        controls=st.lists(st.builds(ReportedDerControl, control=controls(), superseded=st.booleans()), max_size=6).map(_sorted),
        more=st.booleans(),
    ),
    DerControlSwitched: st.builds(
        DerControlSwitched,
        station=st.just(CS),
        at=moment,
        id=ids,
        started=st.booleans(),
        superseded=st.lists(ids, max_size=3).map(tuple),
    ),
    GridAlarmReported: st.builds(
        GridAlarmReported,
        station=st.just(CS),
        at=moment,
        kind=kinds,
        fault=st.sampled_from(("", *FAULTS)),
        ended=st.booleans(),
        info=st.text(st.characters(codec="utf-8"), max_size=200),
    ),
    SendGridSignal: st.builds(SendGridSignal, station=st.just(CS), signal=st.integers(-100, 100), moment=moment),
}
