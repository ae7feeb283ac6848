# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5 in the station: cables, faults and signs of life, told when somebody listens."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.station import Connector, ConnectorReported, EvPluggedIn, Evse, EvUnplugged, Registration, Station
from open63110.usecases.stations.monitor_station import USE_CASE, station
from open63110.usecases.stations.monitor_station.messages import (
    BeginReporting,
    FaultAppeared,
    Heartbeat,
    ReportUse,
    StationEventReported,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
CS = StationId("CS-1")
E1, E2, C1 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1)
FREE = Connector(state="available", at=NOW)
ROWS = KeptRows()
"""Of a station without monitors."""
ONLINE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    evses={E1: Evse(number=E1, connectors={C1: FREE}), E2: Evse(number=E2, connectors={C1: FREE})},
)
OFFLINE = replace(ONLINE, connected=None)
STARTING = replace(ONLINE, registration=Registration.NEW)
PLUG = EvPluggedIn(station=CS, at=LATER, evse=E1)
UNPLUG = EvUnplugged(station=CS, at=LATER, evse=E1)
FAULT = FaultAppeared(station=CS, at=LATER, evse=1, code="GroundFailure", severity=2)
GONE = FaultAppeared(station=CS, at=LATER + timedelta(minutes=1), evse=1)
USE = ReportUse(station=CS, transfer=TransferReference("t"), evse=E1, detail="Charging")


