# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.15 in the station: it starts, says so as soon as it can, and knocks again until it is let in."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef
from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.station import (
    Connector,
    Grant,
    Identity,
    Registration,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.onboard_station import USE_CASE, station
from open63110.usecases.stations.onboard_station.messages import BootAgain, PoweredUp, RegistrationAnswered

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
OURS = Identity(vendor="Volt", model="One", serial="S-1")
UP = PoweredUp(station=CS, at=NOW, identity=OURS, connectors=(1, 2))
LINK = StationConnected(station=CS, at=NOW, wire="ocpp2.1")


def changed(effects: Iterable[Effect], noun: Station | None) -> Station:
    noun = noun or Station(id=CS)
    for effect in effects:
        if isinstance(effect, Event):
            noun = USE_CASE.evolve[type(effect)](effect, noun)
    return noun


def answered(registration: Registration, interval: float = 0.0) -> RegistrationAnswered:
    return RegistrationAnswered(station=CS, at=NOW, registration=registration, interval=interval, now=NOW)


def booted(effects: Iterable[Effect]) -> list[StationBooted]:
    return [one for one in effects if isinstance(one, StationBooted)]


def test_a_station_without_a_link_starts_and_tells_when_it_has_one() -> None:
    effects = list(station.power_up(UP, None, NOW))
    assert effects == [UP]
    alone = changed(effects, None)
    (told,) = booted(station.link_up(LINK, alone, NOW + timedelta(hours=1)))
    assert told == StationBooted(station=CS, at=NOW, identity=OURS, reason="PowerUp")


def test_a_station_with_a_link_tells_at_once() -> None:
    linked = changed(station.link_up(LINK, None, NOW), None)
    assert [one.identity for one in booted(station.power_up(UP, linked, NOW))] == [OURS]


def test_a_link_before_power_up_says_nothing_of_a_boot() -> None:
    linked = changed(station.link_up(LINK, None, NOW), None)
    assert booted(station.link_up(LINK, linked, NOW)) == []


def test_a_station_that_starts_again_is_the_same_device_with_the_same_connectors() -> None:
    linked = changed([UP, LINK], None)
    again = PoweredUp(station=CS, at=NOW + timedelta(hours=1), reason="RemoteReset")
    effects = list(station.power_up(again, linked, NOW))
    assert [(one.identity, one.reason) for one in booted(effects)] == [(OURS, "RemoteReset")]
    assert [list(evse.connectors) for evse in changed(effects, linked).evses.values()] == [[1], [1, 2]]


def test_power_up_starts_everything_afresh_but_a_wish_to_resume() -> None:
    used = changed([UP], None)
    grant = Grant(subject=SubjectRef("s"), method="csms", at=NOW, until=NOW)
    broken = {ConnectorNumber(1): Connector(state="faulted", at=NOW, error="x")}
    evse = replace(used.evses[EvseNumber(1)], grant=grant, connectors=broken)
    used = replace(
        used,
        registration=Registration.ACCEPTED,
        blocked_by="reboot",
        flags=("fault/1/3/x", "resuming", "reboot-scheduled"),
        evses={**used.evses, EvseNumber(1): evse},
    )
    fresh = changed([UP], used)
    assert (fresh.registration, fresh.blocked_by, fresh.flags) == (Registration.NEW, "", ("resuming",))
    assert {one.grant for one in fresh.evses.values()} == {None}
    assert {known.state for one in fresh.evses.values() for known in one.connectors.values()} == {"available"}


@pytest.mark.parametrize(("interval", "wait"), [(10.0, 10.0), (0.0, station.RETRY)])
@pytest.mark.parametrize("said", [Registration.PENDING, Registration.REJECTED])
def test_a_station_that_is_not_let_in_knocks_again(said: Registration, interval: float, wait: float) -> None:
    linked = changed([UP, LINK], None)
    effects = list(station.hear_answer(answered(said, interval), NOW))
    (wake,) = [one for one in effects if isinstance(one, Wake)]
    assert wake == Wake(name="boot", at=NOW + timedelta(seconds=wait), command=BootAgain(station=CS))
    waiting = changed(effects, linked)
    assert waiting.registration is said
    assert len(booted(station.boot_again(BootAgain(station=CS), waiting, NOW))) == 1


def test_a_station_that_gets_no_answer_knocks_again() -> None:
    linked = changed([UP, LINK], None)
    wakes = [one for one in station.boot_again(BootAgain(station=CS), linked, NOW) if isinstance(one, Wake)]
    assert [one.at for one in wakes] == [NOW + timedelta(seconds=station.RETRY)]


def test_an_accepted_station_knocks_no_more() -> None:
    linked = changed([UP, LINK], None)
    effects = list(station.hear_answer(answered(Registration.ACCEPTED, 300.0), NOW))
    assert effects[-1] == Wake(name="boot", at=NOW, command=None)
    accepted = changed(effects, linked)
    assert list(station.boot_again(BootAgain(station=CS), accepted, NOW)) == []
    assert booted(station.link_up(LINK, accepted, NOW)) == []


def test_nobody_knocks_without_a_link() -> None:
    down = list(station.link_down(StationDisconnected(station=CS, at=NOW)))
    alone = changed(down, changed([UP, LINK], None))
    assert alone.connected is None
    assert list(station.boot_again(BootAgain(station=CS), alone, NOW)) == []
