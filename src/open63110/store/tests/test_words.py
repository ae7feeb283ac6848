# SPDX-License-Identifier: Apache-2.0
"""Words that name a person are found in whatever form they were kept, and nothing else is (8.3.12)."""

import cbor2
import msgspec
import pytest

from open63110.store.words import Words

CARD = "04A1B2C3D4"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (b'[2,"1","Authorize",{"idTag":"04a1b2c3d4"}]', b'[2,"1","Authorize",{"idTag":"**********"}]'),
        (b"card 04A1B2C3D4 was shown", b"card ********** was shown"),
        (b'{"idTag":"04A1B2C3D45"}', b'{"idTag":"04A1B2C3D45"}'),
        (b'{"idTag":"X04A1B2C3D4"}', b'{"idTag":"X04A1B2C3D4"}'),
    ],
)
def test_a_word_is_blotted_out_in_any_case_but_not_as_a_part_of_another(raw: bytes, clean: bytes) -> None:
    assert Words([CARD]).blotted(raw) == clean


def test_cbor_stays_cbor() -> None:
    for word in (CARD, "C" * 40):
        raw = cbor2.dumps({4: [1, word, "rest"]})
        assert cbor2.loads(Words([word]).blotted(raw)) == {4: [1, "*" * len(word), "rest"]}


def test_short_words_are_found_between_quotation_marks_alone() -> None:
    words = Words(["1234"])
    assert (
        words.blotted(b'{"idTag":"1234","meterStart":1234,"at":"12:1234"}')
        == b'{"idTag":"****","meterStart":1234,"at":"12:1234"}'
    )
    row = msgspec.msgpack.encode(["1234", "1234", 1234])
    assert words.blotted_row(row) == row


def test_by_what_a_row_is_known_is_never_changed() -> None:
    row = msgspec.msgpack.encode([CARD, [CARD, {"a": CARD}], 7, b'"04A1B2C3D4"'])
    clean = msgspec.msgpack.decode(Words([CARD]).blotted_row(row))
    assert clean == [CARD, ["**********", {"a": "**********"}], 7, b'"**********"']


def test_a_name_goes_beside_its_reference_only() -> None:
    words = Words([CARD], names=["Anna"], refs=["s1"])
    about = msgspec.msgpack.encode(["x", ["s1", "ISO14443", "Anna"]])
    assert msgspec.msgpack.decode(words.blotted_row(about)) == ["x", ["s1", "ISO14443", "****"]]
    other = msgspec.msgpack.encode(["x", ["s2", "ISO14443", "Anna"]])
    assert words.blotted_row(other) == other


def test_letters_are_found_anywhere_in_a_page() -> None:
    words = Words([CARD, "123"])
    assert words.anywhere(b"\x00\x0404a1b2c3d4zz")
    assert not words.anywhere(b"\x00 123 ")


def test_without_words_nothing_is_changed() -> None:
    empty = Words(["", " "])
    assert not empty
    assert empty.blotted(b"anything") == b"anything"
    assert empty.blotted_text("anything") == "anything"
    assert empty.blotted_row(b"\xa0") == b"\xa0"


def test_what_is_no_row_is_left_alone() -> None:
    body = msgspec.msgpack.encode({"a": CARD})
    assert Words([CARD]).blotted_row(body) == body
