# SPDX-License-Identifier: Apache-2.0
"""What the other clock says lies within its bound, however uneven the way is (B.13)."""

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from open63110.bindings.link.session.clocks import LocalClock, PeerClock

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ways = st.floats(0.0, 20.0)


@given(st.lists(st.tuples(ways, ways, st.floats(0.0, 1.0)), min_size=1, max_size=20), st.integers(-(10**9), 10**9))
def test_the_error_is_never_more_than_the_bound(exchanges: list[tuple[float, float, float]], ahead: int) -> None:
    clock, now = PeerClock(), 100.0
    for there, back, thinking in exchanges:
        heard = now + there
        arrived = heard + thinking + back
        clock.sample(now, round(ahead + heard, 3), round(ahead + heard + thinking, 3), arrived)
        now = arrived + 1.0
    best = clock.best(now)
    assert best is not None
    offset, bound = best
    assert abs(offset - ahead) <= bound
    assert clock.past(ahead + now - 1e-6, now)
    assert not clock.past(ahead + now + 2 * bound + 1e-3, now)


def test_without_an_answer_nothing_is_known() -> None:
    clock = PeerClock()
    assert clock.best(1.0) is None
    assert not clock.past(0.0, 1e9)


def test_our_own_clock_can_be_set() -> None:
    clock = LocalClock(NOON, 50.0)
    assert clock.utc(51.0) == NOON + timedelta(seconds=1)
    assert abs(clock.when(clock.seconds(77.0)) - 77.0) < 1e-5
    clock.set(NOON + timedelta(hours=1), 60.0, 0.5)
    assert clock.utc(60.0) == NOON + timedelta(hours=1)
    assert clock.uncertainty == 0.5
    clock.set(datetime(1960, 1, 1, tzinfo=UTC), 60.0, 0.5)
    assert clock.milliseconds(60.0) == 0
