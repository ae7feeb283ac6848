# SPDX-License-Identifier: Apache-2.0
"""One connection: what is sent when, whose answer is whose, and what never happens twice."""

import pytest
from msgspec import Raw

from open63110.bindings.ocpp.rpc.errors import Closed, ErrorCode, QueueFull
from open63110.bindings.ocpp.rpc.frames import (
    Call,
    Error,
    Result,
    encode_error,
    encode_result,
)
from open63110.bindings.ocpp.rpc.peer import (
    MAX_PREFIX,
    OVERRUN,
    Answered,
    Expired,
    Flooded,
    Peer,
    Repeated,
    Stray,
    TimedOut,
    Transmit,
    Unfinished,
)
from open63110.bindings.ocpp.rpc.tests.ground import EMPTY, FAR, ask, incoming, peer, tickets, written
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Expired as DeadlinePassed
from open63110.kernel.errors import Unknown

# our calls


def test_an_idle_connection_sends_a_call_at_once() -> None:
    (frame,) = peer().call("t", "Reset", Raw(b'{"type":"Immediate"}'), 5, FAR, 0.0)
    assert frame == b'[2,"p-1","Reset",{"type":"Immediate"}]'


def test_the_answer_finds_its_ticket_and_keeps_its_raw_payload() -> None:
    one = peer()
    (id,) = ask(one, "t")
    (answered,) = one.received(encode_result(id, b'{"status":"Accepted"}'), 1.0)
    assert isinstance(answered, Answered)
    assert (answered.ticket, answered.action) == ("t", "Reset")
    assert isinstance(answered.answer, Result)
    assert bytes(answered.answer.payload) == b'{"status":"Accepted"}'
    assert one.next_deadline is None


def test_an_error_is_an_answer_too() -> None:
    one = peer()
    (id,) = ask(one, "t")
    (answered,) = one.received(encode_error(id, "NotSupported", "no"), 1.0)
    assert isinstance(answered, Answered)
    assert isinstance(answered.answer, Error)
    assert answered.answer.code == "NotSupported"


def test_only_one_call_is_outstanding_and_the_most_urgent_goes_next() -> None:
    one = peer()
    (id,) = ask(one, "first")
    for ticket, priority in (("late", 9), ("a", 5), ("b", 5), ("urgent", 0)):
        assert ask(one, ticket, priority=priority) == []
    order = []
    while id:
        happenings = one.received(encode_result(id, b"{}"), 1.0)
        order += tickets(happenings, Answered)
        id = next((frame.id for frame in written(happenings)), "")
    assert order == ["first", "urgent", "a", "b", "late"]


def test_a_call_that_waited_past_its_deadline_expires_unsent() -> None:
    one = peer()
    (id,) = ask(one, "slow")
    ask(one, "short", deadline=5.0)
    ask(one, "long")
    assert one.next_deadline == 5.0
    assert one.tick(4.9) == []
    assert one.tick(5.0) == [Expired("short")]
    (frame,) = written(one.received(encode_result(id, b"{}"), 6.0))
    assert frame.id == "p-3"


def test_a_call_whose_deadline_passed_unseen_is_not_sent_when_its_turn_comes() -> None:
    one = peer()
    (id,) = ask(one, "slow")
    ask(one, "short", deadline=5.0)
    happenings = one.received(encode_result(id, b"{}"), 6.0)
    assert tickets(happenings, Expired) == ["short"]
    assert written(happenings) == []


def test_a_sent_call_times_out_and_the_next_is_sent() -> None:
    one = peer()
    ask(one, "slow", deadline=10.0)
    ask(one, "next")
    happenings = one.tick(10.0)
    assert happenings[0] == TimedOut("slow", "Reset")
    assert [frame.id for frame in written(happenings)] == ["p-2"]


