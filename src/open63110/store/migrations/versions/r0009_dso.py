# SPDX-License-Identifier: Apache-2.0
"""What DSOs may address, order and publish, whether they are heard, and what came of it (7.8, 8.2.7)."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0009"
down_revision = "0008"
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
    _table("dso_group", _key("id", text), Column("dso", text, nullable=False))
    _table(
        "dso_order",
        _key("order_id", text),
        Column("dso", text, nullable=False),
        Column("group", text, nullable=False),
        Column("state", text, nullable=False),
        Column("start", moment, nullable=False),
    )
    _table(
        "compliance",
        _key("order_id", text),
        Column("dso", text, nullable=False),
        Column("status", text, nullable=False),
    )
    _table("dso_sample", _key("id", LONG), Column("order_id", text, nullable=False), Column("at", moment, nullable=False))
    op.create_index("dso_sample_order", "dso_sample", ["order_id"])
    _table(
        "dso_forecast",
        _key("id", text),
        Column("group", text, nullable=False),
        Column("dso", text, nullable=False),
        Column("horizon", text, nullable=False),
    )
    _table("dso_link", _key("id", text), Column("heard", moment, nullable=False))
