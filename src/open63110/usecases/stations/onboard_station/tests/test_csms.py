# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.15 at the CSMS: who is let in, who waits, who is refused."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Event
from open63110.model.policy import Policy
from open63110.model.station import (
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.onboard_station import USE_CASE, csms
from open63110.usecases.stations.onboard_station.messages import (
    AdmitStation,
    CloneRefused,
    LinkContested,
    RegisterStation,
    RegistrationAnswer,
    RejectStation,
    StationRegistered,
)

NONE = KeptRows()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
OURS = Identity(vendor="Volt", model="One", serial="S-1")
OTHER = replace(OURS, serial="S-2")
QUARANTINE = Policy(unknown_stations="quarantine")
ACCEPT = Policy(unknown_stations="accept")
REFUSE = Policy(unknown_stations="refuse")


def boot(identity: Identity = OURS, at: datetime = NOW) -> StationBooted:
    return StationBooted(station=CS, at=at, identity=identity, reason="PowerUp")


def accepted(**more: object) -> Station:
    return replace(Station(id=CS, registration=Registration.ACCEPTED, identity=OURS, booted=NOW), **more)


def changed(effects: Iterable[Effect], station: Station | None) -> Station:
    """The station after the facts of a decision."""
    station = station or Station(id=CS)
    for effect in effects:
        if isinstance(effect, Event):
            station = USE_CASE.evolve[type(effect)](effect, station)
    return station


def answer(effects: Iterable[Effect]) -> RegistrationAnswer:
    (found,) = [effect for effect in effects if isinstance(effect, RegistrationAnswer)]
    return found


def kinds(effects: Iterable[Effect]) -> list[type]:
    return [type(effect) for effect in effects]


# -- who is let in --


def test_a_registered_station_is_accepted_when_it_boots_and_told_interval_and_time() -> None:
    registered = changed(csms.register(RegisterStation(station=CS, serial="S-1", note="yard"), NOW), None)
    effects = list(csms.hear_boot(boot(), registered, NOW, QUARANTINE, NONE))
    assert answer(effects) == RegistrationAnswer(registration=Registration.ACCEPTED, interval=300.0, now=NOW)
    station = changed(effects, registered)
    assert (station.registration, station.identity, station.booted) == (Registration.ACCEPTED, OURS, NOW)
    assert (station.boot_reason, station.note) == ("PowerUp", "yard")
    assert csms.may_speak(station)


def test_an_unknown_station_waits_in_quarantine_and_is_told_nothing_but_when_to_ask_again() -> None:
    effects = list(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE))
    assert answer(effects) == RegistrationAnswer(registration=Registration.PENDING, interval=60.0, now=NOW)
    assert kinds(effects) == [StationBooted, RegistrationDecided, RegistrationAnswer]
    station = changed(effects, None)
    assert station.registration is Registration.QUARANTINED
    assert not csms.may_speak(station)


def test_a_station_that_knocks_again_from_quarantine_leaves_no_new_facts() -> None:
    station = changed(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE), None)
    effects = list(csms.hear_boot(boot(), station, NOW + timedelta(minutes=1), QUARANTINE, NONE))
    assert kinds(effects) == [RegistrationAnswer]


def test_a_station_that_leaves_its_serial_number_out_says_nothing_new() -> None:
    station = changed(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE), None)
    effects = list(csms.hear_boot(boot(replace(OURS, serial="")), station, NOW, QUARANTINE, NONE))
    assert kinds(effects) == [RegistrationAnswer]
    assert changed([boot(replace(OURS, serial=""))], station).identity.serial == "S-1"


def test_new_firmware_of_a_quarantined_station_is_noted() -> None:
    station = changed(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE), None)
    effects = list(csms.hear_boot(boot(replace(OURS, firmware="2")), station, NOW, QUARANTINE, NONE))
    assert StationBooted in kinds(effects)


def test_an_unknown_station_is_accepted_on_sight_if_the_operator_wants_that() -> None:
    effects = list(csms.hear_boot(boot(), None, NOW, ACCEPT, NONE))
    assert answer(effects).registration is Registration.ACCEPTED
    assert changed(effects, None).registration is Registration.ACCEPTED


