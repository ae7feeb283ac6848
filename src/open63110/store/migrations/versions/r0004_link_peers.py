# SPDX-License-Identifier: Apache-2.0
"""What the other ends of links have told is remembered in the transaction that keeps it."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "peer",
        Column("id", Text(), primary_key=True, autoincrement=False, nullable=False),
        Column("serial", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
