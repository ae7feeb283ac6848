# SPDX-License-Identifier: Apache-2.0
"""Scripts go on at their time, in the order of their times, on the clock that is given."""

import asyncio
from datetime import UTC, datetime, timedelta

from open63110.simulator.schedule import Schedule, Script

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class HandClock:
    """A clock that is moved by hand; for the loop it is a thousand times as fast as time."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds / 1000


def test_scripts_go_on_when_their_time_has_come() -> None:
    clock, said = HandClock(), []
    schedule = Schedule(clock)

    def story(name: str, *waits: float) -> Script:
        for wait in waits:
            said.append((name, (clock.at - START).total_seconds()))
            yield wait
        said.append((name, -1.0))

    schedule.begin(story("a", 10.0, 10.0))
    schedule.begin(story("b", 5.0), after=12.0)
    for _ in range(25):
        schedule.go_on()
        clock.at += timedelta(seconds=1)
    assert said == [("a", 0.0), ("a", 10.0), ("b", 12.0), ("b", -1.0), ("a", -1.0)]
    assert len(schedule) == 0


def test_a_script_that_was_held_up_does_not_run_twice_at_once() -> None:
    clock, steps = HandClock(), []
    schedule = Schedule(clock)

    def story() -> Script:
        while True:
            steps.append(clock.at)
            yield 1.0

    schedule.begin(story())
    clock.at += timedelta(seconds=100)
    schedule.go_on()
    assert len(steps) < 4
    schedule.clear()
    schedule.go_on()
    assert len(schedule) == 0


async def test_the_task_wakes_for_what_is_sooner() -> None:
    clock, done = HandClock(), asyncio.Event()
    schedule = Schedule(clock)

    def late() -> Script:
        yield 0.0

    def soon() -> Script:
        done.set()
        yield 0.0

    schedule.begin(late(), after=3_600_000.0)
    running = asyncio.create_task(schedule.run())
    await asyncio.sleep(0)
    schedule.begin(soon())
    async with asyncio.timeout(5):
        await done.wait()
    running.cancel()
