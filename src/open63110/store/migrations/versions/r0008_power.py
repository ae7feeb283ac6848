# SPDX-License-Identifier: Apache-2.0
"""The power of sites: constraints, meters, how it is, how it was, and what is wrong with it (7.5, 8.2.3)."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *columns: Column[Any]) -> None:
    op.create_table(name, *columns, Column("body", LargeBinary(), nullable=False))


def _key(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def upgrade() -> None:
    """Add the tables."""
    text, moment = Text(), LONG
    _table(
        "constraint",
        _key("id", text),
        Column("source", text, nullable=False),
        Column("actor", text, nullable=False),
    )
    _table("meter", _key("id", text), Column("site", text, nullable=False), Column("at", moment, nullable=False))
    _table("power", _key("site", text), Column("at", moment, nullable=False))
    _table(
        "sample",
        _key("id", LONG),
        Column("site", text, nullable=False),
        Column("at", moment, nullable=False),
    )
    op.create_index("sample_site", "sample", ["site", "at"])
    _table(
        "alarm",
        _key("id", text),
        Column("site", text, nullable=False),
        Column("kind", text, nullable=False),
        Column("since", moment, nullable=False),
        Column("cleared", moment, nullable=True),
    )
