# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.7 at the CSMS: pass the wish on, or keep it for a station that cannot wait."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.policy import Policy
from open63110.model.station import Evse, Identity, Station, StationBooted
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.reboot_station import (
    USE_CASE,
    OrderKeptReboot,
    RebootDropped,
    RebootIfIdle,
    RebootMode,
    RebootPlanned,
    RebootScheduled,
    RebootStation,
    StationRebooting,
)
from open63110.usecases.stations.reboot_station.csms import (
    AGAIN,
    BREATH,
    SETTLED,
    ask,
    hear_dropped,
    hear_rebooting,
    hear_scheduled,
    order_kept,
    reboot_if_idle,
)

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


def test_the_csms_passes_the_wish_on() -> None:
    wish = order(RebootMode.ON_IDLE, E2)
    assert list(ask(wish, IDLE, NOW, POLICY)) == [wish]
    unheard_of = replace(IDLE, evses={})
    assert list(ask(wish, unheard_of, NOW, POLICY)) == [wish]


@pytest.mark.parametrize(("policy", "blocked_by"), [(POLICY, "reboot"), (ADMITTING, "")])
def test_the_csms_admits_nobody_until_the_boot_unless_the_operator_chose_otherwise(policy: Policy, blocked_by: str) -> None:
    station = changed(hear_scheduled(RebootScheduled(station=CS, at=NOW), BUSY, policy), BUSY)
    assert station.blocked_by == blocked_by
    assert station.flags == ("reboot-scheduled",)
    assert changed([BOOT], station) == BUSY


def test_the_csms_leaves_it_to_the_station_to_guard_one_evse() -> None:
    assert changed(hear_scheduled(RebootScheduled(station=CS, at=NOW, evse=E1), BUSY, POLICY), BUSY).blocked_by == ""


def test_the_csms_keeps_that_a_station_goes_down_until_it_has_booted() -> None:
    going = StationRebooting(station=CS, at=NOW)
    assert list(hear_rebooting(going, IDLE)) == [going]
    assert changed([going], IDLE).blocked_by == "reboot"
    assert changed([going, BOOT], IDLE) == IDLE


# --- a station that cannot be told to wait ---

UP = replace(BUSY, lacks=("wait-for-idle",), connected=NOW)
LATER = NOW + timedelta(hours=1)
KEPT = ("reboot-scheduled", "reboot-kept")
WISH = order(RebootMode.ON_IDLE)


def kept(policy: Policy = POLICY) -> Station:
    return changed(ask(WISH, UP, NOW, policy), UP)


def wakes(effects: Iterable[Effect]) -> list[timedelta]:
    return [one.at - LATER for one in effects if isinstance(one, Wake) and isinstance(one.command, OrderKeptReboot)]


@pytest.mark.parametrize(("policy", "blocked_by"), [(POLICY, "reboot"), (ADMITTING, "")])
def test_for_a_station_that_cannot_wait_the_csms_does_and_the_asker_is_told(policy: Policy, blocked_by: str) -> None:
    effects = list(ask(WISH, UP, NOW, policy))
    assert [type(one) for one in effects] == [RebootScheduled, RebootPlanned]
    assert effects[-1] == RebootPlanned(scheduled=True)
    station = changed(effects, UP)
    assert (station.flags, station.blocked_by) == (KEPT, blocked_by)
    assert changed(ask(WISH, station, NOW, policy), station) == station


def test_what_such_a_station_can_be_told_it_is_told() -> None:
    for wish, station in (
        (WISH, idle_again(UP)),
        (order(RebootMode.IMMEDIATE), UP),
        (order(RebootMode.ON_IDLE, E1), UP),  # that it cannot do so for one EVSE, its wire says
        (WISH, BUSY),
    ):
        assert list(ask(wish, station, NOW, POLICY)) == [wish]


def test_after_the_last_end_it_is_ordered_and_ordered_again_until_the_station_has_booted() -> None:
    station = kept()
    look, now = RebootIfIdle(station=CS), OrderKeptReboot(station=CS)
    assert list(reboot_if_idle(look, station, LATER)) == []
    station = idle_again(station)
    assert wakes(reboot_if_idle(look, station, LATER)) == [BREATH]
    effects = list(order_kept(now, station, LATER))
    assert wakes(effects) == [AGAIN]
    assert effects[1:] == [WISH]
    booted = changed([BOOT], station)
    assert (booted.flags, booted.blocked_by) == ((), "")
    assert list(order_kept(now, booted, LATER)) == []
    assert list(reboot_if_idle(look, booted, LATER)) == []


def test_nothing_is_ordered_while_energy_flows_again_or_nobody_is_there() -> None:
    for station in (kept(ADMITTING), replace(idle_again(kept()), connected=None)):
        assert list(order_kept(OrderKeptReboot(station=CS), station, LATER)) == []


def test_a_link_that_is_new_may_be_that_of_a_station_about_to_say_that_it_has_booted() -> None:
    fresh = replace(idle_again(kept()), connected=LATER)
    effects = list(order_kept(OrderKeptReboot(station=CS), fresh, LATER))
    assert wakes(effects) == [SETTLED]
    assert len(effects) == 1


def test_while_firmware_is_being_installed_it_waits_on() -> None:
    station = replace(idle_again(kept()), blocked_by="firmware")
    effects = list(order_kept(OrderKeptReboot(station=CS), station, LATER))
    assert (wakes(effects), len(effects)) == ([AGAIN], 1)


def test_another_order_takes_the_place_of_the_one_that_is_kept() -> None:
    at_once = order(RebootMode.IMMEDIATE)
    effects = list(ask(at_once, kept(), NOW, POLICY))
    assert effects[-1] == at_once
    station = changed(effects, kept())
    assert (station.flags, station.blocked_by) == ((), "")
    assert list(reboot_if_idle(RebootIfIdle(station=CS), idle_again(station), LATER)) == []


def test_a_station_that_refuses_is_open_to_everybody_again() -> None:
    no = RebootDropped(station=CS, at=NOW)
    assert changed(hear_dropped(no, kept()), kept()) == UP
    assert list(hear_dropped(no, UP)) == []
    installing = replace(kept(), blocked_by="firmware")
    assert changed(hear_dropped(no, installing), installing).blocked_by == "firmware"
