# SPDX-License-Identifier: Apache-2.0
"""Which endpoint is dialled next (B.18)."""

from open63110.bindings.link.endpoints import SLOWEST, STEADY, Step, Walk


def steps(walk: Walk, count: int) -> list[tuple[int, int]]:
    """Places and pauses of the next dials, all of which fail."""
    found = []
    for _ in range(count):
        found.append((walk.step.place, walk.step.pauses))
        walk.failed()
    return found


def test_all_endpoints_are_tried_in_their_order_and_after_each_round_the_pause_grows() -> None:
    assert steps(Walk(2), 6) == [(0, 0), (1, 0), (0, 1), (1, 0), (0, 2), (1, 0)]
    assert steps(Walk(1), 3) == [(0, 0), (0, 1), (0, 2)]


def test_after_a_loss_the_first_endpoint_goes_first_again() -> None:
    walk = Walk(3)
    walk.up(0, 100.0)
    walk.lost(200.0)
    assert steps(walk, 4) == [(0, 1), (1, 0), (2, 0), (0, 2)]
    walk.up(2, 300.0)
    walk.lost(400.0)
    assert walk.step == Step(0, 1, 0)


def test_the_first_link_that_does_not_hold_is_dialled_again_and_after_the_second_the_next_one() -> None:
    walk = Walk(2)
    walk.up(0, 0.0)
    walk.lost(1.0)
    assert walk.step == Step(0, 1, 0)
    walk.up(0, 3.0)
    walk.lost(4.0)
    assert walk.step == Step(1, 2, 0)
    walk.up(1, 6.0)
    walk.lost(6.0 + STEADY)
    assert walk.step == Step(0, 1, 0)


def test_pauses_grow_while_links_do_not_hold() -> None:
    walk = Walk(1)
    pauses = []
    for second in range(4):
        walk.up(0, second)
        walk.lost(second + 0.5)
        pauses.append(walk.step.pauses)
    assert pauses == [1, 2, 3, 4]
    walk.up(0, 10.0)
    walk.lost(10.0 + STEADY)
    assert walk.step.pauses == 1


def test_endpoints_before_the_one_in_use_are_wanted_more() -> None:
    walk = Walk(3)
    walk.up(0, 0.0)
    assert list(walk.wanted) == []
    walk.up(2, 0.0)
    assert list(walk.wanted) == [0, 1]


def test_each_return_that_does_not_last_makes_the_next_look_back_later() -> None:
    walk, now = Walk(2), 0.0
    walk.up(1, now)
    for times in range(SLOWEST + 2):
        assert walk.doublings == min(times, SLOWEST)
        walk.up(0, now)
        walk.lost(now + 1.0)
        walk.up(1, now + 2.0)
        now += 1000.0
        walk.lost(now)
        walk.up(1, now)
    walk.up(0, now)
    walk.lost(now + STEADY)
    assert walk.doublings == 0


def test_who_asks_to_begin_anew_begins_with_the_first_at_once() -> None:
    walk = Walk(2)
    steps(walk, 3)
    walk.begin()
    assert walk.step == Step(0, 0, 0)


def test_an_endpoint_at_which_nothing_is_to_be_had_is_left_for_the_next_however_long_its_link_held() -> None:
    walk = Walk(2)
    walk.up(0, 0.0)
    walk.shun()
    walk.lost(STEADY)
    assert walk.step == Step(1, 1, 0)
    walk.up(1, 2.0 * STEADY)
    walk.lost(4.0 * STEADY)
    assert walk.step == Step(0, 1, 0)
