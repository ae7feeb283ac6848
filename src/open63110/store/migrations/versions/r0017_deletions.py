# SPDX-License-Identifier: Apache-2.0
"""Requests to delete what is known of persons, what became of them, and what stations told of customers (8.3.12)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "deletion",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("by", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("asked", LONG, nullable=False),
        Column("deadline", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "deletion_item",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("request", Text(), nullable=False),
        Column("holder", Text(), nullable=False),
        Column("data", Text(), nullable=False),
        Column("result", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "customer_report",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("asked", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
