# SPDX-License-Identifier: Apache-2.0
"""Elements of messages as bytes: found, replaced, edited away, encoded in the one way; hostile bytes find no way in."""

import math
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.protection import elements
from open63110.bindings.link.protection.elements import Path
from open63110.kernel.errors import Malformed

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=4)
LEAVES = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=9) | st.binary(max_size=9) | st.booleans() | st.none()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20)

MESSAGE = cbor2.dumps({1: "x", 4: {0: [10, 20, [30]], "note": b"raw"}, -7: cbor2.CBORTag(1, 1893456000.5)})


@given(VALUES)
def test_plain_values_come_back(value: Any) -> None:
    assert elements.plain(cbor2.dumps(value)) == value


@given(VALUES)
def test_the_one_encoding_means_the_same_and_stays_as_it_is(value: Any) -> None:
    found = elements.deterministic(cbor2.dumps(value))
    assert cbor2.loads(found) == value
    assert elements.deterministic(found) == found
    assert len(found) <= len(cbor2.dumps(value))


@given(st.dictionaries(KEYS, LEAVES, max_size=6), st.randoms())
def test_the_one_encoding_does_not_depend_on_the_order_of_keys(value: dict[int | str, Any], chance: Any) -> None:
    pairs = list(value.items())
    chance.shuffle(pairs)
    assert elements.deterministic(cbor2.dumps(dict(pairs))) == elements.deterministic(cbor2.dumps(value))


def test_keys_stand_in_the_order_of_their_bytes_not_of_their_length() -> None:
    # RFC 8949 4.2.1: 10, 100, -1, "z", "aa", as in its own example; RFC 7049 had -1 before 100
    assert elements.deterministic(cbor2.dumps({"aa": 0, -1: 0, 100: 0, "z": 0, 10: 0})).hex() == "a50a001864002000617a0062616100"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("1b0000000000000017", "17"),
        ("3b00000000000000ff", "38ff"),
        ("5a0000000161", "4161"),
        ("9b000000000000000100", "8100"),
        ("b900010001", "a10001"),
        ("da00000001f4", "c1f4"),
        ("fb3ff8000000000000", "f93e00"),
        ("fb40f86a0000000000", "fa47c35000"),
        ("fb7e37e43c8800759c", "fb7e37e43c8800759c"),
        ("fb3ff199999999999a", "fb3ff199999999999a"),
        ("fa7f800000", "f97c00"),
        ("fb8000000000000000", "f98000"),
        ("fb7ff8000000000001", "f97e00"),
    ],
)
def test_everything_is_written_shortest(long: str, short: str) -> None:
    assert elements.deterministic(bytes.fromhex(long)).hex() == short


@given(st.floats())
def test_no_number_with_a_fraction_loses_any_of_it(number: float) -> None:
    back = cbor2.loads(elements.deterministic(cbor2.dumps(number)))
    assert (back == number and math.copysign(1, back) == math.copysign(1, number)) or (math.isnan(back) and math.isnan(number))


@pytest.mark.parametrize(
    ("path", "value"), [((1,), "x"), ((4, 0), [10, 20, [30]]), ((4, 0, 2, 0), 30), ((4, "note"), b"raw"), ((4, 0, 1), 20)]
)
def test_an_element_is_found_and_replaced_without_touching_the_rest(path: Path, value: Any) -> None:
    assert cbor2.loads(elements.element(MESSAGE, path)) == value
    replaced = elements.replaced(MESSAGE, path, b"\x18\x63")
    assert elements.element(replaced, path) == b"\x18\x63"
    assert elements.replaced(replaced, path, elements.element(MESSAGE, path)) == MESSAGE


def test_the_message_itself_is_an_element() -> None:
    assert elements.element(MESSAGE, ()) == MESSAGE
    assert elements.replaced(MESSAGE, (), b"\xa0") == b"\xa0"


@pytest.mark.parametrize("path", [(2,), (4, 9), (4, 0, 3), (4, 0, -1), (1, 0), (-7, 1), ("4",), (4, 0, 1, 0)])
def test_an_element_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(Malformed) as told:
        elements.element(MESSAGE, path)
    assert told.value.where == elements.text_of(path)


