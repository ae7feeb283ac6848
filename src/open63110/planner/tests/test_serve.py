# SPDX-License-Identifier: Apache-2.0
"""6 A is a cliff (I16): a minimum is given whole or not at all, by importance, and in turns that are fair and not too short."""

import itertools
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.garages import currents, networks

from open63110.planner.check import check, check_pilots
from open63110.planner.ladders import ladders, some_of
from open63110.planner.network import Network, Room, part, room, slack, under
from open63110.planner.serve import Reason, Rhythm, Served, Turns, Wants, arrived, serve
from open63110.planner.tree import Node, Point, compiled

RHYTHM = Rhythm(on=900.0, off=300.0, patience=1800.0)
EITHER = st.booleans().flatmap(lambda delta: networks(delta=delta))


def wants(high: list[float], **more: Any) -> Wants:
    size = len(high)
    fields: dict[str, Any] = {"least": 6.0, "share": 1.0, "rank": 0, "keep": False} | more
    kinds = {"least": np.float64, "share": np.float64, "rank": np.intp, "keep": np.bool_}
    arrays: dict[str, Any] = {name: np.broadcast_to(np.array(value, dtype=kinds[name]), size) for name, value in fields.items()}
    return Wants(high=np.array(high), **arrays)


def feed(amperes: float, *wirings: str) -> Network:
    return compiled(
        [Node(id="grid", amperes=(amperes,) * 3)], [Point(id=f"p{at}", node="grid", wiring=w) for at, w in enumerate(wirings)]
    )


def run(network: Network, want: Wants, every: float, until: float, turns: Turns | None = None) -> list[Served]:
    turns, found = turns or arrived(len(want.high), 0.0), []
    for step in range(int(until / every) + 1):
        found.append(serve(network, room(network), want, turns, step * every, rhythm=RHYTHM))
        turns = found[-1].turns
    return found


@st.composite
def situations(draw: st.DrawFn, size: int) -> tuple[Wants, Turns]:
    def some(of: st.SearchStrategy[Any], kind: type) -> np.ndarray:
        return np.array(draw(st.lists(of, min_size=size, max_size=size)), dtype=kind)

    asked = Wants(
        least=some(st.sampled_from([6.0, 8.0]), np.float64),
        high=draw(currents(size)),
        share=some(st.sampled_from([1.0, 2.0]), np.float64),
        rank=some(st.integers(0, 2), np.intp),
        keep=some(st.booleans(), np.bool_),
    )
    on = some(st.booleans(), np.bool_)
    since = some(st.sampled_from([0.0, 3000.0, 9000.0, 9800.0]), np.float64)
    return asked, Turns(on=on, since=since, had=some(st.sampled_from([0.0, 900.0]), np.float64))


@settings(max_examples=150)
@given(EITHER, st.data())
def test_whoever_charges_has_his_minimum_and_no_row_is_exceeded(network: Network, data: st.DataObject) -> None:
    size = len(network.points)
    want, turns = data.draw(situations(size))
    sets = data.draw(st.lists(st.sampled_from([(), (8.0, 16.0, 32.0)]), min_size=size, max_size=size))
    for offered in (None, ladders(sets)):
        found = serve(network, room(network), want, turns, 10_000.0, rhythm=RHYTHM, offered=offered)
        assert check(network, room(network), found.currents, want.high) is None
        on = found.turns.on
        assert (found.currents[on] >= want.least[on] - 1e-6).all()
        assert (found.currents[~on] == 0.0).all()
        assert offered is None or check_pilots(network, found.currents, sets) is None


@settings(max_examples=100)
@given(EITHER, st.data())
def test_whoever_waits_would_not_fit_or_rests_or_wants_nothing(network: Network, data: st.DataObject) -> None:
    want, turns = data.draw(situations(len(network.points)))
    rhythm = Rhythm(patience=1e9)  # nothing is kept free
    found = serve(network, room(network), want, turns, 10_000.0, rhythm=rhythm)
    least = np.where(found.turns.on, want.least, 0.0)
    for point in np.flatnonzero(~found.turns.on):
        reason, row = found.reasons[point], found.rows[point]
        if reason in {Reason.ROW, Reason.TURN}:
            assert network.lines[row]
            assert point in network.columns[network.starts[row] : network.starts[row + 1]]
            if network.all_plain:
                there = np.where(np.arange(len(least)) == point, want.least, least)
                assert slack(network, room(network), there)[row] < 0
        elif reason == Reason.REST:
            assert turns.had[point] > 0.0
            assert not turns.on[point]
            assert 10_000.0 - turns.since[point] < rhythm.off
        else:
            assert reason == Reason.IDLE
            assert want.high[point] < want.least[point] or want.high[point] == 0.0


