# SPDX-License-Identifier: Apache-2.0
"""What is wrong with stations (8.3.5)."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the table; alarms are looked for by station while they are open, and in order of time."""
    op.create_table(
        "station_alarm",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("severity", LONG, nullable=False),
        Column("open", Boolean(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("since", LONG, nullable=False),
        Column("resolved", LONG, nullable=True),
        Column("evse", LONG, nullable=False),
        Column("code", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("station_alarm_station", "station_alarm", ["station", "open"])
    op.create_index("station_alarm_since", "station_alarm", ["since"])
