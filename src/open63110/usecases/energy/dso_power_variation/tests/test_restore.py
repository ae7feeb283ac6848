# SPDX-License-Identifier: Apache-2.0
"""Once an order is over stations get more one after another, never many in one second (AT-8.2.7-4)."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.usecases.energy.dso_power_variation.restore import APART, chosen, pause, span, together


def names(count: int) -> list[StationId]:
    return [StationId(f"CS{number}") for number in range(count)]


def moments(count: int, window: Seconds, seeds: list[int]) -> list[tuple[Seconds, tuple[StationId, ...]]]:
    """When some have more, and who, without a delay in between."""
    left, now, found = names(count), 0.0, list[tuple[Seconds, tuple[StationId, ...]]]()
    for seed in itertools.cycle(seeds):
        if not left:
            break
        now += pause(Seconds(span(count, window) - now), len(left), count, seed)
        rising = chosen(left, together(count), seed)
        found.append((Seconds(now), rising))
        left = [one for one in left if one not in rising]
    return found


SEEDS = st.lists(st.integers(0, 2**64), min_size=1, max_size=5)


@given(st.integers(0, 300), st.floats(0, 600).map(Seconds), SEEDS)
def test_with_none_more_than_a_tenth_of_the_others_rises(count: int, window: Seconds, seeds: list[int]) -> None:
    found = moments(count, window, seeds)
    assert sorted(one for _, rising in found for one in rising) == sorted(names(count))
    assert all(len(rising) - 1 <= (count - 1) / 10 for _, rising in found)
    assert all(later - one >= APART for (one, _), (later, _) in itertools.pairwise(found))


@given(st.integers(1, 300), st.floats(0, 600).map(Seconds), SEEDS)
def test_all_have_risen_within_the_window(count: int, window: Seconds, seeds: list[int]) -> None:
    found = moments(count, window, seeds)
    assert found[-1][0] <= max(window, APART * len(found)) + 1e-6


def test_what_was_missed_is_not_made_up_for_at_once() -> None:
    assert pause(Seconds(-100.0), 10, 20, 7) == APART


def test_who_is_first_and_when_depends_on_the_seed_alone() -> None:
    first, again, other = (moments(50, Seconds(60.0), [seed]) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert len({moments(50, Seconds(60.0), [seed])[0][1][0] for seed in range(40)}) > 20
    assert len({moments(5, Seconds(60.0), [seed])[0][0] for seed in range(40)}) == 40
