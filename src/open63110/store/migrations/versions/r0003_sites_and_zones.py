# SPDX-License-Identifier: Apache-2.0
"""Sites and zones are kept, and stations can be searched by the zone they stand in."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, and a column that is empty for every station there is."""
    op.add_column("station", Column("zone", Text()))
    op.create_table(
        "site",
        Column("id", Text(), primary_key=True, autoincrement=False, nullable=False),
        Column("address", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "zone",
        Column("key", Text(), primary_key=True, autoincrement=False, nullable=False),
        Column("site", Text(), nullable=False),
        Column("priority", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
