# SPDX-License-Identifier: Apache-2.0
"""The ground of a differential list is what the station has."""

from tests.conformance.v201.golden import door

from open63110.bindings.ocpp.local_list import here
from open63110.bindings.ocpp.v16.wire import WIRE
from open63110.kernel.ids import StationId
from open63110.model.station import LocalAuthorization, Station


def test_a_station_nobody_knows_has_none() -> None:
    assert list(here(door(WIRE))) == []


def test_lines_come_with_their_groups() -> None:
    where = door(WIRE)
    local = LocalAuthorization(entries={"a": "Accepted", "b": "Blocked"}, groups={"a": "g"})
    where.noun = Station(id=StationId("cs1"), local=local)
    assert [(one.subject, one.status, one.group) for one in here(where)] == [("a", "Accepted", "g"), ("b", "Blocked", None)]
