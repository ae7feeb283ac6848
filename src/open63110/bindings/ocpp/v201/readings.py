# SPDX-License-Identifier: Apache-2.0
"""Meter values of OCPP 2.x as readings, and back; 2.1 only has more measurands."""

import math
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from msgspec import UNSET, Raw

from open63110.bindings.ocpp._generated import v201
from open63110.bindings.ocpp.measurands import CONTEXT, FACTOR, MEASURAND, UNIT, WIRE_CONTEXT, WIRE_MEASURAND, celsius
from open63110.bindings.ocpp.v201.fields import utc
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import Malformed
from open63110.model.reading import Measurand, Reading, SignedReading

DROPPED = ("customData", "readings whose measurand the version does not know")
"""What does not cross: the first from the wire, the second towards it."""


def from_wire(values: Any) -> tuple[Reading, ...]:
    """Read meter values, in their order; an absent list is none."""
    if values is UNSET:
        return ()
    return tuple([_reading(sample, utc(value.timestamp)) for value in values for sample in value.sampled_value])


def _reading(sample: v201.SampledValueType, at: Any) -> Reading:
    wire = sample.measurand
    measurand: Measurand = "energy.import.register" if wire is UNSET else MEASURAND.get(wire, "other")
    unit = sample.unit_of_measure
    value = sample.value if unit is UNSET else _si(sample.value, unit, measurand)
    context, phase, location = sample.context, sample.phase, sample.location
    return Reading(
        at=at,
        measurand=measurand,
        value=value,
        phase="" if phase is UNSET else phase,
        context="periodic" if context is UNSET else CONTEXT[context],
        location="" if location is UNSET or location == "Outlet" else location,
        name="" if measurand != "other" else _name(sample),
        signed=None if sample.signed_meter_value is UNSET else _signed(sample.signed_meter_value),
    )


def _si(value: float, unit: v201.UnitOfMeasureType, measurand: str) -> float:
    if unit.multiplier is not UNSET and unit.multiplier:
        value = _scaled(value, unit.multiplier)
    name = unit.unit
    if name is not UNSET:
        value = celsius(value, name) if measurand == "temperature" else value * FACTOR.get(name, 1.0)
    if math.isfinite(value):
        return value
    raise Malformed("a value beyond all measure", code="OutOfRange", where="value")


def _scaled(value: float, exponent: int) -> float:
    try:
        return value * 10.0**exponent
    except OverflowError:
        return value * math.inf


def _name(sample: v201.SampledValueType) -> str:
    """Name a measurand that has no word inside; the unit is the one the value was converted to."""
    unit = sample.unit_of_measure
    name = "" if unit is UNSET or unit.unit is UNSET else unit.unit
    return f"{sample.measurand} {name.removeprefix('k') if name in FACTOR else name}".strip()


def _signed(signed: Any) -> SignedReading:
    return SignedReading(
        data=signed.signed_meter_data,
        method="" if signed.signing_method is UNSET else signed.signing_method,
        encoding=signed.encoding_method,
        public_key="" if signed.public_key is UNSET else signed.public_key,
    )


def to_wire(readings: Iterable[Reading], words: Words = WORDS) -> tuple[v201.MeterValueType, ...]:
    """Group readings of one moment into meter values; those this version has no measurand for stay behind."""
    said = (one for one in readings if _wire_name(one) in words.measurands)
    return tuple(
        v201.MeterValueType(timestamp=at, sampled_value=tuple(_sample(one) for one in group))
        for at, group in groupby(said, key=lambda one: one.at)
    )


def _wire_name(reading: Reading) -> str:
    return WIRE_MEASURAND.get(reading.measurand) or reading.name.partition(" ")[0]


def _sample(reading: Reading) -> v201.SampledValueType:
    unit = UNIT.get(reading.measurand) or reading.name.partition(" ")[2]
    wire: Any = _wire_name(reading)
    context: Any = WIRE_CONTEXT[reading.context]
    phase: Any = reading.phase or UNSET
    location: Any = reading.location or UNSET
    return v201.SampledValueType(
        value=reading.value,
        measurand=wire,
        context=context,
        phase=phase,
        location=location,
        unit_of_measure=v201.UnitOfMeasureType(unit=unit) if unit else UNSET,
        signed_meter_value=_signed_to_wire(reading.signed) if reading.signed else UNSET,
    )


def _signed_to_wire(signed: SignedReading) -> Any:
    """Write a signed reading word by word; longer ones than 2.0.1 allows go out all the same, cut they were worthless."""
    return v201.SignedMeterValueType(
        signed_meter_data=signed.data,
        signing_method=signed.method,
        encoding_method=signed.encoding,
        public_key=signed.public_key,
    )


EMPTY = Raw(b"{}")
"""The response that has no fields."""
