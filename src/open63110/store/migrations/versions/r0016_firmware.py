# SPDX-License-Identifier: Apache-2.0
"""Firmware: images, updates, publications, campaigns (8.3.6)."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "firmware_image",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("sha256", Text(), nullable=False),
        Column("vendor", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "firmware_update",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("image", Text(), nullable=False),
        Column("campaign", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("asked", LONG, nullable=False),
        Column("ended", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("firmware_update_station", "firmware_update", ["station"])
    op.create_table(
        "firmware_publication",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("image", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "campaign",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("state", Text(), nullable=False),
        Column("began", LONG, nullable=False),
        Column("ended", LONG),
        Column("body", LargeBinary(), nullable=False),
    )
