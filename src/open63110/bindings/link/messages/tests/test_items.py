# SPDX-License-Identifier: Apache-2.0
"""Items of CBOR: shortest form out, bounds in (B.7)."""

import contextlib
import math
import random
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.framing.hello import TAKES
from open63110.bindings.link.messages import items
from open63110.bindings.link.patterns.streams import LONGEST_PIECE, Said, Verb
from open63110.bindings.link.patterns.streams import write as said_in_stream
from open63110.kernel.errors import Malformed

FINITE = st.floats(allow_nan=False, allow_infinity=False)
DECIMALS = st.decimals(-(10**7), 10**7, places=3).map(float)


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_written_as_the_library_writes_them(value: int) -> None:
    assert items.integer(value) == cbor2.dumps(value)


@given(st.text())
def test_text_is_written_as_the_library_writes_it(value: str) -> None:
    assert items.text(value) == cbor2.dumps(value)


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65_535, 65_536])
def test_text_and_bytes_of_any_size_are_written_in_the_shortest_form(size: int) -> None:
    assert items.text("x" * size) == cbor2.dumps("x" * size)
    assert items.blob(b"x" * size) == cbor2.dumps(b"x" * size)


def test_the_head_of_the_longest_item_has_nine_bytes() -> None:
    assert items.head(items.ARRAY, 2**32) == bytes.fromhex("9b0000000100000000")


@given(st.one_of(FINITE, DECIMALS))
def test_quantities_come_back_as_they_were(value: float) -> None:
    assert items.quantity(cbor2.loads(items.number(value))) == value
    assert items.from_thousandths(cbor2.loads(items.thousandths(value))) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [(230.0, 230), (230.1, [-1, 2301]), (-4.25, [-2, -425]), (1 / 3, 1 / 3), (1e300, 1e300), (2.0**53, 2.0**53)],
)
def test_quantities_are_whole_or_decimal_where_that_is_exact(value: float, written: Any) -> None:
    assert cbor2.loads(items.number(value)) == written


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_cannot_be_written(value: float) -> None:
    for write in (items.number, items.thousandths):
        with pytest.raises(Malformed, match="not finite"):
            write(value)


@pytest.mark.parametrize(
    "write", [lambda: items.integer(2**63), lambda: items.integer(-(2**63) - 1), lambda: items.text("\ud800")]
)
def test_what_has_no_place_in_a_body_cannot_be_written(write: Any) -> None:
    with pytest.raises(Malformed) as caught:
        write()
    assert caught.value.code == "Unwritable"


@pytest.mark.parametrize(
    "item",
    [None, True, "1", 2**63, math.inf, math.nan, [1], [-1, 2, 3], [-1, 2.5], [0, 1], [-10, 1], [1.0, 1], [-1, True], [-1, 2**53]],
)
def test_what_is_no_quantity_is_none(item: Any) -> None:
    assert items.quantity(item) is None


@pytest.mark.parametrize("item", [None, True, "1", 2**53, math.inf, math.nan, [-1, 5]])
def test_what_are_no_thousandths_is_none(item: Any) -> None:
    assert items.from_thousandths(item) is None


BROKEN = (
    *("", "a2", "9f00ff", "bf00ff", "5f4100ff", "a101", "a201020103", "c11a00000000", "c24100", "d81c80", "d9d9f700", "d90100a0"),
    *("d8184100", "d82360", "d9ffff00", "0000", "a0a0", "81" * 17 + "00", "9b0000ffffffffffff", "7b7fffffffffffffff"),
    *("bb0000ffffffffffff", "61ff", "1c", "fc"),
)


@pytest.mark.parametrize("body", BROKEN)
def test_what_breaks_the_rules_is_refused(body: str) -> None:
    with pytest.raises(Malformed):
        items.load(bytes.fromhex(body))


def test_a_body_has_a_greatest_size() -> None:
    assert items.load(items.blob(bytes(items.MOST - 5))) == bytes(items.MOST - 5)
    with pytest.raises(Malformed) as caught:
        items.load(items.blob(bytes(items.MOST)))
    assert caught.value.code == "TooLarge"


def test_what_is_advertised_is_what_is_read_and_holds_a_piece_of_a_stream() -> None:
    assert TAKES.message == items.MOST
    piece = Said(id=bytes(16), verb=Verb.PIECE, offset=2**52, content=bytes(LONGEST_PIECE))
    assert len(items.load(said_in_stream(piece))[7]) == LONGEST_PIECE


def test_any_bytes_are_read_or_refused() -> None:
    chance = random.Random(7)
    for _ in range(20_000):
        body = chance.randbytes(chance.randrange(40))
        with contextlib.suppress(Malformed):
            items.load(body)


VALUES = st.recursive(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(), st.booleans(), st.none(), FINITE),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.integers(0, 9), inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(st.integers(-300, 300), VALUES, max_size=6))
def test_spans_are_the_bytes_of_the_values(value: dict[int, Any]) -> None:
    body = cbor2.dumps(value)
    assert {key: cbor2.loads(body[begin:end]) for key, begin, end in items.spans(body)} == value
