# SPDX-License-Identifier: Apache-2.0
"""Meter values of OCPP 1.6 as readings, and back: values are text, and old meters write what they like."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final, get_args

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.measurands import CONTEXT, FACTOR, MEASURAND, UNIT, WIRE_CONTEXT, WIRE_MEASURAND, celsius
from open63110.model.reading import Measurand, Reading, SignedReading

DROPPED = ("readings whose measurand 1.6 does not know", "method, encoding and public key of signed readings")
"""Towards the wire: it has no words for them. A signed reading goes out twice: as a number, and signed beside it."""

MOST: Final = 1e15
"""No meter shows more; NaN is not more and not less, and no number either."""

LONGEST_TEXT: Final = 40
"""Characters that are kept of a value which is no number."""

_KNOWN: Final = frozenset(get_args(types.SampledValueMeasurand))
_UNITS: Final = frozenset(get_args(types.SampledValueUnit))
_TEMPERATURE: Final = {"Celcius": "Celsius"}


def from_wire(values: Any) -> tuple[Reading, ...]:
    """Read meter values, in their order; an absent list is none."""
    if values is UNSET:
        return ()
    return tuple([_reading(sample, utc(value.timestamp)) for value in values for sample in value.sampled_value])


def _reading(sample: types.SampledValue, at: datetime) -> Reading:
    """Read one value. What is no number is kept as text: one bad sample must not keep a whole end from being counted (I10)."""
    wire = sample.measurand
    measurand: Measurand = "energy.import.register" if wire is UNSET else MEASURAND.get(wire, "other")
    unit: str = "" if sample.unit is UNSET else sample.unit
    signed = SignedReading(data=sample.value) if sample.format == "SignedData" else None
    value = None if signed else number(sample.value)
    if value is None:
        measurand, unit = "other", unit if signed else repr(sample.value[:LONGEST_TEXT])
    return Reading(
        at=at,
        measurand=measurand,
        value=0.0 if value is None else _si(value, unit, measurand),
        phase="" if sample.phase is UNSET else sample.phase,
        context="periodic" if sample.context is UNSET else CONTEXT[sample.context],
        location="" if sample.location is UNSET or sample.location == "Outlet" else sample.location,
        name=_name(sample, unit) if measurand == "other" else "",
        signed=signed,
    )


def number(text: str) -> float | None:
    """Read a number as meters write it: spaces, a decimal comma and exponents are all seen in the field. None: it is none."""
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    return value if abs(value) <= MOST else None


def _si(value: float, unit: str, measurand: Measurand) -> float:
    if measurand == "temperature":
        return celsius(value, _TEMPERATURE.get(unit, unit))
    return value * FACTOR.get(unit, 1.0)


def _name(sample: types.SampledValue, unit: str) -> str:
    measurand = "Energy.Active.Import.Register" if sample.measurand is UNSET else sample.measurand
    return f"{measurand} {unit.removeprefix('k') if unit in FACTOR else unit}".strip()


def register(value: int, at: datetime, context: Any) -> Reading:
    """Return meterStart or meterStop [Wh] as a reading."""
    return Reading(at=at, measurand="energy.import.register", value=float(value), context=context)


def to_wire(readings: Iterable[Reading]) -> tuple[types.MeterValue, ...]:
    """Group readings of one moment into meter values; those 1.6 has no measurand for stay behind."""
    said = (one for one in readings if _wire_name(one) in _KNOWN)
    return tuple(
        types.MeterValue(timestamp=at, sampled_value=tuple(sample for one in group for sample in _samples(one)))
        for at, group in groupby(said, key=lambda one: one.at)
    )


def _wire_name(reading: Reading) -> str:
    return WIRE_MEASURAND.get(reading.measurand) or reading.name.partition(" ")[0]


def _samples(reading: Reading) -> Iterator[types.SampledValue]:
    if reading.measurand != "other" or reading.signed is None:
        yield _sample(reading, plain(reading.value), UNSET)
    if reading.signed is not None:
        yield _sample(reading, reading.signed.data, "SignedData")


def _sample(reading: Reading, value: str, form: Any) -> types.SampledValue:
    unit: Any = UNIT.get(reading.measurand) or reading.name.partition(" ")[2]
    wire: Any = _wire_name(reading)
    context: Any = WIRE_CONTEXT[reading.context]
    phase: Any = reading.phase or UNSET
    location: Any = reading.location or UNSET
    return types.SampledValue(
        value=value,
        format=form,
        measurand=wire,
        context=context,
        phase=phase,
        location=location,
        unit=unit if unit in _UNITS else UNSET,
    )


def plain(value: float) -> str:
    """Write a number the shortest way that reads back the same, without an exponent where old systems choke on it."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
