# SPDX-License-Identifier: Apache-2.0
"""Modbus registers as values: which to read together, what their words mean, and counters that never fall."""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from open63110.kernel.units import WattHours, Watts

Table = Literal["input", "holding", "coil", "discrete"]
Kind = Literal["uint16", "int16", "uint32", "int32", "uint64", "float32"]

FORMATS: Final[Mapping[Kind, str]] = {
    "uint16": ">H",
    "int16": ">h",
    "uint32": ">I",
    "int32": ">i",
    "uint64": ">Q",
    "float32": ">f",
}

MOST = 120
"""Registers in one request; the protocol allows 125."""

GAP = 24
"""Registers read for nothing, rather than asked for separately."""


class Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a value lies and how it is written there."""

    address: int
    """Counted from 0, as on the wire; what a manual calls 30073 is 72 of the table input."""
    table: Table = "input"
    type: Kind = "uint16"
    words: Literal["big", "little"] = "big"
    """Which word of a value of several comes first: the high one, or the low one."""
    scale: float = 1.0
    """Its unit in ours: Wh, W, A, V, Hz. A register in tenths of a kilowatt-hour has 100."""

    @property
    def width(self) -> int:
        """How many registers, or bits, it takes."""
        return 1 if self.table in {"coil", "discrete"} else struct.calcsize(FORMATS[self.type]) // 2

    @property
    def span(self) -> float | None:
        """After how much it begins at 0 again; None: it counts no such way."""
        bits = {"uint16": 16, "uint32": 32, "uint64": 64}.get(self.type)
        return 2.0**bits * self.scale if bits else None

    def value(self, words: Sequence[int]) -> float | None:
        """Return what its words mean; None: no number."""
        if self.table in {"coil", "discrete"}:
            return float(words[0])
        ordered = words if self.words == "big" else words[::-1]
        raw = b"".join(word.to_bytes(2, "big") for word in ordered)
        number = float(struct.unpack(FORMATS[self.type], raw)[0])
        return number * self.scale if math.isfinite(number) else None

    def written(self, value: float) -> list[int]:
        """Return the words that mean a value, rounded down: a current is never more than was meant."""
        number = value / self.scale
        raw = struct.pack(FORMATS[self.type], number if self.type == "float32" else math.floor(number + 1e-9))
        words = [int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2)]
        return words if self.words == "big" else words[::-1]


class Stretch(NamedTuple):
    """Registers that are read by one request."""

    table: Table
    address: int
    length: int


def stretches(registers: Mapping[str, Register]) -> Iterator[Stretch]:
    """Return the fewest requests that read all these, without reading far beyond them."""
    places = sorted((one.table, one.address, one.address + one.width) for one in registers.values())
    table, begin, end = places[0]
    for other, first, last in places[1:]:
        if other != table or first - end > GAP or last - begin > MOST:
            yield Stretch(table, begin, end - begin)
            table, begin, end = other, first, last
        end = max(end, last)
    yield Stretch(table, begin, end - begin)


def values(registers: Mapping[str, Register], read: Mapping[Stretch, Sequence[int]]) -> dict[str, float]:
    """Return what was read by name; what is no number is left out."""
    found = {}
    for name, one in registers.items():
        for stretch, words in read.items():
            begin = one.address - stretch.address
            if stretch.table == one.table and begin >= 0 and begin + one.width <= len(words):
                value = one.value(words[begin : begin + one.width])
                if value is not None:
                    found[name] = value
                break
    return found


class Counter:
    """A register that begins at 0 again when it is full, as one that never falls.

    A fall that is no such beginning (another meter, a reset) is passed on: what it means is decided where energy is billed.
    """

    __slots__ = ("_last", "_offset", "_span")

    def __init__(self, span: float | None, last: float | None) -> None:
        """Go on.

        Args:
            span: after how much it begins at 0; None: never.
            last: what was said of it last, before this program started; None: nothing ever was.
        """
        self._span, self._last = span, last
        self._offset: float | None = None

    def take(self, raw: float) -> WattHours:
        """Return the energy that a reading stands for [Wh]."""
        if self._span is None:
            return WattHours(raw)
        if self._offset is None:
            self._offset = self._begun(raw, self._span)
        elif self._last is not None and raw + self._offset < self._last - self._span * 0.8:
            self._offset += self._span
        elif self._last is not None and raw + self._offset < self._last:
            self._offset = 0.0
        self._last = raw + self._offset
        return WattHours(self._last)

    def _begun(self, raw: float, span: float) -> float:
        """Return how often it was full before this program started, as energy."""
        if self._last is None:
            return 0.0
        turns = max(0, math.ceil((self._last - raw) / span - 1e-9))
        return turns * span if turns * span + raw - self._last < span * 0.2 else 0.0


class Still:
    """Notices a register that stands still although power flows."""

    __slots__ = ("_flowed", "_last", "_most")

    def __init__(self, most: WattHours) -> None:
        """Believe a register that has not moved while no more than so much must have flowed."""
        self._most = most
        self._last: float | None = None
        self._flowed = 0.0

    def take(self, energy: WattHours, power: Watts, seconds: float) -> bool:
        """Take a reading and the time since the last one; tell whether it stands still."""
        if energy != self._last:
            self._last, self._flowed = energy, 0.0
        else:
            self._flowed += abs(power) * seconds / 3600
        return self._flowed > self._most


SDM630: Final[Mapping[str, Register]] = {
    "voltage_l1": Register(address=0, type="float32"),
    "voltage_l2": Register(address=2, type="float32"),
    "voltage_l3": Register(address=4, type="float32"),
    "current_l1": Register(address=6, type="float32"),
    "current_l2": Register(address=8, type="float32"),
    "current_l3": Register(address=10, type="float32"),
    "power": Register(address=52, type="float32"),
    "energy": Register(address=72, type="float32", scale=1000.0),
    "export": Register(address=74, type="float32", scale=1000.0),
}
"""Eastron SDM630, three phases; kilowatt-hours."""

METERS: Final[Mapping[str, Mapping[str, Register]]] = {"sdm630": SDM630}
"""Meters that need no table of their own."""

MEASURED: Final = frozenset({*SDM630, "frequency"})
"""What a meter's table may name."""

CONTROLLED: Final = frozenset(
    {"pilot", "proximity", "mirror", "locked", "emergency", "contactor", "offered", "lock", "available"}
)
"""What the table of a control board may name; the last four are written."""

WRITTEN: Final = frozenset({"contactor", "offered", "lock", "available"})