@settings(max_examples=100)
@given(networks(), st.data())
def test_the_more_important_are_served_as_if_the_others_were_not_there(network: Network, data: st.DataObject) -> None:
    want, turns = data.draw(situations(len(network.points)))
    want = msgspec.structs.replace(want, keep=np.zeros(len(want.high), dtype=np.bool_))
    turns = Turns(on=np.zeros(len(want.high), dtype=np.bool_), since=turns.since, had=turns.had)
    first = want.rank == want.rank.max()
    alone = msgspec.structs.replace(want, high=np.where(first, want.high, 0.0))
    found, expected = (serve(network, room(network), one, turns, 10_000.0, rhythm=RHYTHM) for one in (want, alone))
    assert (found.turns.on[first] == expected.turns.on[first]).all()


@settings(max_examples=60)
@given(EITHER, st.data())
def test_the_same_question_again_gets_the_same_answer_and_nobody_changes(network: Network, data: st.DataObject) -> None:
    want, turns = data.draw(situations(len(network.points)))
    one, other = (serve(network, room(network), want, turns, 10_000.0, rhythm=RHYTHM) for _ in range(2))
    assert (one.currents == other.currents).all()
    again = serve(
        network, room(network), msgspec.structs.replace(want, keep=np.ones(len(want.high), dtype=np.bool_)), one.turns, 10_001.0
    )
    assert (again.turns.on >= one.turns.on).all()


def test_as_many_as_possible_have_their_minimum_instead_of_nobody() -> None:
    network = feed(16.0, "L1", "L1", "L1", "L1")
    found = serve(network, room(network), wants([32.0] * 4), arrived(4, 0.0), 0.0)
    assert found.turns.on.tolist() == [True, True, False, False]  # 4 A each would stop all four
    assert found.currents[:2] == pytest.approx([8.0, 8.0])
    assert found.reasons.tolist() == [Reason.LIMITED, Reason.LIMITED, Reason.TURN, Reason.TURN]
    assert {network.lines[row].phase for row in found.rows} == {"L1"}


def test_turns_go_round_and_all_get_the_same_time() -> None:
    network = feed(13.0, "L1", "L1", "L1", "L1", "L1")
    found = run(network, wants([32.0] * 5), every=60.0, until=5 * 900.0 * 4)
    on = np.array([one.turns.on for one in found])
    assert (on.sum(axis=1) == 2).all()
    time = on.sum(axis=0) * 60.0
    assert time.max() - time.min() <= 1000.0


def test_nobody_is_stopped_before_his_time_nor_started_before_he_has_rested() -> None:
    found = run(feed(13.0, "L1", "L1L2L3", "L1", "L2", "L1L2"), wants([32.0] * 5), every=30.0, until=20_000.0)
    count = 0
    for point in range(5):
        on = [bool(one.turns.on[point]) for one in found]
        changes = [step for step in range(1, len(on)) if on[step] != on[step - 1]]
        count += len(changes)
        for begin, end in itertools.pairwise(changes):
            assert (end - begin) * 30.0 >= (900.0 if on[begin] else 300.0)
    assert count > 40


def test_who_needs_three_phases_is_not_passed_for_ever_by_those_who_need_one() -> None:
    network = feed(7.0, "L1", "L2", "L3", "L1", "L2", "L3", "L1L2L3")
    turns = arrived(7, 0.0)
    turns = Turns(on=np.array([True] * 3 + [False] * 4), since=np.array([0.0, -300.0, -600.0, 0, 0, 0, 0]), had=turns.had)
    found = run(network, wants([32.0] * 7), every=60.0, until=12_000.0, turns=turns)  # phases come free at different moments
    assert any(one.turns.on[6] for one in found)


def test_who_must_not_be_paused_is_paused_by_the_limit_alone() -> None:
    network = feed(13.0, "L1", "L1", "L1")
    want = wants([32.0] * 3, keep=[True, False, False], rank=[0, 1, 1])
    found = run(
        network,
        want,
        every=60.0,
        until=900.0,
        turns=Turns(on=np.array([True, False, False]), since=np.zeros(3), had=np.zeros(3)),
    )
    assert all(one.turns.on[0] for one in found)
    less = serve(feed(5.0, "L1", "L1", "L1"), room(feed(5.0, "L1", "L1", "L1")), want, found[-1].turns, 960.0)
    assert not less.turns.on.any()
    assert less.reasons[0] == Reason.ROW


def test_a_limit_of_zero_stops_everybody_at_once() -> None:
    network = feed(40.0, "L1", "L2")
    before = serve(network, room(network), wants([32.0] * 2, keep=True), arrived(2, 0.0), 0.0)
    after = serve(network, room(network, np.zeros(3)), wants([32.0] * 2, keep=True), before.turns, 1.0)
    assert after.currents.tolist() == [0.0, 0.0]
    assert after.reasons.tolist() == [Reason.ROW, Reason.ROW]


