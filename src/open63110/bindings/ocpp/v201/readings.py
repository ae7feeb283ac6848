# SPDX-License-Identifier: Apache-2.0
"""Meter values of OCPP 2.x as readings, and back; 2.1 only has more measurands."""

import math
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.measurands import CONTEXT, FACTOR, MEASURAND, UNIT, WIRE_CONTEXT, WIRE_MEASURAND, celsius
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import Malformed
from open63110.model.reading import Measurand, Reading, SignedReading

DROPPED = ("customData", "readings whose measurand the version does not know")
"""What does not cross: the first from the wire, the second towards it."""


_AS_IT_IS: Final = frozenset({UNSET, "Wh", "W", "A", "V", "Hz", "Percent", "Celsius"})
"""Units that need no conversion. UNSET is false, so an absent multiplier counts as none."""

_MEASURAND: Final[dict[Any, Measurand]] = {**MEASURAND, UNSET: "energy.import.register"}
"""With the default of the schema."""
_PERIODIC: Final = frozenset({UNSET, "Sample.Periodic"})
_OUTLET: Final = frozenset({UNSET, "Outlet", ""})
"""Where most readings come from, each with the default of the schema."""


def from_wire(values: Any) -> tuple[Reading, ...]:
    """Read meter values, in their order; an absent list is none. One flat loop: this is where the hot path spends its time."""
    if values is UNSET:
        return ()
    readings = []
    for value in values:
        at = utc(value.timestamp)
        for sample in value.sampled_value:
            unit, number = sample.unit_of_measure, sample.value
            measurand = _MEASURAND.get(sample.measurand, "other")
            if unit is not UNSET and (unit.multiplier or unit.unit not in _AS_IT_IS):
                number = _si(number, unit, measurand)
            if (
                sample.context in _PERIODIC
                and sample.location in _OUTLET
                and not sample.signed_meter_value
                and measurand != "other"
            ):
                readings.append(Reading(at=at, measurand=measurand, value=number, phase=sample.phase or ""))
            else:
                readings.append(_special(sample, at, measurand, number))
    return tuple(readings)


def _special(sample: Any, at: datetime, measurand: Measurand, number: float) -> Reading:
    """Read what says more than what was measured, where in the net, and how much."""
    location, signed = sample.location, sample.signed_meter_value
    return Reading(
        at=at,
        measurand=measurand,
        value=number,
        phase=sample.phase or "",
        context=CONTEXT[sample.context] if sample.context else "periodic",
        location="" if location in _OUTLET else location,
        name=_name(sample) if measurand == "other" else "",
        signed=_signed(signed) if signed else None,
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
