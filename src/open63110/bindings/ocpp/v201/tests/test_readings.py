# SPDX-License-Identifier: Apache-2.0
"""Meter values become readings in SI units, and what has no word stays behind or keeps its name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v21.words import WORDS as WORDS_21
from open63110.bindings.ocpp.v201 import readings
from open63110.kernel.errors import Malformed
from open63110.model.reading import Reading, SignedReading

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def read(value: float, measurand: Any = UNSET, unit: Any = UNSET, multiplier: Any = UNSET) -> Reading:
    measure = UNSET if unit is UNSET and multiplier is UNSET else types.UnitOfMeasureType(unit=unit, multiplier=multiplier)
    sample = types.SampledValueType(value=value, measurand=measurand, unit_of_measure=measure)
    (found,) = readings.from_wire((types.MeterValueType(timestamp=NOON, sampled_value=(sample,)),))
    return found


def test_absent_meter_values_are_none() -> None:
    assert readings.from_wire(UNSET) == ()


@pytest.mark.parametrize(
    ("value", "measurand", "unit", "multiplier", "measured", "si"),
    [
        (1.5, UNSET, UNSET, UNSET, "energy.import.register", 1.5),
        (1.5, UNSET, "kWh", UNSET, "energy.import.register", 1500.0),
        (1.5, UNSET, "kWh", 3, "energy.import.register", 1_500_000.0),
        (15.0, "Current.Import", "A", -1, "current.import", 1.5),
        (15.0, "Current.Import", UNSET, -1, "current.import", 1.5),
        (15.0, "Current.Import", "A", 0, "current.import", 15.0),
        (212.0, "Temperature", "Fahrenheit", UNSET, "temperature", 100.0),
        (300.0, "Temperature", "K", UNSET, "temperature", 26.85),
        (20.0, "Temperature", "Celsius", UNSET, "temperature", 20.0),
    ],
)
def test_a_value_is_converted(value: float, measurand: Any, unit: Any, multiplier: Any, measured: str, si: float) -> None:
    found = read(value, measurand, unit, multiplier)
    assert found.measurand == measured
    assert found.value == pytest.approx(si)


@pytest.mark.parametrize(
    ("unit", "name", "value"),
    [
        ("kvarh", "Energy.Reactive.Net varh", 2000.0),
        ("varh", "Energy.Reactive.Net varh", 2.0),
        (UNSET, "Energy.Reactive.Net", 2.0),
    ],
)
def test_a_measurand_without_a_word_keeps_its_name_and_the_unit_it_was_converted_to(unit: Any, name: str, value: float) -> None:
    found = read(2.0, "Energy.Reactive.Net", unit)
    assert (found.measurand, found.name, found.value) == ("other", name, value)


@pytest.mark.parametrize(("value", "unit", "multiplier"), [(1.0, "Wh", 400), (1e300, "Wh", 300), (1e308, "kWh", UNSET)])
def test_a_value_beyond_all_measure_is_refused(value: float, unit: str, multiplier: Any) -> None:
    with pytest.raises(Malformed):
        read(value, UNSET, unit, multiplier)


def test_readings_of_one_moment_go_out_together_and_in_order() -> None:
    later = NOON + timedelta(seconds=1)
    values = (
        Reading(at=NOON, measurand="voltage", value=230.0, phase="L1-N", context="clock", location="Inlet"),
        Reading(at=NOON, measurand="energy.import.register", value=5.0, signed=SignedReading(data="x", encoding="OCMF")),
        Reading(at=later, measurand="frequency", value=50.0),
    )
    sent = readings.to_wire(values)
    assert [(one.timestamp, len(one.sampled_value)) for one in sent] == [(NOON, 2), (later, 1)]
    assert sent[1].sampled_value[0].unit_of_measure is UNSET
    assert readings.from_wire(sent) == values


@pytest.mark.parametrize("name", ["Display.PresentSOC Percent", "EnergyRequest.Target Wh"])
def test_measurands_of_21_stay_behind_on_201(name: str) -> None:
    value = Reading(at=NOON, measurand="other", value=1.0, name=name)
    assert readings.to_wire((value,)) == ()
    assert readings.from_wire(readings.to_wire((value,), WORDS_21)) == (value,)


def test_a_temperature_has_no_measurand_in_2x() -> None:
    assert readings.to_wire((Reading(at=NOON, measurand="temperature", value=20.0),)) == ()
