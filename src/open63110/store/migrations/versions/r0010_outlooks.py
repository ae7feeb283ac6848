# SPDX-License-Identifier: Apache-2.0
"""What is expected at sites: prices, carbon, demand charges, loads, the sun (8.2.3)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "outlook",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("site", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("until", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
