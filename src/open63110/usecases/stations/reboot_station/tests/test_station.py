# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.7 in the station: reboot at once, when idle, or in order to go on."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event
from open63110.model.policy import Policy
from open63110.model.station import Evse, Identity, Station, StationBooted
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.reboot_station import (
    USE_CASE,
    RebootBegun,
    RebootIfIdle,
    RebootMode,
    RebootPlanned,
    RebootScheduled,
    RebootStation,
    StationRebooting,
)
from open63110.usecases.stations.reboot_station.csms import ask
from open63110.usecases.stations.reboot_station.station import obey, reboot_if_idle

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, E2 = EvseNumber(1), EvseNumber(2)
POLICY, ADMITTING = Policy(), Policy(admit_while_reset_pending=True)
IDLE = Station(id=CS, evses={E1: Evse(number=E1), E2: Evse(number=E2)})
REF = TransferReference("t1")
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=E1, began=NOW)
BUSY = replace(IDLE, transfers={REF: RUNNING})
INSTALLING = replace(IDLE, blocked_by="firmware")
BOOT = StationBooted(station=CS, at=NOW, identity=Identity(), reason="RemoteReset")


def order(mode: RebootMode, evse: EvseNumber | None = None) -> RebootStation:
    return RebootStation(station=CS, mode=mode, evse=evse)


def changed(effects: Iterable[Effect], station: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event):
            station = USE_CASE.evolve[type(effect)](effect, station)
    return station


def idle_again(station: Station) -> Station:
    return replace(station, transfers={REF: replace(RUNNING, ended=NOW)})


def rebooting(effects: Iterable[Effect]) -> list[tuple[str, EvseNumber | None]]:
    return [(one.reason, one.evse) for one in effects if isinstance(one, StationRebooting)]


@pytest.mark.parametrize("mode", RebootMode)
def test_nobody_reboots_while_firmware_is_being_installed(mode: RebootMode) -> None:
    for attempt in (ask(order(mode), INSTALLING, NOW, POLICY), obey(order(mode), INSTALLING, NOW, POLICY)):
        with pytest.raises(Refused) as trouble:
            list(attempt)
        assert trouble.value.code == "FwUpdateInProgress"


def test_an_evse_that_is_not_there_is_not_rebooted() -> None:
    wish = order(RebootMode.IMMEDIATE, EvseNumber(7))
    for attempt in (ask(wish, IDLE, NOW, POLICY), obey(wish, IDLE, NOW, POLICY)):
        with pytest.raises(Unknown):
            list(attempt)


def test_at_once_means_that_what_runs_is_ended_before_the_station_goes_down() -> None:
    effects = list(obey(order(RebootMode.IMMEDIATE), BUSY, NOW, POLICY))
    assert [type(one) for one in effects] == [RebootBegun, StationRebooting, RebootPlanned]
    assert rebooting(effects) == [("RemoteReset", None)]
    assert effects[-1] == RebootPlanned(scheduled=False)


def test_to_go_on_means_that_nothing_is_ended() -> None:
    effects = list(obey(order(RebootMode.IMMEDIATE_AND_RESUME), BUSY, NOW, POLICY))
    assert [type(one) for one in effects] == [StationRebooting, RebootPlanned]
    down = changed(effects, BUSY)
    assert (down.flags, down.blocked_by) == (("resuming",), "reboot")
    assert changed([BOOT], down).flags == ()


def test_an_idle_station_does_not_wait() -> None:
    assert rebooting(obey(order(RebootMode.ON_IDLE), IDLE, NOW, POLICY)) == [("RemoteReset", None)]
    assert rebooting(obey(order(RebootMode.ON_IDLE), idle_again(IDLE), NOW, POLICY)) == [("RemoteReset", None)]
    assert rebooting(obey(order(RebootMode.ON_IDLE, E2), BUSY, NOW, POLICY)) == [("RemoteReset", E2)]


def test_a_busy_station_waits_admits_nobody_and_reboots_once_it_is_idle() -> None:
    effects = list(obey(order(RebootMode.ON_IDLE), BUSY, NOW, POLICY))
    assert effects[-1] == RebootPlanned(scheduled=True)
    waiting = changed(effects, BUSY)
    assert (waiting.blocked_by, rebooting(effects)) == ("reboot", [])
    assert list(reboot_if_idle(RebootIfIdle(station=CS), waiting, NOW)) == []
    effects = list(reboot_if_idle(RebootIfIdle(station=CS), idle_again(waiting), NOW))
    assert rebooting(effects) == [("ScheduledReset", None)]
    down = changed(effects, idle_again(waiting))
    assert list(reboot_if_idle(RebootIfIdle(station=CS), down, NOW)) == []
    up = changed([BOOT], down)
    assert (up.blocked_by, up.flags) == ("", ())


def test_where_the_operator_chose_so_new_sessions_are_admitted_and_the_reboot_still_waits() -> None:
    waiting = changed(obey(order(RebootMode.ON_IDLE), BUSY, NOW, ADMITTING), BUSY)
    assert waiting.blocked_by == ""
    assert rebooting(reboot_if_idle(RebootIfIdle(station=CS), idle_again(waiting), NOW)) == [("ScheduledReset", None)]


def test_one_evse_waits_for_itself_and_is_free_again_when_it_restarts() -> None:
    waiting = changed(obey(order(RebootMode.ON_IDLE, E1), BUSY, NOW, POLICY), BUSY)
    assert waiting.blocked_by == "reboot"
    effects = list(reboot_if_idle(RebootIfIdle(station=CS), idle_again(waiting), NOW))
    assert rebooting(effects) == [("ScheduledReset", E1)]
    assert changed(effects, waiting).blocked_by == ""


def test_while_another_reboot_waits_the_station_stays_blocked() -> None:
    waiting = changed([RebootScheduled(station=CS, at=NOW, evse=E1), RebootScheduled(station=CS, at=NOW)], BUSY)
    assert changed([StationRebooting(station=CS, at=NOW, evse=E1)], waiting).blocked_by == "reboot"


def test_an_order_to_go_down_at_once_takes_the_place_of_one_that_waits() -> None:
    waiting = changed(obey(order(RebootMode.ON_IDLE), BUSY, NOW, POLICY), BUSY)
    begun = changed([RebootBegun(station=CS, at=NOW)], waiting)
    assert list(reboot_if_idle(RebootIfIdle(station=CS), idle_again(begun), NOW)) == []


def test_a_boot_does_not_end_an_installation() -> None:
    assert changed([BOOT], INSTALLING).blocked_by == "firmware"