def test_who_waits_behind_the_more_important_is_not_told_of_a_turn() -> None:
    network = feed(7.0, "L1", "L1")
    found = serve(network, room(network), wants([32.0] * 2, rank=[1, 0]), arrived(2, 0.0), 0.0)
    assert found.reasons.tolist() == [Reason.LIMITED, Reason.ROW]


def test_who_wants_less_than_his_minimum_is_idle() -> None:
    network = feed(70.0, "L1", "L1", "L1")
    found = serve(network, room(network), wants([0.0, 5.0, 16.0]), arrived(3, 0.0), 0.0)
    assert found.reasons.tolist() == [Reason.IDLE, Reason.IDLE, Reason.SERVED]
    assert found.currents.tolist() == [0.0, 0.0, 16.0]


def test_a_point_in_steps_that_has_the_highest_one_it_can_is_served() -> None:
    network = feed(70.0, "L1")
    found = serve(network, room(network), wants([15.0]), arrived(1, 0.0), 0.0, offered=ladders([(8.0, 16.0, 24.0)]))
    assert found.currents.tolist() == [8.0]
    assert found.reasons.tolist() == [Reason.SERVED]


@settings(max_examples=60)
@given(networks(), st.sampled_from([0.0, 6.0, 20.0]), st.data())
def test_a_limit_on_one_node_is_met_by_planning_its_points_alone(network: Network, limit: float, data: st.DataObject) -> None:
    want, turns = data.draw(situations(len(network.points)))
    before = serve(network, room(network), want, turns, 10_000.0)
    place = data.draw(st.integers(0, network.nodes - 1))
    limits = np.where(network.place_of_row == place, np.minimum(network.ratings, limit), network.ratings)
    points = under(network, place)
    smaller, left = part(network, Room(limits=limits, base=room(network).base), before.currents, points)
    some = {name: getattr(want, name)[points] for name in want.__struct_fields__}
    then = {name: getattr(before.turns, name)[points] for name in before.turns.__struct_fields__}
    found = serve(smaller, left, Wants(**some), Turns(**then), 10_010.0)
    merged = before.currents.copy()
    merged[points] = found.currents
    assert check(network, room(network, limits), merged, want.high) is None
    offered = some_of(ladders([()] * len(network.points)), points)
    assert len(offered.least) == len(points)


def test_of_those_who_came_together_those_come_first_who_leave_room_for_more() -> None:
    network = feed(7.0, "L1L2L3", "L1", "L2", "L3")
    found = serve(network, room(network), wants([32.0] * 4), arrived(4, 0.0), 0.0)
    assert found.turns.on.tolist() == [False, True, True, True]


def test_of_those_who_came_together_one_of_each_pair_of_phases_comes_first() -> None:
    network = feed(13.0, "L1-L2", "L1-L2", "L1-L2", "L2-L3", "L3-L1")
    found = serve(network, room(network), wants([32.0] * 5), arrived(5, 0.0), 0.0)
    assert found.turns.on.tolist() == [
        True,
        False,
        False,
        True,
        True,
    ]  # 12 A between two phases would leave nothing to the others


def test_who_waited_longer_comes_first_even_if_he_needs_more() -> None:
    network = feed(7.0, "L1L2L3", "L1", "L2", "L3")
    turns = Turns(on=np.zeros(4, dtype=np.bool_), since=np.array([-600.0, 0.0, 0.0, 0.0]), had=np.zeros(4))
    found = serve(network, room(network), wants([32.0] * 4), turns, 0.0)
    assert found.turns.on.tolist() == [True, False, False, False]


def test_who_was_stopped_rests_even_if_there_is_room_again() -> None:
    network, want = feed(40.0, "L1"), wants([32.0])
    turns = serve(network, room(network), want, arrived(1, 0.0), 0.0, rhythm=RHYTHM).turns
    stopped = serve(network, room(network, np.zeros(3)), want, turns, 1000.0, rhythm=RHYTHM)
    rests = serve(network, room(network), want, stopped.turns, 1299.0, rhythm=RHYTHM)
    assert (rests.currents[0], rests.reasons[0], rests.rows[0]) == (0.0, Reason.REST, -1)
    assert serve(network, room(network), want, rests.turns, 1300.0, rhythm=RHYTHM).currents[0] == 32.0


def test_no_room_is_kept_free_for_who_cannot_come_in_beside_those_who_are_never_paused() -> None:
    network = feed(7.0, "L1", "L1L2L3", "L2")
    turns = Turns(on=np.array([True, False, False]), since=np.array([0.0, 0.0, 9000.0]), had=np.zeros(3))
    found = serve(network, room(network), wants([32.0] * 3, keep=[True, False, False]), turns, 9600.0, rhythm=RHYTHM)
    assert found.turns.on.tolist() == [True, False, True]
