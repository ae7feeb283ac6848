# SPDX-License-Identifier: Apache-2.0
"""How far it is known what stations consist of (8.3.3), and what they are to be set to (8.3.4)."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    _table("discovery", "station", Column("firmware", Text(), nullable=False), Column("trouble", Text(), nullable=False))
    _table("report_page", "id", Column("station", Text(), nullable=False))
    _table("inventory_difference", "id", Column("station", Text(), nullable=False), Column("at", LONG, nullable=False))
    _table("settings", "station", Column("open", LONG, nullable=False))
    _table("template", "id", Column("vendor", Text(), nullable=False), Column("model", Text(), nullable=False))
    _table("rollout", "id", Column("asked", LONG, nullable=False), Column("by", Text(), nullable=False))
    outcome = Column("outcome", Text(), nullable=False)
    of_rollout = Column("rollout", Text(), nullable=False)
    _table("rollout_result", "id", of_rollout, Column("station", Text(), nullable=False), outcome)
    _table("own_settings", "station")
    for table, column in (
        ("inventory_difference", "station"),
        ("rollout_result", "rollout"),
        ("rollout_result", "station"),
    ):
        op.create_index(f"{table}_{column}", table, [column])


def _table(name: str, key: str, *columns: Column[Any]) -> None:
    body = Column("body", LargeBinary(), nullable=False)
    op.create_table(name, Column(key, Text(), primary_key=True, nullable=False), *columns, body)
