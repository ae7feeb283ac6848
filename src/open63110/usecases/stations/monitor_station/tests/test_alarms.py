# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5: what stations say is wrong becomes one alarm each, with its cause, until it is mended or somebody says so."""

from datetime import datetime, timedelta
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.flows.welcome_back import FLOW, then
from open63110.kernel.errors import Malformed, Trouble, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.alarm import AlarmKind, StationAlarm, alarm_key
from open63110.model.policy import Policy
from open63110.model.station import ConnectorReported, Registration, Station, StationConnected
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.runtime.rows import TurnRows
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.stations.monitor_station import (
    UNREACHED,
    USE_CASE,
    AcknowledgeAlarms,
    CheckAway,
    CheckSilence,
    EndStorm,
    ResolveAlarms,
    StationEventReported,
    StationHeardAgain,
    WelcomeBack,
)

CS = StationId("CS-1")
E1, C1 = EvseNumber(1), ConnectorNumber(1)
SECOND = timedelta(seconds=1)


class House:
    """A CSMS that knows one accepted station, on the real engine."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.clock = Clock()
        self.engine = Engine(Role.CSMS, Table([USE_CASE]), MemoryStore(), self.clock, Ids(), policy or Policy())
        self.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=T0)

    @property
    def station(self) -> Station:
        return self.engine.stations[CS]

    def alarms(self) -> list[StationAlarm]:
        rows = TurnRows(self.engine.known.under_way, {})
        return rows.load(StationAlarm, Where("station", "=", CS))

    def one(self) -> StationAlarm:
        (found,) = self.alarms()
        return found

    def hear(self, *messages: Message) -> Trouble | None:
        return self.engine.hear(messages, now=self.clock.at)

    def event(self, **more: Any) -> Trouble | None:
        said = {"component": "EVSE", "variable": "Problem", "severity": 3, "evse": 1, "at": self.clock.at, **more}
        return self.hear(StationEventReported(station=CS, **said))

    def state(self, state: Any, error: str = "", **more: Any) -> Trouble | None:
        said = {"evse": E1, "connector": C1, "at": self.clock.at, **more}
        return self.hear(ConnectorReported(station=CS, state=state, error=error, **said))

    def later(self, seconds: float) -> datetime:
        self.clock.at += timedelta(seconds=seconds)
        return self.clock.at


def test_an_event_up_to_the_severity_of_the_operator_is_an_alarm_with_all_it_says() -> None:
    house = House()
    house.event(severity=6)
    assert house.alarms() == []
    house.event(severity=2, code="F-17", text="too hot", actual="61.5", event_id=9, monitor=4, transfer=TransferReference("tx-1"))
    alarm = house.one()
    assert (alarm.kind, alarm.severity, alarm.state, alarm.count) == (AlarmKind.EVENT, 2, "active", 1)
    assert (alarm.component, alarm.variable, alarm.evse, alarm.code) == ("EVSE@1", "Problem", E1, "F-17")
    assert (alarm.text, alarm.actual, alarm.event, alarm.monitor, alarm.transfer) == ("too hot", "61.5", 9, 4, "tx-1")


def test_what_is_told_because_it_is_time_is_no_alarm() -> None:
    house = House()
    house.event(severity=0, trigger="periodic")
    assert house.alarms() == []


def test_the_same_at_the_same_place_is_one_alarm_that_is_counted() -> None:
    house = House()
    house.event(actual="61")
    house.later(5)
    house.event(actual="63", text="hotter")
    alarm = house.one()
    assert (alarm.count, alarm.since, alarm.last, alarm.actual, alarm.text) == (2, T0, house.clock.at, "63", "hotter")
    house.event(evse=2)
    assert len(house.alarms()) == 2


def test_an_alarm_is_over_with_what_raised_it_and_a_grave_one_waits_for_somebody_who_knows() -> None:
    house = House()
    house.event(severity=4)
    house.event(severity=3, code="F-1")
    house.later(5)
    house.event(cleared=True)
    by_severity = {one.severity: one for one in house.alarms()}
    assert (by_severity[4].state, by_severity[4].resolved, by_severity[4].resolved_by) == ("over", house.clock.at, "")
    assert (by_severity[3].state, by_severity[3].cleared) == ("cleared", house.clock.at)
    house.hear(AcknowledgeAlarms(station=CS, by="ann"))
    assert {one.state for one in house.alarms()} == {"over"}
    again = house.alarms()
    house.event(cleared=True)
    assert house.alarms() == again


def test_what_is_cleared_is_what_the_monitor_the_variable_and_the_code_say() -> None:
    house = House()
    house.event(monitor=1, code="A")
    house.event(monitor=2, code="B")
    house.event(code="C")
    house.event(code="D")
    house.event(cleared=True, monitor=1)
    house.event(cleared=True, code="C")
    house.event(cleared=True, evse=2)
    house.event(cleared=True, variable="Temperature")
    assert {one.code: one.cleared is not None for one in house.alarms()} == {"A": True, "B": False, "C": True, "D": False}


def test_what_flutters_is_one_alarm_and_stays_acknowledged_unless_it_gets_worse() -> None:
    house = House(Policy(alarm_stays=-1))
    house.event(severity=4)
    house.hear(AcknowledgeAlarms(station=CS, by="ann", note="fan ordered"))
    for _ in range(3):
        house.later(20)
        house.event(cleared=True)
        house.later(20)
        house.event(severity=4)
    alarm = house.one()
    assert (alarm.count, alarm.since, alarm.state, alarm.acknowledged_by) == (4, T0, "acknowledged", "ann")
    house.event(severity=1)
    worse = house.one()
    assert (worse.severity, worse.state, worse.note) == (1, "active", "fan ordered")
    house.event(severity=4)
    assert house.one().severity == 1


def test_what_comes_again_long_after_it_was_over_is_a_new_alarm() -> None:
    house = House()
    house.event(severity=4)
    house.event(cleared=True)
    house.later(301)
    house.event(severity=5)
    alarm = house.one()
    assert (alarm.count, alarm.since, alarm.severity, alarm.state) == (1, house.clock.at, 5, "active")


def test_an_alarm_that_a_person_has_resolved_begins_anew() -> None:
    house = House()
    house.event()
    house.hear(ResolveAlarms(station=CS, ids=(house.one().id,), by="bo", note="changed the fan"))
    alarm = house.one()
    assert (alarm.state, alarm.resolved_by, alarm.note) == ("over", "bo", "changed the fan")
    house.hear(ResolveAlarms(station=CS, ids=(alarm.id,), by="eve"), AcknowledgeAlarms(station=CS, ids=(alarm.id,), by="eve"))
    assert house.one() == alarm
    house.later(1)
    house.event()
    assert (house.one().state, house.one().count, house.one().note) == ("active", 1, "")


def test_who_names_an_alarm_that_is_not_there_or_another_stations_is_told_so() -> None:
    house = House()
    house.event()
    other = StationId("CS-2")
    house.engine.stations[other] = Station(id=other)
    for station, key in ((CS, "CS-1:event:nothing"), (other, house.one().id)):
        assert isinstance(house.hear(AcknowledgeAlarms(station=station, ids=(key,))), Unknown)
        assert isinstance(house.hear(ResolveAlarms(station=station, ids=(key,))), Unknown)
    assert isinstance(house.hear(AcknowledgeAlarms(station=CS, note="x" * 1001)), Malformed)
    assert house.one().state == "active"


def test_people_say_who_they_are_by_their_login_alone() -> None:
    assert AcknowledgeAlarms(station=CS).asked_by("ann", "operator").by == "ann"
    assert ResolveAlarms(station=CS).asked_by("bo", "operator").by == "bo"
    assert "by" in AcknowledgeAlarms.unasked


def test_an_event_that_names_another_one_as_its_cause_is_linked_to_its_alarm() -> None:
    house = House()
    house.event(event_id=7, code="ROOT")
    house.event(event_id=8, cause=7, variable="Contactor", code="OPEN")
    house.event(event_id=9, cause=70, variable="Fan")
    causes = {one.code: one.cause for one in house.alarms()}
    assert causes == {"ROOT": "", "OPEN": alarm_key(CS, AlarmKind.EVENT, "1", "EVSE", "Problem", "ROOT"), "": ""}


def test_a_security_event_is_an_alarm_until_a_person_resolves_it() -> None:
    house = House()
    house.event(component="SecurityCtrlr", variable="", evse=0, severity=2, security=True, code="TamperDetectionActivated")
    house.event(component="SecurityCtrlr", variable="", evse=0, cleared=True)
    assert (house.one().kind, house.one().state) == (AlarmKind.SECURITY, "active")


def test_an_error_code_of_a_connector_is_an_alarm_and_another_one_takes_its_place() -> None:
    house = House()
    house.state("faulted", "GroundFailure", info="left socket", vendor_error="E7")
    alarm = house.one()
    assert (alarm.kind, alarm.severity, alarm.code, alarm.vendor_code) == (AlarmKind.FAULT, 1, "GroundFailure", "E7")
    assert (alarm.component, alarm.text, alarm.connector) == ("Connector@1.1", "left socket", C1)
    house.later(1)
    house.state("faulted", "GroundFailure", info="left socket", vendor_error="E7")
    assert house.one().count == 1
    house.later(1)
    house.state("faulted", "HighTemperature")
    assert {one.code: one.state for one in house.alarms()} == {"GroundFailure": "cleared", "HighTemperature": "active"}
    house.later(1)
    house.state("available")
    assert {one.state for one in house.alarms()} == {"cleared"}
    house.later(1)
    house.state("occupied")


def test_an_error_of_a_connector_that_works_all_the_same_is_a_lesser_alarm() -> None:
    house = House()
    house.state("available", "OtherError")
    assert (house.one().severity, house.one().state) == (5, "active")
    house.later(1)
    house.state("available")
    assert house.one().state == "over"


def test_an_old_report_of_a_connector_raises_and_clears_nothing() -> None:
    house = House()
    house.state("available")
    house.state("faulted", "GroundFailure", at=T0 - SECOND, offline=True)
    assert house.alarms() == []
    house.later(1)
    house.state("faulted", "GroundFailure")
    house.state("available", at=T0 - SECOND, offline=True)
    assert house.one().state == "active"


def test_an_error_of_the_whole_station_is_an_alarm_and_goes() -> None:
    house = House()
    whole: dict[str, Any] = {"evse": EvseNumber(0), "connector": ConnectorNumber(0)}
    house.state("available", "WeakSignal", **whole)
    alarm = house.one()
    assert (alarm.component, alarm.severity) == ("ChargingStation", 6)
    house.later(1)
    house.state("available", **whole)
    assert house.one().state == "over"


def test_a_connector_that_is_faulted_without_a_reason_follows_from_the_event_that_says_why_whichever_comes_first() -> None:
    first, second = House(), House()
    first.state("faulted")
    first.event(code="F-1")
    second.event(code="F-1")
    second.state("faulted")
    for house in (first, second):
        by_kind = {one.kind: one for one in house.alarms()}
        assert by_kind[AlarmKind.FAULT].cause == by_kind[AlarmKind.EVENT].id


def test_a_station_without_a_link_for_too_long_is_an_alarm_until_it_is_back() -> None:
    house = House()
    house.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED)
    house.later(599)
    house.hear(CheckAway(station=CS, since=T0))
    assert house.alarms() == []
    house.later(1)
    house.hear(CheckAway(station=CS, since=T0))
    house.hear(CheckAway(station=CS, since=T0))
    alarm = house.one()
    assert (alarm.kind, alarm.code, alarm.severity, alarm.count) == (AlarmKind.UNREACHED, "Offline", 3, 1)
    assert UNREACHED in house.station.flags
    house.hear(WelcomeBack(station=CS))
    assert (house.one().state, house.station.flags) == ("cleared", ())
    before = house.alarms()
    house.hear(WelcomeBack(station=CS))
    assert house.alarms() == before


def test_who_is_not_accepted_or_is_never_to_be_missed_is_not_missed() -> None:
    house, never = House(), House(Policy(offline_after=0.0))  # type: ignore[arg-type]  # seconds
    house.engine.stations[CS] = Station(id=CS, registration=Registration.PENDING)
    never.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED)
    for one in (house, never):
        one.later(9_999)
        one.hear(CheckAway(station=CS, since=T0))
        assert one.alarms() == []


def test_a_silent_station_is_an_alarm_graver_while_energy_flows_and_over_once_it_speaks() -> None:
    house = House()
    reference = TransferReference("tx-1")
    running = EnergyTransfer(station=CS, number=1, reference=reference, state="charging", began=T0)  # type: ignore[arg-type]  # a number
    house.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=T0, transfers={reference: running})
    house.later(901)
    house.hear(CheckSilence(station=CS, heard=T0))
    assert (house.one().code, house.one().severity, house.one().since) == ("Silent", 2, T0)
    assert list(then(StationHeardAgain(station=CS, at=T0), house.station)) == [WelcomeBack(station=CS)]
    assert list(then(StationConnected(station=CS, at=T0, wire="ocpp2.1"), Station(id=CS))) == []
    assert FLOW.role is Role.CSMS
    house.hear(WelcomeBack(station=CS))
    assert house.one().state == "cleared"


def test_a_storm_of_alarms_is_one_more_alarm_that_counts_and_is_over_once_it_is_quiet() -> None:
    house = House(Policy(storm_alarms=5))
    for number in range(5):
        house.event(code=f"F-{number}", severity=4)
    house.event(variable="Fan", severity=4)
    house.event(variable="Fan", severity=2)
    house.event(variable="Door", severity=3)
    assert len(house.alarms()) == 6
    storm = next(one for one in house.alarms() if one.kind is AlarmKind.STORM)
    assert (storm.severity, storm.count, storm.text, storm.tally) == (2, 3, "Fan 2, Door 1", {"Fan": 2, "Door": 1})
    house.event(code="F-0", severity=4)
    assert next(one for one in house.alarms() if one.code == "F-0").count == 2
    assert house.station.wakeups.keys() == {"alarm-storm"}
    house.later(30)
    house.event(variable="Door", severity=3)
    house.later(30)
    house.hear(EndStorm(station=CS))
    assert next(one for one in house.alarms() if one.kind is AlarmKind.STORM).state == "active"
    house.later(31)
    house.hear(EndStorm(station=CS))
    over = next(one for one in house.alarms() if one.kind is AlarmKind.STORM)
    assert (over.state, over.count) == ("cleared", 4)
    house.hear(EndStorm(station=CS))
    assert next(one for one in house.alarms() if one.kind is AlarmKind.STORM) == over
    house.event(variable="Window", severity=4)
    assert len(house.alarms()) == 7


def test_a_second_storm_counts_anew_and_many_kinds_of_it_are_told_as_others() -> None:
    house = House(Policy(storm_alarms=0))
    house.event(code="A")
    house.later(100)
    house.hear(EndStorm(station=CS), ResolveAlarms(station=CS, by="ann"))
    for number in range(60):
        house.event(code=f"F-{number}")
    storm = house.one()
    assert (storm.count, len(storm.tally), storm.tally["others"], storm.state) == (60, 51, 10, "active")
    assert storm.text.startswith("others 10, F-0 1")
    assert storm.text.endswith(" …")


def test_an_id_holds_nothing_that_means_something_in_an_address() -> None:
    assert alarm_key(CS, AlarmKind.EVENT, "a/b c", "d:e?f#g%h\\i") == "CS-1:event:a_b_c:d_e_f_g_h_i"
