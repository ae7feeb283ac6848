# SPDX-License-Identifier: Apache-2.0
"""Logs of stations (8.3.10)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "log",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("asked", LONG, nullable=False),
        Column("state", Text(), nullable=False),
        Column("kept_until", LONG),
        Column("removed", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("log_station", "log", ["station"])
