# SPDX-License-Identifier: Apache-2.0
"""Register arithmetic: energy = end − begin of the same measurand, with every doubt named (I12)."""

import math
from collections.abc import Iterable
from datetime import datetime

import msgspec

from open63110.kernel.units import WattHours
from open63110.model.reading import Reading
from open63110.model.transfer import EnergyTransfer, Register

replace = msgspec.structs.replace

NOISE = 10.0
"""A register that falls by no more was rounded, not reset [Wh]."""
MOST_POWER = 4_000_000.0
"""What no EVSE exceeds [W]: a register that rises faster is another register."""
SHORTEST = 60.0
"""Time that any two readings may be apart, given how coarse station clocks are [s]."""
SMALL_STEP = MOST_POWER / 3600 * SHORTEST
"""A rise that needs no second look [Wh]."""

PHASES = (("L1", "L2", "L3"), ("L1-N", "L2-N", "L3-N"))
"""Phase names that add up to a total; the first complete set counts."""


def begun(register: Register | None, reading: Reading) -> Register:
    """Take a reading as the begin of the transfer, even when later ones were heard before it."""
    value, at = WattHours(reading.value), reading.at
    if not math.isfinite(value):
        return doubted(register, "unreadable") if register else _first(WattHours(0.0), at, "unreadable")
    if register is None:
        return replace(_first(value, at), first_is_begin=True)
    if register.first_is_begin:
        return register
    rest = replace(register, first=value, first_at=min(at, register.first_at), first_is_begin=True)
    step = register.first - value
    if step < -NOISE:
        return doubted(replace(rest, before_reset=WattHours(rest.before_reset - step)), "meter-reset")
    if _leaps(step, at, register.first_at):
        return doubted(replace(rest, before_reset=WattHours(rest.before_reset - step)), "register-jump")
    return rest


def advanced(register: Register | None, reading: Reading, *, end: bool = False, back: bool = False) -> Register:
    """Take the next reading.

    Args:
        register: None before the first reading.
        reading: the next in the order in which the station took them.
        end: it was taken as the end of the transfer.
        back: the station's clock was set back since the last fact, so that moments do not tell the order.
    """
    value, at = reading.value, reading.at
    if register is None:
        if not math.isfinite(value):
            return _first(WattHours(0.0), at, "unreadable")
        return replace(_first(WattHours(value), at), last_is_end=end)
    if register.last_is_end and not end:
        return register
    rise = value - register.last
    if 0 <= rise <= SMALL_STEP and at >= register.last_at and register.peak is None:
        return _moved(register, value, at, end)
    if not math.isfinite(value):
        return doubted(register, "unreadable")
    if at >= register.last_at:
        return _unusual(register, value, at, end)
    return _older(register, value, at, end, back)


def _first(value: WattHours, at: datetime, *doubts: str) -> Register:
    return Register(first=value, last=value, first_at=at, last_at=at, doubts=doubts)


def _moved(register: Register, value: float, at: datetime, end: bool) -> Register:  # noqa: FBT001 - hot path, called by two
    return replace(register, last=value, last_at=at, last_is_end=end, peak=None)


def _unusual(register: Register, value: float, at: datetime, end: bool) -> Register:  # noqa: FBT001 - private
    """Sort out whatever is more than a small step on."""
    if register.peak is not None:
        register = _after_drop(register, value, at)
    rise = value - register.last
    if rise < 0:
        return _dropped(register, value, at, end, -rise)
    if _leaps(rise, register.last_at, at):
        moved = _moved(register, value, at, end)
        return doubted(replace(moved, before_reset=WattHours(register.before_reset - rise)), "register-jump")
    return _moved(register, value, at, end)


def _older(register: Register, value: float, at: datetime, end: bool, back: bool) -> Register:  # noqa: FBT001 - private
    """Take a reading from before the last one: history told again, unless the clock was set back."""
    if back and value > register.last:
        return doubted(_moved(register, value, register.last_at, end), "clock")
    if end:
        return _moved(register, value, register.last_at, end)
    if not register.first_is_begin and at < register.first_at and value <= register.first:
        return replace(register, first=WattHours(value), first_at=at)
    return register


