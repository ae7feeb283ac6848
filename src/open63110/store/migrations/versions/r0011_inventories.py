# SPDX-License-Identifier: Apache-2.0
"""What stations consist of and how they are set (8.3.3)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "inventory",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("at", LONG, nullable=False),
        Column("firmware", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
