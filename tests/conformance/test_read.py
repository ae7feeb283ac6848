# SPDX-License-Identifier: Apache-2.0
"""What stations send all the time is read in one go, and never otherwise than all else that they send."""

import random
from collections.abc import Iterator

import msgspec
import pytest
from tests.conformance.wires import FRAMES

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.rpc.frames import Call, decode, encode_call, read
from open63110.bindings.ocpp.translation import Wire

OFTEN = [wire for wire in FRAMES if wire.readers]
BITS = [*b'[ ] { } " , : null -1 1e400 \\ \xff \\ud800 \0'.split(b" "), b" ", b"1" * 40, b"[" * 40]


def frames(wire: Wire) -> Iterator[bytes]:
    for case in FRAMES[wire]:
        if case.action.encode() in wire.readers and isinstance(case.said.get("request"), dict):
            yield encode_call("é-1", case.action, msgspec.json.encode(case.said["request"]))


def spoilt(frame: bytes, chance: random.Random) -> bytes:
    """Put something odd at up to three places, over what is there or between."""
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(frame))
        frame = frame[:at] + chance.choice([*BITS, frame[at : at + chance.randrange(1, 30)]]) + frame[at + chance.randrange(3) :]
    return frame


@pytest.mark.parametrize("wire", OFTEN, ids=[wire.version.value for wire in OFTEN])
def test_whatever_is_read_in_one_go_is_read_alike_part_by_part_and_nothing_that_is_odd_is(wire: Wire) -> None:
    chance, taken = random.Random(7), 0
    for good in frames(wire):
        assert read(good, wire.readers) is not None
        for _ in range(800):
            frame = spoilt(good, chance)
            found = read(frame, wire.readers)
            if found is None:
                continue
            taken += 1
            slowly = decode(frame)
            assert isinstance(slowly, Call), frame
            assert (slowly.id, slowly.action, bytes(slowly.payload)) == (found.id, found.action, bytes(found.payload)), frame
            assert tolerance.decode(wire.types[slowly.action][0], slowly.payload) == (found.request, ()), frame
    assert taken > 500
