# SPDX-License-Identifier: Apache-2.0
"""Stations that leave, or have left, for good (8.3.13)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "deregistration",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("reason", Text(), nullable=False),
        Column("asked", LONG, nullable=False),
        Column("done", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
