# SPDX-License-Identifier: Apache-2.0
"""Ways allowed for energy transfers (8.2.8), swaps of batteries, payments at stations (8.4.8)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "allowed_transfer",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("reference", Text(), nullable=False),
        Column("standing", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("allowed_transfer_station", "allowed_transfer", ["station"])
    op.create_table(
        "battery_swap",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("subject", Text()),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("battery_swap_station", "battery_swap", ["station"])
    op.create_table(
        "settlement",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("reference", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("settlement_station", "settlement", ["station"])
    op.create_index("settlement_reference", "settlement", ["reference"])
