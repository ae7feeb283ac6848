# SPDX-License-Identifier: Apache-2.0
"""What the other ends of links have told in one commit is one row, whoever they are."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "heard",
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