def test_an_unknown_station_is_refused_without_a_trace_if_the_operator_wants_that() -> None:
    effects = list(csms.hear_boot(boot(), None, NOW, REFUSE, NONE))
    assert effects == [RegistrationAnswer(registration=Registration.REJECTED, interval=60.0, now=NOW)]


@pytest.mark.parametrize(
    ("policy", "told"),
    [(QUARANTINE, Registration.PENDING), (ACCEPT, Registration.ACCEPTED), (REFUSE, Registration.REJECTED)],
)
def test_who_waits_in_quarantine_is_judged_by_the_policy_of_today(policy: Policy, told: Registration) -> None:
    station = changed(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE), None)
    assert answer(csms.hear_boot(boot(), station, NOW, policy, NONE)).registration is told


def test_a_rejected_station_is_refused_and_an_admitted_one_let_in() -> None:
    station = changed(csms.reject(RejectStation(station=CS, reason="stolen"), accepted(), NOW), accepted())
    effects = list(csms.hear_boot(boot(), station, NOW, ACCEPT, NONE))
    assert kinds(effects) == [RegistrationAnswer]
    assert answer(effects).registration is Registration.REJECTED
    admitted = changed(csms.admit(AdmitStation(station=CS), station, NOW), station)
    assert not csms.may_speak(admitted)
    assert answer(csms.hear_boot(boot(), admitted, NOW, QUARANTINE, NONE)).registration is Registration.ACCEPTED


def test_admitting_a_quarantined_station_lets_it_in_at_its_next_boot() -> None:
    station = changed(csms.hear_boot(boot(), None, NOW, QUARANTINE, NONE), None)
    admitted = changed(csms.admit(AdmitStation(station=CS), station, NOW), station)
    assert answer(csms.hear_boot(boot(), admitted, NOW, QUARANTINE, NONE)).registration is Registration.ACCEPTED


def test_admitting_a_station_that_works_changes_nothing() -> None:
    assert list(csms.admit(AdmitStation(station=CS), accepted(), NOW)) == []


def test_registering_a_station_that_works_lets_it_go_on() -> None:
    station = changed(csms.register(RegisterStation(station=CS, serial="S-1", note="new"), NOW), accepted())
    assert (station.registration, station.note) == (Registration.ACCEPTED, "new")


@pytest.mark.parametrize("bad", ["", "a:b", "x" * 49])
def test_an_identity_that_no_wire_carries_is_not_registered(bad: str) -> None:
    with pytest.raises(Malformed) as trouble:
        list(csms.register(RegisterStation(station=StationId(bad)), NOW))
    assert trouble.value.code == "BadStationId"


# -- clones --


def test_a_second_device_with_the_same_identity_is_refused_and_the_station_marked() -> None:
    effects = list(csms.hear_boot(boot(OTHER), accepted(), NOW, ACCEPT, NONE))
    assert kinds(effects) == [CloneRefused, RegistrationAnswer]
    assert (answer(effects).registration, answer(effects).reason) == (Registration.REJECTED, "clone")
    station = changed(effects, accepted())
    assert station.flags == ("clone",)
    assert station.identity == OURS


def test_the_known_device_works_on_after_a_clone_was_refused() -> None:
    station = changed(csms.hear_boot(boot(OTHER), accepted(), NOW, ACCEPT, NONE), accepted())
    effects = list(csms.hear_boot(boot(), station, NOW, ACCEPT, NONE))
    assert answer(effects).registration is Registration.ACCEPTED
    assert changed(effects, station).flags == ("clone",)


def test_a_clone_that_keeps_trying_is_refused_each_time_and_noted_once() -> None:
    station = changed(csms.hear_boot(boot(OTHER), accepted(), NOW, ACCEPT, NONE), accepted())
    effects = list(csms.hear_boot(boot(OTHER), station, NOW, ACCEPT, NONE))
    assert kinds(effects) == [RegistrationAnswer]
    assert answer(effects).registration is Registration.REJECTED


