# SPDX-License-Identifier: Apache-2.0
"""Who comes to a site."""

import statistics
from itertools import pairwise
from pathlib import Path

import pytest

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.simulator.visits import CROWDS, DAY, HOUR, MIXED, generated, read_visits

HEAD = "session_id,station_id,arrival_slot,departure_slot,energy_kwh,max_power_kw\n"


def test_the_same_seed_brings_the_same_people_and_another_brings_others() -> None:
    assert generated(MIXED, 30, DAY, 7) == generated(MIXED, 30, DAY, 7)
    assert generated(MIXED, 30, DAY, 7) != generated(MIXED, 30, DAY, 8)


@pytest.mark.parametrize("crowd", CROWDS)
def test_people_come_in_order_and_never_two_at_a_time_to_one_evse(crowd: str) -> None:
    visits = generated(crowd, 40, 3 * DAY, 1)
    assert visits == sorted(visits, key=lambda one: one.arrival)
    for place in range(40):
        mine = [one for one in visits if one.place == place]
        assert all(one.departure < other.arrival for one, other in pairwise(mine))
        assert all(one.departure > one.arrival and one.need > 0 for one in mine)


def test_crowds_are_as_garages_are() -> None:
    office, mall = (generated(crowd, 200, 5 * DAY, 1) for crowd in ("office", "mall"))
    assert 7.5 < statistics.median(one.arrival % DAY / HOUR for one in office) < 10.0
    assert 6.0 < statistics.median((one.departure - one.arrival) / HOUR for one in office) < 9.0
    assert len(mall) > 2 * len(office)
    assert 9_000 < statistics.median(one.need for one in mall) < 14_000


def test_there_is_no_other_crowd() -> None:
    with pytest.raises(Malformed, match="generated, office, home, mall"):
        generated("airport", 3, DAY, 1)


def test_real_sessions_keep_their_stations_where_these_are_and_take_free_ones_else(tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text(HEAD + "a,CA-1,300,312,4.2,6.6\nb,CA-2,290,301,1.0,6.6\nc,CA-9,310,320,2.5,11\nd,CA-8,310,320,2.5,11\n")
    visits = read_visits(file, {StationId("X"): 0, StationId("CA-2"): 1, StationId("Y"): 2})
    assert [(one.place, one.arrival, one.departure) for one in visits] == [
        (1, 2 * 300.0, 13 * 300.0),
        (0, 12 * 300.0, 24 * 300.0),
        (2, 22 * 300.0, 32 * 300.0),
    ]
    assert (visits[1].need, visits[1].most) == (4_200.0, 6_600.0)


@pytest.mark.parametrize("words", [HEAD, "one,two\n1,2\n", HEAD + "a,CA-1,soon,312,4.2,6.6\n"])
def test_a_file_without_sessions_is_refused_with_what_it_should_hold(words: str, tmp_path: Path) -> None:
    file = tmp_path / "none.csv"
    file.write_text(words)
    with pytest.raises(Malformed, match="holds no sessions"):
        read_visits(file, {StationId("X"): 0})
