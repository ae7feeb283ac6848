# SPDX-License-Identifier: Apache-2.0
"""Frames there and back, and every way not to be one."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw, Struct

from open63110.bindings.ocpp.rpc.errors import ErrorCode, MalformedFrame
from open63110.bindings.ocpp.rpc.frames import (
    Call,
    Error,
    Result,
    ResultError,
    Send,
    decode,
    encode_call,
    encode_error,
    encode_result,
    encode_result_error,
    encode_send,
    one_line,
)

IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=36)
WORDS = st.text(st.characters(codec="utf-8"), max_size=64)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class Ping(Struct):
    value: int = 1


def rejected(raw: bytes, **limit: int) -> tuple[ErrorCode, str, int | None]:
    with pytest.raises(MalformedFrame) as caught:
        decode(raw, **limit)
    return caught.value.error, caught.value.id, caught.value.message_type


@settings(deadline=None)
@given(IDS, WORDS)
def test_calls_and_sends_come_back_as_they_went(id: str, action: str) -> None:
    call, send = decode(encode_call(id, action, Ping())), decode(encode_send(id, action, Raw(b'{"a":[1]}')))
    assert isinstance(call, Call)
    assert isinstance(send, Send)
    assert (call.id, call.action, bytes(call.payload)) == (id, action, b'{"value":1}')
    assert (send.id, send.action, bytes(send.payload)) == (id, action, b'{"a":[1]}')


@settings(deadline=None)
@given(IDS)
def test_results_come_back_as_they_went(id: str) -> None:
    result = decode(encode_result(id, b"{}"))
    assert isinstance(result, Result)
    assert (result.id, bytes(result.payload)) == (id, b"{}")


@settings(deadline=None)
@given(IDS, st.text(), st.sampled_from([(encode_error, Error), (encode_result_error, ResultError)]))
def test_errors_come_back_with_a_description_every_peer_takes(id: str, description: str, pair: Any) -> None:
    encode, type_ = pair
    error = decode(encode(id, "InternalError", description))
    assert isinstance(error, Error | ResultError)
    assert type(error) is type_
    assert (error.id, error.code, error.description) == (id, "InternalError", one_line(description))
    assert len(error.description) <= 255
    assert not any(char < " " for char in error.description)


def test_frames_are_compact() -> None:
    assert encode_call("1", "Heartbeat", b"{}") == b'[2,"1","Heartbeat",{}]'
    assert encode_result("1", Ping()) == b'[3,"1",{"value":1}]'
    assert encode_error("1", "GenericError", "a\r\nb" + "x" * 300) == b'[4,"1","GenericError","a b' + b"x" * 252 + b'",{}]'
    assert encode_result_error("1", "GenericError") == b'[5,"1","GenericError","",{}]'
    assert encode_send("1", "NotifyPeriodicEventStream", b"{}") == b'[6,"1","NotifyPeriodicEventStream",{}]'


def test_a_payload_is_carried_byte_by_byte() -> None:
    payload = b'{ "signedMeterData" : "OCMF|{\\"RV\\":1.230}|\\u20ac" }'
    call = decode(b'[2,"1","MeterValues",' + payload + b"]")
    assert isinstance(call, Call)
    assert bytes(call.payload) == payload


@pytest.mark.parametrize(
    ("raw", "code", "description"),
    [
        (b'[4,"1"]', "GenericError", ""),
        (b'[4,"1",null,null,null]', "GenericError", ""),
        (b'[4,"1","InternalError"]', "InternalError", ""),
        (b'[4,"1","InternalError",null,{}]', "InternalError", ""),
        (b'[4,"1",5,"why",{},"more"]', "GenericError", "why"),
        (b'[5,"1",5,"why"]', "GenericError", "why"),
    ],
)
def test_a_sloppy_error_is_still_an_answer(raw: bytes, code: str, description: str) -> None:
    error = decode(raw)
    assert isinstance(error, Error | ResultError)
    assert (error.id, error.code, error.description, bytes(error.details)) == ("1", code, description, b"{}")


RPC, FORMAT, UNKNOWN = ErrorCode.RPC_FRAMEWORK_ERROR, ErrorCode.FORMAT_VIOLATION, ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", (RPC, "-1", None)),
        (b"\x00\x01", (RPC, "-1", None)),
        (b"null", (RPC, "-1", None)),
        (b"{}", (RPC, "-1", None)),
        (b"[]", (RPC, "-1", None)),
        (b"[2]", (RPC, "-1", None)),
        (b"[[2]]", (RPC, "-1", None)),
        (b'["2","1","A",{}]', (RPC, "-1", None)),
        (b'[2.0,"1","A",{}]', (RPC, "-1", None)),
        (b'[true,"1","A",{}]', (RPC, "-1", None)),
        (b'[-2,"1","A",{}]', (RPC, "-1", None)),
        (b'[2,1,"A",{}]', (RPC, "-1", 2)),
        (b'[2,null,"A",{}]', (RPC, "-1", 2)),
        (b'[2,["1"],"A",{}]', (RPC, "-1", 2)),
        (b'[2,"","A"]', (RPC, "-1", 2)),
        (b'[2,"' + b"x" * 37 + b'","A",{}]', (RPC, "-1", 2)),
        (b'[2,"1"]', (RPC, "1", 2)),
        (b'[2,"1","A"]', (RPC, "1", 2)),
        (b'[2,"1",5,{}]', (RPC, "1", 2)),
        (b'[2,"1","A",{},5]', (RPC, "1", 2)),
        (b'[2,"1","' + b"A" * 65 + b'",{}]', (RPC, "1", 2)),
        (b'[3,"1"]', (RPC, "1", 3)),
        (b"[4,5]", (RPC, "-1", 4)),
        (b'[4,"1",5,{x}]', (RPC, "1", 4)),
        (b'[7,"1",{}]', (UNKNOWN, "1", 7)),
        (b'[0,"1",{}]', (UNKNOWN, "1", 0)),
        (b'[2,"1","A",{"a":1]', (FORMAT, "1", 2)),
        (b'[2,"1","A",{"a":NaN}]', (FORMAT, "1", 2)),
        (b'[2,"1","A",{"a":01}]', (FORMAT, "1", 2)),
        (b'[2,"1","A",{"a":"\\ud800"}]', (FORMAT, "1", 2)),
        (b'[2,"1","A",{}] x', (FORMAT, "1", 2)),
        (b'[2,"1","A\xff",{}]', (FORMAT, "1", 2)),
        (b'[2,"\xff","A",{}]', (FORMAT, "-1", 2)),
        (b'[2,"\\ud800","A",{}]', (RPC, "-1", 2)),
        (b"[" + b"9" * 5000 + b',"1","A",{}]', (RPC, "-1", None)),
        (b'[2,"1","A",' + b"[" * 90_000, (RPC, "1", 2)),
        (b'[2,"1","A",' + b"[" * 90_000 + b"]" * 90_000 + b"]", (RPC, "1", 2)),
        (b'[4,"1",' + b"[" * 90_000 + b"]" * 90_000 + b"]", (RPC, "1", 4)),
    ],
)
def test_what_is_no_message_says_what_to_answer_and_to_whom(raw: bytes, expected: Any) -> None:
    assert rejected(raw) == expected


def test_a_frame_too_large_is_not_looked_into() -> None:
    raw = b'[2,"1","A",{}]'
    assert rejected(raw, limit=len(raw) - 1) == (RPC, "1", 2)
    assert isinstance(decode(raw, limit=len(raw)), Call)


def test_a_rejection_quotes_nothing_of_the_frame() -> None:
    with pytest.raises(MalformedFrame) as caught:
        decode(b'[2,"1","SetVariables",{"attributeValue":"hunter2"')
    assert "hunter2" not in str(caught.value)


def test_duplicate_keys_and_huge_numbers_in_a_payload_are_no_matter_of_the_frame() -> None:
    for payload in (b'{"a":1,"a":2}', b'{"a":1e300}', b'{"a":' + b"9" * 400 + b"}"):
        assert isinstance(decode(b'[2,"1","A",' + payload + b"]"), Call)


def never_anything_but_a_malformed_frame(raw: bytes) -> None:
    try:
        id = decode(raw).id
    except MalformedFrame as fault:
        id = fault.id
    assert len(id) <= 36
    assert isinstance(decode(encode_error(id, "GenericError")), Error)


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b'[2,"\xed\xa0\x80","A",{}]')
@example(b'[2 , "1" , "A" , {} ]')
@example(b'\xef\xbb\xbf[2,"1","A",{}]')
def test_any_bytes_are_a_message_or_a_malformed_frame(raw: bytes) -> None:
    never_anything_but_a_malformed_frame(raw)


@settings(deadline=None)
@given(st.lists(JSON, max_size=6), st.integers(0, 8))
def test_any_json_is_a_message_or_a_malformed_frame(parts: list[Any], kind: int) -> None:
    never_anything_but_a_malformed_frame(json.dumps([kind, *parts]).encode("utf-8", "surrogatepass"))
    never_anything_but_a_malformed_frame(json.dumps([kind, "1", *parts], ensure_ascii=False).encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(st.integers(2, 6), st.data())
def test_any_damage_to_a_message_is_a_message_or_a_malformed_frame(kind: int, data: st.DataObject) -> None:
    frames = {
        2: encode_call("id-1", "TransactionEvent", b'{"seqNo":1,"a":["\\u00e9",{"b":null}]}'),
        3: encode_result("id-1", b'{"status":"Accepted"}'),
        4: encode_error("id-1", "InternalError", "why", b'{"x":1}'),
        5: encode_result_error("id-1", "InternalError", "why"),
        6: encode_send("id-1", "NotifyPeriodicEventStream", b'{"id":1}'),
    }
    raw = bytearray(frames[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    never_anything_but_a_malformed_frame(bytes(raw))


def test_a_payload_that_is_json_is_a_payload_whatever_its_type() -> None:
    for payload in (b"null", b"5", b'"x"', b"[]"):
        result = decode(b'[3,"1",' + payload + b"]")
        assert isinstance(result, Result)
        assert msgspec.json.decode(result.payload) == json.loads(payload)
