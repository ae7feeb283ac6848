# SPDX-License-Identifier: Apache-2.0
"""Writes docs/bindings/vectors/frames.json: frames and headers of the 63110 link with the bytes that stand for them, for ever.

Usage: python tools/generate_frame_vectors.py
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing import frames
from open63110.bindings.link.framing.header import Asker, Extension, Header, Kind, LeaseShown, Priority, encode_header
from open63110.bindings.link.framing.hello import Hello, Receive, Resume

PATH = Path(__file__).parents[1] / "docs/bindings/vectors/frames.json"
NOON = datetime(2026, 3, 4, 12, 0, 0, 125000, tzinfo=UTC)

HEADERS = {
    "the least": Header(type=7),
    "a request": Header(
        src="/",
        dst="/site/zone/cs042/1",
        type=40,
        kind=Kind.REQUEST,
        priority=Priority.EMERGENCY,
        deadline=NOON,
        key=b"\x01\x02\x03",
    ),
    "a reply": Header(type=41, version=2, kind=Kind.REPLY, reply_to=70_000, status=ErrorCode.REFUSED, words="not now"),
    "a relayed group message": Header(
        dst="/site/zone/*",
        type=40,
        group=True,
        path=("/upper", "/site"),
        about="limit",
        priority=Priority.CONTROL,
        extensions={"org.example.tariff": Extension(critical=True, value=b"\xff\x00")},
    ),
    "an order of somebody above, under a lease": Header(
        dst="/site/zone/cs042",
        type=40,
        kind=Kind.REQUEST,
        path=("/upper",),
        by=Asker("anna", "operator", "/upper"),
        lease=LeaseShown("above", 3, 1_772_625_660_000),
    ),
}

FRAMES: dict[str, frames.Frame] = {
    "HELLO": Hello(
        identity="cs042",
        versions=((1, 0),),
        capabilities=("energy", "stations"),
        outbox=bytes.fromhex("0123456789abcdef"),
        resume=(Resume(outbox=b"\xaa" * 8, contiguous=41, sparse=((43, 43), (45, 50)), partial=((51, 8192),)),),
        clock=1_772_625_600_125,
        uncertainty=20,
    ),
    "HELLO of a small controller": Hello(
        identity="cs1",
        versions=((1, 0), (2, 1)),
        outbox=b"\x01",
        clock=0,
        uncertainty=86_400_000,
        receive=Receive(message=65536, bytes=131_072, messages=64, window=16384, chunk=2048, urgent_rate=5, urgent_burst=10),
        extensions={"org.example.tariff": Extension(value=b"\x01")},
    ),
    "DATA, a whole message": frames.Data(id=1, chunk=b"\xa1\x00\x01", total=3, head=encode_header(HEADERS["a request"]), after=0),
    "DATA, the first piece": frames.Data(id=300, chunk=b"abc", total=70_000, head=encode_header(HEADERS["the least"]), after=299),
    "DATA, a later piece": frames.Data(id=300, offset=3, chunk=b"def"),
    "DATA without a body": frames.Data(id=2, head=encode_header(HEADERS["the least"])),
    "DELIVERED": frames.Delivered(ids=((1, 40), (42, 42))),
    "CREDIT": frames.Credit(bytes=4_294_967_296),
    "NACK of a message": frames.Nack(id=9, error=ErrorCode.RATE_LIMITED, words="too many", retry_after=100),
    "NACK of the link": frames.Nack(error=ErrorCode.UNSUPPORTED_VERSION, words="this end speaks 1.0"),
    "CANCEL": frames.Cancel(ids=((7, 7),), error=ErrorCode.CANCELLED),
    "CANCEL, tombstones": frames.Cancel(ids=((8, 1024),), error=ErrorCode.EXPIRED),
    "PING": frames.Ping(number=3, sent=1_772_625_600_125),
    "PONG": frames.Pong(number=3, sent=1_772_625_600_125, heard=1_772_625_600_325, answered=1_772_625_600_326, uncertainty=5),
}

LATER = frozenset({"by", "lease"})
"""Fields of a header that were added after vectors had been published."""

REFUSED = {
    "nothing": "",
    "no map": "01",
    "no type": "a0",
    "a type that is no number": "a10061" + "61",
    "followed by more": "a2000301" + "0a" + "00",
    "a key twice": "a3000301" + "0a" + "010b",
    "an indefinite map": "bf00030" + "10aff",
    "a number in a longer form": "a200030118" + "0a",
    "a tag": "a2000301c10a",
    "a truth value for a number": "a2000301f5",
    "a negative number": "a200030129",
    "message id 0": "a30001010003" + "40",
    "ranges that fall": "a20002018405060304",
    "ranges that touch": "a20002018401020304",
    "half a range": "a2000201810" + "1",
    "a number beyond 2^53 - 1": "a20003011b0020000000000000",
    "words that are too long": "a400040100020103" + "78c9" + "61" * 201,
    "too deep": "a2000301" + "81" * 17 + "00",
}


def plain(value: Any) -> Any:
    """Turn a record into what JSON can hold; a field that came later stands in it only where it says something."""
    found = json.loads(msgspec.json.encode(value, enc_hook=str))
    return {key: one for key, one in found.items() if key not in LATER or one is not None} if isinstance(value, Header) else found


def vectors() -> dict[str, Any]:
    """Make all of it."""
    encoded = {name: (one, frames.encode(one)) for name, one in FRAMES.items()}
    heads = {name: (one, encode_header(one)) for name, one in HEADERS.items()}
    return {
        "frames": [{"name": name, "hex": data.hex(), "means": plain(one)} for name, (one, data) in encoded.items()],
        "headers": [{"name": name, "hex": data.hex(), "means": plain(one)} for name, (one, data) in heads.items()],
        "ignored": [
            {"name": "a frame type of a later version", "hex": "a100182a"},
            {"name": "a vendor's field", "hex": "a3000320f6010a"},
        ],
        "refused": [{"name": name, "hex": data} for name, data in REFUSED.items()],
    }


def text() -> str:
    """Return the file as it should be."""
    return json.dumps(vectors(), indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    print(f"{PATH}: {len(FRAMES)} frames, {len(HEADERS)} headers, {len(REFUSED)} refusals")