def changed(effects: Iterable[Effect], noun: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
            noun = USE_CASE.evolve[type(effect)](effect, noun)
    return noun


def reports(effects: Iterable[Effect]) -> list[tuple[int, str, str, str]]:
    return [(int(one.evse), one.state, one.detail, one.error) for one in effects if isinstance(one, ConnectorReported)]


def events(effects: Iterable[Effect]) -> list[StationEventReported]:
    return [one for one in effects if isinstance(one, StationEventReported)]


def test_a_cable_shows_before_what_follows_from_it_and_is_gone_after() -> None:
    came = list(station.plugged_in(PLUG, ONLINE))
    assert [type(one) for one in came] == [ConnectorReported, EvPluggedIn]
    assert reports(came) == [(1, "occupied", "Preparing", "")]
    went = list(station.unplugged(UNPLUG, changed(came, ONLINE)))
    assert [type(one) for one in went] == [EvUnplugged, ConnectorReported]
    assert reports(went) == [(1, "available", "", "")]


def test_what_happens_without_a_link_is_reported_as_such() -> None:
    (report, _) = station.plugged_in(PLUG, OFFLINE)
    assert isinstance(report, ConnectorReported)
    assert report.offline


def test_a_cable_in_an_evse_nobody_built_in_is_reported_all_the_same() -> None:
    assert reports(station.plugged_in(replace(PLUG, evse=EvseNumber(9)), ONLINE)) == [(9, "occupied", "Preparing", "")]


def test_a_fault_goes_before_the_cable_and_the_cable_is_still_known_afterwards() -> None:
    broken = changed(station.fault(FAULT, ONLINE, ROWS), ONLINE)
    held = changed(station.plugged_in(PLUG, broken), broken)
    assert held.evses[E1].connectors[C1] == Connector(state="faulted", at=LATER, error="GroundFailure", info=station.PLUGGED)
    assert reports(station.fault(GONE, held, ROWS)) == [(1, "occupied", "Preparing", "")]
    freed = changed(station.unplugged(UNPLUG, held), held)
    assert reports(station.fault(GONE, freed, ROWS)) == [(1, "available", "", "")]


def test_a_fault_is_an_event_and_a_state_when_it_comes_and_when_it_goes() -> None:
    came = list(station.fault(FAULT, ONLINE, ROWS))
    assert reports(came) == [(1, "faulted", "", "GroundFailure")]
    (event,) = events(came)
    assert (event.component, event.code, event.severity, event.cleared) == ("EVSE", "GroundFailure", 2, False)
    assert (event.evse, event.at) == (1, LATER)
    went = list(station.fault(GONE, changed(came, ONLINE), ROWS))
    assert reports(went) == [(1, "available", "", "")]
    assert [(one.code, one.cleared, one.at) for one in events(went)] == [("GroundFailure", True, GONE.at)]


def test_a_fault_that_is_seen_again_or_was_never_there_is_nothing_new() -> None:
    broken = changed(station.fault(FAULT, ONLINE, ROWS), ONLINE)
    assert list(station.fault(replace(FAULT, at=NOW), broken, ROWS)) == []
    assert list(station.fault(GONE, ONLINE, ROWS)) == []


def test_another_fault_of_the_same_evse_takes_the_place_of_the_first() -> None:
    broken = changed(station.fault(FAULT, ONLINE, ROWS), ONLINE)
    effects = list(station.fault(replace(FAULT, code="OverCurrent"), broken, ROWS))
    assert reports(effects) == [(1, "faulted", "", "OverCurrent")]
    assert [(one.code, one.cleared) for one in events(effects)] == [("GroundFailure", True), ("OverCurrent", False)]


def test_a_fault_of_the_whole_station_shows_at_every_connector_until_it_is_gone_itself() -> None:
    whole = replace(FAULT, evse=0, code="Tilted")
    came = list(station.fault(whole, changed(station.fault(FAULT, ONLINE, ROWS), ONLINE), ROWS))
    assert [error for _, _, _, error in reports(came)] == ["GroundFailure", "Tilted"]
    assert [one.component for one in events(came)] == ["ChargingStation"]
    broken = changed(came, changed(station.fault(FAULT, ONLINE, ROWS), ONLINE))
    assert reports(station.fault(GONE, broken, ROWS)) == [(1, "faulted", "", "Tilted")]
    assert reports(station.fault(replace(GONE, evse=0), broken, ROWS)) == [
        (1, "faulted", "", "GroundFailure"),
        (2, "available", "", ""),
    ]


def test_a_station_that_boots_faulted_tells_the_csms_once_it_is_accepted() -> None:
    before = list(station.fault(FAULT, STARTING, ROWS))
    assert events(before) == []
    accepted = replace(changed(before, STARTING), registration=Registration.ACCEPTED)
    after = list(station.begin_reporting(BeginReporting(station=CS, interval=60.0), accepted, NOW + timedelta(hours=1)))
    assert reports(after) == [(1, "faulted", "", "GroundFailure"), (2, "available", "", "")]
    assert [(one.code, one.at, one.severity) for one in events(after)] == [("GroundFailure", LATER, 2)]


@pytest.mark.parametrize(("wanted", "every"), [(60.0, 60.0), (0.0, station.HEARTBEAT)])
def test_an_accepted_station_is_heard_as_often_as_the_csms_wants(wanted: float, every: float) -> None:
    effects = list(station.begin_reporting(BeginReporting(station=CS, interval=wanted), ONLINE, NOW))
    beat = Heartbeat(station=CS, every=every)
    wake = Wake(name="heartbeat", at=NOW + timedelta(seconds=every), command=beat)
    assert effects[-1] == wake
    assert list(station.beat(beat, ONLINE, NOW)) == [beat, wake]


def test_after_a_lost_link_every_connector_is_reported_and_the_heartbeat_goes_on_as_it_was() -> None:
    effects = list(station.begin_reporting(BeginReporting(station=CS), ONLINE, LATER))
    assert [(one.evse, one.at) for one in effects if isinstance(one, ConnectorReported)] == [(1, LATER), (2, LATER)]
    assert len(effects) == 2


def test_a_heartbeat_waits_for_the_link_and_ends_with_the_acceptance() -> None:
    beat = Heartbeat(station=CS)
    wake = Wake(name="heartbeat", at=NOW + timedelta(seconds=300), command=replace(beat, every=300.0))
    assert list(station.beat(beat, OFFLINE, NOW)) == [wake]
    assert list(station.beat(beat, STARTING, NOW)) == []


def test_what_an_ev_does_shows_at_its_connector_once() -> None:
    plugged = changed(station.plugged_in(PLUG, ONLINE), ONLINE)
    effects = list(station.report_use(USE, plugged, LATER))
    assert reports(effects) == [(1, "occupied", "Charging", "")]
    assert list(station.report_use(USE, changed(effects, plugged), LATER)) == []


def test_what_an_ev_does_does_not_hide_a_fault_or_fill_a_free_connector() -> None:
    assert list(station.report_use(USE, ONLINE, LATER)) == []
    assert list(station.report_use(USE, changed(station.fault(FAULT, ONLINE, ROWS), ONLINE), LATER)) == []


def test_events_up_to_the_severity_level_are_worth_queueing() -> None:
    event = StationEventReported(station=CS, at=NOW, component="EVSE")
    kept = [severity for severity in range(10) if station.worth_queueing(replace(event, severity=severity), 5)]
    assert kept == [0, 1, 2, 3, 4, 5]
