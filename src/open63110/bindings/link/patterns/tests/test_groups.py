# SPDX-License-Identifier: Apache-2.0
"""Messages to groups (B.11)."""

from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.patterns.groups import (
    MOST_NAMED,
    NO_ANSWER,
    Aggregate,
    Fanout,
    Membership,
    inner_deadline,
    read_aggregate,
    write_aggregate,
)
from open63110.kernel.address import Directory, parse
from open63110.kernel.ids import StationId
from open63110.model.station import Identity, Station

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=2)
CS = [parse(f"/mall/north/CS{number}") for number in range(1, 6)]


def test_all_members_answer_as_one() -> None:
    one = Fanout(CS[:3], {}, LATER)
    one.done(CS[0])
    one.failed(CS[1], "InstallingFirmware")
    assert one.answer(NOW) is None
    one.unreachable(CS[2])
    answer = Aggregate(ok=1, failed=((str(CS[1]), "InstallingFirmware"),), unreachable=(str(CS[2]),))
    assert one.answer(NOW) == answer
    assert answer.members == 3


@pytest.mark.at("AT-B.11-3", "link")
def test_who_refuses_is_listed_with_the_reason() -> None:
    one = Fanout(CS, {}, LATER)
    for member in CS[1:]:
        one.done(member)
    one.failed(CS[0], "")
    assert one.answer(NOW) == Aggregate(ok=4, failed=(("/mall/north/CS1", "Refused"),))


def test_the_answer_comes_at_the_deadline_at_the_latest() -> None:
    one = Fanout(CS[:2], {"south": CS[3:]}, LATER)
    one.done(CS[0])
    late = tuple((str(place), NO_ANSWER) for place in (CS[1], *CS[3:]))
    assert one.answer(LATER) == Aggregate(ok=1, failed=late)


def test_a_member_counts_once_and_a_stranger_not_at_all() -> None:
    one = Fanout(CS[:1], {"south": CS[2:3]}, LATER)
    one.done(CS[0])
    one.failed(CS[0], "twice")
    one.done(CS[4])
    one.branch("west", Aggregate(ok=9))
    one.branch_lost("west")
    assert one.members == 1
    one.branch("south", Aggregate(ok=1))
    one.branch("south", Aggregate(ok=1))
    assert one.answer(NOW) == Aggregate(ok=2)


def test_levels_below_answer_for_theirs() -> None:
    one = Fanout((), {"south": CS[:2], "east": CS[2:]}, LATER)
    one.branch("south", Aggregate(ok=1, failed=(("/mall/north/CS2", "Faulted"),)))
    one.branch_lost("east")
    answer = one.answer(NOW)
    assert answer == Aggregate(ok=1, failed=(("/mall/north/CS2", "Faulted"),), unreachable=tuple(map(str, CS[2:])))


def test_nobody_is_everybody_at_once() -> None:
    assert Fanout((), {}, LATER).answer(NOW) == Aggregate()


def test_a_level_below_has_less_time() -> None:
    assert inner_deadline(NOW + timedelta(seconds=10), NOW) == NOW + timedelta(seconds=9)
    assert inner_deadline(NOW - timedelta(seconds=10), NOW) == NOW


def test_an_answer_names_so_many_and_counts_the_others() -> None:
    many = Aggregate(unreachable=tuple(f"/a/b/{number}" for number in range(MOST_NAMED)))
    more = Aggregate(ok=1, failed=(("/a/b/x", "Faulted"),))
    answer = many.joined(more).joined(more)
    assert (answer.ok, len(answer.failed), answer.unnamed, answer.members) == (2, 2, 2, MOST_NAMED + 4)


def membership() -> Membership:
    directory = Directory()
    stations = {}
    for number, place in enumerate(CS, 1):
        id = StationId(f"CS{number}")
        directory.place(id, place)
        model = "Fast" if number > 3 else "Slow"
        stations[id] = Station(id=id, identity=Identity(model=model, vendor="V", firmware="1"), wire="link1")
    directory.place(StationId("CS9"), parse("/mall/south/CS9"))
    return Membership(directory, stations.get, {"vip": frozenset({StationId("CS1"), StationId("CS9")})})


@pytest.mark.at("AT-B.11-2", "link")
@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("/mall/north", "CS1 CS2 CS3 CS4 CS5"),
        ("/mall/*", "CS1 CS2 CS3 CS4 CS5 CS9"),
        ("/mall/*/*", "CS1 CS2 CS3 CS4 CS5 CS9"),
        ("/*/south", "CS9"),
        ("/mall/@model:Fast", "CS4 CS5"),
        ("/mall/south/@model:Fast", ""),
        ("/@group:vip", "CS1 CS9"),
        ("/@group:nobody", ""),
        ("/@wire:link1", "CS1 CS2 CS3 CS4 CS5"),
        ("/@vendor:V", "CS1 CS2 CS3 CS4 CS5"),
        ("/@firmware:1", "CS1 CS2 CS3 CS4 CS5"),
        ("/@colour:red", ""),
        ("/", "CS1 CS2 CS3 CS4 CS5 CS9"),
    ],
)
def test_a_message_to_a_group_is_for_its_members_only(group: str, members: str) -> None:
    assert [id for id, _ in membership().of(parse(group))] == members.split()


def test_a_place_nobody_knows_belongs_nowhere() -> None:
    assert not membership().has("@model:Fast", parse("/mall/north/CS77"))
    assert membership().has("@model:Fast", parse("/mall/north/CS4/1"))


paths = st.sampled_from([str(one) for one in CS])
aggregates = st.builds(
    Aggregate,
    ok=st.integers(0, 10**6),
    failed=st.lists(st.tuples(paths, st.text(max_size=100))).map(tuple),
    unreachable=st.lists(paths).map(tuple),
    unnamed=st.integers(0, 10**6),
)


@given(aggregates)
def test_an_answer_comes_out_as_it_went_in(one: Aggregate) -> None:
    assert read_aggregate(write_aggregate(one)) == one


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {},
        {1: -1},
        {1: 0, 2: 5},
        {1: 0, 2: [["/a"]]},
        {1: 0, 2: [["/a", "x" * 101]]},
        {1: 0, 3: [7]},
        {1: 0, 3: ["/a"] * (MOST_NAMED + 1)},
        {1: 0, 4: "x"},
    ],
)
def test_what_is_no_answer_is_refused(fields: object) -> None:
    with pytest.raises(BadFrame):
        read_aggregate(cbor2.dumps(fields))
