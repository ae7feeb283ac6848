# SPDX-License-Identifier: Apache-2.0
"""Clause 6.2, service session: opened by the first sign, closed when all of it is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import Ids
from tests.transfers import ANNA, BERT, CS, E1, E2, grant, minute

from open63110.kernel.ids import EvseNumber, SessionNumber, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.kernel.units import WattHours
from open63110.model.policy import Policy
from open63110.model.session import ServiceSession, SessionAdvanced, SessionClosed, SessionRecorded, SessionState
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, Register
from open63110.usecases.sessions.service_session import (
    USE_CASE,
    CloseSession,
    FollowPlug,
    FollowRelease,
    FollowTransfer,
    csms,
)

S = SessionState
POLICY = Policy()
NAME = TransferReference("t1")


class Play:
    """The decide and evolve functions of one CSMS, without an engine."""

    def __init__(self) -> None:
        self.station, self.ids = Station(id=CS), Ids()
        self.wakes: dict[str, Any] = {}

    def take(self, effects: Iterable[Effect]) -> None:
        for effect in list(effects):
            if isinstance(effect, Event):
                self.station = USE_CASE.evolve[type(effect)](effect, self.station)
            elif isinstance(effect, Wake):
                self.wakes[effect.name] = effect.command

    def plug(self, number: int, *, plugged: bool = True, evse: EvseNumber = E1) -> None:
        command = FollowPlug(station=CS, evse=evse, at=minute(number), plugged=plugged)
        self.take(csms.follow_plug(command, self.station, self.ids))

    def grant(self, number: int) -> None:
        self.take(csms.follow_grant(grant(minute(number)), self.station, self.ids))

    def release(self, number: int) -> None:
        command = FollowRelease(station=CS, evse=E1, at=minute(number))
        self.take(csms.follow_release(command, self.station, minute(number), POLICY))

    def transfer(self, number: int, state: Any, *, name: TransferReference = NAME, **more: Any) -> None:
        ended = minute(number) if state == "ended" else None
        blank = EnergyTransfer(station=CS, number=TransferNumber(1), reference=name, evse=E1, began=minute(1), subject=ANNA)
        known = self.station.transfers.get(name) or blank
        of = next((one.number for one in self.station.sessions.values() if name in one.transfers), known.session)
        new = replace(known, **{"state": state, "ended": ended, "session": of, **more})
        self.station = replace(self.station, transfers={**self.station.transfers, name: new})
        command = FollowTransfer(station=CS, reference=name, at=minute(number))
        self.take(csms.follow_transfer(command, self.station, minute(number), self.ids, POLICY))

    def timer(self, number: int) -> None:
        command = next(command for command in self.wakes.values() if command is not None)
        self.take(csms.close(command, self.station, minute(number)))

    @property
    def sessions(self) -> list[ServiceSession]:
        return list(self.station.sessions.values())

    @property
    def path(self) -> list[SessionState]:
        return [state for state, _ in self.sessions[-1].path]


@pytest.fixture
def play() -> Play:
    return Play()


def test_the_first_sign_opens_a_session_and_the_others_join_it(play: Play) -> None:
    play.plug(0)
    play.grant(1)
    play.grant(1)
    play.plug(1)
    for number, state in enumerate(("pending", "charging", "suspended-ev", "discharging", "suspended-evse", "idle", "ended"), 2):
        play.transfer(number, state)
    assert play.path == [S.OCCUPIED, S.AUTHORIZED, S.PENDING, S.CHARGING, S.PAUSED, S.DISCHARGING, S.PAUSED, S.ENDED]
    [session] = play.sessions
    assert (session.opened, session.plugged, session.subject, session.auth_method) == (minute(0), minute(0), ANNA, "csms")
    assert play.wakes == {f"close:{session.number}": CloseSession(station=CS, session=session.number)}
    play.plug(10, plugged=False)
    assert play.path[-2:] == [S.CLOSING, S.CLOSED]
    assert (session.number in play.station.sessions, play.sessions[0].closed, play.sessions[0].unplugged) == (
        True,
        minute(10),
        minute(10),
    )
    assert play.wakes == {f"close:{session.number}": None}


def test_a_grant_before_the_plug_opens_it_too(play: Play) -> None:
    play.grant(0)
    play.plug(1, plugged=False)
    assert play.path == [S.AUTHORIZED]
    play.plug(2)
    assert (play.path, play.sessions[0].plugged) == ([S.AUTHORIZED], minute(2))


def test_a_grant_while_energy_flows_changes_no_state(play: Play) -> None:
    play.transfer(1, "charging", remote_start=4, subject=None)
    play.grant(2)
    assert (play.path, play.sessions[0].subject, play.sessions[0].auth_method) == ([S.PENDING, S.CHARGING], ANNA, "remote")


def test_what_is_released_goes_back_or_expires(play: Play) -> None:
    play.release(0)
    play.grant(0)
    play.release(1)
    assert play.path == [S.AUTHORIZED, S.EXPIRED]
    play.plug(2)
    play.grant(3)
    play.release(4)
    play.release(5)
    assert play.path == [S.OCCUPIED, S.AUTHORIZED, S.OCCUPIED]
    play.transfer(6, "ended")
    play.grant(7)
    assert set(play.wakes.values()) == {None}
    play.release(8)
    assert play.path[-2:] == [S.AUTHORIZED, S.ENDED]
    assert set(play.wakes.values()) == {CloseSession(station=CS, session=play.sessions[-1].number)}


def test_an_ev_that_leaves_without_energy_aborts(play: Play) -> None:
    play.plug(0)
    play.plug(1, plugged=False)
    play.plug(2, plugged=False)
    assert play.path == [S.OCCUPIED, S.ABORTED]
    play.plug(3)
    play.transfer(4, "pending", subject=None)
    play.transfer(5, "ended", subject=None)
    play.plug(6, plugged=False)
    assert [one.state for one in play.sessions] == [S.ABORTED, S.ABORTED]


def test_energy_without_a_user_is_served(play: Play) -> None:
    for name, field in (("t1", "imported"), ("t2", "exported")):
        flowed = Register(first=WattHours(0.0), last=WattHours(5.0), first_at=minute(1), last_at=minute(2))
        play.transfer(5, "ended", name=TransferReference(name), subject=None, end_reason="EVDisconnected", **{field: flowed})
    assert [one.state for one in play.sessions] == [S.CLOSED, S.CLOSED]


def test_an_unplug_of_another_time_or_place_changes_nothing(play: Play) -> None:
    play.plug(5)
    play.plug(4, plugged=False)
    play.plug(6, plugged=False, evse=E2)
    assert play.path == [S.OCCUPIED]


def test_a_session_waits_for_what_its_transfer_lacks(play: Play) -> None:
    play.plug(0)
    play.transfer(1, "charging")
    play.plug(2, plugged=False)
    assert play.path[-1:] == [S.CHARGING]
    play.transfer(3, "ended", gaps=((1, 2),))
    assert play.path[-1:] == [S.ENDED]
    play.timer(9)
    assert play.path[-1:] == [S.CLOSING]
    play.transfer(9, "ended", gaps=())
    assert play.path[-2:] == [S.CLOSING, S.CLOSED]


def test_a_session_closes_in_time_even_if_nobody_unplugs(play: Play) -> None:
    play.transfer(1, "charging")
    close = CloseSession(station=CS, session=play.sessions[0].number)
    play.take(csms.close(close, play.station, minute(2)))
    assert play.path[-1:] == [S.CHARGING]
    play.transfer(2, "ended")
    play.timer(9)
    assert play.path[-2:] == [S.CLOSING, S.CLOSED]
    assert list(csms.close(close, play.station, minute(10))) == []
    assert list(csms.close(CloseSession(station=CS, session=SessionNumber(99)), play.station, minute(10))) == []


def test_a_transfer_without_evse_waits_until_it_is_known_or_over(play: Play) -> None:
    play.transfer(1, "charging", evse=EvseNumber(0))
    assert play.sessions == []
    play.transfer(2, "ended", evse=EvseNumber(0))
    assert play.sessions[0].evse == 0


def test_a_busy_evse_or_an_older_story_gets_a_session_of_its_own(play: Play) -> None:
    play.transfer(1, "charging")
    play.transfer(2, "charging", name=TransferReference("t2"))
    play.transfer(3, "ended")
    assert [one.transfers for one in play.sessions] == [("t1",), ("t2",)]
    play.plug(60, evse=E2)
    told: dict[str, Any] = {"evse": E2, "offline": True, "began": minute(30)}
    play.transfer(61, "charging", name=TransferReference("t3"), **told)
    assert play.sessions[-1].transfers == ("t3",)
    play.transfer(62, "charging", name=TransferReference("t4"), evse=EvseNumber(3), offline=True, began=None)
    assert play.sessions[-1].transfers == ("t4",)


def test_the_next_user_gets_a_session_of_their_own_even_if_nobody_saw_the_ev_before_leave(play: Play) -> None:
    play.plug(0)
    play.transfer(1, "charging")
    play.transfer(2, "ended")
    play.transfer(3, "charging", name=TransferReference("t2"), subject=BERT, offline=True)
    play.transfer(4, "ended", name=TransferReference("t2"))
    assert [(one.subject, one.transfers) for one in play.sessions] == [(ANNA, ("t1",)), (BERT, ("t2",))]
    play.plug(5, plugged=False)
    assert [one.state for one in play.sessions] == [S.CLOSED, S.CLOSED]


def test_a_grant_for_the_next_user_opens_a_session_too_and_one_while_energy_flows_does_not(play: Play) -> None:
    play.plug(0)
    play.transfer(1, "charging", subject=BERT)
    play.grant(2)
    assert len(play.sessions) == 1
    play.transfer(3, "ended")
    play.grant(4)
    assert [(one.subject, one.state) for one in play.sessions] == [(BERT, S.ENDED), (ANNA, S.AUTHORIZED)]


def test_what_an_older_transfer_does_late_leaves_the_state_to_the_newer(play: Play) -> None:
    play.plug(0)
    play.transfer(1, "ended")
    play.transfer(2, "charging", name=TransferReference("t2"))
    assert play.sessions[0].transfers == ("t1", "t2")
    play.transfer(3, "ended", power=1.0)
    assert play.path[-1:] == [S.CHARGING]
    play.transfer(4, "ended", name=TransferReference("t2"))
    play.transfer(5, "ended", flags=("late",))
    assert play.path[-1:] == [S.ENDED]


def test_a_closed_session_is_not_moved_again(play: Play) -> None:
    play.transfer(1, "ended", end_reason="EVDisconnected")
    before = play.station
    play.transfer(1, "ended")
    assert play.station.sessions == before.sessions
    gone = replace(play.station, sessions={})
    command = FollowTransfer(station=CS, reference=NAME, at=minute(9))
    assert list(csms.follow_transfer(command, gone, minute(9), play.ids, POLICY)) == []
    lost = FollowTransfer(station=CS, reference=TransferReference("x"), at=minute(9))
    assert list(csms.follow_transfer(lost, gone, minute(9), play.ids, POLICY)) == []


def test_facts_about_sessions_that_are_not_there_change_nothing() -> None:
    station, told = Station(id=CS), {"station": CS, "at": minute(0), "session": SessionNumber(5)}
    missing: list[Any] = [
        SessionAdvanced(state=S.ENDED, **told),  # type: ignore[arg-type] # the keywords fit
        SessionClosed(state=S.CLOSED, **told),  # type: ignore[arg-type] # the keywords fit
        SessionRecorded(record="r", digest=1, **told),  # type: ignore[arg-type] # the keywords fit
    ]
    for event in missing:
        assert USE_CASE.evolve[type(event)](event, station) is station


def test_a_record_is_remembered_by_a_session_that_comes_back_for_it(play: Play) -> None:
    play.transfer(1, "ended", end_reason="EVDisconnected", subject=BERT)
    [session] = play.sessions
    recorded = SessionRecorded(station=CS, at=minute(9), session=session.number, record="r", digest=7, recalled=session)
    for station in (play.station, Station(id=CS)):
        noted = USE_CASE.evolve[SessionRecorded](recorded, station).sessions[session.number]
        assert (noted.records, noted.digest, noted.state) == (("r",), 7, S.CLOSED)


def test_flags_of_a_session_are_kept_once(play: Play) -> None:
    play.plug(0)
    about: dict[str, Any] = {"station": CS, "at": minute(1), "session": play.sessions[0].number}
    play.take(
        [SessionAdvanced(state=S.OCCUPIED, flags=("a",), **about), SessionAdvanced(state=S.OCCUPIED, flags=("a", "b"), **about)]
    )
    play.take([SessionClosed(state=S.ABORTED, flags=("b", "c"), **about)])
    assert play.sessions[0].flags == ("a", "b", "c")
    closed: datetime | None = play.sessions[0].closed
    assert closed == minute(1)
