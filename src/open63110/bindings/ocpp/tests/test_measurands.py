# SPDX-License-Identifier: Apache-2.0
"""Words of meters mean the same there and back, in every version."""

from typing import get_args

import pytest

from open63110.bindings.ocpp._generated import v16, v21, v201
from open63110.bindings.ocpp.measurands import CONTEXT, FACTOR, MEASURAND, UNIT, WIRE_CONTEXT, WIRE_MEASURAND, celsius
from open63110.model.reading import Context, Measurand


def test_every_measurand_but_other_has_a_word() -> None:
    assert WIRE_MEASURAND.keys() == set(get_args(Measurand)) - {"other"}
    assert {WIRE_MEASURAND[ours]: ours for ours in WIRE_MEASURAND} == MEASURAND


def test_every_context_has_a_word() -> None:
    assert WIRE_CONTEXT.keys() == set(get_args(Context))


@pytest.mark.parametrize("version", [v16.SampledValueContext, v201.ReadingContextEnumType, v21.ReadingContextEnumType])
def test_every_version_knows_just_these_contexts(version: object) -> None:
    assert set(get_args(version)) == CONTEXT.keys()


@pytest.mark.parametrize("version", [v16.SampledValueMeasurand, v201.MeasurandEnumType])
def test_every_version_knows_these_measurands(version: object) -> None:
    assert set(get_args(version)) >= MEASURAND.keys() - {"Temperature"}


def test_units_of_16_are_its_own() -> None:
    units = set(get_args(v16.SampledValueUnit))
    assert set(UNIT.values()) <= units
    assert FACTOR.keys() - units == {"kVAh"}


@pytest.mark.parametrize(
    ("value", "unit", "degrees"),
    [(20.0, "Celsius", 20.0), (68.0, "Fahrenheit", 20.0), (293.15, "K", 20.0), (273.15, "Kelvin", 0.0)],
)
def test_temperatures_are_in_degrees_celsius(value: float, unit: str, degrees: float) -> None:
    assert celsius(value, unit) == pytest.approx(degrees)
