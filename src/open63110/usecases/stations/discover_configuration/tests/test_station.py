# SPDX-License-Identifier: Apache-2.0
"""What a station of this product tells of itself is so at that moment (8.3.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.rows import KeptRows

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.device import InventoryScope
from open63110.model.inventory import ComponentCriterion, InventoryAnswer, InventoryReported, TakeInventory
from open63110.model.own_device import CLOCK, ITEMS
from open63110.model.policy import StationPolicy
from open63110.model.station import Evse, Station
from open63110.model.variables import ReadVariables, ValuesAnswer, VariableWish
from open63110.usecases.stations.discover_configuration import station

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
HERE = Station(id=CS, connected=NOW - timedelta(days=1), evses={EvseNumber(1): Evse(number=EvseNumber(1))})


def told(**what: Any) -> list[Any]:
    """What it says to somebody who wants to know."""
    return list(station.tell(TakeInventory(station=CS, **what), HERE, NOW, StationPolicy(), KeptRows()))


def names(**what: Any) -> list[str]:
    """What variables it tells of."""
    (answer,) = told(**what)
    return [str(one.address) for one in answer.variables]


def test_its_clock_says_what_time_it_is_and_not_when_it_came() -> None:
    wish = ReadVariables(station=CS, variables=(VariableWish(variable=CLOCK),))
    (answer,) = station.read(wish, HERE, NOW, StationPolicy(), KeptRows())
    assert isinstance(answer, ValuesAnswer)
    assert [one.value for one in answer.values] == [NOW.isoformat()]
    (all_of_it,) = told()
    assert [one.value for one in all_of_it.variables if str(one.address) == CLOCK] == [NOW.isoformat()]


def test_a_report_comes_in_parts_without_gaps_of_which_just_the_last_says_so() -> None:
    answer, *parts = told(request=7)
    assert answer == InventoryAnswer()
    assert all(isinstance(one, InventoryReported) and one.request == 7 for one in parts)
    assert [one.seq for one in parts] == list(range(len(parts)))
    assert [one.more for one in parts] == [True] * (len(parts) - 1) + [False]
    assert max(len(one.variables) for one in parts) == ITEMS


def test_what_is_left_out_of_a_name_stands_for_all() -> None:
    assert names(scope=InventoryScope.FILTERED, places=("EVSE@1/Power",)) == ["EVSE@1/Power"]
    assert {one.partition("/")[0] for one in names(scope=InventoryScope.FILTERED, places=("EVSE",))} == {"EVSE@1"}
    assert names(scope=InventoryScope.FILTERED, criteria=(ComponentCriterion.PROBLEM,)) == []
    assert told(scope=InventoryScope.FILTERED, places=("Nothing",)) == [InventoryAnswer(empty=True)]
