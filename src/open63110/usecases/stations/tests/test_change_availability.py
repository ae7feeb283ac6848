# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.4, the use of parts of a station: both ends."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.kernel.roles import Role
from open63110.model.authorization import hindrance
from open63110.model.availability import Availability, operative
from open63110.model.station import AuthorizationReleased, Connector, Evse, Grant, Registration, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded
from open63110.usecases.stations.change_availability import (
    PARTS_FOLLOW,
    USE_CASE,
    AvailabilityChanged,
    AvailabilityPlanned,
    AvailabilityRefused,
    AvailabilityWanted,
    ChangeAvailability,
    ReconcileAvailability,
)
from open63110.usecases.stations.change_availability.csms import ask, hear_changed, hear_refused, reconcile
from open63110.usecases.stations.change_availability.station import obey

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, E2, C1, C2 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1), ConnectorNumber(2)
FREE = Connector(state="available", at=NOW)
PLUGS = {C1: FREE, C2: FREE}
IDLE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    evses={one: Evse(number=one, connectors=PLUGS) for one in (E1, E2)},
)
REF = TransferReference("t1")
RUNNING = EnergyTransfer(
    station=CS, number=TransferNumber(1), reference=REF, evse=E1, connector=C1, began=NOW, subject=SubjectRef("s")
)
BUSY = replace(IDLE, transfers={REF: RUNNING})
OVER = replace(RUNNING, ended=NOW)
END = EnergyTransferEnded(station=CS, at=NOW, reference=REF, seq=1)


def order(*, operative: bool = False, evse: int = 0, connector: int = 0) -> ChangeAvailability:
    return ChangeAvailability(station=CS, operative=operative, evse=EvseNumber(evse), connector=ConnectorNumber(connector))


