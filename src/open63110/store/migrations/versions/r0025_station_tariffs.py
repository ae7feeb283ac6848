# SPDX-License-Identifier: Apache-2.0
"""Which tariffs stations have (8.4.7)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "station_tariff",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("id", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("at", LONG, nullable=False),
        Column("ended", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("station_tariff_station", "station_tariff", ["station"])
