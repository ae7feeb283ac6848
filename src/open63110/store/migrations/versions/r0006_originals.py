# SPDX-License-Identifier: Apache-2.0
"""Messages with protected elements wait in the bytes they came in until they are passed on (B.3)."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "original",
        Column("id", Text(), primary_key=True, autoincrement=False, nullable=False),
        Column("station", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
