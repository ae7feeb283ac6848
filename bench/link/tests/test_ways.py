# SPDX-License-Identifier: Apache-2.0
"""What a way does to what it carries, without a network."""

import pytest
from bench.link.forwarder import Later
from bench.link.job import Seen
from bench.link.proxy import AROUND, Narrow
from bench.link.urgent import joined


def test_packets_arrive_later_and_in_order() -> None:
    later = Later(delay=1.0, jitter=0.5, loss=0.0, seed=1)
    for number in range(100):
        later.take(bytes([number]), now=number * 0.01)
    assert later.due(0.49) == []
    assert later.next() is not None
    assert later.due(3.0) == [bytes([number]) for number in range(100)]
    assert later.next() is None


def test_so_many_packets_get_lost_as_was_asked() -> None:
    later = Later(delay=0.0, jitter=0.0, loss=0.05, seed=1)
    for _ in range(10_000):
        later.take(b"x", 0.0)
    assert 400 < 10_000 - len(later.due(1.0)) < 600


def test_a_narrow_way_sends_at_its_rate_and_arrives_after_the_delay() -> None:
    narrow = Narrow(rate=8_000, delay=2.0, jitter=0.0, queue=10_000, seed=1)
    size = 1_000 - AROUND
    assert [narrow.take(size, now=0.0) for _ in range(3)] == pytest.approx([3.0, 4.0, 5.0])


def test_a_queue_that_is_full_says_when_there_is_room() -> None:
    narrow = Narrow(rate=8_000, delay=0.0, jitter=0.0, queue=1_500, seed=1)
    size = 1_000 - AROUND
    narrow.take(size, 0.0)
    assert narrow.full(0.0) == 0.0
    narrow.take(size, 0.0)
    assert narrow.full(0.0) == pytest.approx(1.0)
    assert narrow.full(1.1) == 0.0


def test_the_first_piece_starts_the_clock_and_does_not_count() -> None:
    seen = Seen()
    for second in range(5):
        seen.received(1_000, 100.0 + second)
    assert seen.rate == 8_000
    assert Seen().rate == 0.0


def test_what_nobody_answered_counts() -> None:
    csms, station = Seen(idle_ms=[3.0, 1.0], busy_ms=[9_000.0, 50.0], unanswered=1), Seen(begun=1.0, ended=2.0, bulk=100)
    found = joined("here", csms, station)
    assert (found.busy(0.5), found.idle(0.5), found.lost, found.rate) == (9_000.0, 3.0, 0.5, 800.0)
