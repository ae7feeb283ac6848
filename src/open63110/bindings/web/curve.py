# SPDX-License-Identifier: Apache-2.0
"""The power curve of an energy transfer, from its facts: measured power, or what the energy register says it must have been."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from open63110.kernel.messages import Event
from open63110.kernel.units import WattHours
from open63110.model.reading import Measurand, Reading

TOTAL: dict[Measurand, tuple[str, float]] = {
    "power.import": ("power", 1.0),
    "power.export": ("power", -1.0),
    "power.offered": ("offered", 1.0),
    "energy.import.register": ("energy", 1.0),
    "soc": ("soc", 1.0),
}
"""Which line a measurand is drawn on, and with which sign."""

PHASES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of equal length; None where nothing was measured then."""

    at: list[float]
    """Seconds since 1970 UTC, rising."""
    power: list[float | None]
    """[W], grid → EV positive."""
    offered: list[float | None]
    """The limit the station applied [W]."""
    energy: list[float | None]
    """Import register [Wh]."""
    soc: list[float | None]
    """[%]"""
    derived: bool
    """The power is not measured but follows from the register."""
    after: int
    """The newest fact in it; ask from there on."""


def readings_of(fact: Event) -> tuple[Reading, ...]:
    """Return what a fact says was measured."""
    readings: tuple[Reading, ...] = getattr(fact, "readings", ())
    return readings


def curve(readings: Iterable[Reading], after: int) -> Curve:
    """Put readings in order of time, one row a moment."""
    rows: dict[datetime, dict[str, float]] = {}
    for reading in readings:
        line, sign = TOTAL.get(reading.measurand, ("", 1.0))
        if line and reading.location in {"", "Outlet", "EV"} and (reading.phase == "" or reading.phase in PHASES):
            _add(rows.setdefault(reading.at, {}), line, reading, sign)
    moments = sorted(rows)
    lines: dict[str, list[float | None]] = {name: [_at(rows[one], name) for one in moments] for name, _ in TOTAL.values()}
    derived = not any(value is not None for value in lines["power"])
    power = _derived(moments, lines["energy"]) if derived else lines["power"]
    return Curve(
        at=[one.timestamp() for one in moments],
        power=power,
        offered=lines["offered"],
        energy=lines["energy"],
        soc=lines["soc"],
        derived=derived,
        after=after,
    )


def _add(row: dict[str, float], line: str, reading: Reading, sign: float) -> None:
    """Take a total as it is; sum phases where there is no total; import and export share the line."""
    value = sign * reading.value
    if not reading.phase:
        other = row.get(f"{line} {'-' if sign > 0 else '+'}", 0.0)
        row[line] = value + other
        row[f"{line} {'+' if sign > 0 else '-'}"] = value
    elif line in {"power", "energy"}:
        row[f"{line} phases"] = row.get(f"{line} phases", 0.0) + value


def _at(row: Mapping[str, float], line: str) -> float | None:
    return row[line] if line in row else row.get(f"{line} phases")


def _derived(moments: list[datetime], energy: list[float | None]) -> list[float | None]:
    """Return mean power between readings of the register; nothing where it went back."""
    power: list[float | None] = [None] * len(moments)
    last: tuple[datetime, float] | None = None
    for place, (moment, value) in enumerate(zip(moments, energy, strict=True)):
        if value is None:
            continue
        if last is not None and value >= last[1]:
            power[place] = float(WattHours(value - last[1])) / ((moment - last[0]).total_seconds() / 3600.0)
        last = moment, value
    return power


def rows_of(fact_id: int, readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Return readings as objects, each with the fact that told it."""
    return [{"fact": fact_id, **msgspec.structs.asdict(one), "signed": _signed(one)} for one in readings]


def _signed(reading: Reading) -> dict[str, str] | None:
    return None if reading.signed is None else msgspec.structs.asdict(reading.signed)
