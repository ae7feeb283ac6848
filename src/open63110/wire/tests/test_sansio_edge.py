# SPDX-License-Identifier: Apache-2.0
"""Two independent parsers behind one contract: whatever bytes come in, both edges must tell the same story."""

from __future__ import annotations

import asyncio
import random
import struct
from contextlib import suppress

import msgspec
import pytest

from open63110.wire.deflate import deflate
from open63110.wire.tests.ground import BINARY, CLOSE, CONTINUATION, EDGES, PING, PONG, QUICK, TEXT, House, Raw, frame

LIMITS = msgspec.structs.replace(QUICK, max_message=3_000)
SAME = {1007: 1002, 1009: 1002}
"""Where two rules are broken at once, either may be named."""


def stream(chance: random.Random) -> bytes:
    """Mostly valid frames, with something wrong now and then."""
    parts: list[bytes] = []
    for _ in range(chance.randrange(1, 12)):
        kind = chance.choice([TEXT, TEXT, TEXT, BINARY, CONTINUATION, PING, PONG, chance.randrange(16)])
        size = chance.choice([0, 1, 125, 126, 300, 1_400, 1_800, 2_900, 3_001])
        payload = chance.randbytes(min(size, 125) if kind in {PING, PONG, CLOSE} else size)
        rsv = chance.choice([0] * 12 + [4, 4, 2, 1])
        if rsv == 4 and chance.random() < 0.7:
            payload = deflate(payload, 15)
        if kind == CLOSE:
            payload = struct.pack("!H", chance.choice([1000, 1001, 3000, 1005, 5000])) + b"bye"
        parts.append(frame(kind, payload, fin=chance.random() < 0.75, rsv=rsv, mask=chance.random() < 0.97))
    whole = bytearray(b"".join(parts))
    if chance.random() < 0.3:
        whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return bytes(whole)


async def story(edge: str, seed: int) -> tuple[list[tuple[bytes, bool]], int]:
    """What the peer was told."""
    chance = random.Random(seed)
    house = await House(edge).open(LIMITS)
    raw = await house.raw(*["Sec-WebSocket-Extensions: permessage-deflate"] * chance.randrange(2))
    sent = stream(chance)
    with suppress(OSError, RuntimeError):  # already thrown out
        while sent:
            cut = chance.choice([1, 7, 200, 1_500, 10_000])
            raw.write(sent[:cut])
            sent = sent[cut:]
            await asyncio.sleep(0)
        raw.writer.write_eof()
    code, _ = await house.peer.end()
    messages: list[tuple[bytes, bool]] = []
    while not house.peer.inbox.empty():
        messages.append(house.peer.inbox.get_nowait())
    await Raw.leave_all()
    await house.listener.stop()
    return messages, SAME.get(code, code)


@pytest.mark.parametrize("start", range(0, 400, 50))
async def test_both_edges_tell_the_same_story_of_any_bytes(start: int) -> None:
    for seed in range(start, start + 50):
        told = {edge: await story(edge, seed) for edge in EDGES}
        assert told["picows"] == told["sansio"], seed
