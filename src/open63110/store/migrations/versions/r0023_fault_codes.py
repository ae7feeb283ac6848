# SPDX-License-Identifier: Apache-2.0
"""What fault codes mean, and how stations call their faults (8.3.11)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "catalogue",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("vendor", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("firmware", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "catalogue_fetch",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("outcome", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "unknown_fault",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("vendor", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("count", LONG, nullable=False),
        Column("last", LONG, nullable=False),
        Column("station", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "fault_map",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("standing", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "own_catalogue",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("digest", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
