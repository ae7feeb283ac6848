# SPDX-License-Identifier: Apache-2.0
"""What no station can hold as a grid control, and over which wires none can be told (8.2.10)."""

import itertools
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from open63110.kernel.errors import Malformed, NotSupported, Refused
from open63110.model.der import LONGEST_ID, MOST_POINTS, SINGLE, TIMELESS, Cessation, DerControl, DerCurve, DerKind
from open63110.model.policy import GridAbility
from open63110.model.station import Station

MUTE: Final = frozenset({"ocpp1.6", "ocpp2.0.1"})
"""Wires that have no words for grid controls."""

FIELDS: Final = ("curve", "enter_service", "fixed_pf", "fixed_var", "droop", "gradient", "discharge")
"""Of which a control has just one."""

LONGEST: Final = timedelta(days=400).total_seconds()
"""How long a scheduled control may hold [s]."""

_PERCENT: Final = 100.0


def field_of(kind: DerKind) -> str:
    """Return which field of a control holds what it says."""
    return SINGLE.get(kind, "curve")


def check(control: DerControl, now: datetime) -> None:
    """Look at what no station could hold.

    Raises:
        Malformed: id, times or values will not do, or what does not belong to its kind is said.
    """
    if not 0 < len(control.id) <= LONGEST_ID or not control.id.isprintable():
        raise Malformed(f"an id has 1 to {LONGEST_ID} characters", code="InvalidValue", where="id")
    if control.priority < 0:
        raise Malformed("0 goes before all others; there is nothing below", code="InvalidValue", where="rank")
    _check_times(control, now)
    _check_fields(control)
    for where, value in _numbers(control):
        if not math.isfinite(value):
            raise Malformed(f"{value} is no number", code="InvalidValue", where=where)
    _check_ranges(control)


def _check_times(control: DerControl, now: datetime) -> None:
    if control.default:
        if control.start is not None or control.duration is not None:
            raise Malformed("a default holds always; it has no times", code="InvalidValue", where="start")
        return
    if control.kind in TIMELESS:
        raise Malformed(f"{control.kind} holds always: say that it is the default", code="InvalidValue", where="default")
    if control.start is None or control.duration is None:
        raise Malformed("a control that is no default has start and duration", code="InvalidValue", where="start")
    if not 0 < control.duration <= LONGEST:
        raise Malformed(f"a duration lies between 0 and {LONGEST:g} s", code="InvalidValue", where="duration")
    if control.over(now):
        raise Malformed("its time is over", code="InvalidValue", where="start")


def _check_fields(control: DerControl) -> None:
    wanted = field_of(control.kind)
    for name in FIELDS:
        said = getattr(control, name) is not None
        if said != (name == wanted):
            words = f"{control.kind} is said by {wanted}" + ("" if said else ", which is missing")
            raise Malformed(words, code="InvalidValue", where=name if said else wanted)
    if control.discharge is not None and control.discharge.percent is None and control.discharge.trip is None:
        raise Malformed("a limit has a percentage, or a curve", code="InvalidValue", where="discharge")


def _numbers(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number in it, and where it stands."""
    match value:
        case float():
            yield where, value
        case tuple():
            for place, one in enumerate(value):
                yield from _numbers(one, f"{where}[{place}]")
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _numbers(getattr(value, name), f"{where}.{name}".strip("."))


def _check_ranges(control: DerControl) -> None:
    for where, curve in (("curve", control.curve), ("discharge.trip", control.discharge.trip if control.discharge else None)):
        if curve is not None:
            _check_curve(curve, control.kind, where)
    if control.fixed_pf is not None and not 0 <= control.fixed_pf.displacement <= 1:
        raise Malformed("a power factor lies between 0 and 1", code="InvalidValue", where="fixed_pf.displacement")
    if control.fixed_var is not None and abs(control.fixed_var.setpoint) > _PERCENT:
        raise Malformed("a setpoint lies between -100 and 100 %", code="InvalidValue", where="fixed_var.setpoint")
    limit = control.discharge.percent if control.discharge is not None else None
    if limit is not None and not 0 <= limit <= _PERCENT:
        raise Malformed("a limit lies between 0 and 100 %", code="InvalidValue", where="discharge.percent")
    said = control.enter_service
    if said is not None and not (said.low_voltage < said.high_voltage and said.low_frequency < said.high_frequency):
        raise Malformed("low lies below high", code="InvalidValue", where="enter_service")


def _check_curve(curve: DerCurve, kind: DerKind, where: str) -> None:
    if not 0 < len(curve.points) <= MOST_POINTS:
        raise Malformed(f"a curve has 1 to {MOST_POINTS} points", code="InvalidValue", where=f"{where}.points")
    for place, (one, other) in enumerate(itertools.pairwise(curve.points), 1):
        if other.x < one.x:
            raise Malformed("points are in order of x", code="InvalidValue", where=f"{where}.points[{place}].x")
    if (curve.mean_limit is None) != (curve.mean_delay is None):
        raise Malformed("mean_limit and mean_delay go together", code="InvalidValue", where=f"{where}.mean_delay")
    voltage = kind.startswith(("hv-", "lv-"))
    if curve.cessation is Cessation.REACTIVE and not voltage:
        raise Malformed("cessation is of voltage", code="InvalidValue", where=f"{where}.cessation")


def demand_words(station: Station) -> None:
    """See to it that grid controls can be spoken of at all.

    Raises:
        NotSupported: the wire of the last connection has no words for them.
    """
    if station.wire in MUTE:
        words = f"{station.wire} has no messages for grid controls"
        raise NotSupported(words, code="NoDerControl", remedy="OCPP 2.1, or the 63110 link")


def demand_ability(kind: DerKind | None, ability: GridAbility) -> None:
    """At the station: see to it that it can be told to behave so.

    Raises:
        NotSupported: it feeds nothing back, or knows no such control.
    """
    if not ability.kinds or (kind is not None and kind not in ability.kinds):
        raise NotSupported(f"no {kind or 'grid control'} here", code="UnsupportedControl", where="kind")


def demand_room(count: int, ability: GridAbility) -> None:
    """At the station: see to it that there is room for one more control.

    Raises:
        Refused: there is none.
    """
    if count >= ability.most:
        raise Refused(f"{ability.most} controls are all it keeps", code="OutOfStorage", remedy="clear one first")
