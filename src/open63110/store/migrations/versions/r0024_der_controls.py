# SPDX-License-Identifier: Apache-2.0
"""How stations are told to behave towards the grid (8.2.10)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "der_control",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("standing", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("der_control_station", "der_control", ["station"])
    op.create_table(
        "der_report",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("since", LONG),
        Column("at", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
