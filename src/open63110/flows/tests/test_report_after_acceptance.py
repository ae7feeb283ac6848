# SPDX-License-Identifier: Apache-2.0
"""From acceptance to reporting (8.3.15 → 8.3.5): who listens is told what stands."""

from datetime import UTC, datetime

import pytest

from open63110.flows.report_after_acceptance import then
from open63110.kernel.ids import StationId
from open63110.model.station import Registration, Station, StationConnected
from open63110.usecases.stations.monitor_station import BeginReporting
from open63110.usecases.stations.onboard_station import RegistrationAnswered

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
LINK = StationConnected(station=CS, at=NOW, wire="ocpp1.6")


def answered(registration: Registration) -> RegistrationAnswered:
    return RegistrationAnswered(station=CS, at=NOW, registration=registration, interval=60.0, now=NOW)


def test_an_accepted_station_reports_at_the_interval_it_was_told() -> None:
    station = Station(id=CS, registration=Registration.ACCEPTED)
    assert list(then(answered(Registration.ACCEPTED), station)) == [BeginReporting(station=CS, interval=60.0)]


def test_a_station_with_a_new_link_reports_and_keeps_its_interval() -> None:
    station = Station(id=CS, registration=Registration.ACCEPTED)
    assert list(then(LINK, station)) == [BeginReporting(station=CS, interval=None)]


@pytest.mark.parametrize("registration", [Registration.NEW, Registration.PENDING, Registration.REJECTED])
def test_a_station_that_is_not_accepted_reports_nothing(registration: Registration) -> None:
    station = Station(id=CS, registration=registration)
    assert list(then(answered(registration), station)) == []
    assert list(then(LINK, station)) == []
