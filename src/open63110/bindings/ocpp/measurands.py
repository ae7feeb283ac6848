# SPDX-License-Identifier: Apache-2.0
"""Measurands, contexts and units as OCPP spells them, the same in every version."""

from typing import Final

from open63110.model.reading import Context, Measurand

MEASURAND: Final[dict[str, Measurand]] = {
    "Energy.Active.Import.Register": "energy.import.register",
    "Energy.Active.Export.Register": "energy.export.register",
    "Energy.Active.Import.Interval": "energy.import.interval",
    "Energy.Active.Export.Interval": "energy.export.interval",
    "Power.Active.Import": "power.import",
    "Power.Active.Export": "power.export",
    "Power.Offered": "power.offered",
    "Current.Import": "current.import",
    "Current.Export": "current.export",
    "Current.Offered": "current.offered",
    "Voltage": "voltage",
    "Frequency": "frequency",
    "SoC": "soc",
    "Temperature": "temperature",
}
"""Wire → ours. Everything else is kept as ``other`` under the wire's name."""

WIRE_MEASURAND: Final[dict[str, str]] = {ours: wire for wire, ours in MEASURAND.items()}

CONTEXT: Final[dict[str, Context]] = {
    "Sample.Periodic": "periodic",
    "Transaction.Begin": "begin",
    "Transaction.End": "end",
    "Sample.Clock": "clock",
    "Trigger": "trigger",
    "Interruption.Begin": "interruption.begin",
    "Interruption.End": "interruption.end",
    "Other": "other",
}

WIRE_CONTEXT: Final[dict[str, str]] = {ours: wire for wire, ours in CONTEXT.items()}

FACTOR: Final[dict[str, float]] = {"kWh": 1000.0, "kW": 1000.0, "kvarh": 1000.0, "kvar": 1000.0, "kVA": 1000.0, "kVAh": 1000.0}
"""Units that are not SI base ones, and by what to multiply."""

UNIT: Final[dict[Measurand, str]] = {
    "energy.import.register": "Wh",
    "energy.export.register": "Wh",
    "energy.import.interval": "Wh",
    "energy.export.interval": "Wh",
    "power.import": "W",
    "power.export": "W",
    "power.offered": "W",
    "current.import": "A",
    "current.export": "A",
    "current.offered": "A",
    "voltage": "V",
    "soc": "Percent",
    "temperature": "Celsius",
}
"""The unit we send. Frequency has none in OCPP 1.6 and 2.x lists ``Hz`` as free text."""


def celsius(value: float, unit: str) -> float:
    """Convert a temperature."""
    if unit == "Fahrenheit":
        return (value - 32.0) / 1.8
    return value - 273.15 if unit in {"K", "Kelvin"} else value
