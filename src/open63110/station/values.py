# SPDX-License-Identifier: Apache-2.0
"""What a meter shows, as the variables of an EVSE that monitors can watch."""

from collections.abc import Iterable, Iterator

from open63110.kernel.ids import EvseNumber
from open63110.model.device import VariableAddress, of_evse
from open63110.model.reading import Reading

_VOLTAGE, _CURRENT, _TEMPERATURE = "voltage", "current.import", "temperature"


def shown(number: int, readings: Iterable[Reading]) -> Iterator[tuple[VariableAddress, float]]:
    """Yield power towards the EV [W], the highest current of a phase [A], the lowest voltage [V], the temperature [°C]."""
    evse, taken = EvseNumber(number), tuple(readings)
    if any(one.measurand in {"power.import", "power.export"} for one in taken):
        yield of_evse(evse, "Power"), _power(taken, "power.import") - _power(taken, "power.export")
    for name, measurand, chosen in (
        ("ACCurrent", _CURRENT, max),
        ("ACVoltage", _VOLTAGE, min),
        ("Temperature", _TEMPERATURE, max),
    ):
        found = [one.value for one in taken if one.measurand == measurand]
        if found:
            yield of_evse(evse, name), chosen(found)


def _power(readings: tuple[Reading, ...], measurand: str) -> float:
    """Return what all phases together show, or what they show one by one."""
    found = {one.phase: one.value for one in readings if one.measurand == measurand}
    return found[""] if "" in found else sum(found.values())