def test_enclosed_elements_are_edited_and_nothing_else() -> None:
    message = elements.replaced(
        elements.replaced(MESSAGE, (4, 0, 1), elements.enclose(b"inner")), (1,), elements.enclose(b"first")
    )
    seen: dict[Path, bytes] = {}

    def edit(path: Path, content: bytes) -> bytes:
        seen[path] = content
        return elements.element(MESSAGE, path)

    assert elements.rewritten(message, edit) == MESSAGE
    assert seen == {(1,): b"first", (4, 0, 1): b"inner"}


def test_what_is_edited_away_leaves_its_map_but_keeps_its_place_in_an_array() -> None:
    message = elements.replaced(
        elements.replaced(MESSAGE, (4, 0, 1), elements.enclose(b"inner")), (1,), elements.enclose(b"first")
    )
    left = elements.rewritten(message, lambda _path, _content: None)
    assert left is not None
    assert cbor2.loads(left, tag_hook=lambda _decoder, tag: tag) == cbor2.loads(
        cbor2.dumps({4: {0: [10, None, [30]], "note": b"raw"}, -7: cbor2.CBORTag(1, 1893456000.5)})
    )


def test_a_message_may_be_edited_away_as_a_whole() -> None:
    assert elements.rewritten(elements.enclose(b""), lambda _path, _content: None) is None


def test_the_path_of_what_is_edited_goes_on_from_where_it_stands() -> None:
    seen: list[Path] = []
    elements.rewritten(b"\x81" + elements.enclose(b""), lambda path, _: seen.append(path), (4, 2))
    assert seen == [(4, 2, 0)]


def test_tags_that_enclose_nothing_are_left_alone() -> None:
    item = bytes.fromhex("82d81801c100")  # tag 24 around a number, tag 1
    assert elements.rewritten(item, lambda _path, _content: None) == item
    assert elements.enclosed(b"\xd8\x18\x01") is None
    assert elements.enclosed(b"\x01") is None
    assert elements.enclosed(elements.enclose(b"in")) == b"in"


def test_a_tag_and_what_it_tags() -> None:
    assert elements.tagged(bytes.fromhex("d28100")) == (18, b"\x81\x00")
    assert elements.tagged(bytes.fromhex("d86080")) == (96, b"\x80")
    with pytest.raises(Malformed, match="tag is missing"):
        elements.tagged(b"\x00")


HOSTILE = {
    "nothing": "",
    "cut short": "19",
    "a text longer than the bytes": "7a7fffffff61",
    "bytes longer than the bytes": "5bffffffffffffffff",
    "an array longer than the bytes": "9bffffffffffffffff00",
    "a map longer than the bytes": "bbffffffffffffffff0000",
    "an array of indefinite length": "9f01ff",
    "a text of indefinite length": "7f6161ff",
    "a break": "ff",
    "a reserved beginning": "1c",
    "two items": "0000",
    "too deep": "81" * 17 + "00",
    "tags too deep": "c1" * 17 + "00",
}


@pytest.mark.parametrize("item", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused(item: str) -> None:
    data = bytes.fromhex(item)
    for look in (
        elements.whole,
        elements.tagged,
        elements.enclosed,
        elements.deterministic,
        elements.plain,
        lambda one: elements.element(one, ()),
        lambda one: elements.rewritten(one, lambda _path, content: content),
    ):
        with pytest.raises(Malformed):
            look(data)


@pytest.mark.parametrize("item", ["a200000001", "a2000018000000", "a2616100616101"])
def test_a_key_stands_in_a_map_once(item: str) -> None:
    data = bytes.fromhex(item)
    for look in (elements.deterministic, elements.plain, lambda one: elements.rewritten(one, lambda _path, content: content)):
        with pytest.raises(Malformed):
            look(data)


@pytest.mark.parametrize("item", ["c100", "f93c00", "f7", "a1400a", "a1f600", "61ff", "f818"])
def test_plain_values_are_no_tags_no_fractions_and_no_strange_keys(item: str) -> None:
    with pytest.raises(Malformed):
        elements.plain(bytes.fromhex(item))


@given(st.binary(max_size=60))
def test_whatever_comes_in_is_read_or_refused(data: bytes) -> None:
    for look in (elements.plain, elements.deterministic, lambda one: elements.rewritten(one, lambda _path, content: content)):
        try:
            look(data)
        except Malformed:
            continue
        assert elements.whole(data) == data


def test_a_length_beyond_64_bits_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        elements.head(0, 2**64)
