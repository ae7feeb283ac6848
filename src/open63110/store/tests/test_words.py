# SPDX-License-Identifier: Apache-2.0
"""Words that name a person are found in whatever form they were kept, and nothing else is (8.3.12)."""

import json
from datetime import UTC, datetime
from typing import Any

import cbor2
import msgspec
import pytest

from open63110.model.order import Order, OrderChanged
from open63110.model.principal import AuditEntry
from open63110.model.token import Subject, Token, TokenChanged
from open63110.ports import KEPT
from open63110.runtime.table import event_types
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


NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def made(noun: type[Any], /, **fields: Any) -> Any:
    """One of a kind, from plain values."""
    return noun(**fields)


def blotted(noun: Any, *words: str, refs: tuple[str, ...] = ()) -> Any:
    """What is left of a noun, read back as what it was."""
    body = Words(words, refs=refs).blotted_row(msgspec.msgpack.encode(noun), type(noun))
    return msgspec.msgpack.decode(body, type=type(noun))


def test_a_card_that_is_called_like_a_station_or_an_answer_changes_neither_ids_nor_words_of_closed_lists() -> None:
    order = made(
        Order,
        id="order-1", station="CS-0001", kind="ocpp:Anything", by="operator", asked=NOW, deadline=NOW, outcome="accepted",
        body='["LimitPower",{"station":"CS-0001","limit":7000}]', detail="operator, CS-0001",
    )  # fmt: skip
    words = ("CS-0001", "operator", "accepted", "order-1", "ocpp:Anything")
    clean = blotted(OrderChanged(station=order.station, at=NOW, orders=order), *words).orders
    assert (clean.station, clean.by, clean.outcome, clean.id, clean.kind) == (
        "CS-0001", "operator", "accepted", "order-1", "ocpp:Anything"
    )  # fmt: skip
    assert (clean.body, clean.detail) == (order.body, "********, *******")
    subject = made(Subject, ref="s1", kind="ISO14443", value="ISO14443")
    assert blotted(subject, "ISO14443") == msgspec.structs.replace(subject, value="********")
    entry = made(AuditEntry, id=1, at=NOW, by="ann", role="operator", action="PutToken", target="CS-0001", outcome="accepted")
    assert blotted(entry, *words, "PutToken") == entry


def test_the_row_of_a_person_loses_his_short_words_where_they_are_free_and_no_others() -> None:
    token = made(Token, ref="s1", kind="Local", contract="Local", group="s2", stations=("1",), name="1", provider="1")
    fact = made(TokenChanged, station="", at=NOW, ref="s1", token=token)
    clean = blotted(fact, "Local", "1", refs=("s1",)).token
    assert clean == msgspec.structs.replace(token, contract="*****", name="*")


def test_every_kind_of_row_and_fact_can_be_looked_into() -> None:
    body = msgspec.msgpack.encode(["x", [CARD], {"a": CARD}])
    for noun in (*(kept.noun for kept in KEPT), *event_types().values()):
        assert isinstance(msgspec.msgpack.decode(Words([CARD]).blotted_row(body, noun)), list), noun


@pytest.mark.parametrize("card", ['A"B\\C/D-1', "\u00dcn\u00e4l-12", "a/b/c/1"])
@pytest.mark.parametrize(
    "spelt", [json.dumps, lambda one: json.dumps(one, ensure_ascii=False), lambda one: json.dumps(one).replace("/", "\\/")]
)
def test_a_word_is_found_however_json_escapes_it_and_json_stays_json(card: str, spelt: Any) -> None:
    raw = spelt([2, "1", {"idTag": card.lower(), "info": f"x\n{card}"}]).encode()
    said = json.loads(Words([card]).blotted(raw))
    assert set(said[2]["idTag"]) == {"*"}
    assert set(said[2]["info"]) == set("x\n*")


@pytest.mark.parametrize("word", [":", ",", '","', '","a":"', ":1,", "nothing", "n", "idTag", "status", "u00fc1"])
def test_a_word_that_looks_like_syntax_breaks_no_json(word: str) -> None:
    raw = json.dumps([2, "1", {"idTag": "x", "status": "y\nnothing \u00fc1", "list": ["a", "b", ":", 1, "c"]}]).encode()
    said = json.loads(Words([word]).blotted(raw))
    assert (list(said[2]), len(said[2]["list"])) == (["idTag", "status", "list"], 5)


def test_a_short_word_is_found_in_json_within_json() -> None:
    inner = json.dumps({"idTag": "1234"})
    raw = json.dumps([2, "1", "DataTransfer", {"data": inner}]).encode()
    assert json.loads(json.loads(Words(["1234"]).blotted(raw))[3]["data"]) == {"idTag": "****"}
