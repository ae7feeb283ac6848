# SPDX-License-Identifier: Apache-2.0
"""Frames as published: golden vectors, round trips, and a decoder that takes anything from anyone (AT-B.7-3, AT-B.21-1)."""

import hashlib
import importlib.util
import json
import random
import resource
import time
import tracemalloc
from pathlib import Path
from typing import Any

import cbor2
import hypothesis.strategies as st
import pytest
from hypothesis import given

from open63110.bindings.link.errors import WORDS, BadFrame, ErrorCode
from open63110.bindings.link.framing import frames, header, strict
from open63110.bindings.link.framing.header import REMEMBERED, SHORT_HEADER, Header, decode_header, encode_header
from open63110.bindings.link.framing.hello import Hello, common_version

ROOT = Path(__file__).parents[6]
VECTORS = json.loads((ROOT / "docs/bindings/vectors/frames.json").read_text(encoding="utf-8"))


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("generate_frame_vectors", ROOT / "tools/generate_frame_vectors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = tool()
ENCODED = [bytes.fromhex(one["hex"]) for one in VECTORS["frames"]]


FROZEN = {
    "frames": (14, "83d46667734a80a203ee81102933d9e685f4557e67971915500250adfc5cb12a"),
    "headers": (4, "705889a7fd9186995a059533b131909d240f62b806ea7c9df29e0d200493131c"),
    "ignored": (2, "da1de5767e2708d11a15c81a4e16910c951d3dee05fb8a8a9c14a14b17216b09"),
    "refused": (18, "5279831186779ed69905c8b44e2dc74f8ec5c0b0cba2c3f3cdae0c7511aa9aa8"),
}
"""How many vectors of each part version 1 was published with, and the SHA-256 of these. Nothing renews it: what is added goes
behind them, and no release may change one."""


@pytest.mark.at("AT-B.21-1", "link")
@pytest.mark.parametrize("part", FROZEN)
def test_no_release_changes_a_vector_that_was_published(part: str) -> None:
    count, digest = FROZEN[part]
    published = json.dumps(VECTORS[part][:count], sort_keys=True, separators=(",", ":"))
    assert (hashlib.sha256(published.encode()).hexdigest(), len(VECTORS[part]) >= count) == (digest, True)


@pytest.mark.at("AT-B.21-1", "link")
def test_the_published_vectors_are_what_is_spoken() -> None:
    for one in VECTORS["frames"]:
        frame = frames.decode(bytes.fromhex(one["hex"]))
        assert (TOOL.plain(frame), frames.encode(frame).hex()) == (one["means"], one["hex"])  # type: ignore[arg-type] # none is ignored
    for one in VECTORS["headers"]:
        header = decode_header(bytes.fromhex(one["hex"]))
        assert (TOOL.plain(header), encode_header(header).hex()) == (one["means"], one["hex"])


def test_the_published_vectors_are_all_that_there_are() -> None:
    assert TOOL.text() == (ROOT / "docs/bindings/vectors/frames.json").read_text(encoding="utf-8")
    for one in VECTORS["frames"]:
        assert frames.decode(bytes.fromhex(one["hex"])) == TOOL.FRAMES[one["name"]], one["name"]
    for one in VECTORS["headers"]:
        assert decode_header(bytes.fromhex(one["hex"])) == TOOL.HEADERS[one["name"]], one["name"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda one: one["name"])
def test_what_breaks_the_specification_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(BadFrame):
        frames.decode(bytes.fromhex(vector["hex"]))


def test_what_a_later_minor_version_or_a_vendor_adds_is_ignored() -> None:
    later, vendor = (bytes.fromhex(one["hex"]) for one in VECTORS["ignored"])
    assert frames.decode(later) is None
    assert frames.decode(vendor) == frames.Credit(bytes=10)
    assert decode_header(cbor2.dumps({2: 7, 99: "new", -1: [1]})) == Header(type=7)


@pytest.mark.parametrize(
    "fields",
    [
        {0: 0},
        {0: 1, 1: 1},
        {0: 1, 1: 1, 3: "text"},
        {0: 1, 1: 1, 2: -1, 3: b""},
        {0: 1, 1: True, 3: b""},
        {0: 1, 1: 1, 3: b"", 5: bytes(4097)},
        {0: 2, 1: [1, 2, 3]},
        {0: 2, 1: [3, 1]},
        {0: 2, 1: {1: 2}},
        {0: 2, 1: [1, "2"]},
        {0: 2},
        {0: 4, 1: 1, 2: 1, 3: "x" * (WORDS + 1)},
        {0: 4, 1: 1, 2: 1, 4: -1},
        {0: 5, 1: [1, 1]},
        {0: 6, 1: 1, 2: 1.5},
        {0: 7, 1: 1, 2: 1, 3: 1},
        {"0": 1},
        [0, 1],
    ],
)
def test_fields_that_are_absent_or_wrong_are_refused(fields: Any) -> None:
    with pytest.raises(BadFrame):
        frames.decode(cbor2.dumps(fields))


HELLO = cbor2.loads(ENCODED[0])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (1, [[1]]),
        (1, [[1, -1]]),
        (1, [1]),
        (1, [[1, 0]] * 17),
        (2, 7),
        (2, "x" * 129),
        (3, bytes(17)),
        (4, [[b"x", 1, []]]),
        (4, [["x", 1, [], []]]),
        (4, [[b"x", -1, [], []]]),
        (4, [[b"x", 1, [2, 1], []]]),
        (4, [[b"x", 1, [], [1]]]),
        (4, [[b"x", 1, [], [1, "2"]]]),
        (4, [{}]),
        (7, [1]),
        (7, ["x" * 65]),
        (8, [1, 2, 3]),
        (8, [16777216, 41943040, 1024, 4194304, 8192, 50, "100"]),
        (8, [16777216, 41943040, 63, 4194304, 8192, 50, 100]),
        (9, []),
        (9, {"": [True, b""]}),
        (9, {"a": [1, b""]}),
        (9, {"a": [True, "b"]}),
        (9, {"a": [True]}),
        (9, {7: [True, b""]}),
        (9, {f"org.example.{number}": [True, b""] for number in range(33)}),
    ],
)
def test_a_hello_with_a_wrong_part_is_refused(key: int, value: Any) -> None:
    assert isinstance(frames.decode(cbor2.dumps(HELLO)), Hello)
    with pytest.raises(BadFrame):
        frames.decode(cbor2.dumps({**HELLO, key: value}))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {2: "7"},
        {2: 7, 4: 99},
        {2: 7, 6: 4},
        {2: 7, 7: 2**53 - 1},
        {2: 7, 10: ["x" * 513]},
        {2: 7, 10: ["/x"] * 17},
        {2: 7, 10: [1]},
        [2, 7],
    ],
)
def test_a_header_with_a_wrong_part_is_refused(fields: Any) -> None:
    with pytest.raises(BadFrame):
        decode_header(cbor2.dumps(fields))


