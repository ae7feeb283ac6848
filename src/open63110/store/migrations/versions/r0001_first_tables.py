# SPDX-License-Identifier: Apache-2.0
"""The first tables: journal, kinds, highest, and one for each kind of noun."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, Text, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make them."""
    _journal()
    _sessions()
    _people()
    _records()


def _noun(name: str, key: str, kind: Any, *columns: Column[Any]) -> None:
    body = Column("body", LargeBinary(), nullable=False)
    op.create_table(name, Column(key, kind, primary_key=True, autoincrement=False, nullable=False), *columns, body)


def _needed(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _journal() -> None:
    op.create_table(
        "kinds",
        Column("id", Integer(), primary_key=True, autoincrement=False),
        Column("name", Text(), nullable=False, unique=True),
    )
    op.create_table("highest", Column("kind", Text(), primary_key=True), _needed("key", LONG))
    op.create_table(
        "journal",
        Column("id", LONG, primary_key=True, autoincrement=False),
        _needed("heard", LONG),
        _needed("at", LONG),
        _needed("station", Text()),
        _needed("kind", Integer()),
        _needed("number", LONG),
        Column("seq", LONG),
        _needed("body", LargeBinary()),
    )
    positive = text("number > 0")
    op.create_index("journal_fence", "journal", ["number", "seq"], unique=True, sqlite_where=positive, postgresql_where=positive)
    op.create_table(
        "stretches",
        Column("stretch", LONG, primary_key=True, autoincrement=False),
        Column("station", Text(), primary_key=True),
        sqlite_with_rowid=False,
    )


def _sessions() -> None:
    words = Text()
    _noun("station", "id", words, _needed("registration", words), _needed("wire", words), Column("connected", LONG))
    _noun(
        "transfer",
        "number",
        LONG,
        _needed("station", words),
        _needed("reference", words),
        Column("session", LONG),
        _needed("state", words),
        Column("began", LONG),
        Column("ended", LONG),
        Column("subject", words),
        _needed("settled", Boolean()),
    )
    _noun(
        "session",
        "number",
        LONG,
        _needed("station", words),
        _needed("evse", LONG),
        _needed("state", words),
        _needed("opened", LONG),
        Column("closed", LONG),
        Column("subject", words),
        _needed("settled", Boolean()),
    )
    op.create_index("transfer_reference", "transfer", ["station", "reference"])
    op.create_index("session_station", "session", ["station"])
    for name in ("transfer", "session"):
        op.create_index(f"{name}_open", name, ["settled"], sqlite_where=text("settled = 0"), postgresql_where=text("NOT settled"))


def _people() -> None:
    words = Text()
    _noun(
        "token",
        "ref",
        words,
        _needed("kind", words),
        _needed("blocked", Boolean()),
        Column("group", words),
        _needed("name", words),
    )
    _noun("subject", "ref", words, _needed("kind", words), _needed("value", words))
    _noun("principal", "id", words, _needed("role", words))
    _noun(
        "audit",
        "id",
        LONG,
        _needed("at", LONG),
        _needed("by", words),
        _needed("action", words),
        _needed("target", words),
        _needed("outcome", words),
    )
    op.create_index("audit_at", "audit", ["at"])


def _records() -> None:
    words = Text()
    _noun(
        "sdr",
        "id",
        words,
        _needed("session", LONG),
        _needed("station", words),
        _needed("began", LONG),
        _needed("ended", LONG),
        _needed("energy", Float()),
        Column("subject", words),
        Column("produced", LONG),
    )
    _noun(
        "orders",
        "id",
        words,
        _needed("station", words),
        _needed("kind", words),
        _needed("by", words),
        _needed("asked", LONG),
        _needed("outcome", words),
    )
    _noun("quarantine", "id", LONG, _needed("station", words), _needed("at", LONG), _needed("action", words))
    op.create_index("sdr_session", "sdr", ["session"])
    op.create_index("orders_station", "orders", ["station"])
    op.create_index("orders_outcome", "orders", ["outcome"])
