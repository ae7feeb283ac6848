# SPDX-License-Identifier: Apache-2.0
"""Rows hold what the nouns say: types of columns, moments, bodies that grew."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.errors import Malformed
from open63110.kernel.journal import written
from open63110.model.order import Order
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports import KEPT, Kept, Where, searchable
from open63110.store.codec import Column, RowCodec, milliseconds, moment

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - aware by timezones
def test_a_moment_survives_to_the_millisecond_and_never_moves_forward(at: datetime) -> None:
    kept = moment(milliseconds(at))
    assert timedelta(0) <= at - kept < timedelta(milliseconds=1)
    assert milliseconds(kept) == milliseconds(at)


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    assert milliseconds(NOON.astimezone(timezone(timedelta(hours=9)))) == milliseconds(NOON)


@pytest.mark.parametrize(
    ("noun", "column"),
    [
        (EnergyTransfer, Column("number", "integer", nullable=False)),
        (EnergyTransfer, Column("state", "text", nullable=False)),
        (EnergyTransfer, Column("began", "moment", nullable=True)),
        (EnergyTransfer, Column("subject", "text", nullable=True)),
        (ServiceSession, Column("settled", "boolean", nullable=False)),
        (Sdr, Column("energy", "real", nullable=False)),
        (Order, Column("outcome", "text", nullable=False)),
    ],
)
def test_a_column_has_the_type_of_its_field(noun: type[Any], column: Column) -> None:
    assert RowCodec(searchable(noun)).column(column.name) == column


def test_every_kind_that_is_kept_has_columns() -> None:
    for kept in KEPT:
        assert [column.name for column in RowCodec(kept).columns] == list(kept.columns)


@pytest.mark.parametrize("column", ["valid_until", "ref", "body"])
def test_only_key_and_searchable_columns_can_be_searched(column: str) -> None:
    codec = RowCodec(Kept(Token, "token", "ref", ("kind",)))
    if column == "ref":
        assert codec.condition(Where("ref", "=", "x")).value == "x"
    else:
        with pytest.raises(Malformed):
            codec.condition(Where(column, "=", "x"))


def test_a_field_of_several_types_cannot_be_a_column() -> None:
    class Odd(msgspec.Struct):
        id: int
        either: int | str

    with pytest.raises(TypeError, match="either is no column"):
        RowCodec(Kept(Odd, "odd", "id", ("either",)))


def test_a_body_of_an_earlier_version_gets_defaults_and_one_of_a_later_version_is_cut() -> None:
    codec = RowCodec(searchable(Token))
    assert codec.decode(written(["s1", "Central"])) == Token(ref="s1", kind="Central")  # type: ignore[arg-type]  # a plain word
    whole = [*msgspec.msgpack.decode(written(Token(ref="s1", kind="Central"))), "later"]  # type: ignore[arg-type]  # a plain word
    assert codec.decode(written(whole)) == Token(ref="s1", kind="Central")  # type: ignore[arg-type]  # a plain word


def test_what_the_driver_gets_is_plain() -> None:
    order = msgspec.convert(["o1", "CS1", "Reset", "ann", NOON, NOON, "sent"], Order)
    kinds = {type(value) for value in RowCodec(searchable(Order)).row(order)}
    assert kinds == {str, int, bytes}