def test_what_is_too_long_is_refused_at_both_ends() -> None:
    with pytest.raises(BadFrame) as refused:
        frames.decode(bytes(frames.LONGEST + 1))
    assert refused.value.error is ErrorCode.TOO_LARGE
    with pytest.raises(BadFrame):
        decode_header(cbor2.dumps({2: 7, 99: bytes(4096)}))
    with pytest.raises(BadFrame):
        encode_header(Header(type=1, path=tuple("/" + "x" * 400 for _ in range(12))))
    assert len(BadFrame("x" * 500).message) == WORDS


def test_short_headers_are_read_once_and_no_more_of_them_are_remembered_than_bounded() -> None:
    usual = encode_header(Header(type=2))
    assert decode_header(usual) is decode_header(bytes(bytearray(usual)))
    long = encode_header(Header(type=2, about="x" * SHORT_HEADER))
    assert decode_header(long) == decode_header(long)
    assert decode_header(long) is not decode_header(long)
    for number in range(2 * REMEMBERED):
        assert decode_header(encode_header(Header(type=2, reply_to=number))).reply_to == number
    assert header._short.cache_info().currsize == REMEMBERED


def test_a_mapping_is_a_map() -> None:
    with pytest.raises(BadFrame):
        strict.mapping([], "it")


def test_the_highest_common_version_is_spoken() -> None:
    assert common_version(((1, 0),), ((1, 1),)) == (1, 0)
    assert common_version(((1, 4), (2, 3)), ((2, 1), (1, 9))) == (2, 1)


def test_without_a_common_major_the_refusal_names_what_is_spoken() -> None:
    with pytest.raises(BadFrame, match=r"this end speaks 1\.0, 1\.1") as refused:
        common_version(((1, 0), (1, 1)), ((2, 0),))
    assert refused.value.error is ErrorCode.UNSUPPORTED_VERSION


numbers = st.integers(0, strict.NUMBER)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=20,
)


@given(st.integers(1, strict.NUMBER), numbers, st.binary(max_size=200), numbers, st.binary(max_size=200), numbers)
def test_every_data_frame_comes_back(id: int, offset: int, chunk: bytes, total: int, head: bytes, after: int) -> None:
    frame = frames.Data(id=id, offset=offset, chunk=chunk, total=total, head=head, after=after)
    assert frames.decode(frames.encode(frame)) == frame
    assert len(frames.encode(frame)) <= len(chunk) + len(head) + frames.OVERHEAD


@given(st.dictionaries(st.integers(0, 10), anything, max_size=10))
def test_any_map_is_a_frame_or_refused(fields: dict[int, Any]) -> None:
    data = cbor2.dumps(fields)
    try:
        frame = frames.decode(data)
    except BadFrame:
        return
    assert frame is None or frames.decode(frames.encode(frame)) == frame


