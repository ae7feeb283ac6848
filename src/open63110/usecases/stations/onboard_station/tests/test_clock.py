# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.15, step 8: when a station believes the time it is told, and what becomes of what it has planned."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.station import Connector, Evse, Grant, Station, Wakeup
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.onboard_station.clock import ClockSet, TimeTold, clock_set, correction, hear_set, hear_time

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
IDLE = Station(id=CS)
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("t1"), evse=EvseNumber(1), began=NOW)


@pytest.mark.parametrize("off", [-420.0, 10.5, 1.7e9])
def test_a_clock_that_is_wrong_is_set(off: float) -> None:
    assert correction(NOW, NOW - timedelta(seconds=off), IDLE) == off


@pytest.mark.parametrize("off", [-10.0, 0.0, 3.0])
def test_what_the_network_may_have_taken_is_no_reason(off: float) -> None:
    assert correction(NOW, NOW - timedelta(seconds=off), IDLE) == 0.0


@pytest.mark.parametrize("told", [datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_csms_without_a_clock_is_not_believed(told: datetime) -> None:
    assert correction(told, NOW, IDLE) == 0.0


def test_no_clock_steps_while_energy_is_metered() -> None:
    shown = NOW - timedelta(hours=1)
    busy = replace(IDLE, transfers={RUNNING.reference: RUNNING})
    assert correction(NOW, shown, busy) == 0.0
    over = replace(IDLE, transfers={RUNNING.reference: replace(RUNNING, ended=NOW)})
    assert correction(NOW, shown, over) == 3600.0


def test_what_was_planned_still_happens_after_as_long() -> None:
    planned = replace(IDLE, wakeups={"boot": Wakeup(at=NOW, body=b"a"), "heartbeat": Wakeup(at=NOW, body=b"b")})
    fact = ClockSet(station=CS, at=NOW, by=-420.0)
    assert list(hear_set(fact)) == [fact]
    moved = clock_set(fact, planned)
    earlier = NOW - timedelta(seconds=420)
    assert moved.wakeups == {"boot": Wakeup(at=earlier, body=b"a"), "heartbeat": Wakeup(at=earlier, body=b"b")}


def test_what_is_known_of_now_is_not_from_the_future_after_a_step_back() -> None:
    grant = Grant(subject=SubjectRef("anna"), method="csms", at=NOW, until=NOW + timedelta(minutes=2))
    plug = {ConnectorNumber(1): Connector(state="available", at=NOW)}
    e1, e2 = EvseNumber(1), EvseNumber(2)
    evses = {e1: Evse(number=e1, connectors=plug, grant=grant), e2: Evse(number=e2)}
    before = replace(IDLE, evses=evses, connected=NOW, booted=NOW, transfers={RUNNING.reference: RUNNING})
    after = clock_set(ClockSet(station=CS, at=NOW, by=-60.0), before)
    ago = NOW - timedelta(minutes=1)
    moved = after.evses[e1]
    assert moved.connectors[ConnectorNumber(1)].at == ago
    assert moved.grant is not None
    assert (moved.grant.at, moved.grant.until) == (ago, NOW + timedelta(minutes=1))
    assert after.evses[e2] == evses[e2]
    assert (after.connected, after.booted) == (ago, ago)
    assert after.transfers == before.transfers
    assert clock_set(ClockSet(station=CS, at=NOW, by=-60.0), IDLE) == IDLE


def test_to_be_told_the_time_is_no_fact() -> None:
    assert list(hear_time(TimeTold(station=CS, at=NOW, now=NOW))) == []
