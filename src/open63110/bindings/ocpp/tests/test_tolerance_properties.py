# SPDX-License-Identifier: Apache-2.0
"""Tolerance over anything: it leaves alone what is right, and fails in one way only."""

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp._generated import v16, v21, v201
from open63110.bindings.ocpp.rpc.errors import SchemaFault
from open63110.bindings.ocpp.schema import Payload, decoder

EVERY = [
    type_ for module in (v16, v201, v21) for pair in (*module.ACTIONS.values(), tuple(module.SENDS.values())) for type_ in pair
]
NAMES = sorted({field.encode_name for type_ in EVERY for field in msgspec.structs.fields(type_)})
ODD = st.sampled_from(["", " ", "5", "5.0", "-", "L1-n", "charging", "2026-01-02 03:04:05", "2026-01-02T03:04:05Z", "é" * 60])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8) | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
VALUES = {
    "connectorId": st.integers() | st.sampled_from([1.0, "1", None, True]),
    "errorCode": st.sampled_from(["NoError", "noerror", "Bogus", 5]),
    "status": st.sampled_from(["Available", "Charging", "charging", ""]),
    "info": st.text(max_size=60) | st.none(),
    "timestamp": ODD | st.datetimes().map(lambda time: f"{time.isoformat()}Z") | st.none(),
    "vendorId": st.text(max_size=300),
    "extra": JSON,
}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES) | st.fixed_dictionaries(VALUES))
def test_what_the_strict_decoder_takes_comes_back_unchanged_and_unremarked(payload: dict[str, Any]) -> None:
    raw = json.dumps(payload).encode()
    try:
        strict = decoder(v16.StatusNotificationRequest).decode(raw)
    except msgspec.ValidationError:
        return
    assert tolerance.decode(v16.StatusNotificationRequest, raw) == (strict, ())
    assert tolerance.repaired(payload, v16.StatusNotificationRequest) == (payload, ())


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES) | st.fixed_dictionaries(VALUES))
def test_what_is_taken_otherwise_says_why_and_is_right_the_second_time(payload: dict[str, Any]) -> None:
    raw = json.dumps(payload).encode()
    try:
        message, deviations = tolerance.decode(v16.StatusNotificationRequest, raw)
    except SchemaFault:
        return
    assert tolerance.decode(v16.StatusNotificationRequest, msgspec.json.encode(message)) == (message, ())
    try:
        decoder(v16.StatusNotificationRequest).decode(raw)
    except msgspec.ValidationError:
        assert deviations


@settings(deadline=None)
@given(st.sampled_from(EVERY), JSON)
def test_any_json_is_a_message_or_a_fault(type_: type[Payload], value: Any) -> None:
    raw = json.dumps(value).encode("utf-8", "surrogatepass")
    try:
        message, _ = tolerance.decode(type_, raw)
    except SchemaFault:
        return
    assert tolerance.decode(type_, msgspec.json.encode(message))[0] == message


@settings(deadline=None)
@given(st.sampled_from(EVERY), st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_fault(type_: type[Payload], raw: bytes) -> None:
    try:
        message, _ = tolerance.decode(type_, raw)
    except SchemaFault:
        return
    assert isinstance(message, type_)
