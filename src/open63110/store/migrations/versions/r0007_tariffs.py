# SPDX-License-Identifier: Apache-2.0
"""Zones and sites have tariffs (8.4.7)."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "tariff",
        Column("key", Text(), primary_key=True, autoincrement=False, nullable=False),
        Column("id", Text(), nullable=False),
        Column("currency", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