def test_patience_limits_the_wait_for_an_answer_and_the_deadline_the_wait_in_the_queue() -> None:
    one = peer(patience=30.0)
    ask(one, "first", deadline=FAR, now=0.0)
    ask(one, "second", deadline=31.0, now=0.0)
    assert one.next_deadline == 30.0
    happenings = one.tick(30.0)
    assert tickets(happenings, TimedOut) == ["first"]
    assert one.next_deadline == 60.0
    assert one.tick(31.5) == []


def test_a_late_answer_is_a_stray_with_its_ticket_and_never_anothers() -> None:
    one = peer()
    ask(one, "slow", deadline=10.0)
    ask(one, "next")
    one.tick(10.0)
    (stray,) = one.received(encode_result("p-1", b"{}"), 11.0)
    assert isinstance(stray, Stray)
    assert stray.ticket == "slow"
    (answered,) = one.received(encode_result("p-2", b"{}"), 12.0)
    assert tickets([answered], Answered) == ["next"]


def test_an_answer_to_nothing_is_a_stray_without_ticket() -> None:
    one = peer()
    (stray,) = one.received(encode_result("p-1", b"{}"), 0.0)
    assert isinstance(stray, Stray)
    assert stray.ticket is None


def test_an_answer_counts_once() -> None:
    one = peer()
    (id,) = ask(one, "t")
    one.received(encode_result(id, b"{}"), 1.0)
    (again,) = one.received(encode_result(id, b"{}"), 1.0)
    assert isinstance(again, Stray)


def test_a_full_queue_refuses_and_says_so() -> None:
    one = peer(queue_limit=2)
    for ticket in "abc":
        ask(one, ticket)
    with pytest.raises(QueueFull, match="2 calls wait"):
        ask(one, "d")


def test_a_deadline_that_has_passed_is_refused() -> None:
    with pytest.raises(DeadlinePassed):
        ask(peer(), "t", deadline=5.0, now=5.0)


def test_ids_differ_within_and_between_connections_and_fit() -> None:
    one, other = Peer(Version.V16, "a" * MAX_PREFIX), Peer(Version.V16, "b" * MAX_PREFIX)
    ids = set(ask(one, 1) + ask(other, 1))
    assert len(ids) == 2
    assert all(len(id) <= 36 for id in ids)
    with pytest.raises(ValueError, match="prefix"):
        Peer(Version.V16, "a" * (MAX_PREFIX + 1))


def test_the_end_of_the_connection_returns_what_is_left() -> None:
    one = peer()
    for ticket, priority in (("sent", 5), ("b", 5), ("a", 1)):
        ask(one, ticket, priority=priority)
    one.received(incoming("1"), 0.0)
    assert one.close() == [Unfinished("sent", sent=True), Unfinished("a", sent=False), Unfinished("b", sent=False)]
    assert one.close() == []
    assert one.received(incoming("2"), 0.0) == []
    assert one.answer("1", EMPTY) == one.fail("1", ErrorCode.GENERIC_ERROR) == one.drop("1") == []
    assert one.refuse_result("1", ErrorCode.FORMAT_VIOLATION) == []
    assert one.tick(FAR) == []
    with pytest.raises(Closed):
        ask(one, "t")
    with pytest.raises(Closed):
        one.send("NotifyPeriodicEventStream", EMPTY)


def test_a_payload_that_cannot_be_encoded_harms_the_caller_only() -> None:
    one = peer()
    with pytest.raises(TypeError):
        one.call("t", "Reset", object(), 5, FAR, 0.0)  # type: ignore[arg-type]  # a caller that breaks the contract
    assert ask(one, "t") != []


# calls of the peer


def test_a_call_is_answered_while_ours_is_outstanding() -> None:
    one = peer()
    (id,) = ask(one, "t")
    (call,) = one.received(incoming("1"), 0.0)
    assert isinstance(call, Call)
    assert one.answer("1", Raw(b'{"ok":1}')) == [Transmit(b'[3,"1",{"ok":1}]')]
    assert tickets(one.received(encode_result(id, b"{}"), 0.0), Answered) == ["t"]


