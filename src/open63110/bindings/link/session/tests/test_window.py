# SPDX-License-Identifier: Apache-2.0
"""The window grows only while it is the limit and nothing queues up; chunks follow the rate (B.6)."""

from open63110.bindings.link.session.window import SMALLEST, RoundTrip, Window


def rounds(window: Window, count: int, trip: float, *, limited: bool, start: float = 0.0) -> None:
    """Fill the window and have it confirmed, over and over."""
    now, total = start, getattr(window, "_credited")  # noqa: B009 - a test may look inside
    for _ in range(count):
        size = window.size if limited else 1000
        window.sent(size, now)
        if limited:
            assert window.full(1)
        now, total = now + trip, total + size
        assert window.credited(total, now)


def test_it_doubles_while_it_is_the_limit_up_to_what_the_receiver_takes() -> None:
    window = Window(100_000, RoundTrip())
    rounds(window, 1, 0.1, limited=True)
    assert window.size == 2 * SMALLEST
    rounds(window, 10, 0.1, limited=True, start=1.0)
    assert window.size == 100_000


def test_it_stays_small_while_it_is_not_the_limit() -> None:
    window = Window(1_000_000, RoundTrip())
    rounds(window, 100, 0.1, limited=False)
    assert window.size == SMALLEST


def test_it_shrinks_to_its_least_when_a_queue_builds_up() -> None:
    trip = RoundTrip()
    window = Window(1_000_000, trip)
    rounds(window, 5, 0.1, limited=True)
    grown = window.size
    rounds(window, 1, 0.3, limited=True, start=10.0)
    assert window.size < grown
    rounds(window, 20, 0.3, limited=True, start=20.0)
    assert window.size == SMALLEST


def test_credit_that_was_not_earned_is_told() -> None:
    window = Window(100_000, RoundTrip())
    window.sent(1000, 0.0)
    assert not window.credited(1001, 0.1)
    assert window.credited(1000, 0.1)
    assert not window.credited(999, 0.2)


def test_slow_links_get_short_chunks() -> None:
    window = Window(1_000_000, RoundTrip())
    assert (window.chunk(8192), window.chunk(2048)) == (4096, 2048)
    for rate, chunk in ((1e6, 8192), (50_000, 4096), (10_000, 2048)):
        window.rate = rate
        assert window.chunk(8192) == chunk


def test_the_shortest_round_trip_is_forgotten_after_ten_minutes() -> None:
    trip = RoundTrip()
    assert trip.sample(0.1, 0.0) == 0.0
    assert round(trip.sample(0.5, 300.0), 3) == 0.4
    for minute in range(1, 12):
        last = trip.sample(0.5, 300.0 + minute * 60)
    assert last == 0.0
    assert trip.smoothed is not None
    assert 0.1 < trip.smoothed < 0.5
