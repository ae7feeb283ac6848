# SPDX-License-Identifier: Apache-2.0
"""Onboarding, monitoring and reboot with all their flows, on the real engine, at the station and at the CSMS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from open63110.kernel.ids import EvseNumber, OrderId, SessionNumber, StationId, SubjectRef, TransferNumber
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.policy import Policy, StationPolicy
from open63110.model.reading import Reading
from open63110.model.station import (
    ConnectorReported,
    EvPluggedIn,
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
)
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.sessions.energy_transfer import MeterSampled, StartTransfer, StopTransfer
from open63110.usecases.stations.monitor_station import FaultAppeared, Heartbeat, StationEventReported
from open63110.usecases.stations.onboard_station import PoweredUp, RegisterStation, RegistrationAnswered
from open63110.usecases.stations.reboot_station import RebootMode, RebootScheduled, RebootStation, StationRebooting

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, E2 = EvseNumber(1), EvseNumber(2)
OURS = Identity(vendor="Volt", model="One", serial="S-1")


class Hands:
    """A clock that is moved by hand, and ids that count."""

    def __init__(self) -> None:
        self.at = START
        self._numbers = count(1)

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds

    def transfer(self) -> TransferNumber:
        return TransferNumber(next(self._numbers))

    def session(self) -> SessionNumber:
        return SessionNumber(next(self._numbers))

    def order(self) -> OrderId:
        return OrderId(str(next(self._numbers)))

    def subject(self) -> SubjectRef:
        return SubjectRef(str(next(self._numbers)))

    def row(self, noun: type[Any]) -> int:
        return next(self._numbers)


class Party:
    """One engine, what it said, and whom it asked."""

    def __init__(self, role: Role, policy: Policy) -> None:
        self.hands = Hands()
        self.engine = Engine(role, discover(), MemoryStore(), self.hands, self.hands, policy)
        self.asked: list[Command] = []
        self.engine.send = self.asked.append

    def hear(self, *messages: Any) -> list[Event]:
        """Let it hear something; return the facts that follow."""
        before = len(self.engine.commit.batch.facts)
        self.engine.hear(messages)
        return self.engine.commit.batch.facts[before:]

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass; return the facts that follow."""
        before = len(self.engine.commit.batch.facts)
        self.hands.at += timedelta(seconds=seconds)
        self.engine.timers.fire_due()
        return self.engine.commit.batch.facts[before:]

    @property
    def noun(self) -> Station:
        return self.engine.stations[CS]


def powered() -> Party:
    """A station with two EVSEs that has a link and has started."""
    party = Party(Role.STATION, StationPolicy())
    party.hear(StationConnected(station=CS, at=START, wire="ocpp2.0.1"))
    party.hear(PoweredUp(station=CS, at=START, identity=OURS, connectors=(1, 1)))
    return party


def accepted() -> Party:
    party = powered()
    party.hear(answer(Registration.ACCEPTED, 300.0))
    return party


def charging() -> Party:
    """A station that charges at its first EVSE."""
    party = accepted()
    party.hear(EvPluggedIn(station=CS, at=party.hands.at, evse=E1))
    sample(party, 1000.0)
    party.hear(StartTransfer(station=CS, evse=E1))
    sample(party, 3000.0)
    return party


def sample(party: Party, register: float) -> None:
    reading = Reading(at=party.hands.at, measurand="energy.import.register", value=register)
    party.hear(MeterSampled(station=CS, at=party.hands.at, evse=E1, readings=(reading,), state="charging"))


def answer(registration: Registration, interval: float) -> RegistrationAnswered:
    return RegistrationAnswered(station=CS, at=START, registration=registration, interval=interval, now=START)


def only(facts: list[Event], *kinds: type[Event]) -> Iterator[Any]:
    return (fact for fact in facts if isinstance(fact, kinds))


def test_a_station_boots_waits_while_pending_and_reports_once_it_is_accepted() -> None:
    party = powered()
    assert party.wait(60)[0] == StationBooted(station=CS, at=START, identity=OURS, reason="PowerUp")
    party.hear(answer(Registration.PENDING, 10.0))
    assert [type(fact) for fact in party.wait(10)] == [StationBooted]
    facts = party.hear(answer(Registration.ACCEPTED, 300.0))
    assert [(one.evse, one.state) for one in only(facts, ConnectorReported)] == [(1, "available"), (2, "available")]
    assert party.wait(60) == []
    party.wait(240)
    assert [type(command) for command in party.asked] == [Heartbeat]
    party.wait(300)
    assert [type(command) for command in party.asked] == [Heartbeat, Heartbeat]