def _dropped(register: Register, value: float, at: datetime, end: bool, drop: float) -> Register:  # noqa: FBT001 - private
    if drop <= NOISE:
        return _moved(register, value if end else register.last, at, end)
    moved = replace(_moved(register, value, at, end), peak=register.last)
    return doubted(replace(moved, before_reset=WattHours(register.before_reset + drop)), "meter-reset")


def _after_drop(register: Register, value: float, at: datetime) -> Register:
    """Back above where it was before the drop: that was a slip of the meter, not a reset."""
    peak = register.peak
    register = replace(register, peak=None)
    if peak is None or value < peak or _leaps(value - peak, register.last_at, at):
        return register
    doubts = tuple(one for one in register.doubts if one != "meter-reset")
    undone = replace(register, last=peak, before_reset=WattHours(register.before_reset - (peak - register.last)), doubts=doubts)
    return doubted(undone, "meter-slip")


def _leaps(rise: float, since: datetime, at: datetime) -> bool:
    return rise > MOST_POWER / 3600 * max((at - since).total_seconds(), SHORTEST)


def doubted(register: Register, *doubts: str) -> Register:
    """Add flags to a register."""
    more = tuple(one for one in doubts if one not in register.doubts)
    return replace(register, doubts=register.doubts + more) if more else register


def summed(register: Register | None, reading: Reading) -> Register:
    """Add an interval's energy."""
    value = reading.value if math.isfinite(reading.value) else 0.0
    if register is None:
        zero = _first(WattHours(0.0), reading.at, "interval-sum")
        return replace(zero, last=WattHours(value), first_is_begin=True, last_is_end=True)
    return replace(register, last=WattHours(register.last + value), last_at=max(register.last_at, reading.at))


def energy(register: Register | None) -> WattHours:
    """Return what a register counted, exact to a milliwatt-hour; never less than nothing."""
    if register is None:
        return WattHours(0.0)
    return WattHours(max(0.0, round(register.last - register.first + register.before_reset, 3)))


def counter(transfer: EnergyTransfer, direction: str) -> Register | None:
    """Return the register that counts for a direction: the total at the outlet, or the next best there is."""
    total = transfer.imported if direction == "import" else transfer.exported
    if total is not None or not transfer.spare:
        return total
    for phases in PHASES:
        parts = [transfer.spare[name] for phase in phases if (name := f"{direction}//{phase}") in transfer.spare]
        if parts:
            return _together(parts)
    for name in (f"{direction}/interval/", f"{direction}/interval/clock"):
        if name in transfer.spare:
            return transfer.spare[name]
    elsewhere = sorted(name for name in transfer.spare if name.startswith(f"{direction}/") and name.endswith("/"))
    return doubted(transfer.spare[elsewhere[0]], "other-location") if elsewhere else None


def _together(parts: list[Register]) -> Register:
    return Register(
        first=WattHours(sum(one.first for one in parts)),
        last=WattHours(sum(one.last for one in parts)),
        first_at=min(one.first_at for one in parts),
        last_at=max(one.last_at for one in parts),
        before_reset=WattHours(sum(one.before_reset for one in parts)),
        first_is_begin=all(one.first_is_begin for one in parts),
        last_is_end=all(one.last_is_end for one in parts),
        doubts=tuple(sorted({doubt for one in parts for doubt in one.doubts} | {"phase-sum"})),
    )


def imported(transfer: EnergyTransfer) -> WattHours:
    """Return the energy an EV took [Wh]."""
    return energy(counter(transfer, "import"))


def exported(transfer: EnergyTransfer) -> WattHours:
    """Return the energy an EV gave [Wh]."""
    return energy(counter(transfer, "export"))


def doubts(transfer: EnergyTransfer) -> Iterable[str]:
    """Name everything that is doubtful about the energy of a transfer that ended."""
    taken, given = counter(transfer, "import"), counter(transfer, "export")
    if transfer.began is None:
        yield "missing-start"
    if taken is None and given is None:
        yield "no-energy"
    if taken is not None:
        yield from _doubts_of(taken)
    if given is not None and energy(given) > 0:
        yield from _doubts_of(given)


def _doubts_of(register: Register) -> Iterable[str]:
    if not register.first_is_begin:
        yield "missing-begin"
    if not register.last_is_end:
        yield "missing-end"
    if register.last < register.first:
        yield "end-below-begin"
    yield from register.doubts
