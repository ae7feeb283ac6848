# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.14: the CSMS that lets a station go, and what the station keeps."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.flows.follow_move import FAILED
from open63110.flows.follow_move import then as follow
from open63110.flows.order_ways import then as order_ways
from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.kernel.roles import Role
from open63110.model.network import ATTEMPTS, PRIORITY, Move, MoveState, NetworkProfile
from open63110.model.own_device import OwnSettings
from open63110.model.policy import StationPolicy
from open63110.model.station import (
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationDisconnected,
)
from open63110.model.transfer import EnergyTransfer
from open63110.model.variables import (
    ReadVariables,
    SettingResult,
    SettingStatus,
    SetVariables,
    VariablesRead,
    VariablesSet,
    VariableValue,
)
from open63110.usecases.stations.migrate_station import (
    MIGRATED,
    USE_CASE,
    CancelMigration,
    FinishMigration,
    LeaveNow,
    MigrateStation,
    MoveChanged,
    NetworkProfileKept,
    NoteLink,
    NoteWays,
    OrderWays,
    csms,
    station,
)
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
CS = StationId("CS-1")
URL = "wss://b.example/ocpp"
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW)


def wish(**more: Any) -> MigrateStation:
    fields: dict[str, Any] = {"url": URL, "mandate": "contract 7", "slot": 2} | more
    return MigrateStation(station=CS, **fields)


def moving(state: MoveState, **more: Any) -> Station:
    move = Move(url=URL, slot=2, state=state, since=NOW, mandate="contract 7", **more)
    return replace(HERE, move=move)


