# SPDX-License-Identifier: Apache-2.0
"""Whose turn it is: strict priorities with a share for those below, turns between objects, order within one (B.8)."""

from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.session.lanes import Lanes, Outgoing

EMERGENCY, CONTROL, NORMAL, BULK = Priority


def message(number: int, priority: Priority = NORMAL, order: str = "a", size: int = 100) -> Outgoing:
    return Outgoing(number, priority, order, None, b"", bytes(size), durable=False)


def play(lanes: Lanes, piece: int = 1000) -> list[int]:
    """Send all of it, in pieces; return whose they were."""
    turns = []
    while (one := lanes.ready(lambda one: True)) is not None:
        one.sent = min(one.total, one.sent + piece)
        lanes.sent(one, piece)
        turns.append(one.id)
    return turns


def test_the_most_urgent_goes_first_and_order_holds_within_an_object() -> None:
    lanes = Lanes()
    for one in (message(1, BULK), message(2), message(3, EMERGENCY), message(4), message(5, CONTROL)):
        lanes.add(one)
    assert lanes
    assert play(lanes) == [3, 5, 2, 4, 1]
    assert not lanes


def test_objects_take_turns_and_a_fifth_long_one_waits() -> None:
    lanes = Lanes()
    for number in range(1, 7):
        lanes.add(message(number, BULK, order=str(number), size=10_000))
    lanes.add(message(7, BULK, order="short"))
    turns = play(lanes, 5000)
    assert turns[:4] == [1, 2, 3, 4]
    assert turns.index(7) < turns.index(5)
    assert sorted(turns) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]


def test_nobody_starves_and_an_emergency_owes_nothing() -> None:
    lanes = Lanes()
    lanes.add(message(1, CONTROL, size=1_000_000))
    lanes.add(message(2, BULK, size=1_000_000))
    turns = [lanes.ready(lambda one: True)]
    for _ in range(400):
        assert turns[-1] is not None
        turns[-1].sent += 1000
        lanes.sent(turns[-1], 1000)
        turns.append(lanes.ready(lambda one: True))
    share = sum(one is not None and one.id == 2 for one in turns) / len(turns)
    assert 0.05 <= share <= 0.06
    lanes.add(message(3, EMERGENCY))
    assert play(lanes)[0] == 3


def test_a_message_told_again_takes_its_place_and_one_taken_out_leaves_it() -> None:
    lanes = Lanes()
    first, second, third = message(1), message(2), message(3)
    for one in (second, third, first):
        lanes.add(one)
    lanes.remove(second)
    lanes.remove(second)
    assert play(lanes) == [1, 3]


def test_who_may_not_go_is_passed_over() -> None:
    lanes = Lanes()
    lanes.add(message(1, CONTROL))
    lanes.add(message(2, BULK))
    ready = lanes.ready(lambda one: one.id != 1)
    assert ready is not None
    assert ready.id == 2
    assert lanes.ready(lambda one: True, urgent=True) is None
