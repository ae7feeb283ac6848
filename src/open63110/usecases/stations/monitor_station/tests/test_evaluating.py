# SPDX-License-Identifier: Apache-2.0
"""When a monitor tells something (8.3.5): once beyond a threshold and once back, by differences, by time, by targets."""

from datetime import datetime, timedelta

import pytest
from tests.literal import T0

from open63110.kernel.ids import EvseNumber
from open63110.model.device import of_evse
from open63110.model.monitor import Monitor, MonitorKind
from open63110.usecases.stations.monitor_station.evaluating import Happening, Look, Value, Watch, look

ALERT, OVER = Happening("alerting"), Happening("alerting", cleared=True)
DELTA, PERIODIC = Happening("delta"), Happening("periodic")


def watch(kind: MonitorKind, value: float) -> Watch:
    return Watch(monitor=Monitor(address=of_evse(EvseNumber(1), "Temperature"), kind=kind, value=value, severity=2))


def told(one: Watch, *values: Value | None, target: float | None = None, every: float = 1.0) -> list[Happening | None]:
    found, now = [], T0
    for value in values:
        one, happening = look(one, None if value is None else Look(value, target), now)
        found.append(happening)
        now += timedelta(seconds=every)
    return found


def test_an_upper_threshold_tells_once_above_and_once_back() -> None:
    seen = told(watch(MonitorKind.UPPER, 60.0), 59.0, 60.0, 60.5, 75.0, 61.0, 60.0, 20.0, 61.0)
    assert seen == [None, None, ALERT, None, None, OVER, None, ALERT]


def test_what_is_beyond_a_threshold_at_the_first_look_is_told() -> None:
    assert told(watch(MonitorKind.LOWER, 5.0), 4.0, 5.0) == [ALERT, OVER]


def test_a_delta_counts_from_what_was_told_last_and_begins_in_silence() -> None:
    assert told(watch(MonitorKind.DELTA, 10.0), 20.0, 29.0, 30.0, 35.0, 20.0) == [None, None, DELTA, None, DELTA]
    assert told(watch(MonitorKind.DELTA, 10.0), "Available", "Available", "Faulted", 1.0) == [None, None, DELTA, DELTA]


@pytest.mark.parametrize(("kind", "value"), [(MonitorKind.TARGET_DELTA, 1_000.0), (MonitorKind.TARGET_DELTA_RELATIVE, 0.1)])
def test_a_distance_from_a_target_is_told_once_and_once_back(kind: MonitorKind, value: float) -> None:
    assert told(watch(kind, value), 9_500.0, 8_900.0, 11_100.0, 10_100.0, target=10_000.0) == [None, ALERT, None, OVER]
    assert told(watch(kind, value), 9_500.0, 1.0) == [None, None]


def test_what_is_not_seen_or_is_no_number_passes_no_threshold() -> None:
    assert told(watch(MonitorKind.UPPER, 60.0), None, "hot", 61.0, None, 62.0) == [None, None, ALERT, None, None]


def test_a_period_is_told_each_time_it_has_passed_and_what_was_missed_is_not_made_up_for() -> None:
    assert told(watch(MonitorKind.PERIODIC, 2.0), 1.0, 1.0, 1.0, 1.0, 1.0) == [None, None, PERIODIC, None, PERIODIC]
    one, _ = look(watch(MonitorKind.PERIODIC, 2.0), Look(1.0), T0)
    one, happening = look(one, Look(1.0), T0 + timedelta(seconds=9))
    assert happening == PERIODIC
    assert one.due == T0 + timedelta(seconds=10)
    after, happening = look(one, None, T0 + timedelta(seconds=10))
    assert (happening, after.due) == (None, T0 + timedelta(seconds=12))


@pytest.mark.parametrize(
    ("now", "due"), [(T0, T0 + timedelta(minutes=15)), (T0 + timedelta(seconds=1), T0 + timedelta(minutes=15))]
)
def test_a_period_by_the_clock_counts_from_midnight(now: datetime, due: datetime) -> None:
    one, _ = look(watch(MonitorKind.CLOCK_ALIGNED, 900.0), Look(1.0), now)
    assert one.due == due
    one, happening = look(one, Look(1.0), due + timedelta(seconds=2))
    assert (happening, one.due) == (PERIODIC, due + timedelta(minutes=15))
