# SPDX-License-Identifier: Apache-2.0
"""What is to be told of alarms, and to whom (8.3.5)."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table; what is due is looked for."""
    op.create_table(
        "notice",
        Column("id", LONG, primary_key=True, autoincrement=False, nullable=False),
        Column("channel", Text(), nullable=False),
        Column("station", Text(), nullable=False),
        Column("open", Boolean(), nullable=False),
        Column("due", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("notice_open", "notice", ["open", "due"])