def changed(effects: Iterable[Effect], station: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
            station = USE_CASE.evolve[type(effect)](effect, station)
    return station


def commands(effects: Iterable[Effect]) -> list[ChangeAvailability]:
    return [one for one in effects if isinstance(one, ChangeAvailability)]


# --- at the station ---


@pytest.mark.parametrize("part", [{}, {"evse": 1}, {"evse": 1, "connector": 2}])
def test_a_part_that_is_out_of_use_admits_nobody_until_it_is_in_use_again(part: dict[str, Any]) -> None:
    effects = list(obey(order(**part), IDLE, NOW))
    assert effects[-1] == AvailabilityPlanned()
    out = changed(effects, IDLE)
    assert hindrance(out, E1, C2) == "Unavailable"
    assert hindrance(out, E2) == ("" if part else "Unavailable")
    assert changed(obey(order(operative=True, **part), out, NOW), out) == IDLE


def test_where_energy_flows_it_is_put_off_until_that_has_ended() -> None:
    effects = list(obey(order(evse=1), BUSY, NOW))
    assert effects[-1] == AvailabilityPlanned(scheduled=True)
    assert effects[-1].remark() == "Scheduled"
    waits = changed(effects, BUSY)
    assert [one.progress for one in waits.availability] == ["scheduled"]
    after = changed([END], replace(waits, transfers={REF: OVER}))
    assert [one.progress for one in after.availability] == ["in-force"]
    assert changed([END], replace(after, transfers={})).availability == after.availability


def test_another_transfer_that_goes_on_holds_the_whole_station_up_still() -> None:
    other = replace(RUNNING, reference=TransferReference("t2"), evse=E2)
    waits = changed(obey(order(), replace(BUSY, transfers={REF: RUNNING, other.reference: other}), NOW), BUSY)
    still = changed([END], replace(waits, transfers={REF: OVER, other.reference: other}))
    assert [one.progress for one in still.availability] == ["scheduled"]


@pytest.mark.parametrize(
    ("part", "waits"), [({"evse": 2}, False), ({"evse": 1, "connector": 2}, False), ({"evse": 1, "connector": 1}, True)]
)
def test_only_what_flows_at_that_very_part_puts_it_off(part: dict[str, Any], waits: bool) -> None:
    assert list(obey(order(**part), BUSY, NOW))[-1] == AvailabilityPlanned(scheduled=waits)


def test_into_use_it_is_at_once_whatever_flows() -> None:
    assert list(obey(order(operative=True), BUSY, NOW))[-1] == AvailabilityPlanned()


def test_a_right_to_charge_that_nobody_used_yet_is_taken_back() -> None:
    grant = Grant(subject=SubjectRef("s"), method="remote", at=NOW, until=NOW + timedelta(seconds=60), remote_start=7)
    granted = replace(IDLE, evses=IDLE.evses | {E2: replace(IDLE.evses[E2], grant=grant)})
    released = [one for one in obey(order(evse=2), granted, NOW) if isinstance(one, AuthorizationReleased)]
    assert [(one.evse, one.reason, one.remote_start) for one in released] == [(E2, "cancelled", 7)]
    for other in (order(evse=1), order(evse=2, connector=1), order(operative=True, evse=2)):
        assert not [one for one in obey(other, granted, NOW) if isinstance(one, AuthorizationReleased)]


@pytest.mark.parametrize("part", [{"evse": 3}, {"evse": 1, "connector": 3}, {"connector": 1}])
def test_a_part_that_is_not_there_is_unknown_at_both_ends(part: dict[str, Any]) -> None:
    with pytest.raises(Unknown):
        list(obey(order(**part), IDLE, NOW))
    with pytest.raises(Unknown):
        list(ask(order(**part), IDLE, NOW))


def test_each_part_needs_those_above_it() -> None:
    whole = Availability(operative=False, at=NOW)
    connector = Availability(evse=E1, connector=C2, operative=False, at=NOW)
    assert not operative((whole,), E1, C1)
    assert operative((connector,), E1, C1)
    assert operative((connector,), E1)
    assert not operative((connector,), E1, C2)


# --- at the CSMS ---


def test_the_wish_is_passed_on_and_kept() -> None:
    wish = order(evse=1)
    effects = list(ask(wish, IDLE, NOW))
    assert commands(effects) == [wish]
    wanted = changed(effects, IDLE)
    assert [(one.place, one.progress) for one in wanted.availability] == [((E1, 0), "asked")]
    assert hindrance(wanted, E1) == "Unavailable"


def test_of_a_station_that_is_away_it_is_kept_and_the_asker_is_told() -> None:
    away = replace(IDLE, connected=None)
    effects = list(ask(order(), away, NOW))
    assert [type(one) for one in effects] == [AvailabilityWanted, AvailabilityPlanned]
    assert effects[-1].remark() == "Kept"  # type: ignore[union-attr] # seen above
    assert AvailabilityPlanned().remark() == ""


def test_what_a_station_confirms_holds_and_what_it_refuses_is_given_up() -> None:
    wanted = changed(ask(order(evse=1), IDLE, NOW), IDLE)
    yes = AvailabilityChanged(station=CS, at=NOW, operative=False, evse=E1)
    assert [one.progress for one in changed(hear_changed(yes, wanted), wanted).availability] == ["in-force"]
    later = AvailabilityChanged(station=CS, at=NOW, operative=False, evse=E1, scheduled=True)
    assert [one.progress for one in changed(hear_changed(later, wanted), wanted).availability] == ["scheduled"]
    no = AvailabilityRefused(station=CS, at=NOW, operative=False, evse=E1, reason="Rejected")
    assert changed(hear_refused(no), wanted) == IDLE


def test_an_answer_to_what_is_not_wanted_any_more_changes_nothing() -> None:
    wanted = changed(ask(order(operative=True, evse=1), IDLE, NOW), IDLE)
    late = AvailabilityChanged(station=CS, at=NOW, operative=False, evse=E1)
    assert list(hear_changed(late, wanted)) == []
    no = AvailabilityRefused(station=CS, at=NOW, operative=False, evse=E1)
    assert changed(hear_refused(no), wanted) == wanted


def test_after_a_boot_all_is_told_again_and_after_a_mere_reconnection_what_was_not_confirmed() -> None:
    there = replace(
        IDLE,
        availability=(
            Availability(evse=E1, operative=False, at=NOW),
            Availability(operative=False, at=NOW, progress="in-force"),
        ),
    )
    booted = list(reconcile(ReconcileAvailability(station=CS, afresh=True), there, NOW))
    assert commands(booted) == [order(), order(evse=1)]
    back = list(reconcile(ReconcileAvailability(station=CS), there, NOW))
    assert commands(back) == [order(evse=1)]
    assert list(reconcile(ReconcileAvailability(station=CS), replace(there, connected=None), NOW)) == []


def test_it_waits_a_moment_for_a_station_that_may_be_about_to_boot() -> None:
    (wake,) = reconcile(ReconcileAvailability(station=CS, wait=10.0), IDLE, NOW)
    assert isinstance(wake, Wake)
    assert (wake.at - NOW, wake.command) == (timedelta(seconds=10), ReconcileAvailability(station=CS))


def test_parts_that_follow_the_whole_on_their_wire_get_their_own_order_again() -> None:
    apart = Availability(evse=E1, operative=False, at=NOW, progress="in-force")
    yes = AvailabilityChanged(station=CS, at=NOW, operative=True)
    follows = replace(IDLE, availability=(apart,), lacks=(PARTS_FOLLOW,))
    assert commands(hear_changed(yes, follows)) == [order(evse=1)]
    assert commands(hear_changed(yes, replace(follows, lacks=()))) == []


def test_the_operator_asks_and_only_he() -> None:
    (door,) = USE_CASE.doors
    assert (door.command, door.verb, door.roles) == (ChangeAvailability, "change-availability", frozenset({Role.OPERATOR}))
