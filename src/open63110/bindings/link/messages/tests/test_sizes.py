# SPDX-License-Identifier: Apache-2.0
"""How small and how quick messages are, beside the same content in JSON (AT-B.7-1)."""

import statistics
import time
from typing import Any

import msgspec
import pytest
from tools.link_samples import NOON, STATION, Wallet, corpus, typical

from open63110.bindings.link.messages import json_form
from open63110.bindings.link.messages.codec import CODEC, decode, encode
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21.wire import WIRE
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Command, Event

ROUNDS, REPEATS = 2_000, 15


def on_the_link(message: Any, wallet: Wallet) -> int:
    """Bytes of a body whose station stands in its address."""
    return len(encode(message, station=STATION, subjects=wallet))


def in_our_json(message: Any, wallet: Wallet) -> int:
    """Bytes of the same content in JSON, minified, what equals its default left out there too."""
    (fields,) = json_form.show(message, subjects=wallet).values()
    return len(msgspec.json.encode({name: value for name, value in fields.items() if name != "station"}))


def in_ocpp(message: Any, wallet: Wallet) -> int | None:
    """Bytes of the payload of OCPP 2.1, minified; None where OCPP has no message for it."""
    translation = WIRE.carrier(message) if isinstance(message, Command | Event) else None
    if translation is None or translation.to_wire is None:
        return None
    door = Door(station=STATION, version=Version(WIRE.version), subjects=wallet, now=NOON)
    try:
        return len(msgspec.json.encode(translation.to_wire(message, door)))
    except Trouble:
        return None


@pytest.mark.at("AT-B.7-1", "link")
def test_messages_of_all_use_cases_take_half_of_what_they_take_in_json() -> None:
    wallet, messages = Wallet(), corpus(200)
    assert {type(one).__name__ for one in messages} == REGISTRY.by_name.keys()
    pairs = [(on_the_link(one, wallet), in_ocpp(one, wallet) or in_our_json(one, wallet)) for one in messages]
    assert len(pairs) == 200
    assert statistics.median(ours / theirs for ours, theirs in pairs) <= 0.50
    assert sum(ours for ours, _ in pairs) <= 0.55 * sum(theirs for _, theirs in pairs)


def test_it_is_not_only_the_wordiness_of_ocpp() -> None:
    wallet, messages = Wallet(), corpus(200)
    pairs = [(on_the_link(one, wallet), in_our_json(one, wallet)) for one in messages]
    assert statistics.median(ours / theirs for ours, theirs in pairs) <= 0.50
    assert sum(ours for ours, _ in pairs) <= 0.55 * sum(theirs for _, theirs in pairs)


@pytest.mark.bench
def test_the_typical_meter_message_costs_little() -> None:
    message, wallet = typical(), Wallet()
    body, number, spent = encode(message, station=STATION, subjects=wallet), CODEC.number(message), []
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(ROUNDS):
            encode(message, station=STATION, subjects=wallet)
            decode(number, body, station=STATION, subjects=wallet)
        spent.append((time.process_time() - began) / ROUNDS)
    assert min(spent) <= 25e-6