def test_calls_are_answered_one_after_another_in_order() -> None:
    one = peer()
    first, second, third = (one.received(incoming(id), 0.0) for id in ("1", "2", "3"))
    assert [len(first), len(second), len(third)] == [1, 0, 0]
    answer, following = one.answer("1", EMPTY)
    assert isinstance(answer, Transmit)
    assert isinstance(following, Call)
    assert following.id == "2"
    assert [getattr(happening, "id", None) for happening in one.fail("2", ErrorCode.INTERNAL_ERROR)] == [None, "3"]


def test_reading_pauses_while_too_many_wait_and_goes_on_when_they_are_answered() -> None:
    one = peer(pending_limit=2)
    saturated = []
    for id in ("0", "1", "2"):
        one.received(incoming(id), 0.0)
        saturated.append(one.saturated)
    one.answer("0", EMPTY)
    assert [*saturated, one.saturated] == [False, False, True, False]


def test_calls_beyond_what_the_edge_may_have_read_already_are_dropped() -> None:
    one = peer(pending_limit=2)
    taken = [one.received(incoming(f"{n}"), 0.0) for n in range(1 + 2 + OVERRUN)]
    assert sum(map(len, taken)) == 1
    (flooded,) = one.received(incoming("last"), 0.0)
    assert isinstance(flooded, Flooded)


def test_large_calls_saturate_sooner() -> None:
    one = peer()
    large = b'{"data":"' + b"x" * 600_000 + b'"}'
    one.received(incoming("0", large), 0.0)
    assert one.received(incoming("1", large), 0.0) == []
    assert one.saturated
    happenings = [one.received(incoming(f"{n}", large), 0.0) for n in range(2, 12)]
    assert sum(isinstance(h, Flooded) for some in happenings for h in some) == 4


def test_a_call_that_comes_again_while_it_is_answered_or_waits_is_answered_once() -> None:
    one = peer()
    one.received(incoming("1"), 0.0)
    one.received(incoming("2"), 0.0)
    assert one.received(incoming("1"), 0.0) == [Repeated("1")]
    assert one.received(incoming("2"), 0.0) == [Repeated("2")]
    _, following = one.answer("1", EMPTY)
    assert isinstance(following, Call)
    assert len(one.answer("2", EMPTY)) == 1


def test_ids_that_start_again_at_1_are_new_calls() -> None:
    one = peer()
    one.received(incoming("1", b'{"a":1}'), 0.0)
    assert one.received(incoming("1", b'{"a":2}'), 0.0) == []
    _, following = one.answer("1", EMPTY)
    assert isinstance(following, Call)
    assert bytes(following.payload) == b'{"a":2}'
    one.answer("1", EMPTY)
    assert isinstance(one.received(incoming("1", b'{"a":1}'), 0.0)[0], Call)


def test_a_dropped_call_gets_no_answer_and_may_come_again() -> None:
    one = peer()
    one.received(incoming("1"), 0.0)
    one.received(incoming("2"), 0.0)
    (following,) = one.drop("1")
    assert isinstance(following, Call)
    assert following.id == "2"
    one.drop("2")
    assert isinstance(one.received(incoming("1"), 0.0)[0], Call)


def test_only_the_call_being_answered_can_be_answered() -> None:
    one = peer()
    one.received(incoming("1"), 0.0)
    one.received(incoming("2"), 0.0)
    for id in ("2", "3"):
        with pytest.raises(Unknown):
            one.answer(id, EMPTY)
    one.answer("1", EMPTY)
    with pytest.raises(Unknown):
        one.answer("1", EMPTY)


def test_a_refusal_is_spelled_as_the_version_spells_it() -> None:
    for version, word in ((Version.V16, "OccurenceConstraintViolation"), (Version.V201, "OccurrenceConstraintViolation")):
        one = peer(version)
        one.received(incoming("1"), 0.0)
        (error,) = written(one.fail("1", ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, "line\nline"))
        assert (error.code, error.description) == (word, "line line")
