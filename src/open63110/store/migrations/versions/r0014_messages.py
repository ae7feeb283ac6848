# SPDX-License-Identifier: Apache-2.0
"""What the displays of stations show (8.3.8)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "message",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("number", LONG, nullable=False),
        Column("standing", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("message_station", "message", ["station"])
    op.create_table(
        "message_report",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("since", LONG),
        Column("at", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