def changed(effects: Iterable[Effect], there: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
            there = USE_CASE.evolve[type(effect)](effect, there)
    return there


def state(there: Station) -> MoveState | None:
    return None if there.move is None else there.move.state


def settings(effects: Iterable[Effect]) -> list[dict[str, str]]:
    return [{one.variable: one.value for one in said.settings} for said in effects if isinstance(said, SetVariables)]


# --- asking ---


def test_the_wish_goes_to_the_station_as_the_way_it_is() -> None:
    assert list(csms.ask(wish(), HERE)) == [wish()]
    over = moving(MoveState.RETURNED)
    assert list(csms.ask(wish(), over)) == [wish()]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"mandate": " "}, "NoMandate"),
        ({"url": "https://b.example"}, "InvalidNetworkConf"),
        ({"url": "wss://"}, "InvalidConfURL"),
        ({"url": "wss://b:0/x"}, "InvalidConfURL"),
        ({"url": "wss://[::1/x"}, "InvalidConfURL"),
        ({"url": "wss://user:pass@b/x"}, "InvalidConfURL"),
        ({"url": f"wss://b/{'x' * 600}"}, "InvalidConfURL"),
        ({"url": "ws://b/x", "security": 2}, "InvalidNetworkConf"),
        ({"security": 0}, "InvalidNetworkConf"),
        ({"attempts": 0}, "OutOfRange"),
        ({"timeout": 0}, "OutOfRange"),
    ],
)
def test_what_no_station_can_do_or_nobody_may_want_is_malformed(more: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        list(csms.ask(wish(**more), HERE))
    assert caught.value.code == code


def test_who_is_away_or_on_its_way_already_is_not_sent_off() -> None:
    with pytest.raises(Unavailable):
        list(csms.ask(wish(), replace(HERE, connected=None)))
    for under_way in (MoveState.OFFERED, MoveState.READY, MoveState.LEAVING):
        with pytest.raises(Refused):
            list(csms.ask(wish(), moving(under_way)))


def test_a_password_is_written_down_nowhere_and_an_order_without_it_is_not_sent() -> None:
    secret = wish(password="Jx3-tR8_qW7zLm2v")
    kept = secret.kept()
    assert "Jx3" not in str(kept)
    with pytest.raises(Unavailable):
        kept.whole()
    assert secret.whole() is secret
    assert wish().kept() == wish()


@pytest.mark.parametrize("url", ["wss://user:Jx3-tR8_qW7zLm2v@b/x", "wss://b/x?token=Jx3-tR8_qW7zLm2v"])
def test_an_address_with_a_secret_is_refused_and_neither_it_nor_the_refusal_shows_that(url: str) -> None:
    with pytest.raises(Malformed) as caught:
        list(csms.ask(wish(url=url), HERE))
    assert "Jx3" not in f"{caught.value.message}{caught.value.remedy}{wish(url=url).kept()}"


# --- on its way ---


def test_a_station_that_has_the_way_is_asked_in_which_order_it_tries_its_ways_and_is_told_a_new_one() -> None:
    begun = MoveChanged(station=CS, at=NOW, move=wish(attempts=5, switch=LATER).move(NOW))
    effects = list(csms.hear_moved(begun, HERE, NOW))
    assert [type(one) for one in effects] == [MoveChanged, Wake, ReadVariables]
    offered = changed(effects, HERE)
    read = VariablesRead(station=CS, at=NOW, values=(VariableValue(variable=PRIORITY, value="1, 2,3"),))
    (command,) = order_ways(read, offered)
    assert command == OrderWays(station=CS, ways="1, 2,3")
    effects = list(csms.order_ways(OrderWays(station=CS, ways="1, 2,3"), offered, NOW))
    assert settings(effects) == [{PRIORITY: "2,1,3", ATTEMPTS: "5"}]
    ordered = changed(effects, offered)
    assert ordered.move is not None
    assert (ordered.move.state, ordered.move.before) == (MoveState.OFFERED, "1,2,3")
    assert list(csms.order_ways(OrderWays(station=CS, ways="2,1"), ordered, NOW)) == []

    taken = VariablesSet(station=CS, at=NOW, results=(result(PRIORITY, SettingStatus.REBOOT_REQUIRED),))
    (command,) = order_ways(taken, ordered)
    effects = list(csms.note_ways(NoteWays(station=CS, taken=True), ordered, NOW))
    assert command == NoteWays(station=CS, taken=True, reason="reboot-required")
    assert state(changed(effects, ordered)) is MoveState.READY
    (wake,) = [one for one in effects if isinstance(one, Wake)]
    assert (wake.at, wake.command) == (LATER, LeaveNow(station=CS))


def result(variable: str, status: SettingStatus, reason: str = "") -> SettingResult:
    return SettingResult(variable=variable, status=status, reason=reason)


def test_a_station_that_does_not_say_or_take_an_order_of_ways_stays_and_that_is_told() -> None:
    offered = moving(MoveState.OFFERED)
    silent = changed(csms.order_ways(OrderWays(station=CS, ways=" "), offered, NOW), offered)
    assert state(silent) is MoveState.FAILED
    ordered = moving(MoveState.OFFERED, before="1")
    refused = VariablesSet(station=CS, at=NOW, results=(result(PRIORITY, SettingStatus.REJECTED, "NoSecurityDowngrade"),))
    (command,) = order_ways(refused, ordered)
    assert command == NoteWays(station=CS, taken=False, reason="NoSecurityDowngrade")
    failed = changed(csms.note_ways(NoteWays(station=CS, taken=False, reason="NoSecurityDowngrade"), ordered, NOW), ordered)
    assert failed.move is not None
    assert (failed.move.state, failed.move.reason) == (MoveState.FAILED, "NoSecurityDowngrade")
    (event,) = follow(MoveChanged(station=CS, at=NOW, move=failed.move), failed)
    assert isinstance(event, StationEventReported)
    assert (event.code, event.text) == (FAILED, "NoSecurityDowngrade")


def test_a_station_that_never_answers_stays() -> None:
    begun = MoveChanged(station=CS, at=NOW, move=wish().move(NOW))
    (wake,) = [one for one in csms.hear_moved(begun, HERE, NOW) if isinstance(one, Wake)]
    assert wake.at == NOW + csms.ANSWERS
    assert wake.command == LeaveNow(station=CS)
    offered = moving(MoveState.OFFERED, before="1")
    late = changed(csms.leave(LeaveNow(station=CS), offered, wake.at), offered)
    assert state(late) is MoveState.FAILED


def test_what_a_station_says_of_its_ways_when_it_does_not_move_leads_nowhere() -> None:
    read = VariablesRead(station=CS, at=NOW, values=(VariableValue(variable=PRIORITY, value="1"),))
    other = VariablesSet(station=CS, at=NOW, results=(result("OCPPCommCtrlr/HeartbeatInterval", SettingStatus.ACCEPTED),))
    for there in (HERE, moving(MoveState.READY)):
        assert list(order_ways(read, there)) == []
    assert list(order_ways(other, moving(MoveState.OFFERED))) == []
    for late in (OrderWays(station=CS, ways="1"),):
        assert list(csms.order_ways(late, HERE, NOW)) == []
    assert list(csms.note_ways(NoteWays(station=CS, taken=True), HERE, NOW)) == []


def test_when_its_moment_comes_it_starts_again_once_it_is_idle() -> None:
    ready = moving(MoveState.READY, before="1")
    effects = list(csms.leave(LeaveNow(station=CS), ready, LATER))
    leaving = changed(effects, ready)
    assert state(leaving) is MoveState.LEAVING
    assert list(follow(effects[0], leaving)) == [RebootStation(station=CS, mode=RebootMode.ON_IDLE)]  # type: ignore[arg-type] # the fact


def looked_at(there: Station, now: datetime, *, idle: bool) -> tuple[list[Effect], list[Wake]]:
    effects = list(csms.leave(LeaveNow(station=CS, idle=idle), there, now))
    return effects, [one for one in effects if isinstance(one, Wake)]


def test_a_station_that_would_not_start_again_stays_and_its_ways_are_put_back() -> None:
    ready = moving(MoveState.READY, before="1,2")
    begun, (wake,) = looked_at(ready, LATER, idle=False)
    assert (wake.at, wake.command) == (LATER + csms.ANSWERS, LeaveNow(station=CS))
    leaving = changed(begun, ready)
    running = EnergyTransfer(number=TransferNumber(1), station=CS, reference=TransferReference("t1"))
    busy = replace(leaving, transfers={running.reference: running})
    for idle in (False, True):  # as long as energy flows it is waited for, however long that takes
        effects, (wake,) = looked_at(busy, wake.at, idle=idle)
        assert (effects, wake.command) == ([wake], LeaveNow(station=CS))
    effects, (wake,) = looked_at(leaving, wake.at, idle=False)
    assert (effects, wake.command) == ([wake], LeaveNow(station=CS, idle=True))
    effects, wakes = looked_at(leaving, wake.at, idle=True)
    assert (state(changed(effects, leaving)), wakes) == (MoveState.FAILED, [])
    assert settings(effects) == [{PRIORITY: "1,2"}]
    assert list(csms.leave(LeaveNow(station=CS, idle=True), moving(MoveState.LEFT), LATER)) == []


@pytest.mark.parametrize("busy", [{"connected": None}, {"blocked_by": "firmware"}])
def test_a_station_that_is_away_or_busy_with_firmware_is_waited_for(busy: dict[str, Any]) -> None:
    ready = replace(moving(MoveState.READY, before="1"), **busy)
    (wake,) = csms.leave(LeaveNow(station=CS), ready, LATER)
    assert isinstance(wake, Wake)
    assert wake.at == LATER + csms.AGAIN


def test_its_going_is_the_move_and_its_coming_back_is_its_failure() -> None:
    leaving = moving(MoveState.LEAVING, before="1,2")
    (gone,) = follow(StationDisconnected(station=CS, at=NOW), leaving)
    assert gone == NoteLink(station=CS, back=False)
    left = changed(csms.note_link(NoteLink(station=CS, back=False), leaving, NOW), leaving)
    assert left.move is not None
    assert (left.move.state, left.move.reason) == (MoveState.LEFT, MIGRATED)

    boot = StationBooted(station=CS, at=NOW, identity=Identity(), reason="ScheduledReset")
    (back,) = follow(boot, left)
    assert back == NoteLink(station=CS, back=True)
    effects = list(csms.note_link(NoteLink(station=CS, back=True), left, NOW))
    returned = changed(effects, left)
    assert state(returned) is MoveState.RETURNED
    assert settings(effects) == [{PRIORITY: "1,2"}]
    assert [type(one) for one in follow(effects[0], returned)] == [StationEventReported]  # type: ignore[arg-type] # the fact


def test_other_comings_and_goings_are_none_of_it() -> None:
    boot = StationBooted(station=CS, at=NOW, identity=Identity(), reason="PowerUp")
    for there in (HERE, moving(MoveState.READY), moving(MoveState.RETURNED)):
        assert list(follow(boot, there)) == []
    assert list(follow(replace(boot, reason="Triggered"), moving(MoveState.LEAVING))) == []
    for back in (True, False):
        assert list(csms.note_link(NoteLink(station=CS, back=back), HERE, NOW)) == []
        assert list(csms.note_link(NoteLink(station=CS, back=back), moving(MoveState.READY), NOW)) == []


def test_until_it_leaves_it_may_be_called_back() -> None:
    ready = moving(MoveState.READY, before="1,2")
    effects = list(csms.cancel(CancelMigration(station=CS), ready, NOW))
    assert state(changed(effects, ready)) is MoveState.CANCELLED
    assert settings(effects) == [{PRIORITY: "1,2"}]
    assert [one.command for one in effects if isinstance(one, Wake)] == [None]
    assert settings(csms.cancel(CancelMigration(station=CS), moving(MoveState.OFFERED), NOW)) == []
    with pytest.raises(Refused):
        list(csms.cancel(CancelMigration(station=CS), moving(MoveState.LEAVING), NOW))
    for over in (HERE, moving(MoveState.LEFT)):
        with pytest.raises(Unknown):
            list(csms.cancel(CancelMigration(station=CS), over, NOW))


def test_one_that_is_away_and_may_have_gone_by_itself_is_not_called_back_but_may_be_given_up() -> None:
    gone = replace(moving(MoveState.READY, before="1,2"), connected=None)
    with pytest.raises(Unavailable):
        list(csms.cancel(CancelMigration(station=CS), gone, NOW))
    left, wake, decided = csms.finish(FinishMigration(station=CS), gone, NOW)
    assert state(changed([left], gone)) is MoveState.LEFT
    assert isinstance(wake, Wake)
    assert wake.command is None
    assert isinstance(decided, RegistrationDecided)


def test_who_is_at_the_other_end_is_let_in_here_no_more() -> None:
    (decided,) = csms.finish(FinishMigration(station=CS), moving(MoveState.LEFT), NOW)
    assert isinstance(decided, RegistrationDecided)
    assert (decided.registration, decided.reason) == (Registration.REJECTED, MIGRATED)
    with pytest.raises(Unknown):
        list(csms.finish(FinishMigration(station=CS), moving(MoveState.READY), NOW))


# --- at the station ---


def test_a_station_keeps_ways_by_slot() -> None:
    policy = StationPolicy()
    (kept,) = station.obey(wish(identity="B-1"), HERE, KeptRows(), NOW, policy)
    assert isinstance(kept, NetworkProfileKept)
    assert kept.profile == NetworkProfile(slot=2, url=URL, security=2, identity="B-1")
    there = changed([kept], HERE)
    again = changed(station.obey(wish(url="wss://c.example/"), there, KeptRows(), NOW, policy), there)
    assert [one.url for one in again.networks] == ["wss://c.example/"]


@pytest.mark.parametrize("more", [{"slot": 0}, {"slot": 9}, {"slot": -1}, {"url": "ws://b.example/x"}])
def test_a_station_refuses_its_built_in_slot_and_what_is_less_secure(more: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        list(station.obey(wish(**more), HERE, KeptRows(), NOW, StationPolicy(security_profile=2)))


def test_a_station_does_not_give_up_the_way_it_has_come_by_for_the_next_one() -> None:
    taken = OwnSettings(station=CS, values={PRIORITY: "2,0"})
    with pytest.raises(Refused) as caught:
        list(station.obey(wish(slot=2), HERE, KeptRows(taken), NOW, StationPolicy()))
    assert caught.value.code == "PriorityNetworkConf"
    assert list(station.obey(wish(slot=1), HERE, KeptRows(taken), NOW, StationPolicy()))
    back = replace(taken, waiting={PRIORITY: "0"})  # it came back, and was told its old ways
    assert list(station.obey(wish(slot=2), HERE, KeptRows(back), NOW, StationPolicy()))


def test_the_operator_asks_and_nobody_else() -> None:
    assert {door.verb: door.roles for door in USE_CASE.doors} == {
        "migrate": frozenset({Role.OPERATOR}),
        "cancel-migration": frozenset({Role.OPERATOR}),
        "finish-migration": frozenset({Role.OPERATOR}),
    }
