# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5 at the CSMS: the newest state of each connector, the time for who asks, an alarm for who is not heard."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.messages import Effect, Event
from open63110.model.alarm import StationAlarmChanged
from open63110.model.policy import Policy
from open63110.model.reading import Reading
from open63110.model.station import Connector, ConnectorReported, Station, StationBooted, StationDisconnected
from open63110.usecases.stations.monitor_station import USE_CASE, csms
from open63110.usecases.stations.monitor_station.messages import (
    Acknowledged,
    CheckSilence,
    Heartbeat,
    JudgeClock,
    MeterValuesReported,
    StationClockDoubted,
    StationClockTrusted,
    StationEventReported,
    StationFellSilent,
    StationHeardAgain,
    TimeAnswer,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, C1 = EvseNumber(1), ConnectorNumber(1)
POLICY = Policy()
ROWS = KeptRows()
"""Of a station that never raised an alarm."""
STATION = Station(id=CS, connected=NOW - timedelta(hours=2))
SILENT = replace(STATION, flags=("silent",))
OCCUPIED = ConnectorReported(station=CS, at=NOW, evse=E1, connector=C1, state="occupied", detail="Preparing")


def changed(effects: Iterable[Effect], station: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
            station = USE_CASE.evolve[type(effect)](effect, station)
    return station


def kinds(effects: Iterable[Effect]) -> list[type]:
    return [type(effect) for effect in effects]


def test_a_report_is_kept_with_its_detail_and_acknowledged() -> None:
    fault = replace(OCCUPIED, state="faulted", error="GroundFailure", info="left socket", vendor_error="E7")
    effects = list(csms.hear_connector(fault, STATION, ROWS, NOW, POLICY))
    assert kinds(effects) == [ConnectorReported, StationAlarmChanged, Acknowledged]
    assert changed(effects, STATION).evses[E1].connectors[C1] == Connector(
        state="faulted", at=NOW, detail="Preparing", error="GroundFailure", info="left socket", vendor_error="E7"
    )


def test_the_same_report_again_is_acknowledged_and_leaves_no_second_fact() -> None:
    station = changed(csms.hear_connector(OCCUPIED, STATION, ROWS, NOW, POLICY), STATION)
    assert list(csms.hear_connector(OCCUPIED, station, ROWS, NOW, POLICY)) == [Acknowledged()]


def test_an_older_report_is_kept_as_a_fact_and_changes_nothing() -> None:
    station = changed(csms.hear_connector(OCCUPIED, STATION, ROWS, NOW, POLICY), STATION)
    older = replace(OCCUPIED, at=NOW - timedelta(minutes=5), state="available", offline=True)
    effects = list(csms.hear_connector(older, station, ROWS, NOW, POLICY))
    assert effects == [older, Acknowledged()]
    assert changed(effects, station) == station


def test_a_report_from_the_future_counts_from_now_so_that_true_ones_can_follow() -> None:
    ahead = replace(OCCUPIED, at=NOW + timedelta(days=1500))
    effects = list(csms.hear_connector(ahead, STATION, ROWS, NOW, POLICY))
    assert kinds(effects) == [ConnectorReported, StationClockDoubted, Acknowledged]
    station = changed(effects, STATION)
    assert station.flags == ("clock",)
    later = NOW + timedelta(seconds=5)
    freed = replace(OCCUPIED, at=later, state="available")
    assert (
        changed(csms.hear_connector(freed, station, ROWS, later, POLICY), station).evses[E1].connectors[C1].state == "available"
    )


def test_a_clock_that_is_a_little_ahead_is_nobodys_concern() -> None:
    ahead = replace(OCCUPIED, at=NOW + timedelta(seconds=300))
    assert kinds(csms.hear_connector(ahead, STATION, ROWS, NOW, POLICY)) == [ConnectorReported, Acknowledged]


def test_a_report_of_1970_counts_from_now_and_the_clock_is_doubted_once() -> None:
    first = replace(OCCUPIED, at=datetime(1970, 1, 1, tzinfo=UTC))
    effects = list(csms.hear_connector(first, STATION, ROWS, NOW, POLICY))
    assert StationClockDoubted in kinds(effects)
    station = changed(effects, STATION)
    assert station.evses[E1].connectors[C1].at == NOW
    second = replace(first, state="available")
    later = NOW + timedelta(seconds=9)
    assert kinds(csms.hear_connector(second, station, ROWS, later, POLICY)) == [ConnectorReported, Acknowledged]


def test_a_clock_that_is_off_is_marked_with_by_how_much_until_it_is_right() -> None:
    slow = JudgeClock(station=CS, ahead=-1_200.0)
    effects = list(csms.judge_clock(slow, STATION, NOW, POLICY))
    assert effects == [StationClockDoubted(station=CS, at=NOW, ahead=-1_200.0)]
    station = changed(effects, STATION)
    assert (station.flags, station.clock_ahead) == (("clock",), -1_200.0)
    assert list(csms.judge_clock(replace(slow, ahead=-1_230.0), station, NOW, POLICY)) == []  # it is as before
    more = list(csms.judge_clock(replace(slow, ahead=-1_290.0), station, NOW, POLICY))
    assert changed(more, station).clock_ahead == -1_290.0
    right = list(csms.judge_clock(replace(slow, ahead=-4.0), station, NOW, POLICY))
    assert right == [StationClockTrusted(station=CS, at=NOW)]
    station = changed(right, station)
    assert (station.flags, station.clock_ahead) == ((), 0.0)
    assert list(csms.judge_clock(replace(slow, ahead=-4.0), station, NOW, POLICY)) == []


@pytest.mark.parametrize(("evse", "connector"), [(-1, 1), (1000, 1), (1, -1), (1, 1000)])
def test_a_number_that_cannot_be_takes_no_memory(evse: int, connector: int) -> None:
    report = replace(OCCUPIED, evse=EvseNumber(evse), connector=ConnectorNumber(connector))
    with pytest.raises(Malformed) as trouble:
        list(csms.hear_connector(report, STATION, ROWS, NOW, POLICY))
    assert trouble.value.code == "OutOfRange"


def test_a_heartbeat_is_told_the_time_and_leaves_no_fact() -> None:
    assert list(csms.hear_heartbeat(Heartbeat(station=CS), STATION, NOW)) == [TimeAnswer(now=NOW)]
    assert list(csms.hear_heartbeat(Heartbeat(station=CS), None, NOW)) == [TimeAnswer(now=NOW)]


def test_an_event_is_kept_and_acknowledged() -> None:
    event = StationEventReported(station=CS, at=NOW, component="EVSE", variable="Temperature", severity=7)
    assert list(csms.hear_event(event, STATION, ROWS, NOW, POLICY)) == [event, Acknowledged()]


def test_readings_without_a_session_are_kept_and_an_empty_report_is_not() -> None:
    reading = Reading(at=NOW, measurand="power.import", value=0.0)
    values = MeterValuesReported(station=CS, at=NOW, evse=1, readings=(reading,))
    assert list(csms.hear_meter_values(values, STATION, NOW)) == [values, Acknowledged()]
    assert list(csms.hear_meter_values(replace(values, readings=()), STATION, NOW)) == [Acknowledged()]


def test_a_station_that_is_not_heard_for_too_long_is_alarmed_once() -> None:
    heard = NOW - timedelta(seconds=901)
    effects = list(csms.check_silence(CheckSilence(station=CS, heard=heard), STATION, ROWS, NOW, POLICY))
    assert kinds(effects) == [StationFellSilent, StationAlarmChanged]
    silent = changed(effects, STATION)
    assert silent.flags == ("silent", "unreached")
    assert list(csms.check_silence(CheckSilence(station=CS, heard=heard), silent, ROWS, NOW, POLICY)) == []


def test_a_station_is_not_silent_up_to_the_limit_nor_without_a_link() -> None:
    heard = NOW - timedelta(seconds=900)
    assert list(csms.check_silence(CheckSilence(station=CS, heard=heard), STATION, ROWS, NOW, POLICY)) == []
    away = replace(STATION, connected=None)
    assert list(csms.check_silence(CheckSilence(station=CS), away, ROWS, NOW, POLICY)) == []


def test_a_station_that_never_spoke_is_silent_counted_from_its_connection() -> None:
    assert csms.might_be_silent(STATION, None, NOW, POLICY)
    assert not csms.might_be_silent(replace(STATION, connected=NOW), None, NOW, POLICY)


def test_the_alarm_ends_when_the_station_was_heard() -> None:
    effects = list(csms.check_silence(CheckSilence(station=CS, heard=NOW), SILENT, ROWS, NOW, POLICY))
    assert effects == [StationHeardAgain(station=CS, at=NOW)]
    assert changed(effects, SILENT).flags == ()


@pytest.mark.parametrize(
    "effects",
    [
        csms.hear_heartbeat(Heartbeat(station=CS), SILENT, NOW),
        csms.hear_connector(OCCUPIED, SILENT, ROWS, NOW, POLICY),
        csms.hear_event(StationEventReported(station=CS, at=NOW, component="EVSE"), SILENT, ROWS, NOW, POLICY),
        csms.hear_meter_values(MeterValuesReported(station=CS, at=NOW, evse=0, readings=()), SILENT, NOW),
        [StationBooted(station=CS, at=NOW, identity=SILENT.identity)],
        [StationDisconnected(station=CS, at=NOW)],
    ],
)
def test_whatever_a_silent_station_says_ends_the_alarm(effects: Iterable[Effect]) -> None:
    assert changed(effects, SILENT).flags == ()
