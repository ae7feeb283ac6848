# SPDX-License-Identifier: Apache-2.0
"""Once an order is over stations get more one after another, never many in one second (AT-8.2.7-4)."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.usecases.energy.dso_power_variation.restore import APART, restored

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def names(count: int) -> list[StationId]:
    return [StationId(f"CS{number}") for number in range(count)]


@given(st.integers(0, 300), st.floats(0, 600).map(Seconds), st.integers(0, 2**64))
def test_with_none_more_than_a_tenth_of_the_others_rises(count: int, window: Seconds, seed: int) -> None:
    moments = restored(names(count), NOON, window, seed)
    assert set(moments) == set(names(count))
    together = Counter(moments.values())
    assert all(many - 1 <= (count - 1) / 10 for many in together.values())
    ordered = sorted(together)
    assert all(later - one >= timedelta(seconds=APART) for one, later in itertools.pairwise(ordered))
    assert all(moment >= NOON for moment in moments.values())


@given(st.integers(10, 300), st.integers(0, 2**64))
def test_all_have_risen_within_the_window(count: int, seed: int) -> None:
    window = Seconds(60.0)
    assert max(restored(names(count), NOON, window, seed).values()) <= NOON + timedelta(seconds=window)


def test_who_is_first_depends_on_the_seed_alone() -> None:
    first, again, other = (restored(names(50), NOON, Seconds(60.0), seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    firsts = {
        min(found, key=lambda one: found[one]) for found in (restored(names(50), NOON, Seconds(60.0), s) for s in range(40))
    }
    assert len(firsts) > 20
