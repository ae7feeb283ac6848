# SPDX-License-Identifier: Apache-2.0
"""When a monitor tells something: pure, one monitor and one look at a time.

A threshold tells once when it is passed and once when that is over; a delta when the value has gone as far from what was told
last; a period each time it has passed. What is first seen of a delta is not told, what is first seen beyond a threshold is.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from open63110.model.monitor import Monitor, MonitorKind
from open63110.usecases.stations.monitor_station.messages import Trigger

Value = float | str
"""Of a variable; truths are texts, true and false."""


class Look(NamedTuple):
    """What is seen of a variable at one moment."""

    value: Value
    target: float | None = None
    """What it should be; None: nothing says so."""


class Watch(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is remembered of one monitor between two looks."""

    monitor: Monitor
    active: bool = False
    """It has told that a threshold was passed, and not yet that this is over."""
    told: Value | None = None
    """What a delta is counted from."""
    due: datetime | None = None
    """When a period has passed."""


class Happening(NamedTuple):
    """What a monitor has to tell."""

    trigger: Trigger
    cleared: bool = False


_ALERT: Final = Happening("alerting")
_OVER: Final = Happening("alerting", cleared=True)


def look(watch: Watch, seen: Look | None, now: datetime) -> tuple[Watch, Happening | None]:
    """Take a look; return what to remember, and what there is to tell.

    Args:
        watch: as the last look left it.
        seen: of its variable; None: there is nothing to be seen, or not now.
        now: the moment of it.
    """
    if watch.monitor.kind in {MonitorKind.PERIODIC, MonitorKind.CLOCK_ALIGNED}:
        return _period(watch, now, visible=seen is not None)
    if seen is None:
        return watch, None
    if watch.monitor.kind is MonitorKind.DELTA:
        return _delta(watch, seen.value)
    beyond = _beyond(watch.monitor, seen)
    if beyond is None or beyond is watch.active:
        return watch, None
    return replace(watch, active=beyond), _ALERT if beyond else _OVER


def _beyond(monitor: Monitor, seen: Look) -> bool | None:
    """Tell whether a value is where it should not be; None: that cannot be told of it."""
    value, target = seen.value, seen.target
    if isinstance(value, str):
        return None
    match monitor.kind:
        case MonitorKind.UPPER:
            return value > monitor.value
        case MonitorKind.LOWER:
            return value < monitor.value
        case MonitorKind.TARGET_DELTA:
            return None if target is None else abs(value - target) > monitor.value
        case _:
            return None if target is None else abs(value - target) > monitor.value * abs(target)


def _delta(watch: Watch, value: Value) -> tuple[Watch, Happening | None]:
    before = watch.told
    if before is None:
        return replace(watch, told=value), None
    if not _moved(before, value, watch.monitor.value):
        return watch, None
    return replace(watch, told=value), Happening("delta")


def _moved(before: Value, value: Value, least: float) -> bool:
    if isinstance(value, str) or isinstance(before, str):
        return value != before
    return abs(value - before) >= least


def _period(watch: Watch, now: datetime, *, visible: bool) -> tuple[Watch, Happening | None]:
    if watch.due is None:
        return replace(watch, due=following(watch.monitor, now, now)), None
    if now < watch.due:
        return watch, None
    after = replace(watch, due=following(watch.monitor, watch.due, now))
    return after, Happening("periodic") if visible else None


def following(monitor: Monitor, last: datetime, now: datetime) -> datetime:
    """Return when a period has passed the next time: after ``last``, and not before now, whatever was missed."""
    period = timedelta(seconds=monitor.value)
    if monitor.kind is MonitorKind.CLOCK_ALIGNED:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + ((now - midnight) // period + 1) * period
    missed = max(0, (now - last) // period)
    return last + (missed + 1) * period
