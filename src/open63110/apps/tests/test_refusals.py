# SPDX-License-Identifier: Apache-2.0
"""A flood of refusals leaves a bounded trace that says how large it was."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.literal import T0, Clock

from open63110.apps.refusals import LEFT_OUT, Refusals


class Quick(Clock):
    """Minutes pass in milliseconds for whoever sleeps."""

    def real(self, seconds: float) -> float:
        return seconds / 60_000


class Audit:
    """What was told, by whom and of what kind; and the clock."""

    def __init__(self, most: int = 600) -> None:
        self.clock, self.told, self.words = Quick(T0), list[tuple[str, str]](), list[str]()
        self.flooded = asyncio.Event()
        self.refusals = Refusals(self._keep, self.clock, most=most)

    def _keep(self, who: str, kind: str, words: str) -> None:
        self.told.append((who, kind))
        self.words.append(words)
        if kind == LEFT_OUT:
            self.flooded.set()

    def later(self, **passed: float) -> None:
        self.clock.at += timedelta(**passed)


def test_the_same_refusal_is_told_again_after_a_minute_and_another_at_once() -> None:
    audit = Audit()
    for who, kind in (("A", "x"), ("A", "x"), ("B", "x"), ("A", "y")):
        audit.refusals(who, kind, "")
    assert audit.told == [("A", "x"), ("B", "x"), ("A", "y")]
    audit.later(seconds=59)
    audit.refusals("A", "x", "")
    assert len(audit.told) == 3
    audit.later(seconds=1)
    audit.refusals("A", "x", "")
    assert audit.told[3:] == [("A", "x")]


def test_invented_names_leave_so_many_traces_an_hour_and_one_that_says_how_many_more_there_were() -> None:
    audit = Audit(most=5)
    for number in range(20):
        audit.later(seconds=10)
        audit.refusals(f"X{number}", "x", "")
    assert audit.told == [(f"X{number}", "x") for number in range(5)]
    audit.later(hours=1)
    audit.refusals("B", "x", "")
    assert audit.told[5:] == [("csms", LEFT_OUT), ("B", "x")]
    assert audit.words[5].startswith("15 more were refused since 2026-01-01T00:00:00Z")


def test_an_hour_without_a_flood_leaves_nothing_but_the_refusals() -> None:
    audit = Audit(most=5)
    for _ in range(10):
        audit.refusals("A", "x", "")
        audit.later(minutes=20)
    assert audit.told == [("A", "x")] * 10


def test_the_turn_of_the_hour_lets_nothing_through_twice_in_a_minute() -> None:
    audit = Audit()
    audit.later(minutes=59, seconds=50)
    audit.refusals("A", "x", "")
    audit.later(seconds=20)
    audit.refusals("A", "x", "")
    assert audit.told == [("A", "x")]


def test_a_clock_that_is_put_back_does_not_stop_the_hours() -> None:
    audit = Audit(most=1)
    for who in "AB":
        audit.refusals(who, "x", "")
    audit.later(days=-400)
    audit.refusals("A", "x", "")
    assert audit.told == [("A", "x"), ("csms", LEFT_OUT), ("A", "x")]


def test_what_was_left_out_is_said_once() -> None:
    audit = Audit(most=1)
    for who in "AB":
        audit.refusals(who, "x", "")
    audit.refusals.say_left_out()
    audit.refusals.say_left_out()
    assert audit.told == [("A", "x"), ("csms", LEFT_OUT)]


async def test_the_hour_is_closed_though_nobody_comes_any_more() -> None:
    audit = Audit(most=1)
    for who in "AB":
        audit.refusals(who, "x", "")
    closing = asyncio.create_task(audit.refusals.run())
    audit.later(hours=1)
    await asyncio.wait_for(audit.flooded.wait(), 10)
    closing.cancel()


@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 900)), max_size=60), st.integers(1, 4))
def test_whatever_comes_every_refusal_is_told_counted_or_the_same_as_a_minute_ago(
    flood: list[tuple[str, int]], most: int
) -> None:
    audit, last, expected = Audit(most), dict[str, int](), 0
    seconds = 0
    for who, pause in flood:
        seconds += pause
        audit.later(seconds=pause)
        before = len(audit.told)
        audit.refusals(who, "x", "")
        told = (who, "x") in audit.told[before:]
        if told:
            assert seconds - last.get(who, -60) >= 60
            last[who] = seconds
        elif seconds - last.get(who, -60) >= 60:
            expected += 1
    audit.refusals.say_left_out()
    counted = [int(words.split()[0]) for (_, kind), words in zip(audit.told, audit.words, strict=True) if kind == LEFT_OUT]
    assert sum(counted) == expected
    assert len(audit.told) - len(counted) <= most * (seconds // 3600 + 1)
