# SPDX-License-Identifier: Apache-2.0
"""One clock for all timers of a process, as fast as it was told to be."""

import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest

from open63110.apps.clock import SystemClock
from open63110.apps.skewed_clock import SLEW, SkewedClock

START = datetime(2020, 1, 1, tzinfo=UTC)


def test_in_production_it_is_the_operating_systems_time_in_whole_milliseconds() -> None:
    clock = SystemClock()
    before = time.time()
    shown = clock.now()
    assert shown.tzinfo is UTC
    assert shown.microsecond % 1000 == 0
    assert before - 0.001 <= shown.timestamp() <= time.time()
    assert clock.real(30.0) == 30.0


def test_a_rehearsal_runs_faster_from_where_it_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    clock = SystemClock(60.0, START)
    monkeypatch.setattr(time, "monotonic", lambda: 102.5)
    assert clock.now() == START + timedelta(seconds=150)
    assert clock.real(60.0) == 1.0


def test_a_rehearsal_that_was_not_put_anywhere_begins_now() -> None:
    assert abs((SystemClock(2.0).now() - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("factor", [0.0, -1.0])
def test_time_does_not_stand_still_or_run_backwards(factor: float) -> None:
    with pytest.raises(ValueError, match="forward"):
        SystemClock(factor)


class Right:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds


@pytest.mark.parametrize("by", [2.0, -2.0])
def test_a_clock_that_is_slewed_gets_there_little_by_little_and_never_goes_back(by: float) -> None:
    right = Right()
    clock = SkewedClock(right, -by)
    clock.slew(by)
    shown = [clock.now()]
    for _ in range(5_000):
        right.at += timedelta(seconds=1)
        shown.append(clock.now())
    steps = [(later - former).total_seconds() for former, later in itertools.pairwise(shown)]
    assert min(steps) >= 1.0 - SLEW - 0.0011
    assert max(steps) <= 1.0 + SLEW + 0.0011
    assert shown[-1] == right.at
    clock.slew(by)
    clock.set(1.0)
    assert clock.now() == right.at + timedelta(seconds=1)
    right.at += timedelta(hours=1)
    assert clock.now() == right.at + timedelta(seconds=1)
