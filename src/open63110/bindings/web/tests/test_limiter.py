# SPDX-License-Identifier: Apache-2.0
"""Limits hold per key, end with their window, and cost bounded memory."""

from datetime import timedelta

from tests.literal import T0

from open63110.bindings.web.limiter import MOST_KEYS, Limiter


def test_so_many_are_within_the_limit_and_no_more_until_the_window_is_over() -> None:
    limiter = Limiter(2, 60.0)
    assert [limiter.count("a", T0) for _ in range(3)] == [True, True, False]
    assert limiter.full("a", T0)
    assert not limiter.full("b", T0)
    assert not limiter.full("a", T0 + timedelta(seconds=60))
    assert limiter.count("a", T0 + timedelta(seconds=60))


def test_a_key_that_did_well_starts_over() -> None:
    limiter = Limiter(1, 60.0)
    limiter.count("a", T0)
    limiter.forget("a")
    limiter.forget("never seen")
    assert limiter.count("a", T0)


def test_made_up_keys_do_not_fill_the_memory() -> None:
    limiter = Limiter(1, 60.0)
    for number in range(MOST_KEYS * 2):
        limiter.count(str(number), T0)
    assert len(limiter._counts) <= MOST_KEYS
    limiter.count("late", T0 + timedelta(hours=1))
    assert len(limiter._counts) == 1
