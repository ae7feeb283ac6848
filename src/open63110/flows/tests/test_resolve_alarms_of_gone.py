# SPDX-License-Identifier: Apache-2.0
"""Alarms of a station are over when it has left for good (8.3.13 → 8.3.5)."""

from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.alarm import StationAlarm
from open63110.model.deregistration import StationDeregistered
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.ports import Where
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.rows import TurnRows
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.stations.monitor_station import StationEventReported

HERE, GONE = StationId("HERE"), StationId("GONE")


def test_alarms_of_a_station_that_was_deregistered_are_over_and_those_of_others_last() -> None:
    engine = Engine(Role.CSMS, discover(), MemoryStore(), Clock(), Ids(), Policy())
    for station in (HERE, GONE):
        engine.stations[station] = Station(id=station, registration=Registration.ACCEPTED)
        engine.hear((StationEventReported(station=station, at=T0, component="EVSE", severity=1),), now=T0)
    turn = Turn(engine, GONE, T0)
    turn.fact(StationDeregistered(station=GONE, at=T0))
    turn.keep()
    rows = TurnRows(engine.known.under_way, {})
    assert [one.station for one in rows.load(StationAlarm, Where("open", "=", True))] == [HERE]