def test_a_device_other_than_the_registered_one_is_a_clone_even_if_it_comes_first() -> None:
    station = changed([StationRegistered(station=CS, at=NOW, serial="S-1")], None)
    assert answer(csms.hear_boot(boot(OTHER), station, NOW, ACCEPT, NONE)).registration is Registration.REJECTED


def test_a_new_board_is_believed_once_the_operator_has_registered_it() -> None:
    station = changed(csms.hear_boot(boot(OTHER), accepted(), NOW, ACCEPT, NONE), accepted())
    station = changed(csms.register(RegisterStation(station=CS, serial="S-2"), NOW), station)
    assert station.flags == ()
    assert answer(csms.hear_boot(boot(OTHER), station, NOW, ACCEPT, NONE)).registration is Registration.ACCEPTED


def test_blanks_around_a_serial_number_make_no_clone() -> None:
    assert answer(csms.hear_boot(boot(replace(OURS, serial=" S-1")), accepted(), NOW, ACCEPT, NONE)).reason == ""


def test_an_identity_that_two_links_contest_is_marked_once_and_nobody_is_refused() -> None:
    contested = LinkContested(station=CS, at=NOW, remotes=("10.0.0.1:7", "10.0.0.2:7"))
    station = changed(csms.hear_contest(contested, accepted()), accepted())
    assert (station.flags, station.registration) == (("clone",), Registration.ACCEPTED)
    assert csms.may_speak(station)
    assert list(csms.hear_contest(contested, station)) == []
    assert list(csms.hear_contest(contested, None)) == []
    assert changed(csms.register(RegisterStation(station=CS), NOW), station).flags == ()


# -- clocks --


def test_a_clock_of_1970_keeps_nobody_out_but_marks_the_station() -> None:
    effects = list(csms.hear_boot(boot(at=datetime(1970, 1, 1, tzinfo=UTC)), accepted(), NOW, ACCEPT, NONE))
    assert answer(effects) == RegistrationAnswer(registration=Registration.ACCEPTED, interval=300.0, now=NOW)
    station = changed(effects, accepted())
    assert (station.booted, station.flags) == (NOW, ("clock",))


def test_a_clock_within_tolerance_is_believed_and_takes_the_mark_off() -> None:
    at = NOW - timedelta(seconds=300)
    station = changed(csms.hear_boot(boot(at=at), accepted(flags=("clock",)), NOW, ACCEPT, NONE), accepted(flags=("clock",)))
    assert (station.booted, station.flags) == (at, ())


# -- links --


def test_a_link_is_noted_with_its_wire_and_gone_when_it_closes() -> None:
    up = StationConnected(station=CS, at=NOW, wire="ocpp2.0.1")
    station = changed(csms.link_up(up, accepted(), QUARANTINE), accepted())
    assert (station.connected, station.wire, station.registration) == (NOW, "ocpp2.0.1", Registration.ACCEPTED)
    down = list(csms.link_down(StationDisconnected(station=CS, at=NOW), station))
    assert kinds(down) == [StationDisconnected]
    assert changed(down, station).connected is None


@pytest.mark.parametrize(("policy", "becomes"), [(QUARANTINE, Registration.QUARANTINED), (ACCEPT, Registration.NEW)])
def test_a_stranger_is_judged_before_its_first_word(policy: Policy, becomes: Registration) -> None:
    up = StationConnected(station=CS, at=NOW, wire="ocpp1.6")
    assert changed(csms.link_up(up, None, policy), None).registration is becomes


def test_a_stranger_whom_the_operator_refuses_gets_no_link() -> None:
    with pytest.raises(Refused) as trouble:
        list(csms.link_up(StationConnected(station=CS, at=NOW, wire="ocpp1.6"), None, REFUSE))
    assert trouble.value.code == "UnknownStation"


def test_the_end_of_a_link_nobody_knows_is_nothing() -> None:
    assert list(csms.link_down(StationDisconnected(station=CS, at=NOW), None)) == []


def test_what_a_link_was_told_counts_more_than_what_the_station_is() -> None:
    assert not csms.may_speak(accepted(), Registration.REJECTED)
    assert csms.may_speak(accepted(registration=Registration.REJECTED), Registration.ACCEPTED)
    assert not csms.may_speak(None)