def mangled(chance: random.Random) -> bytes:
    """Take a good frame or none, and spoil it."""
    if chance.random() < 0.2:
        return chance.randbytes(chance.randrange(64))
    data = bytearray(chance.choice(ENCODED))
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 4)]
            case 2:
                data[at:at] = chance.randbytes(chance.randrange(1, 9))
            case _:
                data[at:at] = data[max(0, at - 8) : at]
        data = data or bytearray(1)
    return bytes(data)


def fuzz(count: int, seed: int) -> tuple[int, float]:
    """Decode spoilt frames; return how many were taken, and the longest time of the processor that one took [s]."""
    chance, taken, longest = random.Random(seed), 0, 0.0
    for _ in range(count):
        data = mangled(chance)
        begun = time.thread_time()
        try:
            frame = frames.decode(data)
            if isinstance(frame, frames.Data) and frame.head:
                decode_header(frame.head)
            taken += 1
        except BadFrame:
            pass
        longest = max(longest, time.thread_time() - begun)
    return taken, longest


@given(st.integers(0, 2**53 - 1) | st.integers(0, 70_000), st.integers(0, 300))
def test_one_stretch_is_written_as_every_other_frame(first: int, more: int) -> None:
    last = min(first + more, 2**53 - 1)
    assert frames.encode(frames.Delivered(ids=((first, last),))) == cbor2.dumps({0: 2, 1: [first, last]})


def slowly(data: bytes) -> Any:
    try:
        return frames._READ[1](strict.mapping(strict.whole(data), "a frame"))
    except BadFrame:
        return None


def test_a_message_in_one_piece_is_read_as_every_other_frame_whatever_is_spoilt_in_it() -> None:
    chance, quick = random.Random(11), 0
    for number in range(20_000):
        size = chance.choice([0, 1, 12, 23, 24, 107, 255, 256, 300])
        head = encode_header(Header(type=chance.choice([2, 30, 300]), about="a" * chance.choice([0, 0, 9, 70])))
        id = chance.choice([1, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])
        whole = frames.encode(frames.Data(id=id, chunk=chance.randbytes(size), total=size + (number % 7 == 0), head=head))
        spoilt = bytearray(whole)
        for _ in range(chance.choice([0, 1, 1, 2])):
            spoilt[chance.choice([*range(14), -1, chance.randrange(len(spoilt))]) % len(spoilt)] = chance.randrange(256)
        data = bytes(spoilt[: chance.choice([len(spoilt), len(spoilt), chance.randrange(len(spoilt))])])
        found = frames._in_one_piece(data) if data[:4] == whole[:4] else None
        if found is not None:
            quick += 1
            assert found == slowly(data)
    assert quick > 3_000


@pytest.mark.at("AT-B.7-3", "link")
@pytest.mark.parametrize("seed", range(4))
def test_a_million_spoilt_frames_do_no_harm(seed: int) -> None:
    """A quarter of it each, so that several processes share it."""
    fuzz(10_000, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken, longest = fuzz(250_000, seed + 10)
    assert 0 < taken < 150_000
    assert longest < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # [KiB]


def test_ten_thousand_spoilt_frames_are_decoded_within_a_few_frames_of_memory() -> None:
    tracemalloc.start()
    fuzz(10_000, seed=2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x5b" + b"\x7f" + b"\xff" * 7,
        b"\x7a\xff\xff\xff\xff",
        b"\xa1" * 60_000,
        b"\x81" * 60_000,
        b"\x9a\x00\x00\xff\xff" + b"\x80" * 0xFFF0,
        b"\xb9\x3f\xff" + b"".join(b"\x19" + number.to_bytes(2, "big") + b"\x00" for number in range(0x3FFF)),
        b"\xb9\x1c\x00" + b"".join(b"\x1b" + (number << 40).to_bytes(8, "big") + b"" for number in range(0x1C00)),
        b"\xc2\x59\xff\x00" + b"\xff" * 0xFF00,
        b"\xd8\x23\x78\x20((((((((((a*)*)*)*)*)*)*)*)*)*)*",
        b"\xd8\x1c" * 1000 + b"\x00",
    ],
)
def test_promises_of_more_than_there_is_cost_neither_memory_nor_time(data: bytes) -> None:
    tracemalloc.start()
    begun = time.thread_time()
    with pytest.raises(BadFrame):
        frames.decode(data)
    took = time.thread_time() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 1.0
    assert peak < 8_000_000


def test_every_error_code_is_published() -> None:
    page = (ROOT / "docs/bindings/link.md").read_text(encoding="utf-8")
    assert [code for code in ErrorCode if f"| {int(code)} | {code.name} |" not in page] == []
    assert [code.ends_link for code in (ErrorCode.MALFORMED, ErrorCode.OUTBOX_RESTORED, ErrorCode.EXPIRED)] == [True, True, False]
