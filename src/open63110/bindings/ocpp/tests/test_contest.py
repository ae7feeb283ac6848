# SPDX-License-Identifier: Apache-2.0
"""Two devices that push each other out are told from one that loses its network (I1, 8.3.15)."""

from itertools import cycle, pairwise

from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.ocpp.contest import RETURNS, WITHIN, Contests
from open63110.kernel.ids import StationId

CS = StationId("CS1")
HERE, THERE = "10.0.0.1", "10.0.0.2"


def told(addresses: list[str], *, every: float = 1.0, contests: Contests | None = None) -> list[bool]:
    """What is told when links come from these addresses one after another."""
    contests = contests or Contests()
    return [contests.noted(CS, older, newer, every * n) for n, (older, newer) in enumerate(pairwise(addresses))]


def alternating(many: int) -> list[str]:
    return [address for address, _ in zip(cycle((HERE, THERE)), range(many), strict=False)]


def test_two_that_take_turns_are_told_once_their_addresses_have_come_back_often_enough() -> None:
    assert told(alternating(RETURNS + 2)) == [False] * RETURNS + [True]


def test_after_it_was_told_it_takes_as_long_again() -> None:
    assert told(alternating(2 * RETURNS + 3)).index(True) == RETURNS
    assert told(alternating(2 * RETURNS + 3))[RETURNS + 1 :].index(True) == RETURNS


def test_two_that_meet_rarely_are_not_told() -> None:
    assert not any(told(alternating(100), every=WITHIN / (RETURNS - 1)))


def test_a_station_that_breaks_off_and_returns_is_alone() -> None:
    assert not any(told([HERE] * 100))


def test_a_station_in_a_mobile_network_is_alone() -> None:
    assert not any(told([f"10.0.{n}.1" for n in range(100)]))


def test_a_station_that_moves_to_another_uplink_and_back_is_alone() -> None:
    assert not any(told([HERE] * 10 + [THERE] * 10 + [HERE] * 10))


def test_three_that_take_turns_are_told_too() -> None:
    assert any(told([HERE, THERE, "10.0.0.3"] * RETURNS))


def test_each_station_is_judged_by_itself() -> None:
    contests = Contests()
    names = [StationId(f"CS{n}") for n in range(RETURNS + 1)]
    assert not any(contests.noted(name, HERE, THERE, 0.0) for name in names)


def test_what_is_long_ago_is_let_go() -> None:
    contests = Contests()
    told(alternating(RETURNS + 1), contests=contests)
    contests.forget(WITHIN)
    assert contests._turns
    contests.forget(WITHIN + RETURNS)
    assert not contests._turns


@given(st.lists(st.tuples(st.sampled_from("ABCDEFG"), st.floats(0, WITHIN)), min_size=2))
def test_who_is_told_took_turns_often_enough_and_the_memory_is_bounded(links: list[tuple[str, float]]) -> None:
    contests, now, turns = Contests(), 0.0, 0
    for (older, _), (newer, pause) in pairwise(links):
        now += pause
        turns += older != newer
        if contests.noted(CS, older, newer, now):
            assert turns > RETURNS
            turns = 0
        assert len(contests._turns.get(CS, ())) <= 4 * RETURNS
