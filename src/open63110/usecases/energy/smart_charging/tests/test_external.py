# SPDX-License-Identifier: Apache-2.0
"""What others than the CSMS limit at a station is known until they say that it is over (7.5)."""

from datetime import UTC, datetime
from typing import Any

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit, ExternalLimitCleared, ExternalLimitSet, ExternalSource
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.external import hear_cleared, hear_set, limit_cleared, limit_set

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
HERE = Station(id=CS)


def set_by(source: ExternalSource, evse: int, watts: float = 4_200.0) -> ExternalLimitSet:
    limit = ExternalLimit(evse=EvseNumber(evse), source=source, since=NOW, limit=Watts(watts))
    return ExternalLimitSet(station=CS, at=NOW, limit=limit)


def cleared(source: ExternalSource, evse: int) -> ExternalLimitCleared:
    return ExternalLimitCleared(station=CS, at=NOW, evse=EvseNumber(evse), source=source)


def having(*facts: ExternalLimitSet) -> Any:
    station = HERE
    for one in facts:
        assert list(hear_set(one, station)) == [one]
        station = limit_set(one, station)
    return station


def test_a_limit_of_somebody_else_is_kept_once_and_replaced_by_his_next() -> None:
    station = having(set_by("so", 0), set_by("ems", 0), set_by("ems", 1))
    assert station.external.keys() == {"0/so", "0/ems", "1/ems"}
    assert list(hear_set(set_by("ems", 1), station)) == []
    assert having(set_by("ems", 1), set_by("ems", 1, 3_000.0)).external["1/ems"].limit == 3_000.0


def test_one_that_clears_the_station_clears_what_he_said_of_its_evses() -> None:
    station = having(set_by("so", 0), set_by("ems", 0), set_by("ems", 1), set_by("ems", 2))
    assert limit_cleared(cleared("ems", 2), station).external.keys() == {"0/so", "0/ems", "1/ems"}
    assert limit_cleared(cleared("ems", 0), station).external.keys() == {"0/so"}
    assert list(hear_cleared(cleared("ems", 0), station)) == [cleared("ems", 0)]
    assert list(hear_cleared(cleared("cso", 0), station)) == []