def test_a_station_that_boots_faulted_reports_the_fault_after_acceptance_and_once() -> None:
    party = powered()
    seen = FaultAppeared(station=CS, at=START, evse=2, code="GroundFailure", severity=1)
    assert list(only(party.hear(seen), StationEventReported)) == []
    facts = party.hear(answer(Registration.ACCEPTED, 300.0))
    (event,) = only(facts, StationEventReported)
    assert (event.code, event.severity, event.at) == ("GroundFailure", 1, START)
    assert [(one.evse, one.state) for one in only(facts, ConnectorReported)] == [(1, "available"), (2, "faulted")]


def test_an_immediate_reboot_ends_the_transfer_with_its_energy_before_the_station_goes_down() -> None:
    party = charging()
    facts = party.hear(RebootStation(station=CS, mode=RebootMode.IMMEDIATE))
    ended, going = only(facts, EnergyTransferEnded, StationRebooting)
    assert (ended.reason, ended.trigger, ended.readings[0].value) == ("ImmediateReset", "ResetCommand", 3000.0)
    assert going.reason == "RemoteReset"
    up = party.hear(PoweredUp(station=CS, at=party.hands.at, reason=going.reason))
    assert [one.reason for one in only(up, StationBooted)] == ["RemoteReset"]
    assert list(only(up, EnergyTransferEnded)) == []


def test_a_reboot_on_idle_waits_for_the_end_then_happens_and_admits_nobody_meanwhile() -> None:
    party = charging()
    assert list(only(party.hear(RebootStation(station=CS)), RebootScheduled, StationRebooting)) == [
        RebootScheduled(station=CS, at=START)
    ]
    assert party.noun.blocked_by == "reboot"
    facts = party.hear(StopTransfer(station=CS, evse=E1, reason="Local"))
    assert [one.reason for one in only(facts, StationRebooting)] == ["ScheduledReset"]
    party.hear(PoweredUp(station=CS, at=START, reason="ScheduledReset"))
    assert (party.noun.blocked_by, party.noun.flags) == ("", ())


def test_an_immediate_reboot_in_place_of_one_that_waits_happens_once() -> None:
    party = charging()
    party.hear(RebootStation(station=CS))
    facts = party.hear(RebootStation(station=CS, mode=RebootMode.IMMEDIATE))
    assert [one.reason for one in only(facts, StationRebooting)] == ["RemoteReset"]


def test_a_reboot_that_resumes_keeps_the_transfer_and_a_power_cut_ends_it() -> None:
    party = charging()
    facts = party.hear(RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME))
    assert list(only(facts, EnergyTransferEnded)) == []
    assert list(only(party.hear(PoweredUp(station=CS, at=START, reason="RemoteReset")), EnergyTransferEnded)) == []
    party.hear(answer(Registration.ACCEPTED, 300.0))
    facts = party.hear(PoweredUp(station=CS, at=START))
    assert [one.reason for one in only(facts, EnergyTransferEnded)] == ["PowerLoss"]


def test_the_connector_of_a_session_goes_from_preparing_to_finishing() -> None:
    party = accepted()
    facts = party.hear(EvPluggedIn(station=CS, at=START, evse=E1))
    party.hear(StartTransfer(station=CS, evse=E1))
    reading = Reading(at=START, measurand="power.import", value=7000.0)
    facts += party.hear(MeterSampled(station=CS, at=START, evse=E1, readings=(reading,), state="charging"))
    facts += party.hear(StopTransfer(station=CS, evse=E1, reason="Local"))
    details = [one.detail for one in only(facts, ConnectorReported)]
    assert details == ["Preparing", "Charging", "Finishing"]


def test_the_csms_ends_what_a_rebooted_station_never_spoke_of_again() -> None:
    party = Party(Role.CSMS, Policy())
    party.hear(RegisterStation(station=CS))
    boot = StationBooted(station=CS, at=START, identity=OURS, reason="PowerUp")
    assert [one.registration for one in only(party.hear(boot), RegistrationDecided)] == [Registration.ACCEPTED]
    party.hear(EnergyTransferStarted(station=CS, at=START, reference="t1", seq=0, evse=E1))  # type: ignore[arg-type]  # literal
    party.hands.at += timedelta(hours=1)
    rebooted = StationBooted(station=CS, at=party.hands.at, identity=OURS, reason="Watchdog")
    assert list(only(party.hear(rebooted), EnergyTransferEnded)) == []
    (ended,) = only(party.wait(172_800), EnergyTransferEnded)
    assert ended.reason == "Reboot"
