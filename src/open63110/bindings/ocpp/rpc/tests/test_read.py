# SPDX-License-Identifier: Apache-2.0
"""Calls that are understood together with their frames, and whatever is left to the slow way."""

import msgspec
import pytest
from msgspec import Struct

from open63110.bindings.ocpp.rpc.frames import MAX_BYTES, Call, Read, Readers, decode, encode_call, read, reader
from open63110.bindings.ocpp.rpc.peer import Flooded, Peer, Repeated, Transmit
from open63110.bindings.ocpp.rpc.tests.ground import EMPTY
from open63110.bindings.ocpp.rpc.version import Version


class Beat(Struct, frozen=True, forbid_unknown_fields=True):
    count: int = 0
    note: str = ""


READERS: Readers = {b"Beat": reader("Beat", msgspec.json.Decoder, Beat)}


def beat(id: str, count: int = 0, note: str = "") -> bytes:
    return encode_call(id, "Beat", Beat(count, note))


def peer() -> Peer:
    return Peer(Version.V201, "p-", readers=READERS)


def test_a_call_of_an_action_with_a_reader_is_read_in_one_go_and_keeps_its_payload() -> None:
    frame = beat("é-1", 7)
    call = read(frame, READERS)
    assert call == Read("é-1", "Beat", Beat(7), frame)
    slowly = decode(frame)
    assert isinstance(slowly, Call)
    assert (slowly.id, slowly.action) == (call.id, call.action)
    assert bytes(call.payload) == bytes(slowly.payload) == b'{"count":7,"note":""}'


@pytest.mark.parametrize(
    "frame",
    [
        b'[2, "1","Beat",{}]',
        b'[2,"1" ,"Beat",{}]',
        b'[2,"1","Rest",{}]',
        b'[2,"\\"1","Beat",{}]',
        b'[2,"1","Beat",{"count":"7"}]',
        b'[2,"1","Beat",{"unknown":7}]',
        b'[2,"1","Beat",{}',
        b'[2,"1","Beat",{},{}]',
        b'[2,"1","Beat",{}]]',
        b'[2,"1","Beat"]',
        b'[2,"%b","Beat",{}]' % (b"1" * 37),
        b'[3,"1",{"Beat":1}]',
        b'[2,"1","Beat",{"note":"\xff"}]',
        b'[2,"1","Beat",' + b" " * MAX_BYTES + b"{}]",
        b"",
    ],
)
def test_whatever_is_odd_is_left_to_decode(frame: bytes) -> None:
    assert read(frame, READERS) is None


def test_who_waits_for_the_answer_does_not_hold_the_request_any_more() -> None:
    (call,) = peer().received(beat("1", 7), 0.0)
    assert isinstance(call, Read)
    assert call.taken() == Beat(7)
    assert call.request is None


def test_a_call_that_was_read_in_one_go_is_answered_once_and_others_of_its_id_as_well() -> None:
    one = peer()
    assert len(one.received(beat("1"), 0.0)) == 1
    assert one.received(beat("1"), 0.0) == [Repeated("1")]
    assert one.received(beat("1", 2), 0.0) == []
    sent, following = one.answer("1", EMPTY)
    assert isinstance(sent, Transmit)
    assert isinstance(following, Call)
    assert bytes(following.payload) == b'{"count":2,"note":""}'
    assert one.answer("1", EMPTY) == [sent]


def test_calls_that_wait_for_their_turn_are_kept_as_bytes_alone_and_counted_with_all_of_them() -> None:
    one = peer()
    large = "x" * (MAX_BYTES - 100)
    happenings = [one.received(beat(str(n), note=large), 0.0) for n in range(7)]
    assert one.saturated
    assert sum(isinstance(h, Flooded) for some in happenings for h in some) == 1
    (_, following) = one.answer("0", EMPTY)
    assert isinstance(following, Call)
