# SPDX-License-Identifier: Apache-2.0
"""Vouchers of machines that are expected (8.3.15)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "voucher",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("serial", Text(), nullable=False),
        Column("identity", Text(), nullable=False),
        Column("used_by", Text(), nullable=False),
        Column("until", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("voucher_serial", "voucher", ["serial"])
