# SPDX-License-Identifier: Apache-2.0
"""Strangers' bytes through the whole chain of decoders: frame, header, body (AT-B.7-3)."""

import random
import resource
import time
from collections import Counter
from typing import Any

import msgspec
import pytest
from tools.link_samples import Wallet, corpus

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.framing import frames
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.bindings.link.patterns import own_messages, streams
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId

STATION = StationId("CS-1")
NUMBERS = [one.number for one in REGISTRY.messages]


def genuine() -> list[frames.Data]:
    """One DATA frame of each message, and of each service of the link."""
    wallet = Wallet()
    said = [(CODEC.number(one), CODEC.encode(one, subjects=wallet)) for one in corpus(200)]
    offer = streams.Offer(id=b"7", name="log:x", total=9, sha256=bytes(32))
    stream = (
        streams.Said(id=b"7", verb=streams.Verb.OFFER, offer=offer),
        streams.Said(id=b"7", verb=streams.Verb.PIECE, content=b"x" * 40),
    )
    said += [(own_messages.STREAM, streams.write(one)) for one in stream]
    return [
        frames.Data(id=at + 1, chunk=body, total=len(body), head=encode_header(Header(type=number, dst="/s/z/CS-1", key=b"k")))
        for at, (number, body) in enumerate(said)
    ]


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, take some away, add some, or say some twice."""
    found = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(4):
            case 0 if at < len(found):
                found[at] = chance.randrange(256)
            case 1:
                del found[at : at + chance.randrange(1, 4)]
            case 2:
                found[at:at] = chance.randbytes(chance.randrange(1, 9))
            case _:
                found[at:at] = found[max(0, at - 8) : at]
    return bytes(found)


def attempt(chance: random.Random, good: list[frames.Data]) -> bytes:
    """Make one input: noise, a spoilt frame, or a sound frame around a spoilt header or body."""
    one = chance.choice(good)
    match chance.randrange(8):
        case 0:
            return chance.randbytes(chance.randrange(80))
        case 1 | 2:
            return spoilt(frames.encode(one), chance)
        case 3:
            return frames.encode(msgspec.structs.replace(one, head=spoilt(one.head, chance)))
        case 4:
            head = Header(type=chance.choice(NUMBERS), kind=chance.choice(list(Kind)), priority=chance.choice(list(Priority)))
            return frames.encode(msgspec.structs.replace(one, head=encode_header(head)))
        case _:
            return frames.encode(msgspec.structs.replace(one, chunk=spoilt(one.chunk, chance)))


def chain(data: bytes, wallet: Wallet) -> str:
    """Decode as a receiver does; return how far it came. Nothing but a refusal may be raised."""
    try:
        frame = frames.decode(data)
        if not isinstance(frame, frames.Data) or not frame.head:
            return "no message"
        header = decode_header(frame.head)
    except BadFrame:
        return "no frame"
    try:
        found: Any = read(header.type, frame.chunk, wallet)
    except (Trouble, BadFrame):
        return "no body"
    return "read" if found is not None else "no body"


def read(number: int, body: bytes, wallet: Wallet) -> Any:
    if number == own_messages.STREAM:
        return streams.read(body)
    return CODEC.read(number, body, station=STATION, subjects=wallet)


def fuzz(count: int, seed: int) -> tuple[Counter[str], float]:
    """Try so many inputs; return how far they came, and the longest time of the processor that one took [s]."""
    chance, good, wallet, longest, how = random.Random(seed), genuine(), Wallet(), 0.0, Counter[str]()
    for number in range(count):
        data = attempt(chance, good)
        begun = time.thread_time()
        how[chain(data, wallet)] += 1
        longest = max(longest, time.thread_time() - begun)
        if number % 10_000 == 0:
            wallet = Wallet()
    return how, longest


def test_a_hundred_thousand_spoilt_messages_do_no_harm() -> None:
    how, longest = fuzz(100_000, seed=1)
    assert longest < 1.0
    assert min(how[step] for step in ("no frame", "no message", "no body", "read")) > 50


@pytest.mark.soak
@pytest.mark.at("AT-B.7-3", "link")
def test_a_million_spoilt_messages_do_no_harm() -> None:
    fuzz(10_000, seed=2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    how, longest = fuzz(1_000_000, seed=3)
    assert how.total() == 1_000_000
    assert longest < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # [KiB]
