# SPDX-License-Identifier: Apache-2.0
"""One connection under bad input, in 2.1, and with everything happening at once."""

import sys
from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from open63110.bindings.ocpp.rpc.errors import ErrorCode
from open63110.bindings.ocpp.rpc.frames import (
    Call,
    ResultError,
    Send,
    decode,
    encode_result,
    encode_result_error,
    encode_send,
)
from open63110.bindings.ocpp.rpc.peer import (
    Answered,
    Expired,
    Garbled,
    Peer,
    ResultRefused,
    TimedOut,
    Transmit,
    Unreadable,
)
from open63110.bindings.ocpp.rpc.tests.ground import EMPTY, ask, incoming, peer, tickets, written
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import NotSupported

# 2.1


def test_unconfirmed_messages_go_both_ways_in_21() -> None:
    one = peer()
    (id,) = ask(one, "t")
    sent = decode(one.send("NotifyPeriodicEventStream", Raw(b'{"id":1}')))
    assert isinstance(sent, Send)
    assert sent.id != id
    one.received(incoming("1"), 0.0)
    (heard,) = one.received(encode_send("9", "NotifyPeriodicEventStream", b"{}"), 0.0)
    assert isinstance(heard, Send)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_unconfirmed_messages_do_not_exist_before_21(version: Version) -> None:
    one = peer(version)
    with pytest.raises(NotSupported):
        one.send("NotifyPeriodicEventStream", EMPTY)
    assert one.refuse_result("1", ErrorCode.FORMAT_VIOLATION) == []
    happenings = one.received(encode_send("9", "NotifyPeriodicEventStream", b"{}"), 0.0)
    assert isinstance(happenings[0], Unreadable)
    assert [(e.id, e.code) for e in written(happenings)] == ([] if version is Version.V16 else [("9", "MessageTypeNotSupported")])


def test_an_answer_can_be_refused_in_21() -> None:
    (frame,) = peer().refuse_result("1", ErrorCode.TYPE_CONSTRAINT_VIOLATION, "no\nnumber")
    assert frame == b'[5,"1","TypeConstraintViolation","no number",{}]'
    (refused,) = peer().received(frame, 0.0)
    assert isinstance(refused, ResultRefused)
    assert isinstance(refused.error, ResultError)


# what is no message


def test_the_unreadable_is_answered_as_each_version_asks() -> None:
    for raw, v16, v2x in (
        (b"{", [], [("-1", "RpcFrameworkError")]),
        (b'[2,5,"A",{}]', [], [("-1", "RpcFrameworkError")]),
        (b'[2,"1","A",{x}]', [("1", "FormationViolation")], [("1", "FormatViolation")]),
        (b'[7,"1"]', [], [("1", "MessageTypeNotSupported")]),
        (b'[3,"1"]', [], []),
        (b"[4]", [], [("-1", "RpcFrameworkError")]),
        (b"[4,5]", [], []),
    ):
        for version in Version:
            happenings = peer(version).received(raw, 0.0)
            assert isinstance(happenings[0], Unreadable)
            assert [(e.id, e.code) for e in written(happenings)] == (v16 if version is Version.V16 else v2x), raw


def test_an_answer_that_cannot_be_read_ends_our_call_and_the_next_is_sent() -> None:
    for version in Version:
        one = peer(version)
        ask(one, "t")
        ask(one, "next")
        happenings = one.received(b'[3,"p-1",{x}]', 0.0)
        assert tickets(happenings, Garbled) == ["t"]
        frames = written(happenings)
        assert frames[-1].id == "p-2"
        assert [type(frame) for frame in frames[:-1]] == ([ResultError] if version is Version.V21 else [])


def test_two_peers_never_answer_errors_with_errors() -> None:
    for version in Version:
        one, other = peer(version), Peer(version, "q-")
        frames = deque([b"{", b'[2,"1"', b'[9,"1"]', b'[4,"1",{]', b'[3,"x"]', b'[5,"1"', b'[6,"1"'])
        for turn in range(100):
            if not frames:
                break
            frames += [h.frame for h in (one, other)[turn % 2].received(frames.popleft(), 0.0) if isinstance(h, Transmit)]
        assert not frames


# size, and everything together


def test_an_idle_connection_is_small() -> None:
    one = peer()
    slots = [getattr(one, name) for name in Peer.__slots__]
    own = sys.getsizeof(one) + sum(sys.getsizeof(value) for value in slots if isinstance(value, list | str))
    assert own < 1000
    assert not hasattr(one, "__dict__")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["ask", "ask urgently", "forward", "backward", "answer", "time"]), max_size=80))
def test_every_ticket_ends_exactly_once_whatever_the_order_of_things(steps: list[str]) -> None:
    ours, theirs = peer(patience=4.0, queue_limit=10), Peer(Version.V21, "q-")
    there: deque[bytes] = deque()
    back: deque[bytes] = deque()
    asked, ended, heard, now = 0, list[Any](), list[str](), 0.0

    def mine(happenings: list[Any]) -> None:
        there.extend(h.frame for h in happenings if isinstance(h, Transmit))
        ended.extend(h.ticket for h in happenings if isinstance(h, Answered | Expired | TimedOut | Garbled))

    def others(happenings: list[Any]) -> None:
        back.extend(h.frame for h in happenings if isinstance(h, Transmit))
        heard.extend(h.id for h in happenings if isinstance(h, Call))

    for step in steps:
        if step.startswith("ask") and asked - len(ended) < 10:
            asked += 1
            there.extend(ours.call(asked, "Reset", EMPTY, 0 if "urgently" in step else 5, now + 6.0, now))
        elif step == "forward" and there:
            others(theirs.received(there.popleft(), now))
        elif step == "backward" and back:
            mine(ours.received(back.popleft(), now))
        elif step == "answer" and heard:
            others(theirs.answer(heard.pop(0), EMPTY))
        elif step == "time":
            now += 1.5
            mine(ours.tick(now))
    ended.extend(left.ticket for left in ours.close())
    assert sorted(ended) == list(range(1, asked + 1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(1, 50)), min_size=1, max_size=30))
def test_the_queue_is_served_by_priority_then_age(calls: list[tuple[int, float]]) -> None:
    one = peer()
    (id,) = ask(one, (-1, -1))
    for age, (priority, deadline) in enumerate(calls):
        ask(one, (priority, age), priority=priority, deadline=deadline + 50)
    served = []
    while id:
        happenings = one.received(encode_result(id, b"{}"), 1.0)
        served += tickets(happenings, Answered)
        id = next((frame.id for frame in written(happenings)), "")
    assert len(served) == len(calls) + 1
    assert all(earlier < later for earlier, later in pairwise(served))


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(Version)))
def test_any_bytes_leave_the_conversation_able_to_go_on(raw: bytes, version: Version) -> None:
    one = peer(version)
    (id,) = ask(one, "t")
    for call in one.received(raw, 0.0):
        if isinstance(call, Call):  # so they were a request after all
            one.answer(call.id, EMPTY)
    assert tickets(one.received(encode_result(id, b"{}"), 1.0), Answered) == ["t"]
    one.received(encode_result_error("1", "GenericError"), 1.0)
    assert isinstance(one.received(incoming("fresh"), 1.0)[0], Call)
