# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5 as a row of the table: a sign of life may come from anybody, a report only from a known station."""

from open63110.kernel.roles import Role
from open63110.model.station import ConnectorReported
from open63110.runtime.table import Table
from open63110.usecases.stations.monitor_station import USE_CASE, CheckSilence, Heartbeat


def test_a_report_needs_a_known_station_and_a_heartbeat_does_not() -> None:
    table = Table([USE_CASE])
    assert table.decide[Role.CSMS, ConnectorReported].must_exist
    assert not table.decide[Role.CSMS, Heartbeat].must_exist


def test_nobody_asks_for_liveness_through_a_door() -> None:
    assert Table([USE_CASE]).door(CheckSilence) is None
