# SPDX-License-Identifier: Apache-2.0
"""CS deregistration (8.3.13): which step follows which, what ends one, and what is left of a station that has gone."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.deletions import Held, transfer

from open63110.flows import deregistration_goes_on, deregistration_orders_steps
from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import OrderId, PrincipalId, StationId, TransferReference
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import StopRemotely
from open63110.model.deletion import FIRST
from open63110.model.deregistration import (
    LEAVING,
    STEPS,
    Deregistration,
    DeregistrationChanged,
    DeregistrationStep,
    StationDeregistered,
    Wipe,
)
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.model.principal import PrincipalChanged
from open63110.model.site import ZoneKey
from open63110.model.station import LocalAuthorization, Registration, Station
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache, SendLocalList
from open63110.usecases.sessions.energy_transfer import AskTransferStatus, TransferStatusReported
from open63110.usecases.stations.change_availability import ChangeAvailability
from open63110.usecases.stations.deregister_station import (
    USE_CASE,
    DeregisterStation,
    DeregistrationPlanned,
    DeregistrationStepEnded,
    GoOnDeregistering,
    StationWiped,
    WipeStation,
    csms,
    station,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
CS = StationId("CS1")
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, zone=ZoneKey("north:1"))
LEAVES = replace(HERE, flags=(LEAVING,))


class Left(Held):
    """Rows, with those of deregistrations among them."""

    def play(self, effects: Any) -> list[Effect]:
        """Take what is said."""
        said = list(effects)
        for one in said:
            if isinstance(one, DeregistrationChanged) and one.deregistration is not None:
                self.put(one.deregistration)
        return said


def leaving(**more: Any) -> Deregistration:
    """One on its way out."""
    usual: dict[str, Any] = {"station": CS, "reason": "sold", "by": "ann", "asked": NOW, "deadline": NOW + timedelta(minutes=5)}
    return Deregistration(**(usual | more))


def order(there: Station, **more: Any) -> list[Effect]:
    """Order it."""
    command = DeregisterStation(station=CS, **({"reason": "sold"} | more)).asked_by("ann", "operator")
    return list(csms.order(command, there, NOW))


def test_one_that_is_there_leaves_step_by_step() -> None:
    changed, wake, step, told = order(HERE)
    assert isinstance(changed, DeregistrationChanged)
    assert changed.deregistration == leaving(place="north:1")
    assert wake == Wake(name=LEAVING, at=NOW + csms.PATIENCE, command=GoOnDeregistering(station=CS, step="inoperative"))
    assert step == DeregistrationStep(station=CS, at=NOW, step="inoperative")
    assert told == DeregistrationPlanned()
    assert (told.remark(), DeregistrationPlanned(at_once=True).remark()) == ("Scheduled", "")


@pytest.mark.parametrize(("there", "more"), [(replace(HERE, connected=None), {}), (HERE, {"reason": "stolen"})])
def test_one_that_is_away_or_stolen_is_kept_out_at_once(there: Station, more: dict[str, Any]) -> None:
    changed, forgotten, gone, wake, told = order(there, **more)
    assert isinstance(changed, DeregistrationChanged)
    assert changed.deregistration is not None
    assert changed.deregistration.steps == {**dict.fromkeys(STEPS[:-1], "Unreachable"), "refused": "done"}
    assert forgotten == PrincipalChanged(station=CS, at=NOW, id=PrincipalId(CS), principal=None)
    assert isinstance(gone, StationDeregistered)
    assert wake == Wake(name=LEAVING, at=NOW, command=None)
    assert told == DeregistrationPlanned(at_once=True)


def test_what_cannot_be_is_refused() -> None:
    for within in (0.0, -1.0, float("nan"), 86_401.0):
        with pytest.raises(Malformed):
            order(HERE, within=within)
    for there in (LEAVES, replace(HERE, registration=Registration.DEREGISTERED)):
        with pytest.raises(Refused) as refused:
            order(there)
        assert refused.value.code == "AlreadyDeregistered"


def end(rows: Left, step: Any, word: str = "done") -> list[Effect]:
    """Let a step end."""
    return rows.play(csms.ended(DeregistrationStepEnded(station=CS, step=step, word=word), LEAVES, rows, NOW))


def test_each_step_leads_to_the_next_and_the_last_to_the_door() -> None:
    rows = Left(leaving())
    for step, following in itertools.pairwise(STEPS[:-1]):
        said = end(rows, step)
        assert DeregistrationStep(station=CS, at=NOW, step=following) in said
        assert (WipeStation(station=CS) in said) == (following == "wipe")
    assert any(isinstance(one, StationDeregistered) for one in end(rows, "wipe", "absent"))
    left = rows.get(Deregistration, CS)
    assert left.done == NOW
    assert left.steps == {**dict.fromkeys(STEPS, "done"), "wipe": "absent"}
    assert end(rows, "wipe") == []


def test_what_is_not_its_step_changes_nothing() -> None:
    assert end(Left(leaving()), "cache") == []
    assert end(Left(), "cache") == []


def test_as_long_as_messages_wait_it_is_asked_again() -> None:
    rows = Left(leaving(step="queue"))
    again = Wake(name=LEAVING, at=NOW + csms.POLL, command=GoOnDeregistering(station=CS, step="queue"))
    assert end(rows, "queue", "waiting") == [again]
    assert DeregistrationStep(station=CS, at=NOW, step="queue") in go_on(rows, "queue")
    assert DeregistrationStep(station=CS, at=NOW, step="cache") in end(rows, "queue")


@pytest.mark.parametrize("word", ["absent", "NotSupported", "Rejected", "timed-out"])
def test_one_that_cannot_say_what_waits_is_given_a_while(word: str) -> None:
    rows = Left(leaving(step="queue"))
    _, wake = end(rows, "queue", word)
    assert wake == Wake(name=LEAVING, at=NOW + csms.QUIET, command=GoOnDeregistering(station=CS, step="queue"))
    assert DeregistrationStep(station=CS, at=NOW, step="cache") in go_on(rows, "queue")
    assert rows.get(Deregistration, CS).steps["queue"] == word


def go_on(rows: Left, step: Any, there: Station = LEAVES, now: datetime = NOW) -> list[Effect]:
    """Let time pass."""
    return rows.play(csms.go_on(GoOnDeregistering(station=CS, step=step), there, rows, now))


def test_what_runs_is_waited_for() -> None:
    rows = Left(leaving(step="transfers"))
    charging = replace(LEAVES, transfers={TransferReference("r"): transfer()})
    (wake,) = go_on(rows, "transfers", charging)
    assert isinstance(wake, Wake)
    assert DeregistrationStep(station=CS, at=NOW, step="queue") in go_on(rows, "transfers")


def test_a_step_that_is_not_answered_is_left_behind() -> None:
    rows = Left(leaving(step="cache"))
    assert DeregistrationStep(station=CS, at=NOW, step="list") in go_on(rows, "cache")
    assert rows.get(Deregistration, CS).steps["cache"] == "NoAnswer"
    assert go_on(rows, "cache") == []
    assert go_on(Left(), "cache") == []


def test_at_the_deadline_it_is_out_whatever_it_has_done() -> None:
    rows = Left(leaving(step="transfers", steps={"inoperative": "done"}))
    go_on(rows, "transfers", now=NOW + timedelta(minutes=5))
    left = rows.get(Deregistration, CS)
    assert left.done is not None
    assert left.steps["inoperative"] == "done"
    assert left.steps["queue"] == "Deadline"


def orders(step: Any, there: Station = LEAVES) -> list[Any]:
    """What a step consists of."""
    return list(deregistration_orders_steps.then(DeregistrationStep(station=CS, at=NOW, step=step), there))


def test_a_step_consists_of_orders_of_other_use_cases() -> None:
    listed = replace(LEAVES, local=LocalAuthorization(version=3), transfers={TransferReference("r"): transfer()})
    assert orders("inoperative") == [ChangeAvailability(station=CS, operative=False)]
    assert orders("transfers", listed) == [StopRemotely(station=CS, reference=TransferReference("r"))]
    assert orders("queue") == [AskTransferStatus(station=CS, reference=TransferReference(""))]
    assert orders("cache") == [ClearAuthorizationCache(station=CS)]
    assert orders("list", listed) == [SendLocalList(station=CS, entries=())]
    assert orders("wipe") == []


@pytest.mark.parametrize("step", ["transfers", "profiles", "list"])
def test_where_there_is_nothing_a_step_has_ended(step: Any) -> None:
    bare = replace(LEAVES, local=LocalAuthorization(version=-1))
    assert orders(step, bare) == [DeregistrationStepEnded(station=CS, step=step, word="none")]


def heard(event: Any, there: Station | None = LEAVES) -> list[Any]:
    """What follows from a fact."""
    return list(deregistration_goes_on.then(event, there))


def test_the_end_of_an_order_ends_its_step() -> None:
    one = Order(
        id=OrderId("o"),
        station=CS,
        kind="ClearAuthorizationCache",
        by=PrincipalId("csms"),
        asked=NOW,
        deadline=NOW,
        outcome=Outcome.ACCEPTED,
    )
    for outcome, reason, word in (
        (Outcome.ACCEPTED, "", "done"),
        (Outcome.NOT_SUPPORTED, "NoMessage", "absent"),
        (Outcome.REJECTED, "Rejected", "Rejected"),
        (Outcome.EXPIRED, "", "expired"),
    ):
        event = OrderChanged(station=CS, at=NOW, orders=replace(one, outcome=outcome, reason=reason))
        assert heard(event) == [DeregistrationStepEnded(station=CS, step="cache", word=word)]
    for other in (replace(one, outcome=Outcome.SENT), replace(one, kind="RebootStation"), replace(one, kind="AskTransferStatus")):
        assert heard(OrderChanged(station=CS, at=NOW, orders=other)) == []
    assert heard(event, HERE) == []
    assert heard(event, None) == []


def test_what_a_station_says_of_its_messages_is_heard() -> None:
    said = TransferStatusReported(station=CS, at=NOW, reference=TransferReference(""), ongoing=None, waiting=True)
    assert heard(said) == [DeregistrationStepEnded(station=CS, step="queue", word="waiting")]
    assert heard(replace(said, waiting=False)) == [DeregistrationStepEnded(station=CS, step="queue", word="done")]
    assert heard(replace(said, reference=TransferReference("r"))) == []


def test_nothing_is_left_of_it_but_the_record() -> None:
    evolve = USE_CASE.evolve
    blocked = evolve[DeregistrationStep](DeregistrationStep(station=CS, at=NOW, step="cache"), HERE)
    assert (blocked.flags, blocked.blocked_by) == ((LEAVING,), LEAVING)
    assert evolve[DeregistrationStep](DeregistrationStep(station=CS, at=NOW, step="list"), blocked).flags == (LEAVING,)
    deleting = replace(blocked, flags=(FIRST, *blocked.flags))
    gone = evolve[StationDeregistered](StationDeregistered(station=CS, at=NOW), deleting)
    assert gone == Station(id=CS, registration=Registration.DEREGISTERED, connected=NOW)


def test_a_station_erases_what_it_is_told_to_unless_somebody_charges() -> None:
    wipe = Wipe(personal=True, credentials=False)
    (wiped,) = station.obey(WipeStation(station=CS, wipe=wipe), HERE, NOW)
    assert wiped == StationWiped(station=CS, at=NOW, wipe=wipe)
    known = replace(HERE, local=LocalAuthorization(version=3, cache={"s1": "Accepted"}))
    evolve = USE_CASE.evolve[StationWiped]
    assert evolve(wiped, known) == HERE
    bare = evolve(replace(wiped, wipe=Wipe(personal=False)), known)
    assert (bare.local, bare.registration) == (known.local, Registration.NEW)
    with pytest.raises(Refused):
        list(station.obey(WipeStation(station=CS), replace(HERE, transfers={TransferReference("r"): transfer()}), NOW))
