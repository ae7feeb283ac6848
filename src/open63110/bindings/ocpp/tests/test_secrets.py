# SPDX-License-Identifier: Apache-2.0
"""Passwords and keys for stations go over the wire and nowhere else."""

from typing import Any

import msgspec
import pytest

from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.secrets import HIDDEN, covered, hidden, shown
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.runtime.engine import decode_command, encode_command

BASIC = {
    "setVariableData": [
        {
            "component": {"name": "SecurityCtrlr"},
            "variable": {"name": "BasicAuthPassword"},
            "attributeValue": "k3jd9s0fj2lq8d7h",
        },
        {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}, "attributeValue": "300"},
    ]
}
KEY = {"key": "AuthorizationKey", "value": "k3jd9s0fj2lq8d7h"}
NETWORK = {
    "configurationSlot": 1,
    "connectionData": {"basicAuthPassword": "k3jd9s0fj2lq8d7h", "apn": {"apnPassword": "k3jd9s0fj2lq8d7h"}},
}


@pytest.mark.parametrize("payload", [BASIC, KEY, NETWORK])
def test_a_secret_is_covered_wherever_it_stands(payload: dict[str, Any]) -> None:
    assert b"k3jd9s0fj2lq8d7h" not in msgspec.json.encode(hidden(payload))
    assert HIDDEN.encode() in msgspec.json.encode(hidden(payload))


@pytest.mark.parametrize("payload", [{}, {"key": "HeartbeatInterval", "value": "300"}, {"a": [1, {"b": None}]}])
def test_what_holds_no_secret_stays_as_it_is(payload: dict[str, Any]) -> None:
    assert hidden(payload) == payload


def test_other_settings_of_the_same_message_stay_readable() -> None:
    assert hidden(BASIC)["setVariableData"][1] == BASIC["setVariableData"][1]


def test_a_frame_is_remembered_without_its_secret() -> None:
    frame = msgspec.json.encode([2, "1", "ChangeConfiguration", KEY])
    assert msgspec.json.decode(shown(frame)) == [2, "1", "ChangeConfiguration", {**KEY, "value": HIDDEN}]


@pytest.mark.parametrize("answer", [{"configurationKey": [KEY]}, {"getVariableResult": BASIC["setVariableData"]}])
def test_what_a_station_shows_although_it_must_not_is_covered_in_its_answer(answer: dict[str, Any]) -> None:
    told = covered(msgspec.json.encode([3, "1", answer]))
    assert b"k3jd9s0fj2lq8d7h" not in told
    assert HIDDEN.encode() in told
    assert covered(b'{"password":"k3jd9s0fj2lq8d7h"') == b'"(hidden)"'
    plain = b'{"status":"Accepted"}'
    assert covered(plain) is plain


@pytest.mark.parametrize("frame", [b'[3,"1",{"status":"Accepted"}]', b'[2,"1","Reset",{"type":"Soft"}]'])
def test_ordinary_frames_are_remembered_as_they_are(frame: bytes) -> None:
    assert shown(frame) is frame


def test_a_raw_call_is_written_down_without_its_secret_and_then_cannot_be_sent() -> None:
    call = RawCall(station=StationId("CS-1"), action="ChangeConfiguration", payload=KEY)
    assert msgspec.json.decode(call.text()) == KEY
    again = decode_command(encode_command(call.kept()))
    assert isinstance(again, RawCall)
    assert again.payload["value"] == HIDDEN
    with pytest.raises(Unavailable, match="ask again"):
        again.text()


def test_a_raw_call_without_secrets_is_written_down_whole() -> None:
    call = RawCall(station=StationId("CS-1"), action="GetLocalListVersion")
    assert call.kept() is call
