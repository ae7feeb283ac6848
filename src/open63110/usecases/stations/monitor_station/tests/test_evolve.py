# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5: the picture of a station does not depend on the order in which reports come in (I9)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, SessionNumber, StationId
from open63110.model.session import ServiceSession, SessionOpened, SessionState
from open63110.model.station import ConnectorReported, ConnectorState, Station
from open63110.usecases.stations.monitor_station.evolve import (
    connector_reported,
    event_reported,
    fault_appeared,
    seen,
    session_opened,
    standing_faults,
)
from open63110.usecases.stations.monitor_station.messages import FaultAppeared, StationEventReported
from open63110.usecases.stations.monitor_station.station import clock_quality

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
EMPTY = Station(id=CS)
STATES: list[ConnectorState] = ["available", "occupied", "reserved", "unavailable", "faulted"]


def report(minute: int, state: ConnectorState, evse: int = 1, connector: int = 1) -> ConnectorReported:
    at = NOW + timedelta(minutes=minute)
    return ConnectorReported(station=CS, at=at, evse=EvseNumber(evse), connector=ConnectorNumber(connector), state=state)


REPORTS = st.lists(
    st.builds(report, st.integers(0, 50), st.sampled_from(STATES), st.integers(1, 3), st.integers(1, 2)),
    unique_by=lambda one: (one.at, one.evse, one.connector),
)


@given(reports=REPORTS, data=st.data())
def test_any_order_and_any_repetition_lead_to_the_newest_state(reports: list[ConnectorReported], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(reports))) if reports else []
    station = EMPTY
    for one in data.draw(st.permutations([*reports, *again])):
        station = connector_reported(one, station)
    newest = {(one.evse, one.connector): seen(one) for one in sorted(reports, key=lambda one: one.at)}
    shown = {(evse, number): known for evse, one in station.evses.items() for number, known in one.connectors.items()}
    assert shown == newest


def test_the_station_and_an_evse_as_a_whole_have_states_of_their_own() -> None:
    station = connector_reported(report(0, "unavailable", evse=0, connector=0), EMPTY)
    station = connector_reported(report(0, "faulted", evse=2, connector=0), station)
    assert station.state == "unavailable"
    assert station.evses[EvseNumber(2)].state == "faulted"
    assert station.evses[EvseNumber(2)].connectors == {}


def test_a_queued_report_of_the_whole_does_not_change_what_is_shown() -> None:
    station = connector_reported(report(5, "available", evse=0, connector=0), EMPTY)
    station = connector_reported(report(5, "available", evse=1, connector=0), station)
    for evse in (0, 1):
        queued = replace(report(1, "faulted", evse=evse, connector=0), offline=True)
        assert connector_reported(queued, station) is station


@given(
    evse=st.integers(0, 99),
    severity=st.integers(0, 9),
    code=st.text(min_size=1, max_size=50),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_a_standing_fault_is_remembered_to_the_letter_until_it_is_gone(evse: int, severity: int, code: str, at: datetime) -> None:
    fault = FaultAppeared(station=CS, at=at, evse=evse, severity=severity, code=code)
    other = FaultAppeared(station=CS, at=NOW, evse=100, code="x")
    station = fault_appeared(fault, fault_appeared(other, replace(EMPTY, flags=("clock",))))
    assert list(standing_faults(station)) == [other, fault]
    assert list(standing_faults(fault_appeared(replace(fault, code=""), station))) == [other]


def service(number: int, *, closed: bool = False) -> ServiceSession:
    end = NOW if closed else None
    return ServiceSession(
        station=CS, number=SessionNumber(number), evse=EvseNumber(1), state=SessionState.CHARGING, opened=NOW, closed=end
    )


def test_what_runs_while_a_clock_is_uncertain_bears_that_for_ever_and_what_is_over_or_comes_later_does_not() -> None:
    station = replace(EMPTY, sessions={one.number: one for one in (service(1, closed=True), service(2))})
    unsure = event_reported(clock_quality(CS, NOW, "uncertain", cleared=False), station)
    unsure = event_reported(clock_quality(CS, NOW, "never", cleared=False), unsure)
    assert unsure.flags == ("clock-uncertain",)
    assert [one.flags for one in unsure.sessions.values()] == [(), ("clock-uncertain",)]
    opened = SessionOpened(station=CS, at=NOW, session=SessionNumber(3), evse=EvseNumber(1), state=SessionState.CHARGING)
    meanwhile = session_opened(opened, replace(unsure, sessions={**unsure.sessions, SessionNumber(3): service(3)}))
    assert meanwhile.sessions[SessionNumber(3)].flags == ("clock-uncertain",)
    sure = event_reported(clock_quality(CS, NOW, "synchronised", cleared=True), meanwhile)
    assert sure.flags == ()
    assert [one.flags for one in sure.sessions.values()] == [(), ("clock-uncertain",), ("clock-uncertain",)]
    later = session_opened(replace(opened, session=SessionNumber(4)), replace(sure, sessions={SessionNumber(4): service(4)}))
    assert later.sessions[SessionNumber(4)].flags == ()
    assert session_opened(opened, unsure) is unsure


def test_other_events_change_nothing_of_that() -> None:
    assert event_reported(StationEventReported(station=CS, at=NOW, component="Fan", code="Slow"), EMPTY) is EMPTY
