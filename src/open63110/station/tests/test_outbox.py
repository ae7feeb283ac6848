# SPDX-License-Identifier: Apache-2.0
"""What a station keeps until its CSMS has it: order, repetition, room (AT-8.3.5-2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.model.order import Outcome
from open63110.model.station import ConnectorReported, ConnectorState, Identity, StationBooted
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.orders import Verdict
from open63110.station.outbox import ATTEMPTS, Outbox
from open63110.usecases.stations.monitor_station import StationEventReported

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, T1 = StationId("CS-1"), TransferReference("t1")
YES = Verdict(outcome=Outcome.ACCEPTED)


def failed(reason: str) -> Verdict:
    return Verdict(outcome=Outcome.FAILED, reason=reason)


def boot(reason: str = "PowerUp") -> StationBooted:
    return StationBooted(station=CS, at=NOW, identity=Identity(vendor="V", model="M"), reason=reason)


def started(**more: Any) -> EnergyTransferStarted:
    return EnergyTransferStarted(station=CS, at=NOW, reference=T1, seq=0, evse=EvseNumber(1), **more)


def updated(seq: int, trigger: str = "MeterValuePeriodic", reference: str = "t1") -> EnergyTransferUpdated:
    return EnergyTransferUpdated(station=CS, at=NOW, reference=TransferReference(reference), seq=seq, trigger=trigger)


def ended(seq: int = 9) -> EnergyTransferEnded:
    return EnergyTransferEnded(station=CS, at=NOW, reference=T1, seq=seq)


def reported(state: ConnectorState, connector: int = 1, seconds: int = 0) -> ConnectorReported:
    at = NOW + timedelta(seconds=seconds)
    return ConnectorReported(station=CS, at=at, evse=EvseNumber(1), connector=ConnectorNumber(connector), state=state)


def happened(severity: int) -> StationEventReported:
    return StationEventReported(station=CS, at=NOW, component="EVSE", severity=severity, code=str(severity))


def holding(*facts: Event, heard: bool = True, most: int = 100) -> Outbox:
    box = Outbox(most=most)
    for fact in facts:
        box.put(fact, heard=heard)
    return box


def told(box: Outbox) -> list[Any]:
    """Tell everything to somebody who takes everything."""
    found = []
    while (fact := box.next(accepted=True)) is not None:
        found.append(fact)
        box.over(YES)
    return found


def test_facts_are_told_in_their_order_one_at_a_time() -> None:
    box = holding(started(), updated(1))
    assert box.next(accepted=True) == started()
    assert (box.next(accepted=True), box.under_way, len(box)) == (None, True, 2)
    assert box.over(YES) == 0.0
    assert told(box) == [updated(1)]
    assert (len(box), box.under_way, box.longest) == (0, False, 2)


def test_nothing_but_the_boot_is_told_before_the_station_is_accepted_and_the_boot_goes_first() -> None:
    box = holding(started(), boot("Watchdog"), boot())
    assert box.next(accepted=False) == boot()
    box.over(YES)
    assert box.next(accepted=False) is None
    assert told(box) == [started()]


def test_a_boot_is_not_told_again_by_itself_but_a_newer_one_is() -> None:
    box = holding(boot())
    box.next(accepted=False)
    box.put(boot("Watchdog"), heard=True)
    box.over(failed("NoAnswer"))
    assert box.next(accepted=False) == boot("Watchdog")
    box.over(failed("NoAnswer"))
    assert box.next(accepted=False) is None


@pytest.mark.parametrize("reason", ["NoAnswer", "BrokenAnswer", "InternalError", "GenericError", "SecurityError"])
def test_a_fact_of_a_transfer_is_told_until_it_is_answered_always_with_the_same_content(reason: str) -> None:
    box = holding(ended())
    pauses = []
    for _ in range(50):
        assert box.next(accepted=True) == ended()
        pauses.append(box.over(failed(reason)))
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (2.0, 120.0)
    assert told(box) == [ended()]


def test_a_lost_connection_costs_no_pause_and_no_attempt() -> None:
    box = holding(started())
    for _ in range(3):
        box.next(accepted=True)
        assert box.over(failed("ConnectionLost")) == 0.0
    assert told(box) == [started()]


def test_what_the_csms_refuses_for_its_content_is_given_up_after_some_attempts() -> None:
    box = holding(started(), ended())
    for _ in range(ATTEMPTS):
        assert box.next(accepted=True) == started()
        box.over(failed("FormationViolation"))
    assert box.refused == 1
    assert told(box) == [ended()]


def test_what_the_csms_cannot_do_at_all_is_given_up_at_once() -> None:
    box = holding(happened(1), ended())
    box.next(accepted=True)
    box.over(Verdict(outcome=Outcome.NOT_SUPPORTED, reason="NotImplemented"))
    assert (box.refused, told(box)) == (1, [ended()])


def test_what_a_wire_has_no_words_for_is_dropped_and_what_did_not_go_out_is_kept() -> None:
    box = holding(boot(), started(), ended())
    for _ in range(2):
        box.next(accepted=True)
        box.put_back()
    box.next(accepted=True)
    box.give_up()
    box.next(accepted=True)
    box.give_up()
    assert told(box) == [ended()]
    box.give_up()
    assert box.over(YES) == 0.0


def test_what_happens_while_nobody_listens_says_so_and_goes_on_saying_so() -> None:
    box = holding(started(), ended(), heard=False)
    assert [fact.offline for fact in told(box)] == [True, True]
    box = holding(started())
    box.next(accepted=True)
    box.over(failed("ConnectionLost"))
    assert told(box) == [started()]


def test_of_events_only_the_grave_ones_are_kept_while_nobody_listens() -> None:
    box = holding(*(happened(severity) for severity in range(10)), heard=False)
    assert [fact.severity for fact in told(box)] == [0, 1, 2, 3, 4, 5]
    assert len(holding(happened(9))) == 1


def test_of_the_states_of_a_connector_the_newest_is_kept_while_nobody_listens() -> None:
    states: list[ConnectorState] = ["occupied", "faulted", "available"]
    box = holding(*(reported(state) for state in states), reported("occupied", connector=2), started(), heard=False)
    assert [getattr(fact, "state", "") for fact in told(box)] == ["available", "occupied", "pending"]
    box = holding(reported("occupied"))
    box.next(accepted=True)
    box.put(reported("available"), heard=False)
    box.over(failed("ConnectionLost"))
    assert [fact.state for fact in told(box)] == ["occupied", "available"]


def test_it_is_known_of_which_transfers_facts_wait() -> None:
    box = holding(started(), updated(1), updated(1, reference="t2"))
    assert box.waiting == {"t1": 2, "t2": 1}
    told(box)
    assert not box.waiting


def test_without_room_states_and_events_go_first_then_every_other_reading_and_never_a_start_or_an_end() -> None:
    readings = [updated(seq) for seq in range(1, 7)]
    box = holding(reported("occupied"), started(), *readings[:3], updated(7, "ChargingStateChanged"), most=6)
    assert (len(box), box.dropped) == (6, 0)
    box.put(readings[3], heard=True)
    assert (len(box), box.dropped) == (6, 1)
    box.put(ended(), heard=True)
    kept = told(box)
    assert [fact.seq for fact in kept] == [0, 2, 7, 4, 9]
    assert box.dropped == 3


def test_starts_and_ends_may_exceed_the_room_and_what_is_under_way_stays() -> None:
    box = holding(updated(1), most=1)
    box.next(accepted=True)
    for seq in (2, 3):
        box.put(ended(seq), heard=True)
    box.over(failed("NoAnswer"))
    assert [fact.seq for fact in told(box)] == [1, 2, 3]


@given(some.lists(some.sampled_from(["put", "yes", "lost", "late", "back"]), max_size=60))
def test_whatever_happens_on_the_way_every_fact_of_a_transfer_arrives_once_and_in_order(story: list[str]) -> None:
    box, arrived, count = Outbox(most=1000), [], 0
    for step in story:
        if step == "put":
            box.put(ended(count), heard=count % 2 == 0)
            count += 1
            continue
        fact: Any = box.next(accepted=True)
        if fact is None:
            continue
        match step:
            case "yes":
                arrived.append(fact.seq)
                box.over(YES)
            case "lost":
                box.over(failed("ConnectionLost"))
            case "late":
                box.over(failed("NoAnswer"))
            case _:
                box.put_back()
    assert [*arrived, *(fact.seq for fact in told(box))] == list(range(count))


def test_what_is_dangerous_goes_before_everything_but_what_is_under_way() -> None:
    box = holding(started(), updated(1))
    box.next(accepted=True)
    for severity in (0, 3, 0):
        box.put(happened(severity), heard=False, id=severity + 5)
    assert box.oldest == 0
    box.over(YES)
    assert [getattr(fact, "code", "") for fact in told(box)] == ["0", "0", "", "3"]
    assert box.oldest is None
